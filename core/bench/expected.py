"""What this card should do by its data sheet, against what was measured on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# gigabytes per second and lane that copies from pinned memory can reach at best, by generation of PCIe
_LANE_GBS = {1: 0.25, 2: 0.5, 3: 0.985, 4: 1.969, 5: 3.938, 6: 7.563}
_OTHER_PARTS = ("laptop", "max-q", "mobile", "mig ", "vgpu", "grid ")  # share names with cards that do more


def expected_figures(name: str, limits: Mapping[str, Any]) -> dict[str, object]:
    """Return the data sheet's dense FP16 rate and the measured share of it; nothing for a card that is not listed."""
    from gpuproof.core.knowledge import gpu_by_name

    measured = limits.get("matmul_tflops_fp16")
    if not isinstance(measured, (int, float)) or any(part in name.lower() for part in _OTHER_PARTS):
        return {}
    card = gpu_by_name(name)
    if card is None or not card.is_exact or not card.tensor_fp16_tflops:
        return {}
    share = 100.0 * measured / card.tensor_fp16_tflops
    return {"expected_tflops_fp16": card.tensor_fp16_tflops, "pct_expected_matmul": share}


def rows_of(name: str, placement: Mapping[str, object]) -> list[Mapping[str, Any]]:
    """Return the driver's rows of the cards with this name; torch may count the cards in another order."""
    rows = placement.get("gpus")
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, (list, tuple)) else []
    named = [row for row in found if row.get("name") == name]
    return named or (found if len(found) == 1 else [])


def link_gbs(row: Mapping[str, Any]) -> float | None:
    """Return what the card's own connector can carry one way; None when the driver did not tell."""
    lanes, generation = row.get("pcie_width_max"), row.get("pcie_generation_card")
    per_lane = _LANE_GBS.get(generation) if isinstance(generation, int) else None
    return lanes * per_lane if isinstance(lanes, int) and lanes > 0 and per_lane else None
