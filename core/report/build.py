"""Puts one run together as a report. Nothing is redacted here: that happens when a report is saved or exported."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timezone

from gpuproof.core.bench.model import BenchResult, Proof
from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.machine import Machine, PythonFacts
from gpuproof.core.recommend.model import Recommendation
from gpuproof.core.report.conditions import conditions_of
from gpuproof.core.report.model import Report
from gpuproof.core.report.plain import plain_facts

MOST_SAMPLES = 12_000  # 16 values each: well inside the limits of a file that is opened again


def build_report(
    *,
    target: object,
    answers: Answers,
    machine: Machine,
    diagnosis: Diagnosis | None,
    recommendation: Recommendation | None,
    result: BenchResult | None = None,
    proof: Proof | None = None,
    now: datetime | None = None,
    app: str | None = None,
) -> Report:
    """Return the whole run as a report; ``target`` is a launch target or its text, ``now`` an aware time."""
    from gpuproof import __version__
    from gpuproof.core.report.privacy.key import machine_pseudonym

    return Report(
        made_at=utc_text(now or datetime.now(timezone.utc)),
        product_version=__version__,
        machine_id=machine_pseudonym(str(target)),
        target=str(target),
        answers=tuple(answers),
        facts=plain_facts(machine),
        diagnosis=diagnosis,
        recommendation=recommendation,
        result=_bounded(result),
        proof=proof,
        conditions=conditions_of(machine, result),
        tools=_tools(machine),
        app=app,
    )


def _bounded(result: BenchResult | None) -> BenchResult | None:
    """Keep a report readable: of very many telemetry samples every second, third ... one of each GPU stays."""
    if result is None or len(result.telemetry) <= MOST_SAMPLES:
        return result
    step = -(-len(result.telemetry) // MOST_SAMPLES)
    seen: Counter[int | None] = Counter()
    kept = []
    for sample in result.telemetry:
        if seen[sample.gpu] % step == 0:
            kept.append(sample)
        seen[sample.gpu] += 1
    return replace(result, telemetry=tuple(kept))


def utc_text(moment: datetime) -> str:
    """Return a time as ``2026-11-21T01:10:43Z``; a time without a zone is taken as UTC."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tools(machine: Machine) -> dict[str, str]:
    import platform

    from gpuproof import __version__

    tools = {"gpuproof": __version__, "python_of_gpuproof": platform.python_version()}
    if isinstance(machine.python, PythonFacts):
        tools["python_of_target"] = machine.python.version
    return tools
