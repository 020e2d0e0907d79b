"""How much device memory a batch will need, before it is tried."""

from typing import Dict, Optional, Tuple

from .presets import WINDOW, Preset

_CONTEXT_MIB = 500.0
_WORKSPACE_MIB = 512.0
# weights; activations and one frame buffer per frame of the batch: MiB in 32 and 16 bits, by live-tensor accounting
_TABLE: Dict[str, Tuple[Tuple[float, float], Tuple[float, float]]] = {
    "quick": ((189.0, 94.0), (9.9, 8.2)),
    "standard": ((191.0, 95.0), (12.2, 11.2)),
    "4k": ((212.0, 106.0), (68.0, 60.9)),
}
SLOTS = 3  # ring buffers: one fills, one computes, one empties
_SHARE = 0.8  # of the free memory; torch keeps what it once took


def estimate_mib(preset: Preset, precision: str, batch: int) -> float:
    """Return the estimate: context, library workspace, weights, activations, the clip and the ring buffers."""
    column = 1 if precision in ("fp16", "bf16") else 0
    weights, per_frame = (row[column] for row in _TABLE[preset.name])
    clip = preset.source_frames * preset.frame_bytes / 2**20
    ring = SLOTS * batch * preset.frame_bytes / 2**20
    return _CONTEXT_MIB + _WORKSPACE_MIB + weights + per_frame * batch + clip + ring


def fitting_batch(preset: Preset, free_bytes: Optional[int]) -> int:
    """Return the preset's batch, halved until the estimate fits into 80 % of the free memory."""
    batch = preset.gpu_batch
    while free_bytes is not None and batch > WINDOW and not _fits(preset, "fp32", batch, free_bytes):
        batch //= 2
    return batch


def largest_batch(preset: Preset, batch: int, free_bytes: Optional[int]) -> int:
    """Return eight or four times the batch, whichever fits; the batch itself where the free memory is not known."""
    for times in (8, 4):
        if free_bytes is not None and _fits(preset, "fp16", times * batch, free_bytes):
            return times * batch
    return batch


def _fits(preset: Preset, precision: str, batch: int, free_bytes: int) -> bool:
    return estimate_mib(preset, precision, batch) * 2**20 <= _SHARE * free_bytes
