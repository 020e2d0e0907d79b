"""What a benchmark run produced: raw blocks and samples first, figures second, so that each can be recomputed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gpuproof.core.words import Text

PresetName = Literal["quick", "standard", "4k"]
STAGES = ("face_encoding", "alignment", "reconstruction")
ProofVerdict = Literal["proven", "not_proven", "refuted"]
LayerName = Literal["environment", "placement", "behaviour"]
DoubtSide = Literal["gpu", "cpu", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchSettings:
    """What to measure. ``device`` is auto, cpu or cuda:N (also xpu:N, mps); empty ``precisions`` means all that fit."""

    preset: PresetName = "quick"
    device: str = "auto"
    precisions: tuple[str, ...] = ()
    with_cpu: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where the run is; ``fraction`` grows from 0 to 1, ``remaining_s`` is an estimate or None."""

    phase: str  # prepare, cpu, gpu, cpu_again, limits, proof ...
    words: Text
    fraction: float
    remaining_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A timed stretch of frames. Warm-up blocks are kept and marked, never counted."""

    device: str  # cpu, cuda:0
    phase: str  # cpu, gpu, cpu_again; of several GPUs: alone, together
    variant: str  # naive, fp32, tf32, fp16, bf16, fp16+graph ...
    index: int
    is_warm_up: bool
    frames: int
    duration_s: float
    started_s: float  # since the session began
    submit_s: float | None = None
    stages_s: tuple[tuple[str, float], ...] = ()
    io: str = "full"  # full: whole frames cross the bus; none: frames resident, pure model speed


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetrySample:
    """One telemetry row of one GPU, or of the host when ``gpu`` is None; None: the driver gave no value.

    ``utilisation_percent`` is the share of time with at least one kernel running, not how full the chip is.
    ``power_w`` is a 1 s average on most cards, ``power_instant_w`` where the driver tells it.
    """

    at_s: float  # since the session began
    gpu: int | None = None
    utilisation_percent: float | None = None
    memory_used_mib: float | None = None
    power_w: float | None = None
    power_instant_w: float | None = None
    energy_j: float | None = None
    temperature_celsius: float | None = None
    sm_clock_mhz: float | None = None
    memory_clock_mhz: float | None = None
    throttle_reasons: tuple[str, ...] = ()
    process_memory_mib: float | None = None  # of the watched process
    process_sm_percent: float | None = None
    cpu_percent: float | None = None  # whole machine, 0..100
    process_cpu_percent: float | None = None  # of the watched process tree; 100 is one core
    process_wait_percent: float | None = None  # runnable, but others have the core; 100 is one core
    host_memory_used_mib: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A small picture of a synthetic frame: PNG bytes, base64."""

    png_base64: str
    frame: int


BenchEvent = Progress | Block | TelemetrySample | Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A typed reason to trust a figure less, and what to do about it."""

    kind: str  # unstable, throttled, other_load, not_converged, too_short, on_battery, launch_bound ...
    words: Text
    side: DoubtSide | None = None  # whose figures it touches; None: a report from before this was written down


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceResult:
    """One side of the comparison: the best passing variant of one device, with its 95 % interval."""

    device: str
    name: str
    variant: str
    frames_per_second: float
    low: float
    high: float
    stages: dict[str, float]  # milliseconds per frame
    batch: int
    variants: dict[str, dict[str, object]] = field(default_factory=dict)  # each tried one: figures or why skipped
    extra: dict[str, object] = field(default_factory=dict)  # rtf, tflops, joules_per_frame, peak_vram_mib ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A ratio with its 95 % interval."""

    ratio: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Frames per second with the 95 % interval."""

    frames_per_second: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CardResult:
    """One GPU of several: its rate by itself and while all the others work, by ``io`` (full, none)."""

    device: str  # torch's name, cuda:1
    name: str
    driver_index: int | None  # its number in nvidia-smi, which may count in another order; None: could not be matched
    alone: dict[str, Rate]
    together: dict[str, Rate]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairResult:
    """Copies from one GPU to another. ``direct``: the driver allows them without the detour over the processor."""

    source: str
    target: str
    direct: bool | None = None
    gbs: float | None = None
    is_right: bool | None = None  # the bytes that arrived are the ones that were sent
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralGpus:
    """All GPUs of one machine, each compared with the others under the same small workload."""

    cards: tuple[CardResult, ...]
    pairs: tuple[PairResult, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()  # pairs for which the time was over
    problems: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofLayer:
    """One layer of the proof; ``missing`` says what could not be observed."""

    name: LayerName
    verdict: ProofVerdict
    evidence: tuple[Text, ...]
    missing: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Proven only when all three layers are."""

    verdict: ProofVerdict
    layers: tuple[ProofLayer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchResult:
    """Everything that one session measured."""

    settings: BenchSettings
    gpu: DeviceResult | None
    cpu: DeviceResult | None
    speedup: Ratio | None  # best passing variant on each side
    speedup_same: Ratio | None = None  # both fp32, TF32 off
    doubts: tuple[Doubt, ...] = ()
    limits: dict[str, object] = field(default_factory=dict)
    first_run: dict[str, float] = field(default_factory=dict)  # cold start, seconds by step
    placement: dict[str, object] = field(default_factory=dict)  # raw observations for proof layer 2
    blocks: tuple[Block, ...] = ()
    telemetry: tuple[TelemetrySample, ...] = ()
    workload_version: str = ""
    problems: tuple[Text, ...] = ()  # a child that crashed, a variant that was skipped, in words
    several: SeveralGpus | None = None  # only where torch can use more than one GPU and none was chosen
