"""What the blocks of several GPUs say: each card's rate alone and beside the others, and the copies between them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from gpuproof.core.agent.workload.intervals import interval
from gpuproof.core.bench.assemble import Ending
from gpuproof.core.bench.model import Block, CardResult, PairResult, Rate, SeveralGpus
from gpuproof.core.launch.model import Message

MODES = ("full", "none")
_FEWEST_BLOCKS = 3


def read_several(endings: Mapping[str, Ending], blocks: Iterable[Block], driver: Message) -> SeveralGpus:
    """Put the result together; a card whose child sent no result is told in ``problems`` and has no figures."""
    kept = list(blocks)
    results = {device: ending.result for device, ending in endings.items() if ending.result is not None}
    together = {io: _while_all_work(kept, list(results), io) for io in MODES}
    cards = [_card(device, result, kept, together, driver) for device, result in results.items()]
    pairs: Mapping[str, Any] = next((result["pairs"] for result in results.values() if result.get("pairs")), {})
    problems = [ending.words(device) for device, ending in endings.items()]
    return SeveralGpus(
        cards=tuple(sorted(cards, key=lambda card: card.device)),
        pairs=tuple(_pair(row) for row in pairs.get("measured") or () if isinstance(row, Mapping)),
        left_out=tuple((f"cuda:{a}", f"cuda:{b}") for a, b in pairs.get("left_out") or ()),
        problems=tuple(words for words in problems if words is not None),
    )


def _card(
    device: str, result: Message, blocks: list[Block], together: Mapping[str, list[Block]], driver: Message
) -> CardResult:
    alone = {io: [b for b in blocks if b.phase == "alone" and b.io == io] for io in MODES}
    return CardResult(
        device=device,
        name=str(result.get("name")),
        driver_index=_driver_index(result, driver),
        alone=_rates(device, alone),
        together=_rates(device, together),
    )


def _rates(device: str, blocks: Mapping[str, list[Block]]) -> dict[str, Rate]:
    found = {io: _rate([b for b in chosen if b.device == device and not b.is_warm_up]) for io, chosen in blocks.items()}
    return {io: rate for io, rate in found.items() if rate is not None}


def _rate(blocks: list[Block]) -> Rate | None:
    if len(blocks) < _FEWEST_BLOCKS:
        return None
    found = interval([block.duration_s / block.frames for block in blocks])
    fps, half = 1.0 / found.mean_s, found.half_width
    return Rate(frames_per_second=fps, low=fps * math.exp(-half), high=fps * math.exp(half))


def _while_all_work(blocks: list[Block], devices: list[str], io: str) -> list[Block]:
    """Return the blocks that lie wholly inside the time in which every card was working."""
    chosen = [block for block in blocks if block.phase == "together" and block.io == io]
    spans = [[block for block in chosen if block.device == device] for device in devices]
    if not spans or not all(spans):
        return []
    begin = max(min(block.started_s for block in span) for span in spans)
    end = min(max(block.started_s + block.duration_s for block in span) for span in spans)
    return [b for b in chosen if b.started_s >= begin and b.started_s + b.duration_s <= end + 1e-4]


def _driver_index(result: Message, driver: Message) -> int | None:
    """Return the number of the same PCI address in the driver's list; torch may count the cards in another order."""
    rows = [row for row in driver.get("gpus") or () if isinstance(row, Mapping)]
    bus = result.get("pci_bus")
    same = [row.get("gpu") for row in rows if bus and row.get("pci_bus") == bus]
    return int(same[0]) if len(same) == 1 and isinstance(same[0], int) else None


def _pair(row: Mapping[str, Any]) -> PairResult:
    rate, direct, right = row.get("gbs"), row.get("direct"), row.get("is_right")
    return PairResult(
        source=str(row.get("source")),
        target=str(row.get("target")),
        direct=direct if isinstance(direct, bool) else None,
        gbs=float(rate) if isinstance(rate, (int, float)) else None,
        is_right=right if isinstance(right, bool) else None,
        problem=str(row.get("problem") or ""),
    )
