"""The latest reports for the home page: what was checked, when, and the verdict; read in the background."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gpuproof.core.bench.model import ProofVerdict
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Text
from gpuproof.gui.presenters.background import Background

MOST = 6
_MOST_BYTES = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Speed:
    name: str = ""
    frames_per_second: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    gpu: _Speed | None = None
    cpu: _Speed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proof:
    verdict: ProofVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class _Diagnosis:
    cause: str = ""
    title: Text | None = None
    primary: dict[str, object] | None = None  # only whether there is one


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """The part of a report file that a line of the list needs."""

    format: str
    made_at: str
    result: _Result | None = None
    proof: _Proof | None = None
    diagnosis: _Diagnosis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentReport:
    """One line of the list. ``verdict`` None: that check ran no benchmark; ``title`` is what the diagnosis said."""

    path: Path
    made_at: str
    device: str
    frames_per_second: float | None
    verdict: ProofVerdict | None
    has_fault: bool = False
    title: Text | None = None


class RecentPresenter(QObject):
    """Lists reports of this computer's folder and files that were opened from elsewhere."""

    changed = Signal(object)  # tuple[RecentReport, ...]

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background

    def look(self, opened: tuple[str, ...]) -> None:
        """Read the list anew."""
        self._background.start(lambda: recent_reports(opened), self.changed.emit, self._failed)

    def _failed(self, problem: UserProblem) -> None:
        self.changed.emit(())


def recent_reports(opened: tuple[str, ...] = ()) -> tuple[RecentReport, ...]:
    """Return the newest reports first; files that are gone or damaged are left out."""
    from gpuproof.core.checkup import default_report_folder

    folder = default_report_folder()
    own = list(folder.glob("gpuproof-report-*.json")) if folder.is_dir() else []
    paths = dict.fromkeys([*own, *(Path(name) for name in opened)])
    newest = sorted(paths, key=_changed_at, reverse=True)[: 2 * MOST]
    found = [report for report in (read_head(path) for path in newest) if report is not None]
    return tuple(sorted(found, key=lambda report: report.made_at, reverse=True)[:MOST])


def _plain(title: Text) -> Text:
    """Make the characters of a stranger's title visible, and keep it short."""
    from gpuproof.core.report.visible import visible

    return Text(visible(title.template)[:200], tuple((name, visible(value)[:80]) for name, value in title.values[:9]))


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def read_head(path: Path) -> RecentReport | None:
    """Return a report's line, or None where the file is none."""
    import msgspec

    from gpuproof.core.report.model import FORMAT

    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        head = msgspec.json.decode(data, type=_Head) if len(data) <= _MOST_BYTES else None
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    if head is None or head.format != FORMAT:
        return None
    result, diagnosis = head.result, head.diagnosis
    side = (result.gpu or result.cpu) if result is not None else None
    return RecentReport(
        path=path,
        made_at=head.made_at[:40],
        device=side.name[:80] if side is not None else "",
        frames_per_second=side.frames_per_second if side is not None else None,
        verdict=head.proof.verdict if head.proof is not None else None,
        has_fault=diagnosis is not None and diagnosis.primary is not None,
        title=_plain(diagnosis.title) if diagnosis is not None and diagnosis.title is not None else None,
    )
