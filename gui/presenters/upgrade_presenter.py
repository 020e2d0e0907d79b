"""The driver upgrade assistant: a snapshot that is kept over the restart, noticed at the next start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gpuproof.core.problems import UserProblem
from gpuproof.core.report.model import Report
from gpuproof.core.words import Text, text
from gpuproof.gui.presenters.background import Background


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeState:
    """``before``: the snapshot's file where another driver runs now. ``kept``: a snapshot was kept just now.

    ``verdict``: what the upgrade did, by the report ``after``; ``how``: the way back, when it got slower.
    """

    before: Path | None = None
    driver_before: str = ""
    kept: bool = False
    after: Path | None = None
    verdict: Text | None = None
    how: Text | None = None
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

    def judge(self, newest_first: Iterable[Path]) -> None:
        """Judge the upgrade by the newest of these reports that was made with the new driver."""
        before, paths = self.state, tuple(newest_first)
        self._background.start(lambda: _judge(before, paths), self._set, self._failed)

    def drop(self) -> None:
        """Forget the snapshot."""
        self._background.start(_drop, self._set, self._failed)

    def _failed(self, problem: UserProblem) -> None:
        self._set(replace(self.state, kept=False, problem=problem.message, hint=problem.hint))

    def _set(self, state: UpgradeState) -> None:
        self.state = state
        self.state_changed.emit(state)


def _look() -> UpgradeState:
    from gpuproof.core.report.snapshot import driver_changed_since, kept_snapshot

    snapshot = kept_snapshot()
    if snapshot is None or not driver_changed_since(snapshot):
        return UpgradeState()
    return UpgradeState(before=snapshot.path, driver_before=snapshot.driver_version)


def _judge(state: UpgradeState, newest_first: tuple[Path, ...]) -> UpgradeState:
    from gpuproof.core.report.snapshot import kept_snapshot
    from gpuproof.core.report.store import load_report
    from gpuproof.core.report.upgrade_verdict import after_run_among, judge_upgrade

    snapshot = kept_snapshot()
    after = after_run_among(snapshot, newest_first) if snapshot is not None else None
    if snapshot is None or after is None:
        raise UserProblem(
            text("No report was made with the new driver yet."), text("Check again first, then compare with it.")
        )
    verdict = judge_upgrade(snapshot, load_report(after))
    return replace(state, after=after, verdict=verdict.words, how=verdict.how, problem=None, hint=None)


def _keep(report: Report) -> UpgradeState:
    from gpuproof.core.report.snapshot import keep_snapshot

    return UpgradeState(kept=True, driver_before=keep_snapshot(report).driver_version)


def _drop() -> UpgradeState:
    from gpuproof.core.report.snapshot import drop_snapshot

    drop_snapshot()
    return UpgradeState()
