"""What was seen of a running program, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gpuproof.core.bench.model import TelemetrySample
from gpuproof.core.words import Text

WatchVerdict = Literal["gpu", "cpu", "mixed", "waits", "cannot_tell"]
PhaseKind = Literal["start", "gpu", "cpu", "waits", "unknown"]
AlarmKind = Literal["thermal", "memory", "power", "gpu_lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """What to watch and when to raise an alarm; ``seconds`` None means until the program ends."""

    pid: int | None = None
    seconds: float | None = None
    interval_s: float = 0.25
    gpus: tuple[int, ...] | None = None
    alarm_celsius: float | None = None  # None: 3 below the card's own slow-down temperature
    alarm_memory_percent: float = 95.0
    alarm_power_percent: float | None = None  # a card at its power cap is healthy, so only when asked for
    prometheus: str | None = None
    started_here: bool = False  # the program starts with the watch, so what appears on the GPU is probably its own


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedGpu:
    """What does not change of one GPU; None where the driver does not tell."""

    index: int
    name: str | None = None
    memory_total_mib: float | None = None
    power_limit_w: float | None = None
    slowdown_celsius: float | None = None
    max_sm_clock_mhz: float | None = None
    cores: int | None = None
    driver_model: str | None = None  # Windows: WDDM, TCC or MCDM


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuClients:
    """Who holds a context on one GPU at a time: ours, how many others, and whether their memory is hidden."""

    at_s: float
    gpu: int
    mine: int
    others: int
    mine_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Everything that the sampler said about one program."""

    samples: tuple[TelemetrySample, ...] = ()
    gpus: tuple[WatchedGpu, ...] = ()
    clients: tuple[GpuClients, ...] = ()
    nvml_problem: str | None = None
    nvml_code: int | None = None
    pids_match_driver: bool = True
    lost: tuple[tuple[int, float], ...] = ()  # GPU and second
    ended_s: float | None = None  # when the program ended
    is_wsl: bool = False
    started_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of time in which the program did one thing."""

    kind: PhaseKind
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A threshold that was crossed, once a kind and GPU, at its first second."""

    kind: AlarmKind
    gpu: int
    at_s: float
    words: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on behaviour, with what it rests on and what to try."""

    verdict: WatchVerdict
    why: Text
    evidence: tuple[Text, ...] = ()
    advice: tuple[Text, ...] = ()
    phases: tuple[Phase, ...] = ()
    used_gpus: tuple[int, ...] = ()
    figures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JointVerdict:
    """Environment, log and behaviour together; proven only when nothing speaks against it."""

    verdict: Literal["proven", "not_proven", "refuted"]
    words: Text
    layers: tuple[tuple[str, str, Text], ...]  # name, verdict, words
