"""What a comparison, a row or a step says in one sentence, the same in the terminal and elsewhere."""

from __future__ import annotations

import re

from gpuproof.core.report.compare import Comparison, MetricComparison
from gpuproof.core.report.verdict import CompareVerdict
from gpuproof.core.words import Text, literal, text

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
VERDICTS: dict[CompareVerdict, Text] = {
    "faster": text("faster"),
    "slower": text("slower"),
    "no_difference": text("no difference"),
    "cannot_tell": text("cannot tell"),
}
_METRICS: dict[str, Text] = {
    "gpu.frames_per_second": text("GPU speed"),
    "gpu.stages.prepare": text("GPU, preparation"),
    "gpu.stages.upload": text("GPU, upload"),
    "gpu.stages.face_encoding": text("GPU, face encoding"),
    "gpu.stages.alignment": text("GPU, alignment"),
    "gpu.stages.reconstruction": text("GPU, reconstruction"),
    "gpu.stages.super_resolution": text("GPU, super-resolution"),
    "gpu.stages.compositing": text("GPU, compositing"),
    "gpu.stages.download": text("GPU, download"),
    "cpu.frames_per_second": text("CPU speed"),
    "cpu.stages.prepare": text("CPU, preparation"),
    "cpu.stages.upload": text("CPU, copying in"),
    "cpu.stages.face_encoding": text("CPU, face encoding"),
    "cpu.stages.alignment": text("CPU, alignment"),
    "cpu.stages.reconstruction": text("CPU, reconstruction"),
    "cpu.stages.super_resolution": text("CPU, super-resolution"),
    "cpu.stages.compositing": text("CPU, compositing"),
    "cpu.stages.download": text("CPU, copying out"),
    "speedup": text("Speed-up"),
}
_UNITS: dict[str, Text] = {
    "frames/s": text("frames/s"),
    "ms/frame": text("ms per frame"),
    "ratio": text("times the CPU"),
}
_SIDES = {"gpu": literal("GPU"), "cpu": literal("CPU")}


def metric_words(metric: str) -> Text:
    """Return what a figure is called; one that is not known is shown by its name."""
    return _METRICS.get(metric, literal(metric))


def unit_words(unit: str) -> Text:
    """Return a unit in words."""
    return _UNITS.get(unit, literal(unit))


def moment(made_at: str) -> str:
    """Return a time in ISO 8601 as people read it, to the minute; anything else as it stands."""
    return made_at[:16].replace("T", " ") if _MOMENT.match(made_at) else made_at


def percent_change(ratio: float) -> str:
    """Return a ratio as a signed change: 0.885 is -11.5 %."""
    return f"{100 * (ratio - 1):+.1f} %"


def percent_apart(ratio: float) -> str:
    """Return by how many percent a ratio is off, without its direction: 0.885 is 11.5."""
    return f"{100 * abs(ratio - 1):.1f}"


def overall_sentence(comparison: Comparison) -> Text:
    """Return the answer: what became of the GPU's speed, or of the CPU's where no GPU was measured."""
    found = {result.metric: result for result in comparison.results}
    for side in ("gpu", "cpu"):
        speed = found.get(f"{side}.frames_per_second")
        if speed is not None:
            return _sentence(speed, _SIDES[side])
    return text("The two reports have no figure in common.")


def _sentence(speed: MetricComparison, side: Text) -> Text:
    values = {
        "side": side,
        "change": percent_apart(speed.ratio),
        "low": percent_change(speed.low),
        "high": percent_change(speed.high),
    }
    return {
        "faster": text("The {side} is {change} % faster than before (95 % interval {low} to {high}).", **values),
        "slower": text("The {side} is {change} % slower than before (95 % interval {low} to {high}).", **values),
        "no_difference": text("The {side} is as fast as before (95 % interval {low} to {high}).", **values),
        "cannot_tell": text(
            "Whether the {side} got faster or slower cannot be told from these runs (95 % interval {low} to {high}).",
            **values,
        ),
    }[speed.verdict]
