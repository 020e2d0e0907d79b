"""Environments are found where each tool keeps them, once each, without starting any."""

import os
import sys
import time
from pathlib import Path

import pytest
from helpers.environments import add_torch, make_venv

from gpuproof.core.launch import discover as discover_module
from gpuproof.core.launch.discover import find_environments
from gpuproof.core.launch.model import Target

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are laid out as on Linux and macOS")


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_EXE", "MAMBA_ROOT_PREFIX", "PYENV_ROOT", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(tmp_path / "data"))
    # test folders lie below /tmp, where anybody may write
    monkeypatch.setattr(discover_module, "trust_of", lambda prefix, interpreter: "trusted")
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def found_in(home, folder=None):
    return {
        environment.prefix: environment
        for environment in find_environments(home=home, folder=folder or home)
        if environment.prefix.startswith(str(home.parent))
    }


def test_this_python_comes_first(home):
    first = find_environments(home=home, folder=home)[0]
    assert (first.target, first.kind, first.interpreter) == (Target("self"), "self", sys.executable)


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        (".virtualenvs/lipsync", "venv"),
        (".venv", "venv"),
        ("projects/talking-head/venv", "venv"),
        (".local/share/virtualenvs/app-x1", "venv"),
        (".cache/pypoetry/virtualenvs/app-y", "venv"),
        (".local/share/pipx/venvs/whisper", "pipx"),
        (".local/share/uv/tools/ruff", "uv"),
        (".local/share/uv/python/cpython-3.12.1", "uv"),
        (".pyenv/versions/3.11.7", "pyenv"),
        (".pyenv/versions/3.11.7/envs/work", "venv"),
    ],
)
def test_each_tools_place_is_searched(home, place, kind):
    make_venv(home / place)
    assert found_in(home)[str(home / place)].kind == kind


def test_a_venv_in_the_current_folder_is_found(home, tmp_path):
    make_venv(tmp_path / "project" / ".venv")
    (tmp_path / "project" / "src").mkdir()
    assert str(tmp_path / "project" / ".venv") in found_in(home, tmp_path / "project" / "src")


def test_a_venv_made_by_uv_says_so(home):
    make_venv(home / "work" / ".venv", extra="uv = 0.9.0\n")
    assert found_in(home)[str(home / "work" / ".venv")].kind == "uv"


def test_a_conda_environment_is_found_by_its_list_and_by_its_place(home, tmp_path):
    for prefix in (tmp_path / "far" / "env1", home / "miniconda3" / "envs" / "lipsync"):
        add_torch(make_venv(prefix), "2.4.0", cuda="12.1")
        (prefix / "pyvenv.cfg").unlink()
        (prefix / "conda-meta").mkdir()
    (home / ".conda").mkdir()
    (home / ".conda" / "environments.txt").write_text(f"{tmp_path / 'far' / 'env1'}\n/gone\n")
    found = found_in(home)
    for prefix in (tmp_path / "far" / "env1", home / "miniconda3" / "envs" / "lipsync"):
        assert found[str(prefix)].kind == "conda"
        assert found[str(prefix)].torch.cuda == "12.1"


def portable(folder, name):
    python = folder / name
    (python / "Lib" / "site-packages").mkdir(parents=True)
    (python / "python.exe").touch()
    (python / "python311._pth").touch()
    return python


@pytest.mark.parametrize(
    ("folder", "name", "app"),
    [
        ("ComfyUI_windows_portable", "python_embeded", "comfyui"),
        ("HeyGem-win-50", "py39", "heygem"),
        ("apps/sd.webui/system", "python", "stable-diffusion-webui"),
        ("Wav2Lip-GUI", "runtime", "wav2lip"),
    ],
)
def test_the_python_of_a_portable_application_is_found(home, folder, name, app):
    python = portable(home / folder, name)
    add_torch(python / "Lib" / "site-packages", "2.7.1+cu128", cuda="12.8")
    environment = found_in(home)[str(python)]
    assert (environment.kind, environment.app, environment.version) == ("app", app, "3.11")
    assert environment.torch.cuda == "12.8"
    assert environment.interpreter == str(python / "python.exe")


