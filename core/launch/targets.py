"""Reads target names such as ``python:/opt/comfy/venv`` and finds the interpreter they mean; starts nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal, cast

from gpuproof.core.launch.model import Target
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

Kind = Literal["self", "python", "conda", "docker", "ssh", "wsl"]
KINDS = ("self", "python", "conda", "docker", "ssh", "wsl")
# where an interpreter lies inside an environment's folder, by system and habit
_INSIDE_FOLDER = (
    "bin/python3",
    "bin/python",
    "Scripts/python.exe",
    "python.exe",
    "python_embeded/python.exe",
    "python_embedded/python.exe",
    "venv/bin/python",
    "venv/Scripts/python.exe",
    ".venv/bin/python",
    ".venv/Scripts/python.exe",
)


def parse_target(words: str) -> Target:
    """Read a target; a bare path to something that exists is taken for ``python:PATH``."""
    kind, colon, name = words.strip().partition(":")
    if kind == "self" and not name:
        return Target("self")
    if kind not in KINDS or not colon or kind == "self":
        if os.path.lexists(os.path.expanduser(words)):
            return Target("python", _absolute(words))
        raise _not_a_target(words)
    name = name.strip()
    if not name or name.startswith("-") or any(ord(character) < 32 for character in name):
        raise _not_a_target(words)
    return Target(cast(Kind, kind), _absolute(name) if kind == "python" else name)


def interpreter_of(path: str) -> str:
    """Return the interpreter of a path: itself, or the one inside an environment's or application's folder.

    Symbolic links are kept: an environment's interpreter must be started under its own name to be that environment.
    """
    if not os.path.isdir(path):
        return path
    for relative in _INSIDE_FOLDER:
        candidate = os.path.join(path, *relative.split("/"))
        if os.path.lexists(candidate):
            return candidate
    raise UserProblem(
        text("The folder {path} holds no Python interpreter.", path=path),
        text("Name the interpreter itself, for example python:{example}.", example=_example(path)),
    )


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))


def _example(folder: str) -> str:
    return str(Path(folder) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))


def _not_a_target(words: str) -> UserProblem:
    return UserProblem(
        text("{found} is not a target.", found=repr(words)),
        text(
            "Use {forms}, or the path of a Python interpreter; `gpuproof targets` lists those of this machine. "
            "After docker, ssh and wsl an interpreter may follow: {example}.",
            forms="self, python:PATH, conda:NAME, docker:CONTAINER, ssh:HOST, wsl:DISTRO",
            example="ssh:HOST:/opt/venv/bin/python",
        ),
    )
