"""The plan of a set-up, what is told while it is carried out, and how it can end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gpuproof.core.setup.sources import Source
from gpuproof.core.setup.watching import InstallProgress
from gpuproof.core.words import Text

StageName = Literal["record", "create", "install", "verify", "restore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One package that would be, or was, changed; None: not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPlan:
    """Everything that is shown before anything is done. ``prefix`` is the folder of the environment.

    ``environment`` holds variables for the installer (a proxy); they are not part of the commands that are shown.
    """

    interpreter: str
    prefix: Path
    is_new: bool
    base_interpreter: str
    torch: str  # exact version with its label
    variant: str
    source: Source
    changes: tuple[Change, ...]
    commands: tuple[str, ...]
    needed_bytes: int
    free_bytes: int
    warnings: tuple[Text, ...] = ()
    had_gpu: bool | None = None  # torch there could use the GPU before; None: not known or no torch
    environment: Mapping[str, str] = field(default_factory=dict)
    constraints_file: Path | None = None

    @property
    def is_nothing_to_do(self) -> bool:
        """Tell whether the environment already has what is recommended."""
        return not self.is_new and not self.changes


@dataclass(frozen=True, slots=True)
class SetupStage:
    """A part of the work begins."""

    stage: StageName


@dataclass(frozen=True, slots=True)
class SetupLine:
    """One line of the live log."""

    line: str


SetupEvent = SetupStage | SetupLine | InstallProgress
OnEvent = Callable[[SetupEvent], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What putting things back achieved; ``not_restored`` says in words what it could not."""

    files_restored: int = 0
    files_removed: int = 0
    not_restored: tuple[Text, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Tell whether everything is as it was."""
        return not self.not_restored


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupOutcome:
    """How a set-up ended. Without ``problem`` it was verified; with one, ``restored`` says what was put back."""

    journal: str
    verified: tuple[Text, ...] = ()
    notices: tuple[Text, ...] = ()
    problem: Text | None = None
    restored: Restored | None = None
    was_cancelled: bool = False

    @property
    def is_ok(self) -> bool:
        """Tell whether the environment now has what was planned and works."""
        return self.problem is None


def never() -> threading.Event:
    """Return a cancel that nobody sets."""
    return threading.Event()
