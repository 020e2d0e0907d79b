"""Two reports side by side: may they be compared, what changed, and each figure with its interval and verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from gpuproof.core.report.comparable import Change, Reason, changes_between, reasons_against
from gpuproof.core.report.measured import Measured, measured
from gpuproof.core.report.metrics import Metric
from gpuproof.core.report.model import Report
from gpuproof.core.report.statistics import difference, level_of_runs
from gpuproof.core.report.verdict import CompareVerdict, verdict_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricComparison:
    """One figure before and after; ``ratio`` is after / before with its 95 % interval."""

    metric: str
    unit: str
    before: float
    after: float
    ratio: float
    low: float
    high: float
    verdict: CompareVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The answer. A figure that a reason touches is never called faster or slower.

    ``comparable`` is False when another GPU, preset, workload ... was measured, or when no figure is left untouched.
    """

    comparable: bool
    reasons: tuple[Reason, ...]
    changes: tuple[Change, ...]
    results: tuple[MetricComparison, ...]
    same_machine: bool


def compare(before: Report | Measured, after: Report | Measured) -> Comparison:
    """Compare two reports."""
    return compare_runs((before,), after)


def compare_runs(runs: Sequence[Report | Measured], last: Report | Measured) -> Comparison:
    """Compare one report with one or more runs of a baseline; several show by themselves how much runs differ."""
    baseline, after = [measured(run) for run in runs], measured(last)
    newest, second = baseline[-1], after.metrics
    reasons = tuple(dict.fromkeys(reason for run in baseline for reason in reasons_against(run, after)))
    first = _common([run.metrics for run in baseline])
    is_same_run = _is_same_run(baseline, after)
    results = tuple(
        _weigh(first[name], second[name], reasons, is_same_run=is_same_run) for name in first if name in second
    )
    is_another_run = any(reason.side != "cpu" for reason in reasons)
    is_any_left = any(not _is_touched(metric, reasons) for name, metric in second.items() if name in first)
    return Comparison(
        comparable=is_any_left and not is_another_run,
        reasons=reasons,
        changes=changes_between(newest, after),
        results=results,
        same_machine=newest.machine_id == after.machine_id,
    )


def compare_figure(runs: Sequence[Measured], after: Measured, metric: str) -> MetricComparison | None:
    """Compare one figure alone, by the rules of the whole comparison; None: one side does not have it."""
    before = _common([{metric: run.metrics[metric]} if metric in run.metrics else {} for run in runs]).get(metric)
    if before is None or metric not in after.metrics:
        return None
    reasons = [reason for run in runs for reason in reasons_against(run, after)]
    return _weigh(before, after.metrics[metric], reasons, is_same_run=_is_same_run(runs, after))


def comparison_document(comparison: Comparison, language: str) -> dict[str, Any]:
    """Return the comparison as its JSON contract."""
    return {
        "comparable": comparison.comparable,
        "reasons": [reason.render(language) for reason in comparison.reasons],
        "changes": [
            {"name": change.name, "before": change.before, "after": change.after} for change in comparison.changes
        ],
        "results": [_row(result) for result in comparison.results],
        "same_machine": comparison.same_machine,
    }


def _is_same_run(baseline: Sequence[Measured], after: Measured) -> bool:
    return len(baseline) == 1 and (baseline[0].made_at, baseline[0].metrics) == (after.made_at, after.metrics)


def _row(result: MetricComparison) -> dict[str, Any]:
    names = ("metric", "before", "after", "ratio", "low", "high", "verdict", "unit")
    return {name: getattr(result, name) for name in names}


def _common(runs: Sequence[dict[str, Metric]]) -> dict[str, Metric]:
    """Return the figures that every run of the baseline has, with the spread between the runs."""
    found: dict[str, Metric] = {}
    for name, metric in runs[0].items():
        levels = [run[name].level for run in runs if name in run]
        level = level_of_runs(levels) if len(levels) == len(runs) else None
        if level is not None:
            found[name] = replace(metric, level=level)
    return found


def _weigh(before: Metric, after: Metric, reasons: Sequence[Reason], *, is_same_run: bool) -> MetricComparison:
    ratio, low, high = (1.0, 1.0, 1.0) if is_same_run else difference(before.level, after.level)
    verdict = verdict_of(ratio, low, high, higher_is_better=after.higher_is_better)
    return MetricComparison(
        metric=after.name,
        unit=after.unit,
        before=before.value,
        after=after.value,
        ratio=ratio,
        low=low,
        high=high,
        verdict="cannot_tell" if _is_touched(after, reasons) else verdict,
    )


def _is_touched(metric: Metric, reasons: Sequence[Reason]) -> bool:
    return any("both" in (reason.side, metric.side) or reason.side == metric.side for reason in reasons)
