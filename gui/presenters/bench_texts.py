"""A benchmark's result in the words, figures and rows that its step shows."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from gpuproof.core.bench.model import STAGES, BenchResult, DeviceResult, LayerName, ProofVerdict, Ratio
from gpuproof.core.bench.phrases import skipped_words
from gpuproof.core.bench.several_words import several_statements
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.graph_texts import figure
from gpuproof.gui.style.colours import Tone

PROOF_TONES: dict[ProofVerdict, Tone] = {"proven": "ok", "not_proven": "warning", "refuted": "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One rung of the ladder: a variant, its speed, and why there is none where there is none."""

    name: str
    frames_per_second: float | None
    note: Text | None = None
    is_best: bool = False


def verdict_words(verdict: ProofVerdict) -> tuple[Tone, Text, Text]:
    """Return tone, title and sentence of the proof."""
    known: dict[ProofVerdict, tuple[Text, Text]] = {
        "proven": (
            text("GPU proven"),
            text("Environment, placement and behaviour all say the same: the GPU does the work."),
        ),
        "not_proven": (
            text("Not proven"),
            text("Something could not be observed. The layers below say what; no claim is made beyond that."),
        ),
        "refuted": (text("Refuted"), text("The GPU did not do the work. The layer below says where it shows.")),
    }
    return PROOF_TONES[verdict], *known[verdict]


def verdict_word(verdict: ProofVerdict) -> Text:
    """Return the word of one layer's verdict."""
    return {"proven": text("Proven"), "not_proven": text("Not proven"), "refuted": text("Refuted")}[verdict]


def layer_title(name: LayerName) -> Text:
    """Return what a layer is called."""
    return {
        "environment": text("Environment: driver, libraries and build fit"),
        "placement": text("Placement: model and data lie on the GPU"),
        "behaviour": text("Behaviour: the driver saw the work, and hiding the GPU slows it down"),
    }[name]


def speed_note(device: DeviceResult | None) -> Text | None:
    """Return what is to be said about a device's speed: name, variant and interval."""
    if device is None:
        return None
    return text(
        "{device}\n{low} to {high} · {variant} · batch {batch}",
        device=device.name,
        low=figure(device.low),
        high=figure(device.high),
        variant=device.variant,
        batch=device.batch,
    )


def ratio_note(ratio: Ratio | None) -> Text | None:
    """Return the interval of the speed-up."""
    if ratio is None:
        return None
    return text("95 % interval {low} to {high}", low=figure(ratio.low), high=figure(ratio.high))


def stage_title(stage: str) -> Text:
    """Return what a stage is called."""
    known = {
        "face_encoding": text("Face encoding"),
        "alignment": text("Alignment"),
        "reconstruction": text("Reconstruction"),
        "transfer": text("Transfer"),
        "compositing": text("Compositing"),
        "other": text("Other"),
    }
    return known.get(stage, literal(stage))


def stages_of(device: DeviceResult) -> tuple[tuple[str, float], ...]:
    """Return milliseconds per frame by stage, in the order of the pipeline."""
    known = [(stage, device.stages[stage]) for stage in STAGES if stage in device.stages]
    return (*known, *((stage, ms) for stage, ms in device.stages.items() if stage not in STAGES))


def ladder(result: BenchResult) -> tuple[Rung, ...]:
    """Return every variant that was tried on the GPU, or on the CPU without one: slowest first, skipped ones last."""
    device = result.gpu or result.cpu
    if device is None:
        return ()
    rungs = [_rung(name, told, result, device) for name, told in device.variants.items()]
    return tuple(sorted(rungs, key=lambda rung: (rung.frames_per_second is None, rung.frames_per_second or 0.0)))


def result_doubts(result: BenchResult) -> tuple[Text, ...]:
    """Return the doubts in words."""
    return tuple(doubt.words for doubt in result.doubts)


def _rung(name: str, told: dict[str, object], result: BenchResult, device: DeviceResult) -> Rung:
    speeds = [
        block.frames / block.duration_s
        for block in result.blocks
        if block.device == device.device and block.variant == name and not block.is_warm_up and block.duration_s > 0
    ]
    stated = told.get("frames_per_second")
    speed = float(stated) if isinstance(stated, int | float) else median(speeds) if speeds else None
    skipped = told.get("skipped")
    return Rung(
        name=name,
        frames_per_second=speed,
        note=skipped_words(str(skipped)) if skipped is not None else None,
        is_best=name == device.variant,
    )


def several_texts(result: BenchResult) -> tuple[Text, ...]:
    """Return what was found of several GPUs; empty where one was measured."""
    return several_statements(result.several) if result.several is not None else ()
