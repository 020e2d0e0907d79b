"""Where an agent runs and how a run can end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Job = Literal["inspect", "bench", "watch"]
Message = dict[str, Any]  # one decoded JSON line of the agent
LOCAL = ("self", "python", "conda")  # kinds of targets that share this machine's clock


@dataclass(frozen=True, slots=True)
class Target:
    """``self``, ``python:PATH``, ``conda:NAME``, ``docker:CONTAINER``, ``ssh:HOST``, ``wsl:DISTRO``."""

    kind: Literal["self", "python", "conda", "docker", "ssh", "wsl"]
    name: str = ""

    def __str__(self) -> str:
        return self.kind if self.kind == "self" else f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What every run leaves behind, however it ended."""

    messages: tuple[Message, ...] = ()
    malformed: tuple[str, ...] = ()
    stderr_tail: tuple[str, ...] = ()
    exit_status: int | None = None
    took_s: float = 0.0
    left_behind: tuple[int, ...] = ()  # pids of children that could not be ended (a hung driver call)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The agent sent its result."""

    result: Message
    record: RunRecord = field(default_factory=RunRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerError:
    """The agent said what went wrong (``kind`` such as out-of-memory, no-torch) and ended by itself."""

    kind: str
    detail: str
    record: RunRecord = field(default_factory=RunRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed:
    """The process ended without a result or an error: a signal, a missing interpreter, a broken venv."""

    detail: str
    record: RunRecord = field(default_factory=RunRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """The deadline passed; the process was ended."""

    deadline_s: float
    record: RunRecord = field(default_factory=RunRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """A person asked to stop."""

    record: RunRecord = field(default_factory=RunRecord)


Outcome = Finished | WorkerError | Crashed | TimedOut | Cancelled
