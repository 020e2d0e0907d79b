"""Makes the session's result out of blocks and the children's last words. Pure: same input, same result."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gpuproof.core.agent.workload.intervals import Interval, interval
from gpuproof.core.agent.workload.presets import FRAME_RATE, PRESETS
from gpuproof.core.bench.collect import Collector
from gpuproof.core.bench.doubts import find_doubts
from gpuproof.core.bench.energy import joules_per_frame
from gpuproof.core.bench.expected import expected_figures
from gpuproof.core.bench.model import BenchResult, BenchSettings, Block, DeviceResult, Ratio, SeveralGpus
from gpuproof.core.bench.phrases import failure_words
from gpuproof.core.launch.model import Cancelled, Crashed, Finished, Message, Outcome, TimedOut, WorkerError
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Text

# which of the pipeline's steps belong to which stage that people are shown
STAGE_OF = {
    "prepare": "face_encoding",
    "face_encoding": "face_encoding",
    "alignment": "alignment",
    "reconstruction": "reconstruction",
    "super_resolution": "reconstruction",
    "compositing": "compositing",
    "upload": "transfer",
    "download": "transfer",
    "other": "other",
}
CLIP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How one child ended."""

    outcome: Outcome | UserProblem

    @property
    def result(self) -> Message | None:
        """Return the child's result message, None when it sent none."""
        return self.outcome.result if isinstance(self.outcome, Finished) else None

    def words(self, side: str) -> Text | None:
        """Return what went wrong in one line; None when nothing did."""
        outcome = self.outcome
        if isinstance(outcome, (Finished, Cancelled)):
            return None
        if isinstance(outcome, UserProblem):
            return outcome.message
        if isinstance(outcome, TimedOut):
            return failure_words(side, "timed-out", f"{outcome.deadline_s:.0f}")
        if isinstance(outcome, Crashed):
            return failure_words(side, "crashed", outcome.detail)
        return failure_words(side, outcome.kind, _last_line(outcome))


def _last_line(outcome: WorkerError) -> str:
    lines = outcome.detail.strip().splitlines()
    return lines[-1].rstrip(".") if lines else ""


def assemble(
    settings: BenchSettings, collected: Collector, endings: Mapping[str, Ending], several: SeveralGpus | None = None
) -> BenchResult:
    """Put the result together."""
    blocks = tuple(collected.blocks)
    results = {side: (ending.result or {}) for side, ending in endings.items()}
    cpu = _cpu_result(results.get("cpu", {}), blocks)
    gpu = _gpu_result(settings, results.get("gpu", {}), collected)
    kept = collected.kept["gpu"]
    problems = [ending.words(side) for side, ending in endings.items() if side != "watch"]
    workload = str(
        next((result["workload_version"] for result in results.values() if "workload_version" in result), "")
    )
    result = BenchResult(
        settings=settings,
        gpu=gpu,
        cpu=cpu,
        speedup=speedup(_interval_of(gpu), _interval_of(cpu)),
        speedup_same=speedup(counted(blocks, "gpu", "fp32"), counted(blocks, "cpu", "fp32")) if gpu and cpu else None,
        limits=dict(results.get("gpu", {}).get("limits") or _without_type(kept.get("limits"))),
        first_run=dict(results.get("gpu", {}).get("first_run") or results.get("cpu", {}).get("first_run") or {}),
        placement=_placement(results, collected),
        blocks=blocks,
        telemetry=tuple(collected.samples),
        workload_version=workload,
        problems=tuple(words for words in problems if words is not None),
        several=several,
    )
    return _with_doubts(result, results)


def _with_doubts(result: BenchResult, results: Mapping[str, Message]) -> BenchResult:
    from dataclasses import replace

    return replace(result, doubts=find_doubts(result, results))


def counted(blocks: tuple[Block, ...], side: str, variant: str, io: str = "full") -> Interval:
    """Return the interval of the time per frame over every counted block of a variant on one side."""
    phases = ("cpu", "cpu_again") if side == "cpu" else (side,)
    chosen = [block for block in blocks if _counts(block, phases, variant, io)]
    return interval([block.duration_s / block.frames for block in chosen])


def _counts(block: Block, phases: tuple[str, ...], variant: str, io: str) -> bool:
    return block.phase in phases and block.variant == variant and block.io == io and not block.is_warm_up


def speedup(gpu: Interval, cpu: Interval) -> Ratio | None:
    """Return how many times faster the GPU is, with the interval of the logarithm of the ratio."""
    if not (gpu.blocks and cpu.blocks):
        return None
    ratio = cpu.mean_s / gpu.mean_s
    half = math.hypot(gpu.half_width, cpu.half_width)
    if not math.isfinite(half):
        return None
    return Ratio(ratio=ratio, low=ratio * math.exp(-half), high=ratio * math.exp(half))


def _interval_of(result: DeviceResult | None) -> Interval:
    """Return the interval that a device result was made of."""
    if result is None:
        return interval(())
    half = math.log(result.high / result.low) / 2.0 if result.low > 0 else math.inf
    return Interval(1.0 / result.frames_per_second, half, 1)


def _cpu_result(message: Message, blocks: tuple[Block, ...]) -> DeviceResult | None:
    names = _right_variants(message)
    best = _fastest(names, lambda name: counted(blocks, "cpu", name))
    if best is None:
        return None
    chosen = [block for block in blocks if _counts(block, ("cpu", "cpu_again"), best, "full")]
    seconds: dict[str, float] = {}
    for block in chosen:
        for name, spent in block.stages_s:
            seconds[name] = seconds.get(name, 0.0) + spent
    frames = sum(block.frames for block in chosen)
    detail = {name: spent / frames for name, spent in seconds.items()}
    extra = {"threads": message.get("threads"), "foreign_load": message.get("foreign_load")}
    return _device_result(message, best, counted(blocks, "cpu", best), detail, extra)


