"""A target that cannot be used gets one line: what was found, what was expected, what to do."""

import os
import shutil
import sys
from pathlib import Path

import psutil
import pytest
from helpers.fake_agent import program

from gpuproof.core.launch import run as run_module
from gpuproof.core.launch.model import RunRecord, Target
from gpuproof.core.launch.process_tree import is_alive
from gpuproof.core.launch.run import run_agent
from gpuproof.core.launch.targets import parse_target
from gpuproof.core.launch.unusable import exit_words
from gpuproof.core.problems import UserProblem

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts with a shebang line")
PYENV = Path.home() / ".pyenv" / "versions"


def refusal_of(path):
    with pytest.raises(UserProblem) as caught:
        run_agent(Target("python", str(path)), "inspect", {}, deadline_s=20.0)
    assert caught.value.hint is not None
    assert caught.value.exit_code == 2
    return str(caught.value.message)


def interpreter(version):
    path = PYENV / version / "bin" / "python"
    if not path.exists():
        pytest.skip(f"no Python {version} on this machine")
    return path


@pytest.mark.parametrize(("version", "found"), [("2.7.18", "2.7"), ("3.6.15", "3.6"), ("3.7.16", "3.7")])
def test_a_python_that_is_too_old_is_named_with_its_version(version, found):
    assert f"is Python {found}; 3.8 or newer is needed" in refusal_of(interpreter(version))


@pytest.mark.parametrize("version", ["3.8.18", "3.10.13", "3.12.1", "3.13.0"])
def test_every_supported_python_can_be_asked(version):
    outcome = run_agent(Target("python", str(interpreter(version))), "inspect", {"import_torch": False}, deadline_s=60)
    assert outcome.record.messages[-1]["type"] == "result"


def test_a_missing_file_is_named(tmp_path):
    assert refusal_of(tmp_path / "nowhere") == f"There is no file {tmp_path / 'nowhere'}."


@pytest.mark.parametrize("name", ["true", "cat", "yes"])
def test_another_program_is_no_python(name):
    path = shutil.which(name)
    assert path is not None
    assert f"{path} is not a Python interpreter" in refusal_of(path)


def test_a_text_file_is_no_python(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("import this")
    assert "is not a Python interpreter: Permission denied" in refusal_of(file)


def test_an_executable_of_another_kind_is_no_python(tmp_path):
    assert "is not a Python interpreter: Exec format error" in refusal_of(
        program(tmp_path, "\x7fELF nonsense", "python")
    )


def test_a_silent_program_is_no_python(tmp_path, monkeypatch):
    monkeypatch.setattr(run_module, "HELLO_WITHIN_S", 0.2)
    monkeypatch.setattr("gpuproof.core.launch.unusable.PROBE_S", 0.2)
    assert "is not a Python interpreter" in refusal_of(program(tmp_path, "#!/bin/sh\nsleep 60\n", "python"))


def test_a_silent_program_leaves_no_child_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(run_module, "HELLO_WITHIN_S", 0.2)
    monkeypatch.setattr("gpuproof.core.launch.unusable.PROBE_S", 0.2)
    refusal_of(program(tmp_path, f"#!/bin/sh\nsleep 60 &\necho $! >> {tmp_path}/children\nwait\n", "python"))
    children = [int(number) for number in (tmp_path / "children").read_text().split()]
    assert len(children) == 2, "the first start and the probe"
    assert not [number for number in children if psutil.pid_exists(number) and is_alive(psutil.Process(number))]


def test_a_venv_whose_python_is_gone_is_broken(tmp_path):
    (tmp_path / "bin").mkdir()
    os.symlink(tmp_path / "gone" / "python3", tmp_path / "bin" / "python")
    message = refusal_of(tmp_path / "bin" / "python")
    assert "is a broken environment" in message
    assert str(tmp_path / "gone" / "python3") in message


@pytest.mark.parametrize(
    "words",
    [
        "ModuleNotFoundError: No module named 'encodings'",
        "python: error while loading shared libraries: libpython3.11.so.1.0: cannot open shared object file",
        "No Python at '\"C:\\Python310\\python.exe'",
        "failed to locate pyvenv.cfg: No pyvenv.cfg file",
    ],
)
def test_a_python_that_lost_a_part_is_broken(tmp_path, words):
    (tmp_path / "words").write_text(words + "\n")
    script = f"#!/bin/sh\ncat {tmp_path / 'words'} >&2\nexit 1\n"
    assert f"is a broken Python: {words}" in refusal_of(program(tmp_path, script, "python"))


def test_a_folder_without_a_python_is_named(tmp_path):
    assert refusal_of(tmp_path) == f"The folder {tmp_path} holds no Python interpreter."


def test_a_folder_that_is_an_environment_stands_for_its_interpreter(tmp_path):
    (tmp_path / "bin").mkdir()
    os.symlink(sys.executable, tmp_path / "bin" / "python")
    target = parse_target(str(tmp_path))
    outcome = run_agent(target, "inspect", {"import_torch": False}, deadline_s=60)
    assert outcome.record.messages[-1]["type"] == "result"


def test_a_missing_program_of_another_kind_of_target_is_named(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(UserProblem, match=r"The program wsl\.exe was not found"):
        run_agent(Target("wsl", "Ubuntu"), "inspect", {}, deadline_s=5)


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, "with exit status 0"), (3, "with exit status 3"), (-11, "by SIGSEGV"), (-120, "by signal 120")],
)
def test_the_exit_is_said_in_words(status, words):
    assert words in exit_words(RunRecord(exit_status=status))