def test_an_application_is_known_by_its_files_when_its_folder_was_renamed(home):
    make_venv(home / "tools" / "my-ui" / "venv")
    (home / "tools" / "my-ui" / "comfy").mkdir()
    (home / "tools" / "my-ui" / "nodes.py").touch()
    environment = found_in(home)[str(home / "tools" / "my-ui" / "venv")]
    assert (environment.kind, environment.app) == ("app", "comfyui")


def test_a_venv_whose_interpreter_is_gone_is_listed_as_broken(home):
    make_venv(home / "old" / "venv")
    (home / "old" / "venv" / "bin" / "python").unlink()
    os.symlink("/nonexistent/python3", home / "old" / "venv" / "bin" / "python")
    environment = found_in(home)[str(home / "old" / "venv")]
    assert environment.is_broken
    assert not environment.may_run_unasked


def test_an_environment_with_two_names_is_listed_once(home):
    make_venv(home / ".virtualenvs" / "one")
    os.symlink(home / ".virtualenvs" / "one", home / "link")
    assert [prefix for prefix in found_in(home) if "one" in prefix or "link" in prefix] == [
        str(home / ".virtualenvs" / "one")
    ]


def test_the_torch_of_the_base_is_seen_where_the_venv_sees_it(home):
    add_torch(make_venv(home / "base"), "2.13.0+cpu")
    make_venv(home / "work" / "venv")
    (home / "work" / "venv" / "pyvenv.cfg").write_text(
        f"home = {home / 'base' / 'bin'}\nversion = 3.11.7\ninclude-system-site-packages = true\n"
    )
    assert found_in(home)[str(home / "work" / "venv")].torch.version == "2.13.0+cpu"


def test_a_loop_of_links_ends(home):
    (home / "a").mkdir()
    os.symlink(home, home / "a" / "again")
    assert found_in(home) == {}


def test_the_search_ends_in_time(home):
    for number in range(400):
        (home / f"folder{number}" / "inner").mkdir(parents=True)
    began = time.monotonic()
    find_environments(home=home, folder=home, within_s=0.0)
    assert time.monotonic() - began < 2.0


def test_a_folder_that_may_not_be_read_is_passed_over(home, monkeypatch):
    make_venv(home / "open" / "venv")
    real = os.scandir

    def guarded(place):
        if Path(place).name == "closed":
            raise PermissionError(13, "denied")
        return real(place)

    (home / "closed").mkdir()
    monkeypatch.setattr(os, "scandir", guarded)
    assert str(home / "open" / "venv") in found_in(home)


def test_the_persons_own_packages_count_outside_of_virtual_environments(home):
    add_torch(home / ".local" / "lib" / "python3.11" / "site-packages", "2.13.0+cu130", cuda="13.0")
    make_venv(home / ".virtualenvs" / "closed")
    make_venv(home / ".pyenv" / "versions" / "3.11.7")
    (home / ".pyenv" / "versions" / "3.11.7" / "pyvenv.cfg").unlink()
    make_venv(home / ".pyenv" / "versions" / "3.12.1", version="3.12.1")
    (home / ".pyenv" / "versions" / "3.12.1" / "pyvenv.cfg").unlink()
    found = found_in(home)
    assert found[str(home / ".pyenv" / "versions" / "3.11.7")].torch.version == "2.13.0+cu130"
    assert found[str(home / ".pyenv" / "versions" / "3.12.1")].torch is None
    assert found[str(home / ".virtualenvs" / "closed")].torch is None


def test_a_folder_that_this_locale_cannot_name_is_passed_over(home):
    add_torch(make_venv(home / ".virtualenvs" / "work"), "2.13.0+cu130", cuda="13.0")
    found = find_environments(home=home, folder=home / "\ud800")  # no encoding of file names has a lone surrogate
    assert str(home / ".virtualenvs" / "work") in {one.prefix for one in found}