def _gpu_result(settings: BenchSettings, message: Message, collected: Collector) -> DeviceResult | None:
    blocks = tuple(collected.blocks)
    names = _right_variants(message)
    best = _fastest(names, lambda name: counted(blocks, "gpu", name))
    if best is None:
        return None
    figures = message["variants"][best]
    model = counted(blocks, "gpu", best, "none")
    extra: dict[str, object] = {
        "kind": message.get("kind"),
        "is_tested": message.get("is_tested"),
        "pinned": message.get("pinned"),
        "window_latency_ms": _milliseconds(figures.get("window_latency_s")),
        "memory": figures.get("memory"),
        "joules_per_frame": joules_per_frame(blocks, collected.samples, best),
        **_model_figures(settings, model, figures, message.get("limits") or {}),
        "model_best": _model_best(settings, names, message, blocks),
        **expected_figures(str(message.get("name")), message.get("limits") or {}),
    }
    detail = dict((figures.get("stages_s") or {}).get("full") or {})
    return _device_result(message, best, counted(blocks, "gpu", best), detail, extra)


def _model_best(
    settings: BenchSettings, names: list[str], message: Message, blocks: tuple[Block, ...]
) -> dict[str, object] | None:
    """Return the figures of the variant that is fastest when frames lie on the GPU already, at any batch."""
    best = _fastest(names, lambda name: counted(blocks, "gpu", name, "none"))
    if best is None:
        return None
    figures, found = message["variants"][best], counted(blocks, "gpu", best, "none")
    more = _model_figures(settings, found, figures, message.get("limits") or {})
    return {"variant": best, "batch": figures.get("batch"), **more}


def _model_figures(
    settings: BenchSettings, model: Interval, figures: Mapping[str, Any], limits: Mapping[str, Any]
) -> dict[str, object]:
    """Figures without copies: frames/s, TFLOP/s, and the share of this machine's own measured peak."""
    if not model.blocks:
        return {}
    tflops = PRESETS[settings.preset].gflop_per_frame / model.mean_s / 1000.0
    found: dict[str, object] = {"fps_model": 1.0 / model.mean_s, "tflops": tflops}
    for kind in ("matmul", "conv"):
        peak = limits.get(f"{kind}_tflops_{figures.get('precision')}")
        if isinstance(peak, (int, float)) and peak > 0:
            found[f"pct_peak_{kind}"] = 100.0 * tflops / peak
    return found


def _device_result(
    message: Message,
    best: str,
    measured: Interval,
    detail: Mapping[str, float],
    extra: Mapping[str, object],
) -> DeviceResult:
    fps = 1.0 / measured.mean_s
    figures = message["variants"][best]
    frames_60s = CLIP_SECONDS * FRAME_RATE
    more = {
        "rtf": fps / FRAME_RATE,
        "ms_per_frame": 1000.0 * measured.mean_s,
        "time_60s_clip": CLIP_SECONDS * float(message.get("audio_s_per_s") or 0.0) + frames_60s / fps,
        "time_60s_clip_extrapolated": True,
        "blocks": measured.blocks,
        "stages_detail_ms": {name: 1000.0 * seconds for name, seconds in detail.items()},
        **extra,
    }
    return DeviceResult(
        device=str(message.get("device")),
        name=str(message.get("name")),
        variant=best,
        frames_per_second=fps,
        low=fps * math.exp(-measured.half_width),
        high=fps * math.exp(measured.half_width),
        stages=stages_ms(detail),
        batch=int(figures.get("batch") or 0),
        variants=dict(message["variants"]),
        extra={name: value for name, value in more.items() if value is not None},
    )


def stages_ms(detail: Mapping[str, float]) -> dict[str, float]:
    """Gather the pipeline's steps into the stages that are shown: milliseconds per frame."""
    shown: dict[str, float] = {}
    for name, seconds in detail.items():
        stage = STAGE_OF.get(name, "other")
        shown[stage] = shown.get(stage, 0.0) + 1000.0 * seconds
    return shown


def _right_variants(message: Message) -> list[str]:
    """Return the variants whose results were right; a fast but wrong one is never the best."""
    variants = message.get("variants") or {}
    return [str(name) for name, figures in variants.items() if figures.get("passed")]


def _fastest(names: list[str], measured: Any) -> str | None:
    timed = [(measured(name), name) for name in names]
    usable = [(found.mean_s, name) for found, name in timed if found.blocks >= 2]
    return min(usable)[1] if usable else None


def _placement(results: Mapping[str, Message], collected: Collector) -> dict[str, object]:
    gpu = results.get("gpu", {})
    observed = gpu.get("placement") or _without_type(collected.kept["gpu"].get("placement"))
    placement = dict(observed)
    hello = collected.kept["gpu"].get("hello") or {}
    for name, value in (
        ("pid", hello.get("pid")),
        ("processes", collected.processes),
        ("gpus", (collected.kept["watch"].get("gpus") or {}).get("gpus")),
        ("telemetry_problem", (collected.kept["watch"].get("unavailable") or {}).get("detail")),
    ):
        if value:
            placement[name] = value
    return placement


def _without_type(message: Message | None) -> dict[str, Any]:
    return {name: value for name, value in (message or {}).items() if name != "type"}


def _milliseconds(seconds: Any) -> float | None:
    return 1000.0 * seconds if isinstance(seconds, (int, float)) else None
