"""The Python interface: what the command line itself calls, typed.

Stability: names, parameters and result types of this module change only with the major version; results are frozen
dataclasses that may gain fields. Everything else under ``gpuproof.core`` may change at any time.

Nothing here loads torch or NVML into the calling process, and nothing is changed on the machine or sent anywhere.
Problems that a person can mend (a target that is no Python, an unreadable file) raise
``gpuproof.core.problems.UserProblem``, whose ``message`` and ``hint`` are fit to show.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gpuproof.core.bench.model import BenchEvent, BenchResult, BenchSettings, PresetName
from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.facts.machine import Machine
from gpuproof.core.recommend.model import Recommendation

if TYPE_CHECKING:
    from gpuproof.core.report.compare import Comparison

__all__ = ["bench", "compare", "diagnose", "inspect", "recommend"]


def inspect(target: str = "self", *, import_torch: bool = True) -> Machine:
    """Return the facts of a target (``self``, ``python:PATH``, ``ssh:HOST`` ...), asked in a child process.

    With ``import_torch=False`` torch is never started there, and what only it can tell stays ``Unknown``.
    """
    from gpuproof.core.facts.readers import read_machine
    from gpuproof.core.launch.inspect import inspect_target
    from gpuproof.core.launch.targets import parse_target

    return read_machine(inspect_target(parse_target(target), import_torch=import_torch))


def diagnose(evidence: Machine | str | bytes | Path, *, app: str | None = None) -> Diagnosis:
    """Name the one root cause, from facts, from pasted text, or from a file (report, answers file, log)."""
    from gpuproof.core.diagnose import diagnose as judge

    if isinstance(evidence, Machine):
        return judge(evidence, app=app)
    from gpuproof.core.diagnose.evidence import machine_from

    data = evidence.read_bytes() if isinstance(evidence, Path) else evidence
    return judge(machine_from(data), app=app)


def recommend(machine: Machine, *, app: str | None = None) -> Recommendation:
    """Choose the torch wheel and driver for the machine as it is, with why and why not."""
    from gpuproof.core.recommend import recommend as decide
    from gpuproof.core.recommend.subject import subject_of

    return decide(subject_of(machine, app=app))


def bench(
    target: str = "self",
    *,
    preset: PresetName = "quick",
    device: str = "auto",
    on_event: Callable[[BenchEvent], None] | None = None,
    cancel: threading.Event | None = None,
) -> BenchResult:
    """Run the sample workload in children of the target's interpreter and return figures with their raw blocks."""
    from gpuproof.core.bench.session import run_benchmark
    from gpuproof.core.launch.targets import parse_target

    return run_benchmark(
        parse_target(target),
        BenchSettings(preset=preset, device=device),
        on_event=on_event or (lambda event: None),
        cancel=cancel or threading.Event(),
    )


def compare(before: Path, after: Path) -> Comparison:
    """Compare two report files: whether they may be compared, what changed, and each metric with its interval."""
    from gpuproof.core.report.compare import compare as weigh
    from gpuproof.core.report.store import load_report

    return weigh(load_report(before), load_report(after))
