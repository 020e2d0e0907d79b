"""A place that others can write to is never trusted."""

import os
import sys

import pytest

from gpuproof.core.launch import trust
from gpuproof.core.launch.model import Target
from gpuproof.core.launch.trust import choosing_words, trust_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder whose parents count as safe, although test folders lie below /tmp."""
    real = trust._others_may_write
    monkeypatch.setattr(
        trust, "_others_may_write", lambda folder: tmp_path in (folder, *folder.parents) and real(folder)
    )
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").touch(mode=0o755)
    return tmp_path / "venv"


def test_an_own_folder_is_trusted(place):
    assert trust_of(place, place / "bin" / "python") == "trusted"


@pytest.mark.parametrize("inside", [".", "bin", ".."])
def test_a_folder_that_others_may_write_is_not(place, inside):
    os.chmod(place / inside, 0o777)
    assert trust_of(place, place / "bin" / "python") == "world_writable"


def test_a_sticky_folder_is_not_either_as_others_may_have_put_it_there(place):
    os.chmod(place.parent, 0o1777)
    assert trust_of(place, place / "bin" / "python") == "world_writable"


def test_an_interpreter_that_others_may_write_is_not(place):
    os.chmod(place / "bin" / "python", 0o777)
    assert trust_of(place, place / "bin" / "python") == "world_writable"


@pytest.mark.parametrize("name", ["Downloads", "downloads", "下载"])
def test_a_downloaded_folder_is_marked(tmp_path, name):
    prefix = tmp_path / name / "ComfyUI" / "python_embeded"
    assert trust_of(prefix, prefix / "python.exe") == "downloaded"


def test_choosing_an_untrusted_place_says_what_that_means(place):
    target = Target("python", str(place / "bin" / "python"))
    assert choosing_words(target) is None
    os.chmod(place, 0o777)
    assert str(choosing_words(target)).startswith(f"Others may write to {place};")
    downloaded = Target("python", "/home/me/Downloads/ComfyUI/python_embeded/python.exe")
    assert "was downloaded" in str(choosing_words(downloaded))
    assert choosing_words(Target("self")) is None
    assert choosing_words(Target("ssh", "gpu-box")) is None
