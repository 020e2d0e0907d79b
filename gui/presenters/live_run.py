"""A run as the graphs see it: tracks per series and GPU, phases, throttling; fed by live events or by a saved run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gpuproof.core.bench.model import BenchEvent, Block, Preview, TelemetrySample
from gpuproof.gui.presenters.tracks import Track

SeriesName = Literal[
    "frames_gpu", "frames_cpu", "utilisation", "memory", "process_memory", "process_sm", "power", "power_instant",
    "temperature",
    "sm_clock", "memory_clock", "cpu", "process_cpu", "host_memory",
]  # fmt: skip
CAPACITY = 12_000  # ten minutes at 20 samples a second
_MOST_MARKS = 200
_PAUSE_S = 0.3  # a shorter pause between two blocks is not drawn as a gap

_OF_GPU: tuple[tuple[SeriesName, str], ...] = (
    ("utilisation", "utilisation_percent"),
    ("memory", "memory_used_mib"),
    ("process_memory", "process_memory_mib"),
    ("process_sm", "process_sm_percent"),
    ("power", "power_w"),
    ("power_instant", "power_instant_w"),
    ("temperature", "temperature_celsius"),
    ("sm_clock", "sm_clock_mhz"),
    ("memory_clock", "memory_clock_mhz"),
)
_OF_HOST: tuple[tuple[SeriesName, str], ...] = (
    ("cpu", "cpu_percent"),
    ("process_cpu", "process_cpu_percent"),
    ("host_memory", "host_memory_used_mib"),
)


@dataclass(slots=True)
class Phase:
    """A stretch of the run: cpu, gpu, cpu_again, and whether it only warms up."""

    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Throttled:
    """The driver said that it held the clock back."""

    at_s: float
    gpu: int
    reasons: tuple[str, ...]


class LiveRun:
    """The memory behind the graphs. ``gpu`` None stands for the host and for figures of the whole run."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._tracks: dict[tuple[SeriesName, int | None], Track] = {}
        self.phases: list[Phase] = []
        self.throttled: list[Throttled] = []
        self.end_s = 0.0
        self.preview: Preview | None = None

    @property
    def gpus(self) -> tuple[int, ...]:
        """Return the GPUs that were seen, by the driver's index."""
        return tuple(sorted({gpu for _, gpu in self._tracks if gpu is not None}))

    def track(self, name: SeriesName, gpu: int | None = None) -> Track | None:
        """Return a series, or None when nothing was ever said about it."""
        return self._tracks.get((name, gpu))

    def all_tracks(self) -> tuple[tuple[tuple[SeriesName, int | None], Track], ...]:
        """Return every series with its name and GPU."""
        return tuple(self._tracks.items())

    def take(self, event: BenchEvent) -> None:
        """Remember what an event says; progress is not for the graphs."""
        match event:
            case Block():
                self._take_block(event)
            case TelemetrySample():
                self._take_sample(event)
            case Preview():
                self.preview = event

    def _take_block(self, block: Block) -> None:
        if block.duration_s <= 0:
            return
        end_s = block.started_s + block.duration_s
        name: SeriesName = "frames_cpu" if block.device == "cpu" else "frames_gpu"
        track = self._of(name, None)
        track.close_gap(block.started_s - _PAUSE_S)
        track.append(block.started_s, block.frames / block.duration_s)
        track.append(end_s, None)
        self._extend_phase(block.phase, block.started_s, end_s)
        self.end_s = max(self.end_s, end_s)

    def _extend_phase(self, name: str, start_s: float, end_s: float) -> None:
        if self.phases and self.phases[-1].name == name:
            self.phases[-1].end_s = max(end_s, self.phases[-1].end_s)
        else:
            self.phases.append(Phase(name, start_s, end_s))

    def _take_sample(self, sample: TelemetrySample) -> None:
        for name, attribute in _OF_HOST if sample.gpu is None else _OF_GPU:
            value: float | None = getattr(sample, attribute)
            track = self._tracks.get((name, sample.gpu))
            if value is not None or track is not None:
                self._of(name, sample.gpu).append(sample.at_s, value)
        if sample.gpu is not None and sample.throttle_reasons:
            self.throttled.append(Throttled(sample.at_s, sample.gpu, sample.throttle_reasons))
            del self.throttled[:-_MOST_MARKS]
        self.end_s = max(self.end_s, sample.at_s)

    def _of(self, name: SeriesName, gpu: int | None) -> Track:
        key = (name, gpu)
        if key not in self._tracks:
            self._tracks[key] = Track(self._capacity)
        return self._tracks[key]
