"""Starts agents that are not a plain interpreter of this machine: conda environments, containers, hosts, WSL.

Where our files do not exist, the agent is sent over stdin to ``python3 -c`` with a small loader. Nothing is installed
or written there. ssh, docker and wsl are the system's own programs, with the person's own configuration.
"""

from __future__ import annotations

import io
import shlex
import shutil
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from gpuproof.core.launch.model import Target
from gpuproof.core.launch.starting import AGENT_FOLDER, Start, local_start, own_pynvml
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

# reads one line with a length, then as much source text, and runs it; stdin stays open for what follows
LOADER = "import sys;b=getattr(sys.stdin,'buffer',sys.stdin);exec(b.read(int(b.readline())))"
_SSH_CONNECT_TIMEOUT_S = 10


def start_elsewhere(target: Target) -> Start:
    """Return the command for a conda, docker, ssh or wsl target."""
    if target.kind == "conda":
        from gpuproof.core.launch.conda import changes_for, interpreter_of_environment

        interpreter, prefix = interpreter_of_environment(target.name)
        return local_start(interpreter, changes_for(prefix))
    place, python = split_place(target.name)
    command = {"docker": docker_command, "ssh": ssh_command, "wsl": wsl_command}[target.kind](place, python)
    return Start(command=(_program(command[0]), *command[1:]), preamble=preamble(), is_local=False)


def split_place(name: str) -> tuple[str, str]:
    """Split ``gpu-box:/opt/venv/bin/python`` into place and interpreter; without one, python3 of its PATH."""
    place, colon, path = name.partition(":/")
    return (place, "/" + path) if colon and place and not path.startswith("/") else (name, "python3")


def docker_command(container: str, python: str = "python3") -> tuple[str, ...]:
    """Return the command that runs Python in a running container with stdin attached."""
    variables = ("PYTHONSAFEPATH=1", "PYTHONDONTWRITEBYTECODE=1")
    options = tuple(word for variable in variables for word in ("-e", variable))
    return ("docker", "exec", "-i", *options, container, python, "-c", LOADER)


def ssh_command(host: str, python: str = "python3") -> tuple[str, ...]:
    """Return the command of the system's ssh client; the far shell splits words, so they are quoted for it."""
    options = ("-T", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={_SSH_CONNECT_TIMEOUT_S}")
    # `--` ends the options: a host name can never be read as one
    return ("ssh", *options, "--", host, f"exec {shlex.quote(python)} -c {shlex.quote(LOADER)}")


def wsl_command(distribution: str, python: str = "python3") -> tuple[str, ...]:
    """Return the command that runs Python in a WSL distribution, without its shell in between."""
    return ("wsl.exe", "--distribution", distribution, "--exec", python, "-c", LOADER)


@lru_cache(maxsize=1)
def preamble() -> bytes:
    """Return what goes before the request: the starter's text and the archive, each after its length."""
    starter = (AGENT_FOLDER / "remote_start.py").read_bytes()
    archive = _archive()
    return b"%d\n%b%d\n%b" % (len(starter), starter, len(archive), archive)


def _archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in sorted(_files()):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _files() -> Iterator[tuple[str, Path]]:
    for file in AGENT_FOLDER.rglob("*.py"):
        relative = file.relative_to(AGENT_FOLDER)
        if relative.parts[0] != "start":
            yield f"gpuproof_agent/{relative.as_posix()}", file
    pynvml = own_pynvml()
    if pynvml is not None:
        yield "pynvml.py", Path(pynvml)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise UserProblem(
            text("The program {program} was not found.", program=name),
            text("Install it or put it on the PATH."),
        )
    return found
