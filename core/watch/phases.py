"""Divides the watched time into phases: the GPU works, the CPU works, neither (waits), or nobody can tell.

Pure. A moment is one host sample with what the GPUs did around it. Utilisation is renewed every 0.2 s or so and is a
share of time, so single moments are smoothed over one second, and a phase lasts at least that.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from gpuproof.core.bench.model import TelemetrySample
from gpuproof.core.watch.model import GpuClients, Observation, Phase, PhaseKind

GPU_WORKS_PERCENT = 10.0  # below this, sustained, while the CPU is busy: the classic fallback
CPU_WORKS_PERCENT = 50.0  # of one core
_SMOOTH_S = 1.0
_RISEN_MIB = 200.0  # a CUDA context and a small model hold more
_FRESH_S = 1.6  # a reading that is asked for once a second counts as long as this


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One moment of the program: its own share of each GPU where that can be told, and its CPU use."""

    at_s: float
    cpu_percent: float | None
    gpu_percent: float | None  # of the busiest GPU that is ours; None: cannot be attributed
    whole_gpu_percent: float | None  # the busiest GPU, whoever uses it
    gpu: int | None
    is_blind: bool = False  # there are GPUs, but none gave a reading


def start_end_s(seen: Observation) -> float:
    """Return until when a program that started with the watch only started: imports, before it opened a GPU.

    0 where nothing tells: a program that never opens a GPU works on the CPU from its beginning.
    """
    opened = _opened_s(seen) if seen.started_here else None
    return opened + _SMOOTH_S if opened is not None and opened > _SMOOTH_S else 0.0


def _opened_s(seen: Observation) -> float | None:
    by_gpu: dict[int, _Gpu] = {}
    for sample in seen.samples:
        if sample.gpu is None:
            continue
        gpu = by_gpu.setdefault(sample.gpu, _Gpu(seen, sample.gpu))
        gpu.take(sample)
        if sample.process_memory_mib or (sample.process_memory_mib is None and gpu.is_newcomers()):
            return sample.at_s
    return None


def moments(seen: Observation) -> list[Moment]:
    """Return the program's moments in order, each smoothed over a second."""
    rows: list[Moment] = []
    by_gpu = {gpu.index: _Gpu(seen, gpu.index) for gpu in seen.gpus}
    for sample in seen.samples:
        if sample.gpu is not None:
            by_gpu.setdefault(sample.gpu, _Gpu(seen, sample.gpu)).take(sample)
            continue
        if seen.ended_s is not None and sample.at_s >= seen.ended_s:
            break
        row = _moment(sample, by_gpu)
        if rows or not row.is_blind:  # NVML takes a moment to start, which says nothing of the program
            rows.append(row)
    return _smoothed(rows)


def _moment(sample: TelemetrySample, by_gpu: dict[int, _Gpu]) -> Moment:
    shares = {index: gpu.own_share(sample.at_s) for index, gpu in by_gpu.items() if gpu.has_reading(sample.at_s)}
    known = {index: share for index, share in shares.items() if share is not None}
    busiest = max(known, key=lambda index: known[index], default=None)
    whole = max((gpu.utilisation(sample.at_s) or 0.0 for gpu in by_gpu.values()), default=None)
    own: float | None = known[busiest] if busiest is not None else None
    if len(known) < len(shares) and (own or 0.0) < GPU_WORKS_PERCENT:
        own, busiest = None, None  # it may be on the GPU that cannot be attributed
    return Moment(
        at_s=sample.at_s,
        cpu_percent=_wanted(sample),
        gpu_percent=own,
        whole_gpu_percent=whole if shares else None,
        gpu=busiest,
        is_blind=bool(by_gpu) and not shares,
    )


def _wanted(sample: TelemetrySample) -> float | None:
    """Return the CPU that the program wanted: what it got, and what it waited for while others had the core."""
    if sample.process_cpu_percent is None:
        return None
    return sample.process_cpu_percent + (sample.process_wait_percent or 0.0)


