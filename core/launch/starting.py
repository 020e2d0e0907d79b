"""How each kind of target starts the same agent: an argument list, never a shell line of ours."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from gpuproof.core.launch.model import Target
from gpuproof.core.launch.surroundings import is_frozen
from gpuproof.core.launch.targets import interpreter_of
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

AGENT_FOLDER = Path(__file__).resolve().parent.parent / "agent"
_START_SCRIPT = AGENT_FOLDER / "start" / "start_agent.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The command of an agent, the bytes that go before its request, and whether it runs on this machine.

    ``changes`` are those of its environment variables: what misleads another Python goes (None), what it needs comes.
    """

    command: tuple[str, ...]
    preamble: bytes = b""
    is_local: bool = True
    changes: Mapping[str, str | None] = field(default_factory=dict)


def start_of(target: Target) -> Start:
    """Return how to start an agent there; raises ``UserProblem`` where the target cannot even be named."""
    if target.kind == "self":
        return _own_start()
    if target.kind == "python":
        return local_start(existing_interpreter(target.name), {"PYTHONHOME": None})
    from gpuproof.core.launch.elsewhere import start_elsewhere

    return start_elsewhere(target)


def _own_start() -> Start:
    return local_start(own_interpreter(), {"PYTHONHOME": None} if is_frozen() else {})


def own_interpreter() -> str:
    """Return the interpreter that ``self`` means: this one, or the person's usual Python in a packaged app."""
    if not is_frozen():
        return sys.executable
    from gpuproof.core.launch.usual import usual_python

    usual = usual_python()
    if usual is None:
        raise UserProblem(
            text("This packaged app holds no Python of its own to look into."),
            text("Choose a Python environment; `gpuproof targets` lists those found here."),
        )
    return str(usual)


def local_start(interpreter: str, changes: Mapping[str, str | None]) -> Start:
    """Return the start of an agent in an interpreter of this machine."""
    return Start(command=(interpreter, str(_START_SCRIPT)), changes=changes)


def existing_interpreter(name: str) -> str:
    """Return the interpreter that a ``python:`` target names, or say why it cannot be one."""
    path = interpreter_of(name)
    if not os.path.lexists(path):
        raise UserProblem(
            text("There is no file {path}.", path=path),
            text("Name an existing Python interpreter (3.8 or newer); `gpuproof targets` lists those found here."),
        )
    if not os.path.exists(path):
        raise UserProblem(
            text("{path} is a broken environment: it points to {aim}, which is gone.", path=path, aim=_aim(path)),
            text("Create the environment again, for example with `python -m venv`, or name another interpreter."),
        )
    return path


def _aim(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return "?"


@lru_cache(maxsize=1)
def own_pynvml() -> str | None:
    """Return the file of this app's copy of pynvml (nvidia-ml-py), found without importing it."""
    spec = importlib.util.find_spec("pynvml")
    bundle = getattr(sys, "_MEIPASS", None)  # a packaged app carries the file beside its compiled modules
    places = (spec.origin if spec is not None else None, bundle and os.path.join(bundle, "pynvml.py"))
    return next((place for place in places if place and place.endswith(".py") and os.path.isfile(place)), None)
