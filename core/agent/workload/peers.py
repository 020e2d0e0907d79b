"""Copies between the GPUs of one machine: whether the driver allows the direct way, how fast, and whether right.

Right is not taken for granted: on boards whose IOMMU or PCIe switch meddles, direct copies are allowed, fast, and
deliver other bytes than were sent.
"""

import time
from typing import Any, Callable, Dict, List, Tuple

import torch

_BYTES = 128 << 20
_CHECKED_BYTES = 16 << 20
_ROUNDS = 5


def measure_pairs(longest_s: float, stop_if_asked: Callable[[], None]) -> Dict[str, Any]:
    """Return ``measured`` (source, target, direct, gbs, is_right) and ``left_out`` when the time was over."""
    until = time.perf_counter() + longest_s
    measured: List[Dict[str, Any]] = []
    left_out: List[Tuple[int, int]] = []
    for source, target in _pairs(torch.cuda.device_count()):
        stop_if_asked()
        if time.perf_counter() > until:
            left_out.append((source, target))
            continue
        measured.append(_measured(source, target))
    return {"measured": measured, "left_out": left_out}


def _pairs(count: int) -> List[Tuple[int, int]]:
    """Return every ordered pair, neighbours of different cards first, so that short time still sees each card."""
    found = [(a, b) for a in range(count) for b in range(count) if a != b]
    return sorted(found, key=lambda pair: ((pair[1] - pair[0]) % count, pair[0]))


def _measured(source: int, target: int) -> Dict[str, Any]:
    row: Dict[str, Any] = {"source": "cuda:%d" % source, "target": "cuda:%d" % target, "direct": None}
    try:
        row["direct"] = bool(torch.cuda.can_device_access_peer(target, source))
        row["is_right"] = _arrives_unchanged(source, target)
        row["gbs"] = _rate_gbs(source, target)
    except RuntimeError as problem:  # a card without memory or a broken link ends this pair only
        row["problem"] = str(problem).splitlines()[0][:200]
    return row


def _arrives_unchanged(source: int, target: int) -> bool:
    sent = torch.randint(0, 256, (_CHECKED_BYTES,), dtype=torch.uint8)
    there = sent.to("cuda:%d" % source)
    torch.cuda.synchronize(source)
    arrived = there.to("cuda:%d" % target)
    torch.cuda.synchronize(target)
    return bool(torch.equal(arrived.cpu(), sent))


def _rate_gbs(source: int, target: int) -> float:
    there = torch.empty(_BYTES, dtype=torch.uint8, device="cuda:%d" % source)
    here = torch.empty(_BYTES, dtype=torch.uint8, device="cuda:%d" % target)
    best = float("inf")
    for _ in range(_ROUNDS + 1):  # the first opens the way and is never the best
        began = time.perf_counter()
        here.copy_(there)
        torch.cuda.synchronize(source)
        torch.cuda.synchronize(target)
        best = min(best, time.perf_counter() - began)
    return _BYTES / best / 1e9
