"""The ssh target against a real sshd on loopback, with the system's own client."""

import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from helpers.fake_agent import program

from gpuproof.core.launch.inspect import inspect_target
from gpuproof.core.launch.model import Finished, Target, TimedOut
from gpuproof.core.launch.run import run_agent
from gpuproof.core.problems import UserProblem

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
SSH, KEYGEN = shutil.which("ssh"), shutil.which("ssh-keygen")
pytestmark = pytest.mark.skipif(
    not (SSHD and SSH and KEYGEN) or sys.platform == "win32", reason="no sshd, ssh or ssh-keygen on this machine"
)

SERVER = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/me.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
PrintMotd no
"""
CLIENT = """
Host gpu-box
  HostName 127.0.0.1
  Port {port}
  User {user}
  IdentityFile {folder}/{key}
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known
  StrictHostKeyChecking no
  LogLevel ERROR
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sshd")
    for name in ("host", "me", "stranger"):
        subprocess.run([KEYGEN, "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd refuses to start without it
    (folder / "sshd_config").write_text(SERVER.format(port=port, folder=folder))
    for key, name in (("me", "client"), ("stranger", "client-of-a-stranger")):
        (folder / name).write_text(CLIENT.format(port=port, folder=folder, user=getpass.getuser(), key=key))
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([SSHD, "-D", "-e", "-f", folder / "sshd_config"], stderr=log)
    try:
        wait_for(port, server, folder)
        yield folder
    finally:
        server.kill()
        server.wait()


def wait_for(port, server, folder):
    until = time.monotonic() + 10
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.skip(f"sshd does not start here: {(folder / 'log').read_text()[-300:]}")


@pytest.fixture
def client(folder, tmp_path, monkeypatch):
    def use(config="client"):
        program(tmp_path, f'#!/bin/sh\nexec {SSH} -F {folder / config} "$@"\n', "ssh")
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    use()
    return use


def test_a_host_is_inspected_and_nothing_is_written_there(client):
    answers = inspect_target(Target("ssh", f"gpu-box:{sys.executable}"), import_torch=False)
    assert len(answers) > 20
    assert not [answer for answer in answers if answer.status == "failed" and "gpuproof" in answer.detail]


@pytest.mark.torch
def test_torch_on_the_host_is_asked_in_a_child_of_the_agent_there(client):
    pytest.importorskip("torch")
    answers = inspect_target(Target("ssh", f"gpu-box:{sys.executable}"))
    for question in ("torch.import", "torch.available", "torch.configuration"):
        assert answers.get(question).status == "ok", question


def test_the_path_python_of_the_host_is_used_when_none_is_named(client):
    outcome = run_agent(Target("ssh", "gpu-box"), "inspect", {"import_torch": False}, deadline_s=60)
    assert isinstance(outcome, Finished)


def test_a_host_that_does_not_know_us_is_said(client):
    client("client-of-a-stranger")
    with pytest.raises(UserProblem, match="Permission denied") as caught:
        run_agent(Target("ssh", "gpu-box"), "inspect", {}, deadline_s=20)
    assert "without a password" in str(caught.value.hint)


def test_an_interpreter_that_is_not_there_is_said(client):
    with pytest.raises(UserProblem, match=r"(not found|No such file)"):
        run_agent(Target("ssh", "gpu-box:/nowhere/python3"), "inspect", {}, deadline_s=20)


def test_nothing_stays_behind_on_the_host_after_the_deadline(client):
    pids = []
    outcome = run_agent(
        Target("ssh", f"gpu-box:{sys.executable}"),
        "watch",
        {"interval_s": 0.1},
        deadline_s=1.5,
        on_message=lambda message: pids.append(message.get("pid")),
    )
    assert isinstance(outcome, TimedOut)
    until = time.monotonic() + 5
    while psutil.pid_exists(pids[0]) and time.monotonic() < until:
        time.sleep(0.05)
    assert not psutil.pid_exists(pids[0])
