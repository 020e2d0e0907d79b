"""The Python that a packaged app takes for the person's own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gpuproof.core.launch import discover, starting
from gpuproof.core.launch.model import Target
from gpuproof.core.launch.usual import active_environment, usual_python
from gpuproof.core.problems import UserProblem

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="names and rights of Linux and macOS")


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.2\n", encoding="utf-8")
    interpreter = folder / "bin" / "python3"
    interpreter.write_text("#!/bin/sh\n", encoding="utf-8")
    interpreter.chmod(0o755)
    monkeypatch.setattr("gpuproof.core.launch.usual.trust_of", _judge)
    monkeypatch.setenv("PATH", f"relative:{tmp_path}/nothing:{folder}/bin:/usr/bin")
    return folder


def _judge(prefix: Path, interpreter: Path) -> str:
    return "trusted" if interpreter.stat().st_mode & 0o002 == 0 else "world_writable"


def test_the_first_python_of_the_path_is_taken(venv: Path) -> None:
    assert usual_python() == venv / "bin" / "python3"
    assert active_environment() == venv


def test_one_where_others_may_write_is_not_taken_and_nothing_behind_it(venv: Path) -> None:
    (venv / "bin" / "python3").chmod(0o777)
    assert usual_python() is None


def test_the_working_folder_is_passed_over(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(venv / "bin")
    assert usual_python(f"{venv}/bin") is None


def test_a_python_without_an_environment_is_no_active_one(venv: Path) -> None:
    (venv / "pyvenv.cfg").unlink()
    assert active_environment() is None


def test_self_of_a_packaged_app_is_that_python(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "is_frozen", lambda: True)
    start = starting.start_of(Target("self"))
    assert start.command[0] == str(venv / "bin" / "python3")
    assert start.changes == {"PYTHONHOME": None}


def test_a_packaged_app_lists_the_active_environment(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discover, "is_frozen", lambda: True)
    found = discover.find_environments(home=venv.parent, folder=venv.parent)
    assert str(venv) in {environment.prefix for environment in found}


def test_without_any_python_a_packaged_app_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "is_frozen", lambda: True)
    monkeypatch.setenv("PATH", os.pathsep.join(["relative", "/nowhere"]))
    with pytest.raises(UserProblem, match="no Python of its own"):
        starting.start_of(Target("self"))
