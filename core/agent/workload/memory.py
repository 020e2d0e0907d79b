"""How much device memory a batch will need, before it is tried."""

from typing import Dict, Tuple

from .presets import Preset

_CONTEXT_MIB = 500.0
_WORKSPACE_MIB = 512.0
# weights; activations and one frame buffer per frame of the batch: MiB in 32 and 16 bits, by live-tensor accounting
_TABLE: Dict[str, Tuple[Tuple[float, float], Tuple[float, float]]] = {
    "quick": ((189.0, 94.0), (9.9, 8.2)),
    "standard": ((191.0, 95.0), (12.2, 11.2)),
    "4k": ((212.0, 106.0), (68.0, 60.9)),
}
_SLOTS = 3


def estimate_mib(preset: Preset, precision: str, batch: int) -> float:
    """Return the estimate: context, library workspace, weights, activations, the clip and the ring buffers."""
    column = 1 if precision in ("fp16", "bf16") else 0
    weights, per_frame = (row[column] for row in _TABLE[preset.name])
    clip = preset.source_frames * preset.frame_bytes / 2**20
    ring = _SLOTS * batch * preset.frame_bytes / 2**20
    return _CONTEXT_MIB + _WORKSPACE_MIB + weights + per_frame * batch + clip + ring