class _Gpu:
    """The latest readings of one GPU, and whether its load is ours."""

    def __init__(self, seen: Observation, index: int) -> None:
        self._seen = seen
        self._clients = [row for row in seen.clients if row.gpu == index]
        self._last: TelemetrySample | None = None
        self._share: tuple[float, float] | None = None
        self._first: TelemetrySample | None = None

    def take(self, sample: TelemetrySample) -> None:
        self._last = sample
        self._first = self._first or sample
        if sample.process_sm_percent is not None:
            self._share = (sample.at_s, sample.process_sm_percent)

    def has_reading(self, at_s: float) -> bool:
        return self.utilisation(at_s) is not None

    def utilisation(self, at_s: float) -> float | None:
        if self._last is None or at_s - self._last.at_s > _FRESH_S:
            return None
        return self._last.utilisation_percent

    def own_share(self, at_s: float) -> float | None:
        """Return the program's share of this GPU; None where it cannot be told from others."""
        whole = self.utilisation(at_s)
        if whole is None or self._last is None:
            return None
        if whole < GPU_WORKS_PERCENT:
            return whole  # nobody works on it
        if self._share is not None and at_s - self._share[0] <= _FRESH_S:
            return self._share[1]
        if self._last.process_memory_mib is not None and self._last.process_memory_mib <= 0:
            return 0.0
        clients = _at(self._clients, at_s)
        if clients is not None and clients.mine == 0 and self._seen.pids_match_driver:
            return 0.0
        if clients is not None and clients.mine and not clients.others:
            return whole
        return whole if self.is_newcomers() else None

    def is_newcomers(self) -> bool:
        """Tell whether this GPU idled when the program started and has filled since: then the load is its own."""
        first, last = self._first, self._last
        if not self._seen.started_here or first is None or last is None:
            return False
        if first.memory_used_mib is None or last.memory_used_mib is None or first.utilisation_percent is None:
            return False
        has_risen = last.memory_used_mib - first.memory_used_mib >= _RISEN_MIB
        return has_risen and first.utilisation_percent < GPU_WORKS_PERCENT


def _at(clients: list[GpuClients], at_s: float) -> GpuClients | None:
    near = [row for row in clients if abs(row.at_s - at_s) <= _FRESH_S]
    return min(near, key=lambda row: abs(row.at_s - at_s), default=None)


def _smoothed(rows: list[Moment]) -> list[Moment]:
    smooth: list[Moment] = []
    start = 0
    for place, row in enumerate(rows):
        while rows[start].at_s < row.at_s - _SMOOTH_S:
            start += 1
        window = rows[start : place + 1]
        smooth.append(
            Moment(
                at_s=row.at_s,
                cpu_percent=_mean(one.cpu_percent for one in window),
                gpu_percent=_mean(one.gpu_percent for one in window) if row.gpu_percent is not None else None,
                whole_gpu_percent=row.whole_gpu_percent,
                gpu=row.gpu,
                is_blind=row.is_blind,
            )
        )
    return smooth


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def kind_of(moment: Moment) -> PhaseKind:
    """Say what the program does at a moment; a GPU at work counts even when the CPU works too."""
    if moment.is_blind or (moment.gpu_percent is None and moment.whole_gpu_percent is not None):
        return "unknown"
    if moment.gpu_percent is not None and moment.gpu_percent >= GPU_WORKS_PERCENT:
        return "gpu"
    if moment.cpu_percent is None:
        return "unknown"
    return "cpu" if moment.cpu_percent >= CPU_WORKS_PERCENT else "waits"


def phases(rows: list[Moment], start_end_s: float = 0.0) -> tuple[Phase, ...]:
    """Join moments of one kind; a phase shorter than a second belongs to the one before it."""
    found: list[Phase] = []
    for before, row in itertools.pairwise(rows):
        kind: PhaseKind = "start" if row.at_s < start_end_s else kind_of(row)
        if found and (found[-1].kind == kind):
            found[-1] = Phase(kind=kind, start_s=found[-1].start_s, end_s=row.at_s)
        else:
            found.append(Phase(kind=kind, start_s=before.at_s, end_s=row.at_s))
    return tuple(_without_short(found))


def _without_short(found: list[Phase]) -> list[Phase]:
    kept: list[Phase] = []
    for phase in found:
        is_short = phase.end_s - phase.start_s < _SMOOTH_S
        if kept and (is_short or kept[-1].kind == phase.kind):
            kept[-1] = Phase(kind=kept[-1].kind, start_s=kept[-1].start_s, end_s=phase.end_s)
        else:
            kept.append(phase)
    return kept
