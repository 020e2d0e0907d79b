"""What each graph shows and says: the series, what they really are, the window behind a value, and the figures."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.live_run import SeriesName

_SHORTEST_S, _LONGEST_S = 5.0, 600.0  # that a graph shows


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSpec:
    """One series: where it comes from and how it is drawn; ``of_gpu`` False: of the host or of the whole run."""

    name: SeriesName
    words: Text
    colour: str
    of_gpu: bool = True
    is_dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSpec:
    """One graph. ``top`` is the fixed upper end; None: it grows in round steps with what is seen."""

    key: str
    title: Text
    unit: Text
    explains: Text
    series: tuple[SeriesSpec, ...]
    top: float | None = None
    of_sensor: bool = True  # False: of timed blocks, between which there is no value


FRAMES = GraphSpec(
    key="frames",
    title=text("Speed"),
    unit=text("frames/s"),
    explains=text(
        "Frames of the sample workload per second; one step for each timed block, GPU and CPU on one axis. Shaded: the GPU's phase strongly, the processor's faintly."  # noqa: E501
    ),
    of_sensor=False,
    series=(
        SeriesSpec(name="frames_gpu", words=text("GPU"), colour="gpu_line", of_gpu=False),
        SeriesSpec(name="frames_cpu", words=text("CPU"), colour="cpu_line", of_gpu=False, is_dashed=True),
    ),
)
GRAPHS: tuple[GraphSpec, ...] = (
    GraphSpec(
        key="utilisation",
        title=text("GPU busy"),
        unit=text("% of time"),
        explains=text(
            "Share of time in which at least one kernel ran; renewed by the driver about every 200 ms. It does not say how full the chip is."  # noqa: E501
        ),
        series=(SeriesSpec(name="utilisation", words=text("GPU"), colour="gpu_line"),),
        top=100,
    ),
    GraphSpec(
        key="memory",
        title=text("GPU memory"),
        unit=text("MiB"),
        explains=text("Memory in use on the card as the driver counts it: all programs, and this run dashed."),
        series=(
            SeriesSpec(name="memory", words=text("all programs"), colour="gpu_line"),
            SeriesSpec(name="process_memory", words=text("this run"), colour="cpu_line", is_dashed=True),
        ),
    ),
    GraphSpec(
        key="power",
        title=text("Power"),
        unit=text("W"),
        explains=text("As the driver reports it: on most cards an average over 1 s. The instant value is dashed."),
        series=(
            SeriesSpec(name="power", words=text("average"), colour="gpu_line"),
            SeriesSpec(name="power_instant", words=text("instant"), colour="cpu_line", is_dashed=True),
        ),
    ),
    GraphSpec(
        key="temperature",
        title=text("Temperature"),
        unit=text("°C"),
        explains=text("Temperature of the GPU core, sampled at the moment."),
        series=(SeriesSpec(name="temperature", words=text("core"), colour="gpu_line"),),
        top=100,
    ),
    GraphSpec(
        key="clocks",
        title=text("Clocks"),
        unit=text("MHz"),
        explains=text(
            "Clock of the compute units, and of the memory dashed. A triangle marks a moment at which the driver held the clock back."  # noqa: E501
        ),
        series=(
            SeriesSpec(name="sm_clock", words=text("compute"), colour="gpu_line"),
            SeriesSpec(name="memory_clock", words=text("memory"), colour="cpu_line", is_dashed=True),
        ),
    ),
    GraphSpec(
        key="cpu",
        title=text("CPU load"),
        unit=text("% of all cores"),
        explains=text("Share of all cores that was busy since the sample before."),
        series=(SeriesSpec(name="cpu", words=text("whole machine"), colour="cpu_line", of_gpu=False),),
        top=100,
    ),
)

PROGRAM = GraphSpec(
    key="program",
    title=text("The program"),
    unit=text("%"),
    explains=text(
        "Share of time that the GPU worked for this program, as the driver tells it; CPU time dashed, 100 is one core."
    ),
    series=(
        SeriesSpec(name="process_sm", words=text("GPU"), colour="gpu_line"),
        SeriesSpec(name="process_cpu", words=text("CPU"), colour="cpu_line", of_gpu=False, is_dashed=True),
    ),
)
WATCH_GRAPHS = tuple(spec for spec in GRAPHS if spec.key in ("utilisation", "memory", "cpu"))

_STEPS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)


def round_top(highest: float) -> float:
    """Return a round upper end with some air above the highest value; it changes rarely."""
    if highest <= 0:
        return 1.0
    wanted = highest * 1.15
    power = 1.0
    while power * 10 < wanted:
        power *= 10
    while power > wanted:
        power /= 10
    return next(step * power for step in _STEPS if step * power >= wanted)


def time_range(end_s: float, *, is_over: bool = False) -> tuple[float, float]:
    """Return the visible times: from the start while they fit, then the newest ten minutes in jumps of one.

    A run that is over fills the graph.
    """
    if is_over and 0 < end_s <= _LONGEST_S:
        return (0.0, max(_SHORTEST_S, math.ceil(end_s)))
    for whole in (30.0, 60.0, 120.0, 300.0, 600.0):
        if end_s <= whole:
            return (0.0, whole)
    end = (end_s // 60 + 1) * 60
    return (end - 600.0, end)


def phase_words(phase: str) -> Text:
    """Return what goes on in a phase."""
    known = {
        "prepare": text("now preparing"),
        "cpu": text("now on the CPU"),
        "gpu": text("now on the GPU"),
        "cpu_again": text("now on the CPU again"),
        "limits": text("now the limits of the card"),
        "proof": text("now the proof"),
    }
    return known.get(phase, literal(phase))


def figure(value: float | None) -> str:
    """Format a measured number: three or four digits that matter, thousands apart."""
    if value is None:
        return "–"
    size = abs(value)
    if size < 0.0005:
        return "0"
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 else 3
    return f"{value:,.{digits}f}".replace(",", "\u202f")


def seconds_words(remaining_s: float | None) -> Text:
    """Say how long it may still take."""
    if remaining_s is None:
        return text("estimating the time")
    if remaining_s < 60:
        return text("about {seconds} s left", seconds=max(1, round(remaining_s)))
    return text("about {minutes} min left", minutes=max(1, round(remaining_s / 60)))
