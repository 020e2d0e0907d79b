"""Many reports: a table with its outliers, and the history of each machine with the step in it."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from gpuproof.core.problems import UserProblem
from gpuproof.core.report.brief import Brief, read_brief
from gpuproof.core.report.statistics import BETWEEN_RUNS, Level, difference, level_of_interval
from gpuproof.core.report.verdict import CompareVerdict, verdict_of
from gpuproof.core.words import Text, text

_MOST_FILES = 10_000
_FEWEST = 4  # reports that a group needs before one of them can be far from the others
_FAR = 3.5  # robust standard deviations (Iglewicz and Hoaglin)
_FAR_RATIO = 0.05
_STEP_T = 4.5  # the largest t of all places where a history may be cut
_STEP_RATIO = 0.02


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


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryStep:
    """Where the speed of one machine changed for good; ``ratio`` is after / before."""

    machine_id: str
    made_at: str
    ratio: float
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder of reports; ``refused`` names the files that are none."""

    rows: tuple[Row, ...]
    steps: tuple[HistoryStep, ...]
    refused: tuple[tuple[str, Text], ...]


def read_folder(folder: Path) -> Folder:
    """Read every ``*.json`` of the folder itself, oldest report first; trouble with one file costs only that file."""
    paths = sorted(folder.glob("*.json"))[:_MOST_FILES]
    if not paths:
        raise UserProblem(
            text("{folder} holds no report.", folder=folder), text("Expected: a folder with report files (*.json).")
        )
    rows, refused = [], []
    for path in paths:
        try:
            rows.append(_row(path.name, read_brief(path)))
        except UserProblem as problem:
            refused.append((path.name, problem.message))
    return table_of(rows, refused)


def table_of(rows: Iterable[Row], refused: Sequence[tuple[str, Text]] = ()) -> Folder:
    """Return the table of rows, with outliers marked and steps found."""
    ordered = sorted(rows, key=lambda row: (row.made_at, row.file))
    far = {row.file for group in _groups(ordered, by_machine=False) for row in _far(group)}
    steps = [step for group in _groups(ordered, by_machine=True) if (step := find_step(group)) is not None]
    against = {row.file: _against(group[0], row) for group in _groups(ordered, by_machine=True) for row in group[1:]}
    marked = tuple(replace(row, is_outlier=row.file in far, against_first=against.get(row.file)) for row in ordered)
    return Folder(rows=marked, steps=tuple(steps), refused=tuple(refused))


def folder_document(folder: Folder) -> dict[str, Any]:
    """Return the table as JSON."""
    return {
        "rows": [asdict(row) for row in folder.rows],
        "steps": [asdict(step) for step in folder.steps],
        "refused": [{"file": name, "reason": reason.render()} for name, reason in folder.refused],
    }


def find_step(rows: Sequence[Row]) -> HistoryStep | None:
    """Return the one place where a history changed most, when the change is clear; rows are in order of time."""
    logs = [math.log(row.gpu_frames_per_second) for row in rows if row.gpu_frames_per_second]
    if len(logs) != len(rows) or len(logs) < 2 * 2:
        return None
    best, at = max((size, cut) for cut, size in enumerate(_step_sizes(logs), start=2))
    step = statistics.fmean(logs[at:]) - statistics.fmean(logs[:at])
    if best < _STEP_T or abs(step) < _STEP_RATIO:
        return None
    names = ("gpu", "driver", "torch")
    changed = tuple(name for name in names if getattr(rows[at - 1], name) != getattr(rows[at], name))
    return HistoryStep(machine_id=rows[at].machine_id, made_at=rows[at].made_at, ratio=math.exp(step), changed=changed)


def _against(first: Row, row: Row) -> Against | None:
    levels = [_row_level(first), _row_level(row)]
    if levels[0] is None or levels[1] is None:
        return None
    ratio, low, high = difference(levels[0], levels[1])
    return Against(file=first.file, ratio=ratio, low=low, high=high, verdict=verdict_of(ratio, low, high))


def _row_level(row: Row) -> Level | None:
    return level_of_interval(
        row.gpu_frames_per_second or 0.0, row.gpu_low or 0.0, row.gpu_high or 0.0, BETWEEN_RUNS["gpu"]
    )


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


def _groups(rows: Iterable[Row], *, by_machine: bool) -> list[list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if row.gpu_frames_per_second:
            key = (row.preset, row.gpu, row.variant, row.machine_id if by_machine else "")
            groups.setdefault(key, []).append(row)
    return list(groups.values())


def _row(name: str, brief: Brief) -> Row:
    result = brief.result
    gpu, cpu = (result.gpu, result.cpu) if result else (None, None)
    said = {key: str(value) for key, value in brief.conditions.items() if value is not None}
    return Row(
        file=name,
        made_at=brief.made_at,
        machine_id=brief.machine_id,
        gpu=gpu.name if gpu else said.get("gpus", ""),
        driver=said.get("driver_version", ""),
        torch=said.get("torch", ""),
        preset=result.settings.preset if result else "",
        variant=gpu.variant if gpu else "",
        gpu_frames_per_second=gpu.frames_per_second if gpu and gpu.frames_per_second > 0 else None,
        gpu_low=gpu.low if gpu else None,
        gpu_high=gpu.high if gpu else None,
        cpu_frames_per_second=cpu.frames_per_second if cpu and cpu.frames_per_second > 0 else None,
    )
