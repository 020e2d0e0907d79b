"""The record of every set-up, written before anything is changed, so that an interrupted one is recognised and undone.

One small JSON file each, in the data folder; replaced as a whole, never half-written.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

from gpuproof.core.launch.places import data_folder
from gpuproof.core.launch.process_tree import is_running, own_start
from gpuproof.core.setup.model import SetupPlan

VERSION = 1
# recording, installing, verifying, restoring: at work or interrupted; done; failed: put back; undone: put back on wish;
# forgotten: the kept files were given up
State = Literal["recording", "installing", "verifying", "restoring", "done", "failed", "undone", "forgotten"]
_AT_WORK = ("recording", "installing", "verifying", "restoring")


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What one set-up was about to do, and how far it came. ``before`` are the packages that were there."""

    version: int = VERSION
    id: str
    state: State
    started: str  # UTC, ISO 8601
    prefix: str
    interpreter: str
    is_new: bool
    backup: str  # the folder of the kept files; empty for a new environment
    torch: str
    requirements: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    before: dict[str, str]
    process: int = 0
    process_started: float = 0.0

    @property
    def is_unfinished(self) -> bool:
        """Tell whether it was interrupted: it says that it is at work, and its process is gone."""
        return self.state in _AT_WORK and not self.is_running

    @property
    def is_running(self) -> bool:
        """Tell whether its process is at work right now."""
        return self.state in _AT_WORK and is_running(self.process, self.process_started)

    @property
    def can_be_undone(self) -> bool:
        """Tell whether there is something to put back."""
        return self.state == "done" or self.is_unfinished


def folder() -> Path:
    """Return the folder of the journals, not created here."""
    return data_folder() / "setup"


def begin(plan: SetupPlan, before: dict[str, str]) -> Journal:
    """Write the first record of a set-up; raises ``OSError`` when that is not possible."""
    now = datetime.now(timezone.utc)
    identifier = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    journal = Journal(
        id=identifier,
        state="recording",
        started=now.isoformat(timespec="microseconds"),
        prefix=str(plan.prefix),
        interpreter=plan.interpreter,
        is_new=plan.is_new,
        backup="" if plan.is_new else str(plan.prefix / f".gpuproof-undo-{identifier}"),
        torch=plan.torch,
        requirements=plan.source.requirements,
        options=plan.source.options,
        before=before,
        process=os.getpid(),
        process_started=own_start(),
    )
    folder().mkdir(parents=True, exist_ok=True)
    _write(journal)
    return journal


def move_on(journal: Journal, state: State) -> Journal:
    """Note how far it came. On a full disk the old record stays, which reads as an interruption: that is safe."""
    moved = replace(journal, state=state)
    with contextlib.suppress(OSError):
        _write(moved)
    return moved


def take_over(journal: Journal) -> Journal:
    """Make this process the one that works on it."""
    return move_on(replace(journal, process=os.getpid(), process_started=own_start()), "restoring")


def journals() -> tuple[Journal, ...]:
    """Return all readable journals, newest first."""
    found = [journal for file in sorted(folder().glob("*.json"), reverse=True) if (journal := _read(file))]
    return tuple(sorted(found, key=lambda journal: journal.started, reverse=True))


def _write(journal: Journal) -> None:
    target = folder() / f"{journal.id}.json"
    draft = target.with_suffix(".tmp")
    with draft.open("w", encoding="utf-8") as stream:
        json.dump(asdict(journal), stream)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, target)


def _read(file: Path) -> Journal | None:
    try:
        data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if data.get("version") != VERSION:
            return None
        data |= {"requirements": tuple(data["requirements"]), "options": tuple(data["options"])}
        return Journal(**data)
    except (OSError, ValueError, TypeError, KeyError):
        return None
