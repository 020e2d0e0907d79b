"""The charts of a report as SVG: speed of both sides, every block, stages, telemetry."""

from __future__ import annotations

from collections.abc import Sequence

from gpuproof.core.bench.model import BenchResult, Block, DeviceResult, TelemetrySample
from gpuproof.core.report.export import words as w
from gpuproof.core.report.export.numbers import number
from gpuproof.core.report.export.svg import Canvas, ticks
from gpuproof.core.report.export.view_model import Speaker
from gpuproof.core.words import Text, text

_WIDTH = 430.0
_LEFT, _RIGHT = 54.0, 12.0
_STAGE_COLOURS = ("third", "cpu", "gpu", "fourth", "fifth", "soft")
_MOST_POINTS = 400  # of one curve; a longer one is thinned, the CSV has every sample
_TELEMETRY: tuple[tuple[str, Text], ...] = (
    ("utilisation_percent", text("GPU busy (% of time)")),
    ("memory_used_mib", text("GPU memory (MiB)")),
    ("power_w", text("Power (W)")),
    ("temperature_celsius", text("Temperature (°C)")),
    ("sm_clock_mhz", text("Clock (MHz)")),
    ("cpu_percent", text("CPU load (%)")),
)
Charts = tuple[tuple[str, str], ...]


def charts_of(result: BenchResult | None, say: Speaker, palette: dict[str, str]) -> Charts:
    """Return (title, SVG) of every chart that the result has data for."""
    if result is None:
        return ()
    found: list[tuple[str, str]] = []
    sides = [device for device in (result.gpu, result.cpu) if device is not None]
    if sides:
        title = say(text("Frames a second, with 95 % intervals"))
        found.append((title, speed_chart(sides, title, say, palette)))
    for device in sides:
        key = (device.device, device.variant, "full")
        blocks = [block for block in result.blocks if (block.device, block.variant, block.io) == key]
        if blocks:
            title = say(text("Every block on {device} (hollow: warm-up, not counted)", device=device.name))
            found.append((title, blocks_chart(blocks, device, title, palette)))
    if any(device.stages for device in sides):
        title = say(text("Where the time of a frame goes"))
        found.append((title, stages_chart(sides, title, say, palette)))
    return (*found, *_telemetry_charts(result.telemetry, say, palette))


def speed_chart(sides: Sequence[DeviceResult], title: str, say: Speaker, palette: dict[str, str]) -> str:
    """Draw one bar a device with its interval."""
    canvas = Canvas.of(_WIDTH, 44.0 * len(sides) + 8, palette)
    longest = max(side.high for side in sides) or 1.0
    for row, side in enumerate(sides):
        y, scale = 44.0 * row, (_WIDTH - 90) / longest
        colour = _colour(side)
        canvas.text((0, y + 13), say(side.name), colour="ink", size=12)
        canvas.rect(0, y + 19, max(1.5, side.frames_per_second * scale), 16, colour, radius=3)
        canvas.line((side.low * scale, y + 27), (side.high * scale, y + 27), "ink", width=1.4)
        for end in (side.low, side.high):
            canvas.line((end * scale, y + 23), (end * scale, y + 31), "ink", width=1.4)
        at = (max(side.high * scale, 1.5) + 8, y + 31)
        canvas.text(at, number(side.frames_per_second), colour="ink", size=12, bold=True)
    return canvas.finish(title)


def blocks_chart(blocks: Sequence[Block], device: DeviceResult, title: str, palette: dict[str, str]) -> str:
    """Draw frames a second of every block in order, above a band for the device's interval."""
    rates = [(block, block.frames / block.duration_s) for block in blocks if block.duration_s > 0]
    canvas = Canvas.of(_WIDTH, 170, palette)
    top = max([device.high, *(rate for _, rate in rates)], default=1.0)
    marks = ticks(top)
    _axis(canvas, marks, 8, 150)
    bottom, height = 150.0, 142.0
    canvas.rect(
        _LEFT, bottom - device.high / marks[-1] * height, _WIDTH - _LEFT - _RIGHT,
        max(2.0, (device.high - device.low) / marks[-1] * height), "band",
    )  # fmt: skip
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(rates))
    points = [(_LEFT + step * (i + 0.5), bottom - rate / marks[-1] * height) for i, (_, rate) in enumerate(rates)]
    canvas.curve(points, _colour(device), width=1.2)
    for (block, _), point in list(zip(rates, points, strict=True))[:_MOST_POINTS]:
        canvas.dot(point, _colour(device), filled=not block.is_warm_up)
    return canvas.finish(title)


