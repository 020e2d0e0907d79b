"""Two reports side by side, or a folder of them: which, what changed, and each figure with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.background import Background
from gpuproof.gui.presenters.graph_texts import figure
from gpuproof.gui.presenters.recent import RecentReport, read_head
from gpuproof.gui.style.colours import Tone

if TYPE_CHECKING:
    from gpuproof.core.report.compare import Comparison, MetricComparison
    from gpuproof.core.report.folder import Folder


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareState:
    """Two files or a folder, and what came out; ``heads`` says of each file what it measured and when."""

    before: Path | None = None
    after: Path | None = None
    is_working: bool = False
    comparison: Comparison | None = None
    heads: tuple[RecentReport | None, RecentReport | None] = (None, None)
    folder: Path | None = None  # of reports; ``before`` is their baseline then, where there is one
    table: Folder | None = None
    problem: Text | None = None
    hint: Text | None = None

    @property
    def is_ready(self) -> bool:
        """Tell whether there are two files to compare."""
        return self.before is not None and self.after is not None and not self.is_working


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """One line of the forest plot. Better stands to the right: times are turned round."""

    name: Text
    before: Text
    after: Text
    ratio: float
    low: float
    high: float
    verdict: Text
    tone: Tone


class ComparePresenter(QObject):
    """Compares when it is told to."""

    state_changed = Signal(object)  # CompareState

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self.state = CompareState()

    def choose(self, *, before: Path | None = None, after: Path | None = None) -> None:
        """Take one or both files; with both, compare."""
        state = self.state
        self._set(CompareState(before=before or state.before, after=after or state.after))
        self.compare()

    def choose_folder(self, folder: Path) -> None:
        """Read a folder of reports, each compared with ``before`` or, without one, with the oldest of its kind."""
        if self.state.is_working:
            return
        before = self.state.before
        self._set(CompareState(before=before, folder=folder, is_working=True))
        self._background.start(lambda: _read_folder(folder, before), self._read, self._failed)

    def swap(self) -> None:
        """Take after for before."""
        self._set(CompareState(before=self.state.after, after=self.state.before))
        self.compare()

    def compare(self) -> None:
        """Compare the two files."""
        before, after = self.state.before, self.state.after
        if before is None or after is None or self.state.is_working:
            return
        self._set(replace(self.state, is_working=True, problem=None, hint=None, comparison=None))
        self._background.start(lambda: _compare(before, after), self._compared, self._failed)

    def _compared(self, found: tuple[Comparison, tuple[RecentReport | None, RecentReport | None]]) -> None:
        self._set(replace(self.state, is_working=False, comparison=found[0], heads=found[1]))

    def _read(self, found: tuple[Folder, RecentReport | None]) -> None:
        self._set(replace(self.state, is_working=False, table=found[0], heads=(found[1], None)))

    def _failed(self, problem: UserProblem) -> None:
        self._set(replace(self.state, is_working=False, problem=problem.message, hint=problem.hint))

    def _set(self, state: CompareState) -> None:
        self.state = state
        self.state_changed.emit(state)


def forest_rows(comparison: Comparison) -> tuple[ForestRow, ...]:
    """Return the rows of the forest plot."""
    return tuple(_row(result) for result in comparison.results)


def overall(comparison: Comparison) -> tuple[Tone, Text, Text]:
    """Return tone, title and sentence of the whole comparison: that of the GPU's speed, else of the CPU's."""
    by_name = {result.metric: result for result in comparison.results}
    main = by_name.get("gpu.frames_per_second") or by_name.get("cpu.frames_per_second")
    if main is None:
        return "unknown", text("Nothing to compare"), text("The two reports have no figure in common.")
    tone, words = _verdict(main.verdict)
    sentence = text(
        "{ratio} times the speed, 95 % interval {low} to {high}.",
        ratio=figure(main.ratio),
        low=figure(main.low),
        high=figure(main.high),
    )
    if not comparison.comparable:
        return "unknown", text("These runs cannot simply be compared"), text("The reasons stand below.")
    return tone, words, sentence


def _row(result: MetricComparison) -> ForestRow:
    from gpuproof.core.report.sentence import metric_words

    tone, words = _verdict(result.verdict)
    is_time = result.unit == "ms/frame"
    ratio, low, high = result.ratio, result.low, result.high
    if is_time:
        ratio, low, high = 1 / ratio, 1 / high, 1 / low
    return ForestRow(
        name=metric_words(result.metric),
        before=literal(figure(result.before)),
        after=_with_unit(result.after, result.unit),
        ratio=ratio if math.isfinite(ratio) else 1.0,
        low=max(low, 1e-3),
        high=min(high, 1e3),
        verdict=words,
        tone=tone,
    )


def _with_unit(value: float, unit: str) -> Text:
    if unit == "ratio":
        return text("{ratio} times", ratio=figure(value))
    if unit == "frames/s":
        return text("{speed} frames/s", speed=figure(value))
    if unit == "ms/frame":
        return text("{time} ms per frame", time=figure(value))
    return literal(f"{figure(value)} {unit}")


def _verdict(verdict: str) -> tuple[Tone, Text]:
    known: dict[str, tuple[Tone, Text]] = {
        "faster": ("ok", text("Faster")),
        "slower": ("bad", text("Slower")),
        "no_difference": ("accent", text("No difference")),
        "cannot_tell": ("unknown", text("Cannot tell")),
    }
    return known[verdict]


def _compare(before: Path, after: Path) -> tuple[Comparison, tuple[RecentReport | None, RecentReport | None]]:
    from gpuproof.core.report.compare import compare
    from gpuproof.core.report.store import load_report

    return compare(load_report(before), load_report(after)), (read_head(before), read_head(after))


def _read_folder(folder: Path, before: Path | None) -> tuple[Folder, RecentReport | None]:
    from gpuproof.core.report.folder import read_folder

    table = read_folder(folder, (before,) if before is not None else ())
    return table, read_head(before) if before is not None else None
