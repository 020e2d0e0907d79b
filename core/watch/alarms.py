"""Alarms on heat, memory and power, and a lost GPU: each once a GPU, at its first second; pure."""

from __future__ import annotations

from collections.abc import Iterator

from gpuproof.core.bench.model import TelemetrySample
from gpuproof.core.watch.model import Alarm, Observation, WatchedGpu, WatchSettings
from gpuproof.core.words import text

_DEFAULT_CELSIUS = 87.0  # where the card does not tell its own limit
_MARGIN_CELSIUS = 3.0
_HEAT_REASONS = {"software_thermal", "hardware_thermal", "hardware_slowdown"}


def alarms(seen: Observation, settings: WatchSettings) -> tuple[Alarm, ...]:
    """Return the alarms in the order in which they came."""
    gpus = {gpu.index: gpu for gpu in seen.gpus}
    found: dict[tuple[str, int], Alarm] = {}
    for sample in seen.samples:
        if sample.gpu is None:
            continue
        for alarm in _of_sample(sample, gpus.get(sample.gpu, WatchedGpu(index=sample.gpu)), settings):
            found.setdefault((alarm.kind, alarm.gpu), alarm)
    for gpu, at_s in seen.lost:
        words = text("GPU {gpu} was lost: the driver no longer reaches it.", gpu=gpu)
        found[("gpu_lost", gpu)] = Alarm(kind="gpu_lost", gpu=gpu, at_s=at_s, words=words)
    return tuple(sorted(found.values(), key=lambda alarm: alarm.at_s))


def _of_sample(sample: TelemetrySample, gpu: WatchedGpu, settings: WatchSettings) -> Iterator[Alarm]:
    yield from _heat(sample, gpu, settings)
    used, total = sample.memory_used_mib, gpu.memory_total_mib
    if used is not None and total and 100 * used / total >= settings.alarm_memory_percent:
        yield Alarm(
            kind="memory",
            gpu=gpu.index,
            at_s=sample.at_s,
            words=text(
                "GPU {gpu} has {percent} % of its memory in use.", gpu=gpu.index, percent=round(100 * used / total)
            ),
        )
    limit, power = settings.alarm_power_percent, sample.power_w
    if limit is not None and power is not None and gpu.power_limit_w and 100 * power / gpu.power_limit_w >= limit:
        yield Alarm(
            kind="power",
            gpu=gpu.index,
            at_s=sample.at_s,
            words=text(
                "GPU {gpu} draws {power} of {limit} W.", gpu=gpu.index, power=round(power), limit=gpu.power_limit_w
            ),
        )


def _heat(sample: TelemetrySample, gpu: WatchedGpu, settings: WatchSettings) -> Iterator[Alarm]:
    limit = settings.alarm_celsius
    if limit is None:
        limit = gpu.slowdown_celsius - _MARGIN_CELSIUS if gpu.slowdown_celsius else _DEFAULT_CELSIUS
    celsius = sample.temperature_celsius
    if celsius is not None and celsius >= limit:
        words = text(
            "GPU {gpu} is at {celsius} °C; the alarm is set to {limit} °C.",
            gpu=gpu.index,
            celsius=round(celsius),
            limit=round(limit),
        )
        yield Alarm(kind="thermal", gpu=gpu.index, at_s=sample.at_s, words=words)
    elif _HEAT_REASONS & set(sample.throttle_reasons):
        words = text(
            "GPU {gpu} slows down to protect itself: {reasons}",
            gpu=gpu.index,
            reasons=", ".join(sample.throttle_reasons),
        )
        yield Alarm(kind="thermal", gpu=gpu.index, at_s=sample.at_s, words=words)
