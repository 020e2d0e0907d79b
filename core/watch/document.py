"""The JSON document of a watch: verdict, evidence, phases, GPUs, alarms and, for a command, log and joint verdict."""

from __future__ import annotations

from typing import Any

from gpuproof.core.bench.model import TelemetrySample
from gpuproof.core.logs.document import log_document
from gpuproof.core.logs.model import LogVerdict
from gpuproof.core.watch.model import Alarm, JointVerdict, Judgement, Observation
from gpuproof.core.words import Text

_GPU_FIELDS = (
    "utilisation_percent",
    "memory_used_mib",
    "process_memory_mib",
    "process_sm_percent",
    "power_w",
    "temperature_celsius",
)


def watch_document(
    seen: Observation, judged: Judgement, alarms: tuple[Alarm, ...], language: str, pid: int | None = None
) -> dict[str, Any]:
    """Return the document of the behaviour alone."""
    return {
        "verdict": judged.verdict,
        "why": judged.why.render(language),
        "evidence": _all(judged.evidence, language),
        "advice": _all(judged.advice, language),
        "figures": {name: round(value, 3) for name, value in judged.figures.items()},
        "phases": [
            {"kind": phase.kind, "start_s": round(phase.start_s, 2), "end_s": round(phase.end_s, 2)}
            for phase in judged.phases
        ],
        "used_gpus": list(judged.used_gpus),
        "gpus": [_gpu(seen, gpu.index, gpu.name) for gpu in seen.gpus],
        "alarms": [
            {"kind": alarm.kind, "gpu": alarm.gpu, "at_s": round(alarm.at_s, 2), "text": alarm.words.render(language)}
            for alarm in alarms
        ],
        "samples": len(seen.samples),
        "pid": pid,
    }


def add_command(
    document: dict[str, Any], log: LogVerdict, joint: JointVerdict, exit_code: int, language: str
) -> dict[str, Any]:
    """Add what a watched command said, how it ended, and the joint verdict."""
    return {
        **document,
        "exit_code": exit_code,
        "log": log_document(log, language),
        "joint": {
            "verdict": joint.verdict,
            "text": joint.words.render(language),
            "layers": [
                {"name": name, "verdict": verdict, "text": words.render(language)}
                for name, verdict, words in joint.layers
            ],
        },
    }


def sample_line(sample: TelemetrySample) -> dict[str, Any]:
    """Return one sample as a line of JSON would hold it, without what is not known."""
    names = (
        "at_s",
        "gpu",
        *_GPU_FIELDS,
        "sm_clock_mhz",
        "throttle_reasons",
        "cpu_percent",
        "process_cpu_percent",
        "process_wait_percent",
    )
    return {name: getattr(sample, name) for name in names if getattr(sample, name) not in (None, ())}


def _gpu(seen: Observation, index: int, name: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {"index": index, "name": name}
    for field in _GPU_FIELDS:
        values = [getattr(sample, field) for sample in seen.samples if sample.gpu == index]
        known = [value for value in values if value is not None]
        if known:
            row[field] = {"mean": round(sum(known) / len(known), 2), "max": round(max(known), 2)}
    return row


def _all(sentences: tuple[Text, ...], language: str) -> list[str]:
    return [words.render(language) for words in sentences]
