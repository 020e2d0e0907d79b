"""A virtual environment that cannot work is told from one that can, by its files alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from helpers.environments import make_venv

from gpuproof.core.launch.model import Target
from gpuproof.core.launch.soundness import trouble_of
from gpuproof.core.launch.trust import choosing_words

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are laid out as on Linux and macOS")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A Python that environments are made from."""
    program = tmp_path / "base" / "bin" / "python3.11"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    return program


def a_venv(prefix: Path, base: Path, version: str = "3.11.7") -> Path:
    make_venv(prefix, version=version)
    (prefix / "pyvenv.cfg").write_text(f"home = {base.parent}\nversion = {version}\n")
    (prefix / "bin" / "python").unlink()
    (prefix / "bin" / "python").symlink_to(base)
    return prefix


def trouble(prefix: Path) -> str:
    found = trouble_of(prefix, prefix / "bin" / "python")
    return "" if found is None else found.render("en")


def test_a_whole_environment_has_no_trouble(tmp_path: Path, base: Path) -> None:
    assert trouble(a_venv(tmp_path / "venv", base)) == ""


def test_a_link_that_leads_to_another_pythons_version_is_broken(tmp_path: Path, base: Path) -> None:
    newer = base.with_name("python3.12")
    base.rename(newer)
    base.symlink_to(newer)
    found = trouble(a_venv(tmp_path / "venv", base))
    assert found == "broken: it was made for Python 3.11, and its interpreter is Python 3.12"


def test_the_version_may_also_be_known_by_the_folders_around_the_real_interpreter(tmp_path: Path, base: Path) -> None:
    plain = base.with_name("python")
    base.rename(plain)
    (plain.parent.parent / "lib" / "python3.12").mkdir(parents=True)
    assert "is Python 3.12" in trouble(a_venv(tmp_path / "venv", plain))


def test_a_version_that_nobody_states_is_no_trouble(tmp_path: Path, base: Path) -> None:
    plain = base.with_name("python")
    base.rename(plain)
    assert trouble(a_venv(tmp_path / "venv", plain)) == ""


def test_the_python_it_was_made_from_is_gone(tmp_path: Path, base: Path) -> None:
    venv = a_venv(tmp_path / "venv", base)
    (venv / "pyvenv.cfg").write_text("home = /nowhere/bin\nversion = 3.11.7\n")
    assert "/nowhere/bin" in trouble(venv)


def test_the_packages_are_gone(tmp_path: Path, base: Path) -> None:
    venv = a_venv(tmp_path / "venv", base)
    (venv / "lib" / "python3.11" / "site-packages").rmdir()
    assert trouble(venv) == "broken: its folder of packages is gone"


@pytest.mark.parametrize("kind", ["empty", "not executable", "a folder", "gone"])
def test_an_interpreter_that_cannot_be_started(tmp_path: Path, base: Path, kind: str) -> None:
    if kind == "not executable" and os.geteuid() == 0:
        base.chmod(0o644)
    venv = a_venv(tmp_path / "venv", base)
    program = venv / "bin" / "python"
    program.unlink()
    if kind == "a folder":
        program.mkdir()
    elif kind != "gone":
        program.write_text("" if kind == "empty" else "#!/bin/sh\n")
        program.chmod(0o644 if kind == "not executable" else 0o755)
    assert trouble(venv).startswith("broken: its interpreter is ")


def test_choosing_a_broken_environment_says_so(tmp_path: Path, base: Path) -> None:
    venv = a_venv(tmp_path / "venv", base)
    (venv / "lib" / "python3.11" / "site-packages").rmdir()
    words = choosing_words(Target("python", str(venv / "bin" / "python")))
    assert words is not None
    assert words.render("en").startswith("broken: ")
