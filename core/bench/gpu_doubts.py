"""Doubts about the GPU's figure: its bus, its neighbours, its clocks, variants that were wrong or did not fit."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from gpuproof.core.bench.model import BenchResult, Doubt
from gpuproof.core.words import text

_SLOW_BUS_GBS = 7.0  # a card at x16 of the oldest generation still in use (PCIe 3) reaches about 12
_FEWEST_BLOCKS = 8
_CLOCK_RAMP = 0.10
_ABOVE_PEAK = 105.0


def gpu_doubts(result: BenchResult) -> tuple[Doubt, ...]:
    """Return every doubt about the GPU's side."""
    if result.gpu is None:
        return ()
    return (
        *_bus(result),
        *_neighbours(result),
        *_clock_ramp(result),
        *_too_short(result),
        *_implausible(result),
        *_variants(result),
        *_untested(result),
    )


def _bus(result: BenchResult) -> list[Doubt]:
    rate = result.limits.get("copy_up_pinned_gbs")
    if not isinstance(rate, (int, float)) or rate >= _SLOW_BUS_GBS:
        return []
    words = text(
        "Copies to the GPU reach only {rate} GB/s. Check that the card sits in its full slot (x16) and that no riser "
        "or BIOS setting slows the bus down.",
        rate=f"{rate:.1f}",
    )
    return [Doubt(kind="slow_bus", words=words)]


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
    return [Doubt(kind="other_gpu_process", words=words)]


def _clock_ramp(result: BenchResult) -> list[Doubt]:
    assert result.gpu is not None
    blocks = [b for b in result.blocks if b.variant == result.gpu.variant and b.io == "full" and not b.is_warm_up]
    if not blocks:
        return []
    begin, end = blocks[0].started_s, blocks[-1].started_s + blocks[-1].duration_s
    clocks = [row.sm_clock_mhz for row in result.telemetry if row.sm_clock_mhz and begin <= row.at_s <= end]
    third = len(clocks) // 3
    if third < 2 or fmean(clocks[-third:]) <= (1.0 + _CLOCK_RAMP) * fmean(clocks[:third]):
        return []
    words = text(
        "The GPU's clock was still rising while it was measured, so the figure is a little low. Measure again."
    )
    return [Doubt(kind="clock_ramp", words=words)]


def _too_short(result: BenchResult) -> list[Doubt]:
    assert result.gpu is not None
    blocks = result.gpu.extra.get("blocks")
    if not isinstance(blocks, int) or blocks >= _FEWEST_BLOCKS:
        return []
    words = text("Only {count} blocks of the GPU could be measured; the interval is a guess.", count=blocks)
    return [Doubt(kind="too_short", words=words)]


def _implausible(result: BenchResult) -> list[Doubt]:
    assert result.gpu is not None
    share = result.gpu.extra.get("pct_peak_matmul")
    if not isinstance(share, (int, float)) or share <= _ABOVE_PEAK:
        return []
    words = text(
        "The figure is {percent} % of what this GPU was measured to do at most: the measurement is wrong, not the GPU "
        "fast. Measure again.",
        percent=f"{share:.0f}",
    )
    return [Doubt(kind="implausible", words=words)]


def _variants(result: BenchResult) -> list[Doubt]:
    assert result.gpu is not None
    found = []
    for name, figures in result.gpu.variants.items():
        check = figures.get("check")
        if isinstance(check, Mapping) and not check.get("passed"):
            failed = ", ".join(str(limit) for limit in check.get("failed") or ())
            words = text(
                "{variant} is fast but its pictures are wrong ({failed}), so it is left out.",
                variant=name,
                failed=failed,
            )
            found.append(Doubt(kind="fast_but_wrong", words=words))
        if figures.get("out_of_memory") and not figures.get("skipped"):
            words = text(
                "{variant} did not fit into the GPU's memory and was measured with a batch of {batch}.",
                variant=name,
                batch=str(figures.get("batch")),
            )
            found.append(Doubt(kind="out_of_memory", words=words))
    return found


def _untested(result: BenchResult) -> list[Doubt]:
    assert result.gpu is not None
    if result.gpu.extra.get("is_tested"):
        return []
    words = text(
        "This kind of device ({kind}) runs through the same code but was never tested by the makers.",
        kind=str(result.gpu.extra.get("kind")),
    )
    return [Doubt(kind="untested", words=words)]
