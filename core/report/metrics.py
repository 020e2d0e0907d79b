"""The figures of a report that can be compared, each with its uncertainty from the raw blocks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from gpuproof.core.bench.model import BenchResult, Block, DeviceResult
from gpuproof.core.report.statistics import BETWEEN_RUNS, Level, level_of, level_of_interval, minus

_FITS = 0.001  # a figure that its own blocks do not give is taken by its interval alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One comparable figure. ``side`` says which device it depends on: gpu, cpu or both."""

    name: str
    unit: str
    side: str
    level: Level
    higher_is_better: bool = True

    @property
    def value(self) -> float:
        """Return the figure in its unit."""
        return math.exp(self.level.value)


def metrics_of(result: BenchResult | None) -> dict[str, Metric]:
    """Return every comparable figure by name, for instance ``gpu.frames_per_second`` and ``gpu.stages.alignment``."""
    if result is None:
        return {}
    found: dict[str, Metric] = {}
    for side, device in (("gpu", result.gpu), ("cpu", result.cpu)):
        if device is not None:
            found.update(_device_metrics(side, device, result))
    gpu, cpu = found.get("gpu.frames_per_second"), found.get("cpu.frames_per_second")
    if gpu is not None and cpu is not None:
        found["speedup"] = Metric(name="speedup", unit="ratio", side="both", level=minus(gpu.level, cpu.level))
    return found


def _device_metrics(side: str, device: DeviceResult, result: BenchResult) -> dict[str, Metric]:
    blocks = counted_blocks(result, device)
    between = BETWEEN_RUNS[side]
    found: dict[str, Metric] = {}
    speed = _level(blocks, lambda block: block.frames / block.duration_s if block.duration_s > 0 else 0.0, between)
    if speed is None or abs(math.exp(speed.value) / (device.frames_per_second or 1.0) - 1) > _FITS:
        speed = level_of_interval(device.frames_per_second, device.low, device.high, between)
    if speed is not None:
        name = f"{side}.frames_per_second"
        found[name] = Metric(name=name, unit="frames/s", side=side, level=speed)
    for stage in dict.fromkeys(stage for block in blocks for stage, _ in block.stages_s):
        level = _level(blocks, _milliseconds(stage), between)
        if level is not None:
            name = f"{side}.stages.{stage}"
            found[name] = Metric(name=name, unit="ms/frame", side=side, level=level, higher_is_better=False)
    return found


def counted_blocks(result: BenchResult, device: DeviceResult) -> list[Block]:
    """Return the blocks that a device's figure rests on: its variant, whole frames, warm-up apart."""
    return [
        block
        for block in result.blocks
        if (block.device, block.variant, block.io) == (device.device, device.variant, "full") and not block.is_warm_up
    ]


def _milliseconds(stage: str) -> Callable[[Block], float]:
    return lambda block: 1000 * dict(block.stages_s).get(stage, 0.0) / block.frames if block.frames else 0.0


def _level(blocks: list[Block], rate: Callable[[Block], float], between_runs: float) -> Level | None:
    phases: dict[str, list[float]] = {}
    for block in sorted(blocks, key=lambda block: block.started_s):
        phases.setdefault(block.phase, []).append(rate(block))
    return level_of(list(phases.values()), between_runs)
