"""Many reports: a table with its outliers, the history of each machine with the step in it, and a baseline for all."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from gpuproof.core.problems import UserProblem
from gpuproof.core.report.comparable import Change
from gpuproof.core.report.compare import compare_figure
from gpuproof.core.report.measured import Measured, read_measured
from gpuproof.core.report.verdict import CompareVerdict
from gpuproof.core.words import Text, text

_MOST_FILES = 10_000
_FIGURE = "gpu.frames_per_second"
_FEWEST = 4  # reports that a group needs before one of them can be far from the others
_FAR = 3.5  # robust standard deviations (Iglewicz and Hoaglin)
_FAR_RATIO = 0.05
_TOLD = {"driver": "driver_version", "torch": "torch"}  # fields of a row, and the conditions that they are
_STEP_T = 4.5  # the largest t of all places where a history may be cut
_STEP_RATIO = 0.02
History = tuple[str, str, str, str]  # machine, card, preset and variant, which all reports of one history have alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """A row compared with another: ratio of GPU speeds with its interval, and the verdict."""

    file: str
    ratio: float
    low: float
    high: float
    verdict: CompareVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One report of the table."""

    file: str
    made_at: str
    machine_id: str
    gpu: str
    driver: str
    torch: str
    preset: str
    variant: str
    gpu_frames_per_second: float | None
    cpu_frames_per_second: float | None
    gpu_low: float | None = None
    gpu_high: float | None = None
    is_outlier: bool = False
    against_first: Against | None = None  # the oldest report of the same machine, card, preset and variant
    against_baseline: Against | None = None  # the reports that were given as the baseline

    @property
    def history(self) -> History:
        """Return the history that this report belongs to."""
        return self.machine_id, self.gpu, self.preset, self.variant


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryStep:
    """Where the speed of one machine changed for good; ``ratio`` is after / before.

    ``changed`` names what differs between the last report before and the first one after; ``changes`` with the values.
    """

    machine_id: str
    gpu: str
    preset: str
    variant: str
    made_at: str
    ratio: float
    changed: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def history(self) -> History:
        """Return the history that it lies in."""
        return self.machine_id, self.gpu, self.preset, self.variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder of reports; ``refused`` names the files that are none."""

    rows: tuple[Row, ...]
    steps: tuple[HistoryStep, ...]
    refused: tuple[tuple[str, Text], ...]


def read_folder(folder: Path, baseline: Sequence[Path] = ()) -> Folder:
    """Read every ``*.json`` of the folder itself, oldest report first; trouble with one file costs only that file.

    Each report is compared with the oldest of its kind, and with the baseline where there is one.
    """
    paths = sorted(folder.glob("*.json"))[:_MOST_FILES]
    if not paths:
        raise UserProblem(
            text("{folder} holds no report.", folder=folder), text("Expected: a folder with report files (*.json).")
        )
    runs: dict[str, Measured] = {}
    refused = []
    for path in paths:
        try:
            runs[path.name] = read_measured(path, with_stages=False)
        except UserProblem as problem:
            refused.append((path.name, problem.message))
    first = [read_measured(path, with_stages=False) for path in baseline]
    rows = [_row(name, run, first, baseline[-1].name if baseline else "") for name, run in runs.items()]
    return table_of(rows, refused, runs)


def table_of(
    rows: Iterable[Row], refused: Sequence[tuple[str, Text]] = (), runs: Mapping[str, Measured] | None = None
) -> Folder:
    """Return the table of rows, with outliers marked and steps found; ``runs``: what was measured, by file."""
    ordered = sorted(rows, key=lambda row: (row.made_at, row.file))
    histories = _groups(ordered, by_machine=True)
    steps = [step for group in histories if (step := find_step(group)) is not None]
    far = {row.file for group in _alike(ordered, steps) for row in _far(group)}
    against = {row.file: _against_first(group[0], row, runs or {}) for group in histories for row in group[1:]}
    marked = tuple(replace(row, is_outlier=row.file in far, against_first=against.get(row.file)) for row in ordered)
    return Folder(rows=marked, steps=tuple(steps), refused=tuple(refused))


def folder_document(folder: Folder) -> dict[str, Any]:
    """Return the table as JSON."""
    return {
        "rows": [asdict(row) for row in folder.rows],
        "steps": [asdict(step) for step in folder.steps],
        "refused": [{"file": name, "reason": reason.render()} for name, reason in folder.refused],
    }


def find_step(history: Sequence[Row]) -> HistoryStep | None:
    """Return the one place where a history changed most, when the change is clear; rows are in order of time.

    A single report that lies far from both of its neighbours is left out: it is an outlier and no step.
    """
    rows = [row for row in history if row.gpu_frames_per_second]
    rows = [row for row, is_spike in zip(rows, _spikes(rows), strict=True) if not is_spike]
    logs = [math.log(row.gpu_frames_per_second or 1.0) for row in rows]
    if len(logs) < 2 * 2:
        return None
    best, at = max((size, cut) for cut, size in enumerate(_step_sizes(logs), start=2))
    step = statistics.fmean(logs[at:]) - statistics.fmean(logs[:at])
    if best < _STEP_T or abs(step) < _STEP_RATIO:
        return None
    last, first = rows[at - 1], rows[at]
    changed = tuple(name for name in _TOLD if getattr(last, name) != getattr(first, name))
    return HistoryStep(
        machine_id=first.machine_id,
        gpu=first.gpu,
        preset=first.preset,
        variant=first.variant,
        made_at=first.made_at,
        ratio=math.exp(step),
        changed=changed,
        changes=tuple(
            Change(name=_TOLD[name], before=getattr(last, name), after=getattr(first, name)) for name in changed
        ),
    )


def _spikes(rows: Sequence[Row]) -> list[bool]:
    """Tell which reports differ from the median of themselves and their two neighbours by more than a run does."""
    logs = [math.log(row.gpu_frames_per_second or 1.0) for row in rows]
    starts = [min(max(at - 1, 0), max(len(logs) - 3, 0)) for at in range(len(logs))]
    return [
        abs(value - statistics.median(logs[start : start + 3])) > _FAR_RATIO
        for value, start in zip(logs, starts, strict=True)
    ]


def _against_first(first: Row, row: Row, runs: Mapping[str, Measured]) -> Against | None:
    return _against(first.file, [runs[first.file]], runs[row.file]) if first.file in runs and row.file in runs else None


def _against(file: str, before: Sequence[Measured], after: Measured) -> Against | None:
    found = compare_figure(before, after, _FIGURE) if before else None
    if found is None:
        return None
    return Against(file=file, ratio=found.ratio, low=found.low, high=found.high, verdict=found.verdict)


def _step_sizes(logs: Sequence[float]) -> list[float]:
    """Return the t of a change at each place that leaves two values on either side; one pass with running sums."""
    count = len(logs)
    sums = list(itertools.accumulate(logs, initial=0.0))
    squares = list(itertools.accumulate((value * value for value in logs), initial=0.0))
    return [_step_size(cut, count - cut, sums[cut], sums[-1] - sums[cut], squares[-1]) for cut in range(2, count - 1)]


def _step_size(first: int, second: int, first_sum: float, second_sum: float, squares: float) -> float:
    rest = squares - first_sum**2 / first - second_sum**2 / second
    deviation = math.sqrt(max(rest / (first + second - 2), 0.002**2))
    gap = abs(second_sum / second - first_sum / first)
    return gap / (deviation * math.sqrt(1 / first + 1 / second))


def _far(rows: Sequence[Row]) -> list[Row]:
    if len(rows) < _FEWEST:
        return []
    logs = [math.log(row.gpu_frames_per_second or 1.0) for row in rows]
    middle = statistics.median(logs)
    spread = statistics.median([abs(value - middle) for value in logs]) / 0.6745
    limit = max(_FAR * spread, _FAR_RATIO)
    return [row for row, value in zip(rows, logs, strict=True) if abs(value - middle) > limit]


def _alike(rows: Sequence[Row], steps: Sequence[HistoryStep]) -> list[list[Row]]:
    """Return the reports of one card and preset together, those of a machine after its step apart."""
    since = {step.history: step.made_at for step in steps}
    later = [row for row in rows if row.made_at >= since.get(row.history, "~")]
    files = {row.file for row in later}
    return [
        *_groups((row for row in rows if row.file not in files), by_machine=False), *_groups(later, by_machine=True)
    ]  # fmt: skip


def _groups(rows: Iterable[Row], *, by_machine: bool) -> list[list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if row.gpu_frames_per_second:
            key = (row.preset, row.gpu, row.variant, row.machine_id if by_machine else "")
            groups.setdefault(key, []).append(row)
    return list(groups.values())


def _row(name: str, run: Measured, baseline: Sequence[Measured], baseline_name: str) -> Row:
    gpu, cpu = run.gpu, run.cpu
    said = {key: str(value) for key, value in run.conditions.items() if value is not None}
    return Row(
        file=name,
        made_at=run.made_at,
        machine_id=run.machine_id,
        gpu=gpu.name if gpu else said.get("gpus", ""),
        driver=said.get("driver_version", ""),
        torch=said.get("torch", ""),
        preset=run.preset,
        variant=gpu.variant if gpu else "",
        gpu_frames_per_second=gpu.frames_per_second if gpu and gpu.frames_per_second > 0 else None,
        gpu_low=gpu.low if gpu else None,
        gpu_high=gpu.high if gpu else None,
        cpu_frames_per_second=cpu.frames_per_second if cpu and cpu.frames_per_second > 0 else None,
        against_baseline=_against(baseline_name, baseline, run),
    )
