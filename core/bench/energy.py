"""Energy per frame, from the driver's counter where there is one, else from power over time."""

from __future__ import annotations

from collections.abc import Iterable

from gpuproof.core.bench.model import Block, TelemetrySample
from gpuproof.core.bench.our_gpu import index_by_memory

_SHORTEST_S = 1.0  # power is averaged over a second on most cards: a shorter run would tell nothing


def joules_per_frame(blocks: Iterable[Block], samples: Iterable[TelemetrySample], variant: str) -> float | None:
    """Return joules of the whole card per frame over a variant's counted blocks, None when nothing could be read."""
    chosen = [block for block in blocks if block.phase == "gpu" and block.variant == variant and block.io == "full"]
    chosen = _longest_run([block for block in chosen if not block.is_warm_up])
    if not chosen:
        return None
    begin, end = chosen[0].started_s, chosen[-1].started_s + chosen[-1].duration_s
    rows = list(samples)
    index = index_by_memory(rows)
    joules = _joules([row for row in rows if index is not None and row.gpu == index], begin, end)
    frames = sum(block.frames for block in chosen)
    return joules / frames if joules is not None and end - begin >= _SHORTEST_S else None


def _longest_run(blocks: list[Block]) -> list[Block]:
    """Return the longest stretch of blocks without a pause of a second."""
    runs: list[list[Block]] = []
    for block in blocks:
        last = runs[-1][-1] if runs else None
        if last is not None and block.started_s - (last.started_s + last.duration_s) < 1.0:
            runs[-1].append(block)
        else:
            runs.append([block])
    return max(runs, key=len, default=[])


def _joules(samples: list[TelemetrySample], begin: float, end: float) -> float | None:
    inside = [sample for sample in samples if begin <= sample.at_s <= end]
    if len(inside) < 3:
        return None
    first, last = inside[0], inside[-1]
    if first.energy_j is not None and last.energy_j is not None and last.energy_j > first.energy_j:
        return (last.energy_j - first.energy_j) * (end - begin) / (last.at_s - first.at_s)
    powers = [sample.power_instant_w or sample.power_w for sample in inside]
    known = [power for power in powers if power is not None]
    return sum(known) / len(known) * (end - begin) if len(known) >= 3 else None
