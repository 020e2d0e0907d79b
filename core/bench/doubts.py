"""Typed reasons to trust a figure less, each with what to do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import median
from typing import Literal

from gpuproof.core.agent.workload.intervals import interval
from gpuproof.core.bench.gpu_doubts import gpu_doubts
from gpuproof.core.bench.model import BenchResult, Block, DeviceResult, Doubt
from gpuproof.core.bench.our_gpu import rows_of_our_gpu
from gpuproof.core.bench.several_words import several_doubts
from gpuproof.core.launch.model import Message
from gpuproof.core.words import text

_CPU_DRIFT = 0.10
_FOREIGN_LOAD = 0.20
_LAUNCH_BOUND = 0.9
_WIDE = {"cpu": 0.05, "gpu": 0.02}
_WIDE_QUICK = {"cpu": 0.08, "gpu": 0.02}  # a quick run may stop earlier; its interval is shown all the same
_THROTTLES = frozenset({"hardware_slowdown", "hardware_thermal", "software_thermal", "power_brake"})


def find_doubts(result: BenchResult, results: Mapping[str, Message]) -> tuple[Doubt, ...]:
    """Return every doubt that the observations give rise to."""
    found = [
        *_cpu_drift(result),
        *_wide("cpu", result.cpu, result.settings.preset),
        *_wide("gpu", result.gpu, result.settings.preset),
        *_foreign_load(results.get("cpu", {})),
        *_throttled(result),
        *_launch_bound(result),
        *gpu_doubts(result),
        *_on_battery(results.get("cpu", {})),
        *(several_doubts(result.several) if result.several is not None else ()),
    ]
    return tuple(found)


def _cpu_drift(result: BenchResult) -> list[Doubt]:
    if result.cpu is None:
        return []
    first, second = (_phase(result, phase, result.cpu.variant) for phase in ("cpu", "cpu_again"))
    if not (first and second):
        return []
    change = interval(second).mean_s / interval(first).mean_s - 1.0
    if abs(change) <= _CPU_DRIFT:
        return []
    words = text(
        "The processor's second measurement differs from its first by {percent} %: something else ran, or it got hot. "
        "Close other programs and measure again.",
        percent=f"{100.0 * change:+.0f}",
    )
    return [Doubt(kind="unstable", words=words, side="cpu")]


def _phase(result: BenchResult, phase: str, variant: str) -> list[float]:
    return [
        block.duration_s / block.frames
        for block in result.blocks
        if block.phase == phase and block.variant == variant and not block.is_warm_up and block.io == "full"
    ]


def _wide(side: Literal["gpu", "cpu"], device: DeviceResult | None, preset: str) -> list[Doubt]:
    if device is None or device.low <= 0:
        return []
    half = math.log(device.high / device.low) / 2.0
    if half <= 1.05 * (_WIDE_QUICK if preset == "quick" else _WIDE)[side]:
        return []
    words = text(
        "The {device} figure has not settled: its 95 % interval is still ±{percent} %. Measure longer with the "
        "standard preset.",
        device=side.upper(),
        percent=f"{100.0 * half:.1f}",
    )
    return [Doubt(kind="not_converged", words=words, side=side)]


def _foreign_load(message: Message) -> list[Doubt]:
    loads = [load for load in (message.get("foreign_load") or {}).values() if isinstance(load, (int, float))]
    if not loads or max(loads) <= _FOREIGN_LOAD:
        return []
    words = text(
        "Other programs used {percent} % of the processor meanwhile, so its figure is too low. Close them and measure "
        "again.",
        percent=f"{100.0 * max(loads):.0f}",
    )
    return [Doubt(kind="other_load", words=words, side="cpu")]


def _throttled(result: BenchResult) -> list[Doubt]:
    spans = [(b.started_s, b.started_s + b.duration_s) for b in result.blocks if b.phase == "gpu" and not b.is_warm_up]
    if not spans:
        return []
    begin, end = min(spans)[0], max(spans)[1]
    reasons = sorted(
        {
            reason
            for sample in rows_of_our_gpu(result)
            if begin <= sample.at_s <= end
            for reason in sample.throttle_reasons
            if reason in _THROTTLES
        }
    )
    if not reasons:
        return []
    words = text(
        "The GPU slowed itself down while it was measured ({reasons}). Check cooling and power supply.",
        reasons=", ".join(reasons),
    )
    return [Doubt(kind="throttled", words=words, side="gpu")]


def _launch_bound(result: BenchResult) -> list[Doubt]:
    if result.gpu is None:
        return []
    shares = [_submit_share(block) for block in result.blocks if _is_model_block(block, result.gpu.variant)]
    known = [share for share in shares if share is not None]
    if not known or median(known) < _LAUNCH_BOUND:
        return []
    words = text(
        "The GPU waits for the processor to hand it work (launch bound): a larger batch or CUDA graphs would be faster."
    )
    return [Doubt(kind="launch_bound", words=words, side="gpu")]


def _is_model_block(block: Block, variant: str) -> bool:
    return block.phase == "gpu" and block.variant == variant and block.io == "none" and not block.is_warm_up


def _submit_share(block: Block) -> float | None:
    return None if block.submit_s is None else block.submit_s / block.duration_s


def _on_battery(message: Message) -> list[Doubt]:
    if message.get("on_battery") is not True:
        return []
    words = text("This computer runs on its battery, which slows processor and GPU down. Plug it in and measure again.")
    return [Doubt(kind="on_battery", words=words, side="both")]
