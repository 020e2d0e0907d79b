"""Doubts about the GPU's figure: its bus, its neighbours, its clocks, variants that were wrong or did not fit."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import Any

from gpuproof.core.bench.expected import link_gbs, rows_of
from gpuproof.core.bench.model import BenchResult, DeviceResult, Doubt
from gpuproof.core.bench.our_gpu import rows_of_our_gpu
from gpuproof.core.words import text

_SLOW_BUS_GBS = 7.0  # a card at x16 of the oldest generation still in use (PCIe 3) reaches about 12
_BUS_SHARE = 0.5  # a healthy link reaches 80 % to 90 % of its rate; a generation or half the lanes less: below 50 %
_POWER_SHARE = 0.95
_LEAST_EXPECTED = 50.0  # percent; clocks below boost alone cost up to a third
_FEWEST_BLOCKS = 8
_CLOCK_RAMP = 0.10
_ABOVE_PEAK = 105.0


def gpu_doubts(result: BenchResult) -> tuple[Doubt, ...]:
    """Return every doubt about the GPU's side."""
    gpu = result.gpu
    if gpu is None:
        return ()
    rows = rows_of(gpu.name, result.placement)
    return (
        *_bus(result, rows),
        *_power_limit(rows),
        *_below_its_kind(gpu),
        *_neighbours(result),
        *_clock_ramp(result, gpu),
        *_too_short(gpu),
        *_implausible(gpu),
        *_variants(gpu),
        *_untested(gpu),
    )


def _bus(result: BenchResult, rows: list[Mapping[str, Any]]) -> list[Doubt]:
    rate = result.limits.get("copy_up_pinned_gbs")
    if not isinstance(rate, (int, float)):
        return []
    known = [gbs for gbs in map(link_gbs, rows) if gbs]
    if known and rate < _BUS_SHARE * min(known):
        words = text(
            "Under load, copies to the GPU reach only {rate} GB/s; the card's own connector can carry {best} GB/s. "
            "Check that it sits in the board's full slot (x16) and which PCIe generation the BIOS sets.",
            rate=f"{rate:.1f}",
            best=f"{min(known):.0f}",
        )
        return [Doubt(kind="slow_bus", words=words, side="gpu")]
    if rate >= _SLOW_BUS_GBS or known:
        return []
    words = text(
        "Copies to the GPU reach only {rate} GB/s. Check that the card sits in its full slot (x16) and that no riser "
        "or BIOS setting slows the bus down.",
        rate=f"{rate:.1f}",
    )
    return [Doubt(kind="slow_bus", words=words, side="gpu")]


def _power_limit(rows: list[Mapping[str, Any]]) -> list[Doubt]:
    """Doubt only when every card of this name is held back, since torch may count them in another order."""
    pairs = [(row.get("power_limit_w"), row.get("power_limit_default_w")) for row in rows]
    known = [(limit, usual) for limit, usual in pairs if isinstance(limit, (int, float)) and usual]
    if not known or len(known) < len(pairs) or any(limit >= _POWER_SHARE * usual for limit, usual in known):
        return []
    words = text(
        "The card's power limit is set to {limit} W, its default is {usual} W, so it is slower than it could be. If "
        "you did not mean that: nvidia-smi -pl {usual}",
        limit=f"{known[0][0]:.0f}",
        usual=f"{known[0][1]:.0f}",
    )
    return [Doubt(kind="power_limit", words=words, side="gpu")]


def _below_its_kind(gpu: DeviceResult) -> list[Doubt]:
    share = gpu.extra.get("pct_expected_matmul")
    if not isinstance(share, (int, float)) or share >= _LEAST_EXPECTED:
        return []
    words = text(
        "Matrix products reached only {percent} % of this card's data sheet; a healthy one reaches {least} % or more. "
        "Look at its temperature, its power cables and what else uses it.",
        percent=f"{share:.0f}",
        least=f"{_LEAST_EXPECTED:.0f}",
    )
    return [Doubt(kind="below_its_kind", words=words, side="gpu")]


def _neighbours(result: BenchResult) -> list[Doubt]:
    processes = result.placement.get("processes")
    rows = processes if isinstance(processes, (list, tuple)) else ()
    held = [gpu for row in rows for gpu in (row.get("gpus") or ()) if gpu.get("others")]
    if not held:
        return []
    most = max(float(gpu.get("others_mib") or 0.0) for gpu in held)
    words = text(
        "Another program holds {mib} MiB on a GPU and may use it. Close it and measure again.", mib=f"{most:.0f}"
    )
    return [Doubt(kind="other_gpu_process", words=words, side="gpu")]


def _clock_ramp(result: BenchResult, gpu: DeviceResult) -> list[Doubt]:
    ours = [b for b in result.blocks if b.phase == "gpu" and b.variant == gpu.variant]  # not those of several GPUs
    blocks = [b for b in ours if b.io == "full" and not b.is_warm_up]
    if not blocks:
        return []
    begin, end = blocks[0].started_s, blocks[-1].started_s + blocks[-1].duration_s
    rows = rows_of_our_gpu(result)
    clocks = [row.sm_clock_mhz for row in rows if row.sm_clock_mhz and begin <= row.at_s <= end]
    third = len(clocks) // 3
    if third < 2 or fmean(clocks[-third:]) <= (1.0 + _CLOCK_RAMP) * fmean(clocks[:third]):
        return []
    words = text(
        "The GPU's clock was still rising while it was measured, so the figure is a little low. Measure again."
    )
    return [Doubt(kind="clock_ramp", words=words, side="gpu")]


def _too_short(gpu: DeviceResult) -> list[Doubt]:
    blocks = gpu.extra.get("blocks")
    if not isinstance(blocks, int) or blocks >= _FEWEST_BLOCKS:
        return []
    words = text("Only {count} blocks of the GPU could be measured; the interval is a guess.", count=blocks)
    return [Doubt(kind="too_short", words=words, side="gpu")]


def _implausible(gpu: DeviceResult) -> list[Doubt]:
    share = gpu.extra.get("pct_peak_matmul")
    if not isinstance(share, (int, float)) or share <= _ABOVE_PEAK:
        return []
    words = text(
        "The figure is {percent} % of what this GPU was measured to do at most: the measurement is wrong, not the GPU "
        "fast. Measure again.",
        percent=f"{share:.0f}",
    )
    return [Doubt(kind="implausible", words=words, side="gpu")]


def _variants(gpu: DeviceResult) -> list[Doubt]:
    found = []
    for name, figures in gpu.variants.items():
        check = figures.get("check")
        if isinstance(check, Mapping) and not check.get("passed"):
            failed = ", ".join(str(limit) for limit in check.get("failed") or ())
            words = text(
                "{variant} is fast but its pictures are wrong ({failed}), so it is left out.",
                variant=name,
                failed=failed,
            )
            found.append(Doubt(kind="fast_but_wrong", words=words, side="gpu"))
        if figures.get("out_of_memory") and not figures.get("skipped"):
            words = text(
                "{variant} did not fit into the GPU's memory and was measured with a batch of {batch}.",
                variant=name,
                batch=str(figures.get("batch")),
            )
            found.append(Doubt(kind="out_of_memory", words=words, side="gpu"))
    return found


def _untested(gpu: DeviceResult) -> list[Doubt]:
    if gpu.extra.get("is_tested"):
        return []
    words = text(
        "This kind of device ({kind}) runs through the same code but was never tested by the makers.",
        kind=str(gpu.extra.get("kind")),
    )
    return [Doubt(kind="untested", words=words, side="gpu")]
