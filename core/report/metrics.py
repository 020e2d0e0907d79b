"""The figures of a report that can be compared, each with its uncertainty from the raw blocks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from gpuproof.core.bench.model import Block
from gpuproof.core.report.statistics import BETWEEN_RUNS, Level, level_of, level_of_interval, minus

_REST = "other"  # what is left of a frame beside its stages: the difference of large numbers, no figure of its own
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


class Figures(Protocol):
    """The figures of one side, as a report holds them."""

    @property
    def device(self) -> str:
        """Return cpu, cuda:0 ..."""

    @property
    def name(self) -> str:
        """Return what the device is called."""

    @property
    def variant(self) -> str:
        """Return the precision or mode."""

    @property
    def frames_per_second(self) -> float:
        """Return the speed."""

    @property
    def low(self) -> float:
        """Return the lower end of its 95 % interval."""

    @property
    def high(self) -> float:
        """Return the upper end of its 95 % interval."""


def metrics_of(
    gpu: Figures | None, cpu: Figures | None, blocks: Iterable[Block], *, with_stages: bool = True
) -> dict[str, Metric]:
    """Return every comparable figure by name, for instance ``gpu.frames_per_second`` and ``gpu.stages.alignment``."""
    found: dict[str, Metric] = {}
    for side, figures in (("gpu", gpu), ("cpu", cpu)):
        if figures is not None:
            phases = _phases(blocks, figures)
            found.update(_speed(side, figures, phases))
            found.update(_stages(side, phases) if with_stages else {})
    speeds = [found.get(f"{side}.frames_per_second") for side in ("gpu", "cpu")]
    if speeds[0] is not None and speeds[1] is not None:
        level = minus(speeds[0].level, speeds[1].level)
        found["speedup"] = Metric(name="speedup", unit="ratio", side="both", level=level)
    return found


def counted_blocks(blocks: Iterable[Block], figures: Figures) -> list[Block]:
    """Return the blocks that a device's figure rests on: its variant, whole frames, warm-up apart."""
    device, variant = figures.device, figures.variant
    return [
        block
        for block in blocks
        if block.device == device and block.variant == variant and not block.is_warm_up and block.io == "full"
    ]


def _phases(blocks: Iterable[Block], figures: Figures) -> list[list[Block]]:
    """Return the counted blocks in order of time, one list for each stretch that was measured apart."""
    phases: dict[str, list[Block]] = {}
    for block in sorted(counted_blocks(blocks, figures), key=lambda block: block.started_s):
        phases.setdefault(block.phase, []).append(block)
    return list(phases.values())


def _speed(side: str, figures: Figures, phases: list[list[Block]]) -> dict[str, Metric]:
    rates = [[b.frames / b.duration_s if b.duration_s > 0 else 0.0 for b in phase] for phase in phases]
    level, between = level_of(rates, BETWEEN_RUNS[side]), BETWEEN_RUNS[side]
    if level is None or abs(math.exp(level.value) / (figures.frames_per_second or 1.0) - 1) > _FITS:
        level = level_of_interval(figures.frames_per_second, figures.low, figures.high, between)
    name = f"{side}.frames_per_second"
    return {} if level is None else {name: Metric(name=name, unit="frames/s", side=side, level=level)}


def _stages(side: str, phases: list[list[Block]]) -> dict[str, Metric]:
    """Return milliseconds a frame of every stage."""
    timed = [[(1000 / b.frames if b.frames else 0.0, dict(b.stages_s)) for b in phase] for phase in phases]
    found: dict[str, Metric] = {}
    for stage in dict.fromkeys(stage for phase in timed for _, stages in phase for stage in stages):
        if stage == _REST:
            continue
        times = [[factor * stages.get(stage, 0.0) for factor, stages in phase] for phase in timed]
        level = level_of(times, BETWEEN_RUNS[side])
        if level is not None:
            name = f"{side}.stages.{stage}"
            found[name] = Metric(name=name, unit="ms/frame", side=side, level=level, higher_is_better=False)
    return found
