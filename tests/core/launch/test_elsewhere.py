"""Containers, hosts and WSL: the exact command, and the agent really running from memory."""

import io
import json
import os
import shlex
import sys
import zipfile
from pathlib import Path

import pytest
from helpers.fake_agent import program

from gpuproof.core.launch.elsewhere import (
    LOADER,
    docker_command,
    preamble,
    split_place,
    ssh_command,
    start_elsewhere,
    wsl_command,
)
from gpuproof.core.launch.inspect import inspect_target
from gpuproof.core.launch.model import Finished, Target
from gpuproof.core.launch.run import run_agent
from gpuproof.core.problems import UserProblem

PYENV = Path.home() / ".pyenv" / "versions"


def test_docker_runs_python_in_the_container_with_stdin_attached():
    assert docker_command("heygem-gen-video") == (
        *("docker", "exec", "-i", "-e", "PYTHONSAFEPATH=1", "-e", "PYTHONDONTWRITEBYTECODE=1"),
        *("heygem-gen-video", "python3", "-c", LOADER),
    )


def test_ssh_never_asks_and_never_reads_a_host_as_an_option():
    command = ssh_command("me@gpu-box")
    assert command[:6] == ("ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10")
    assert command[-3:-1] == ("--", "me@gpu-box")
    assert shlex.split(command[-1]) == ["exec", "python3", "-c", LOADER]


def test_wsl_runs_python_without_a_shell_in_between():
    assert wsl_command("Ubuntu-24.04") == (
        *("wsl.exe", "--distribution", "Ubuntu-24.04", "--exec", "python3", "-c", LOADER),
    )


@pytest.mark.parametrize(
    ("name", "place", "python"),
    [
        ("gpu-box", "gpu-box", "python3"),
        ("me@gpu-box:/opt/my venv/bin/python", "me@gpu-box", "/opt/my venv/bin/python"),
        ("heygem:/opt/conda/bin/python", "heygem", "/opt/conda/bin/python"),
        ("ssh://me@gpu-box:2222", "ssh://me@gpu-box:2222", "python3"),
        ("fe80::1", "fe80::1", "python3"),
    ],
)
def test_an_interpreter_may_follow_the_place(name, place, python):
    assert split_place(name) == (place, python)


def test_an_interpreter_is_quoted_for_the_far_shell():
    assert shlex.split(ssh_command("h", "/opt/my venv/$(x)/python")[-1])[1] == "/opt/my venv/$(x)/python"


def test_what_is_sent_is_the_agent_and_pynvml_and_nothing_else():
    stream = io.BytesIO(preamble())
    starter = stream.read(int(stream.readline()))
    names = zipfile.ZipFile(io.BytesIO(stream.read(int(stream.readline())))).namelist()
    assert stream.read() == b""
    assert b"def start(" in starter
    assert {"gpuproof_agent/main.py", "gpuproof_agent/questions/__init__.py", "pynvml.py"} <= set(names)
    assert all(name.startswith("gpuproof_agent/") or name == "pynvml.py" for name in names)
    assert len(preamble()) < 400_000


STAND_IN = """#!{python} -IS
import json, os, sys
open({log!r}, "a").write(json.dumps(sys.argv[1:]) + "\\n")
words = sys.argv[1:]
if words[:2] != ["exec", "-i"]:
    sys.exit("docker: unknown command")
words = words[2:]
variables = {{"PATH": os.environ["STAND_IN_PATH"]}}
while words[0] == "-e":
    name, _, value = words[1].partition("=")
    variables[name] = value
    words = words[2:]
container, command = words[0], words[1:]
if container != "heygem":
    sys.exit("Error response from daemon: No such container: " + container)
os.chdir("/")
try:
    os.execvpe(command[0], command, variables)
except OSError:
    sys.stderr.write('OCI runtime exec failed: exec: "python3": executable file not found in $PATH: unknown\\n')
    os._exit(127)
"""


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """A stand-in for docker whose container is a bare environment; returns the log of its arguments."""
    if sys.platform == "win32":
        pytest.skip("the stand-in is a script with a shebang line")
    tools = tmp_path / "tools"
    tools.mkdir()
    program(tools, STAND_IN.format(python=sys.executable, log=str(tmp_path / "log")), "docker")
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    container = tmp_path / "container"
    container.mkdir()
    os.symlink(os.path.realpath(sys.executable), container / "python3")
    monkeypatch.setenv("STAND_IN_PATH", str(container))
    return tmp_path / "log"


def test_the_agent_runs_in_a_container_from_memory(docker):
    outcome = run_agent(Target("docker", "heygem"), "inspect", {"import_torch": False}, deadline_s=60)
    assert isinstance(outcome, Finished)
    assert json.loads(docker.read_text().splitlines()[0])[:2] == ["exec", "-i"]


def test_a_container_is_inspected_like_any_target(docker):
    answers = inspect_target(Target("docker", "heygem"), import_torch=False)
    assert len(answers) > 20
    assert not [a for a in answers if a.status == "failed" and ("__file__" in a.detail or "gpuproof" in a.detail)]


def test_a_container_that_does_not_run_is_said(docker):
    with pytest.raises(UserProblem, match="No such container: other") as caught:
        run_agent(Target("docker", "other"), "inspect", {}, deadline_s=20)
    assert "docker ps" in str(caught.value.hint)


def test_a_container_without_python_is_said(docker, monkeypatch):
    monkeypatch.setenv("STAND_IN_PATH", "/nonexistent")
    with pytest.raises(UserProblem, match="executable file not found"):
        run_agent(Target("docker", "heygem"), "inspect", {}, deadline_s=20)


@pytest.mark.parametrize("version", ["2.7.18", "3.6.15", "3.7.16"])
def test_a_python_in_a_container_that_is_too_old_is_said(docker, monkeypatch, version):
    if not (PYENV / version).exists():
        pytest.skip(f"no Python {version} on this machine")
    python = PYENV / version / "bin" / ("python" if version.startswith("2") else "python3")
    with pytest.raises(UserProblem, match=rf"is Python {version[:3]}; 3\.8 or newer is needed"):
        run_agent(Target("docker", f"heygem:{python}"), "inspect", {}, deadline_s=20)


def test_python_3_8_in_a_container_can_be_asked(docker):
    python = PYENV / "3.8.18" / "bin" / "python3"
    if not python.exists():
        pytest.skip("no Python 3.8 on this machine")
    outcome = run_agent(Target("docker", f"heygem:{python}"), "inspect", {"import_torch": False}, deadline_s=60)
    assert isinstance(outcome, Finished)


def test_a_name_of_another_kind_has_its_own_start(docker):
    start = start_elsewhere(Target("docker", "heygem"))
    assert not start.is_local
    assert start.preamble == preamble()