def stages_chart(sides: Sequence[DeviceResult], title: str, say: Speaker, palette: dict[str, str]) -> str:
    """Draw one stacked bar a device, each as wide as the whole frame; a stage keeps its colour."""
    names = list(dict.fromkeys(name for side in sides for name in side.stages))
    colours = {name: _STAGE_COLOURS[index % len(_STAGE_COLOURS)] for index, name in enumerate(names)}
    legend, height = _legend([(colours[name], say(w.STAGES.get(name, name))) for name in names], 52.0 * len(sides))
    canvas = Canvas.of(_WIDTH, height, palette)
    for row, side in enumerate(sides):
        y, total = 52.0 * row, sum(side.stages.values()) or 1.0
        canvas.text((0, y + 13), f"{say(side.name)}: {number(total)} ms", colour="ink", size=12)
        x = 0.0
        for name, ms in side.stages.items():
            canvas.rect(x, y + 20, ms / total * _WIDTH - 1.5, 18, colours[name], radius=2)
            x += ms / total * _WIDTH
    for x, y, colour, words in legend:
        canvas.rect(x, y - 9, 10, 10, colour, radius=2)
        canvas.text((x + 15, y), words, size=11)
    return canvas.finish(title)


def _legend(entries: list[tuple[str, str]], top: float) -> tuple[list[tuple[float, float, str, str]], float]:
    """Place legend entries on as many lines as they need; return them with the height below the last."""
    placed, x, y = [], 0.0, top + 14
    for colour, words in entries:
        width = 40 + 6.6 * sum(1.8 if ord(letter) > 0x2E80 else 1 for letter in words)
        if x + width - 20 > _WIDTH and x > 0:
            x, y = 0.0, y + 18
        placed.append((x, y, colour, words))
        x += width
    return placed, y + 10


def _telemetry_charts(samples: Sequence[TelemetrySample], say: Speaker, palette: dict[str, str]) -> Charts:
    found = []
    for name, words in _TELEMETRY:
        rows = [(s.at_s, float(getattr(s, name)), s.gpu) for s in samples if getattr(s, name) is not None]
        if len(rows) > 1:
            found.append(
                (say(words), _telemetry_chart(rows, say(words), "cpu" if name == "cpu_percent" else "gpu", palette))
            )
    return tuple(found)


def _telemetry_chart(
    rows: list[tuple[float, float, int | None]], title: str, colour: str, palette: dict[str, str]
) -> str:
    canvas = Canvas.of(_WIDTH, 140, palette)
    marks = ticks(max(value for _, value, _ in rows), about=3)
    _axis(canvas, marks, 6, 120)
    start, end = min(row[0] for row in rows), max(row[0] for row in rows)
    scale = (canvas.width - _LEFT - _RIGHT) / ((end - start) or 1.0)
    for index, gpu in enumerate(sorted({row[2] for row in rows}, key=lambda one: -1 if one is None else one)):
        points = [(_LEFT + (at - start) * scale, 120 - value / marks[-1] * 114) for at, value, g in rows if g == gpu]
        thin = max(1, -(-len(points) // _MOST_POINTS))
        canvas.curve(points[::thin], colour if index == 0 else ("third", "cpu")[index % 2])
    canvas.text((_LEFT, 135), "0 s", size=10)
    canvas.text((canvas.width - _RIGHT, 135), f"{number(end - start)} s", size=10, anchor="end")
    return canvas.finish(title)


def _axis(canvas: Canvas, marks: list[float], top: float, bottom: float) -> None:
    for mark in marks:
        y = bottom - mark / marks[-1] * (bottom - top)
        canvas.line((_LEFT, y), (canvas.width - _RIGHT, y), "line", width=0.8)
        canvas.text((_LEFT - 6, y + 3.5), f"{mark:,g}" if mark < 10_000 else number(mark), size=10, anchor="end")


def _colour(device: DeviceResult) -> str:
    return "cpu" if device.device == "cpu" else "gpu"
