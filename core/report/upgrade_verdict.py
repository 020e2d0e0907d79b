"""What a driver upgrade did: one sentence, the comparison behind it, and what to go back to when it got slower."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gpuproof.core.problems import UserProblem
from gpuproof.core.report.compare import Comparison, compare
from gpuproof.core.report.measured import Measured, measured, read_measured
from gpuproof.core.report.model import Report
from gpuproof.core.report.sentence import percent_apart
from gpuproof.core.report.snapshot import Snapshot, kept_snapshot
from gpuproof.core.report.store import load_report
from gpuproof.core.words import Text, text


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeVerdict:
    """``go_back_to`` is set only when the GPU got slower; ``how`` says how to go back."""

    comparison: Comparison
    words: Text
    go_back_to: str | None
    how: Text | None = None


def judge_upgrade(snapshot: Snapshot, after: Report) -> UpgradeVerdict:
    """Compare the after-run with the snapshot and say in one sentence what the upgrade did."""
    return _judge(snapshot, measured(after))


def judge_if_upgraded(after: Report) -> UpgradeVerdict | None:
    """Judge a finished check when a snapshot is kept and another driver was measured; None: nothing to say."""
    snapshot = kept_snapshot()
    driver = after.conditions.get("driver_version")
    if snapshot is None or after.result is None or driver in (None, snapshot.driver_version):
        return None
    try:
        verdict = judge_upgrade(snapshot, after)
    except UserProblem:
        return None  # the kept report was damaged; the check itself is not about it
    return verdict if verdict.comparison.same_machine else None


def after_run_among(snapshot: Snapshot, newest_first: Iterable[Path]) -> Path | None:
    """Return the newest report that was made after the snapshot with another driver; files that are none are passed."""
    for path in newest_first:
        try:
            run = read_measured(path, with_stages=False)
        except UserProblem:
            continue
        driver = run.conditions.get("driver_version")
        if run.made_at > snapshot.made_at and run.metrics and driver not in (None, snapshot.driver_version):
            return path
    return None


def _judge(snapshot: Snapshot, after: Measured) -> UpgradeVerdict:
    before = measured(load_report(snapshot.path))
    comparison = compare(before, after)
    found = {result.metric: result for result in comparison.results}
    speed = found.get("gpu.frames_per_second") or found.get("speedup")
    driver = str(after.conditions.get("driver_version", "?"))
    versions = {"before": snapshot.driver_version, "after": driver}
    if not comparison.same_machine:
        words = text("This report comes from another machine than the one kept before the upgrade.")
    elif driver == snapshot.driver_version:
        words = text("The driver is still {before}: this report says nothing about an upgrade.", **versions)
    elif speed is None or not comparison.comparable or speed.verdict == "cannot_tell":
        words = text("Whether driver {after} is faster than {before} cannot be told from these two runs.", **versions)
    elif speed.verdict == "slower":
        words = text(
            "With driver {after} the GPU is {change} % slower than with {before}. Go back to {before}.",
            change=percent_apart(speed.ratio),
            **versions,
        )
        how = _how_back(snapshot.driver_version, str(after.conditions.get("platform", "")))
        return UpgradeVerdict(comparison=comparison, words=words, go_back_to=snapshot.driver_version, how=how)
    elif speed.verdict == "faster":
        words = text(
            "With driver {after} the GPU is {change} % faster than with {before}.",
            change=percent_apart(speed.ratio),
            **versions,
        )
    else:
        words = text("Driver {after} is as fast as {before}.", **versions)
    return UpgradeVerdict(comparison=comparison, words=words, go_back_to=None)


def _how_back(version: str, platform: str) -> Text:
    branch = version.split(".", 1)[0]
    if platform in ("windows", "wsl"):
        return text(
            "On Windows: Device Manager, the GPU, Driver, Roll Back Driver; or install {version} from "
            "https://www.nvidia.com/drivers with Custom, Clean installation. Then restart and check again.",
            version=version,
        )
    return text(
        "On Ubuntu: sudo apt install nvidia-driver-{branch} (or nvidia-driver-{branch}-open, as it was before); "
        "elsewhere install branch {branch} the way the driver was installed. Then restart and check again.",
        branch=branch,
    )
