"""The benchmark part of a view: headline figures, stages, every tried variant, further figures, limits, first run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gpuproof.core.bench.model import BenchResult, DeviceResult
from gpuproof.core.bench.phrases import skipped_words
from gpuproof.core.report.export import words as w
from gpuproof.core.report.export.numbers import interval, number
from gpuproof.core.report.export.view_model import Figure, Rows, Speaker
from gpuproof.core.words import Text, text

_FIRST_RUN: dict[str, Text] = {
    "import_torch": text("Importing torch (s)"),
    "device_context": text("Opening the GPU (s)"),
    "build_weights": text("Making the weights (s)"),
    "weights_to_device": text("Weights to the GPU (s)"),
    "first_buffers": text("First buffers (s)"),
    "first_step": text("First batch (s)"),
    "second_step": text("Second batch (s)"),
    "prepare": text("Preparation (s)"),
}
_LIMITS: dict[str, Text] = {
    "copy_device_gbs": text("Copy inside the GPU (GB/s)"),
    "copy_up_pinned_gbs": text("Copy to the GPU, pinned memory (GB/s)"),
    "copy_down_pinned_gbs": text("Copy from the GPU, pinned memory (GB/s)"),
    "copy_both_pinned_gbs": text("Copy both ways, pinned memory (GB/s)"),
    "copy_up_pageable_gbs": text("Copy to the GPU, ordinary memory (GB/s)"),
    "copy_down_pageable_gbs": text("Copy from the GPU, ordinary memory (GB/s)"),
    "launch_us": text("Starting one kernel (µs)"),
    "took_s": text("Measuring the limits took (s)"),
    "not_measured": text("Not measured"),
}
_MORE: dict[str, Text] = {
    "ms_per_frame": text("Milliseconds a frame"),
    "rtf": text("Times real time (25 frames a second)"),
    "time_60s_clip": text("Seconds for a clip of 60 s"),
    "window_latency_ms": text("Latency of one window (ms)"),
    "fps_model": text("Frames a second without transfers"),
    "tflops": text("Arithmetic reached (TFLOP/s)"),
    "pct_peak_matmul": text("Share of the matrix-product limit (%)"),
    "joules_per_frame": text("Energy a frame (J)"),
    "frames_per_joule": text("Frames a joule"),
    "threads": text("Threads"),
    "blocks": text("Counted blocks"),
}


def figures(result: BenchResult | None, say: Speaker) -> tuple[Figure, ...]:
    """Return the headline figures: how much faster, then each side."""
    if result is None:
        return ()
    sides = tuple(_side(device, say) for device in _devices(result))
    if result.speedup is None:
        return sides
    ratio = result.speedup
    speedup = Figure(
        label=say(text("GPU against CPU")),
        value=f"{number(ratio.ratio)}×",
        unit=say(text("as fast")),
        interval=interval(ratio.low, ratio.high),
        note=say(text("best variant of each side")),
    )
    return (speedup, *sides)


def stages(result: BenchResult | None, say: Speaker) -> tuple[tuple[str, ...], ...]:
    """Return the table of stages with its head."""
    devices = _devices(result)
    names = dict.fromkeys(name for device in devices for name in device.stages)
    if not names:
        return ()
    head = (say(text("Stage (ms a frame)")), *(say(device.name) for device in devices))
    return (head, *((_stage(name, say), *(_number(device.stages.get(name)) for device in devices)) for name in names))


def variants(result: BenchResult | None, say: Speaker) -> tuple[tuple[str, ...], ...]:
    """Return every variant that was tried or left out, with its head; empty when there is only one."""
    rows = [
        _variant(device, name, tried, say) for device in _devices(result) for name, tried in device.variants.items()
    ]
    if len(rows) < 2:
        return ()
    head = (text("Device"), text("Variant"), text("Frames a second"), text("Batch"), text("Remark"))
    return (tuple(say(words) for words in head), *rows)


def more(result: BenchResult | None, say: Speaker) -> tuple[tuple[str, ...], ...]:
    """Return the further figures of each device with their head."""
    devices = _devices(result)
    rows = [
        (say(words), *(_number(device.extra.get(name)) for device in devices))
        for name, words in _MORE.items()
        if any(isinstance(device.extra.get(name), (int, float)) for device in devices)
    ]
    return ((say(text("Figure")), *(say(device.name) for device in devices)), *rows) if rows else ()


def first_run(result: BenchResult | None, say: Speaker) -> Rows:
    """Return the steps of the first run."""
    return _named(result.first_run if result else {}, _FIRST_RUN, say)


def limits(result: BenchResult | None, say: Speaker) -> Rows:
    """Return the limits that were measured on this machine."""
    return _named(result.limits if result else {}, _LIMITS, say)


def _devices(result: BenchResult | None) -> list[DeviceResult]:
    return [device for device in (result.gpu, result.cpu) if device is not None] if result else []


def _side(device: DeviceResult, say: Speaker) -> Figure:
    return Figure(
        label=say(device.name),
        value=number(device.frames_per_second),
        unit=say(text("frames/s")),
        interval=interval(device.low, device.high),
        note=say(text("{variant}, batch {batch}", variant=device.variant, batch=device.batch)),
    )


def _variant(device: DeviceResult, name: str, tried: Mapping[str, object], say: Speaker) -> tuple[str, ...]:
    remark = ""
    if "skipped" in tried:
        remark = say(skipped_words(str(tried["skipped"])))
    elif tried.get("passed") is False:
        remark = say(text("did not pass its check against the processor"))
    elif name == device.variant:
        remark = say(text("chosen"))
    speed = device.frames_per_second if name == device.variant else _speed(tried)
    return (say(device.name), say(name), _number(speed), _number(tried.get("batch")), remark)


def _speed(tried: Mapping[str, object]) -> float | None:
    """Return frames a second from the counted blocks (whole frames where both were timed), or from the short probe."""
    intervals: Any = tried.get("intervals")
    rows = intervals if isinstance(intervals, dict) else {}
    chosen = [rows["full"]] if "full" in rows else list(rows.values())
    means = [row.get("mean_s") for row in chosen if isinstance(row, dict)]
    usable = [mean for mean in means if isinstance(mean, (int, float)) and mean > 0]
    if usable:
        return len(usable) / sum(usable)
    probe = tried.get("probe_fps", tried.get("frames_per_second"))
    return float(probe) if isinstance(probe, (int, float)) else None


def _named(values: Mapping[str, object], names: Mapping[str, Text], say: Speaker) -> Rows:
    rows = []
    for name, value in values.items():
        words = names.get(name) or _arithmetic(name)
        shown = _list(value, names, say) if isinstance(value, (list, tuple)) else _number(value)
        rows.append((say(words) if words else say(name), say(shown)[:400]))
    return tuple(rows)


def _list(items: Sequence[object], names: Mapping[str, Text], say: Speaker) -> str:
    """Return names of figures in words, others as they are."""
    return ", ".join(say(names.get(str(item)) or _arithmetic(str(item)) or str(item)) for item in items)


def _arithmetic(name: str) -> Text | None:
    """Read names such as ``matmul_tflops_fp16``."""
    kind, _, precision = name.partition("_tflops_")
    if kind == "matmul" and precision:
        return text("Matrix product in {precision} (TFLOP/s)", precision=precision)
    if kind == "conv" and precision:
        return text("Convolution in {precision} (TFLOP/s)", precision=precision)
    return None


def _stage(name: str, say: Speaker) -> str:
    return say(w.STAGES.get(name, name))


def _number(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return "–" if value is None else str(value)
    if isinstance(value, int):
        return f"{value:,}"  # a count, such as a batch of 64
    return number(value) if isinstance(value, float) else str(value)[:200]
