"""The driver upgrade assistant: a snapshot that is kept over the restart, noticed at the next start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gpuproof.core.problems import UserProblem
from gpuproof.core.report.model import Report
from gpuproof.core.words import Text
from gpuproof.gui.presenters.background import Background


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeState:
    """``before``: the snapshot's file where another driver runs now. ``kept``: a snapshot was kept just now."""

    before: Path | None = None
    driver_before: str = ""
    kept: bool = False
    problem: Text | None = None
    hint: Text | None = None


class UpgradePresenter(QObject):
    """Keeps, notices and drops the snapshot."""

    state_changed = Signal(object)  # UpgradeState

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self.state = UpgradeState()

    def look(self) -> None:
        """Look whether the driver was changed since a snapshot."""
        self._background.start(_look, self._set, self._failed)

    def keep(self, report: Report) -> None:
        """Keep a report as the state before an upgrade."""
        self._background.start(lambda: _keep(report), self._set, self._failed)

    def drop(self) -> None:
        """Forget the snapshot."""
        self._background.start(_drop, self._set, self._failed)

    def _failed(self, problem: UserProblem) -> None:
        self._set(UpgradeState(problem=problem.message, hint=problem.hint))

    def _set(self, state: UpgradeState) -> None:
        self.state = state
        self.state_changed.emit(state)


def _look() -> UpgradeState:
    from gpuproof.core.report.snapshot import driver_changed_since, kept_snapshot

    snapshot = kept_snapshot()
    if snapshot is None or not driver_changed_since(snapshot):
        return UpgradeState()
    return UpgradeState(before=snapshot.path, driver_before=snapshot.driver_version)


def _keep(report: Report) -> UpgradeState:
    from gpuproof.core.report.snapshot import keep_snapshot

    return UpgradeState(kept=True, driver_before=keep_snapshot(report).driver_version)


def _drop() -> UpgradeState:
    from gpuproof.core.report.snapshot import drop_snapshot

    drop_snapshot()
    return UpgradeState()
