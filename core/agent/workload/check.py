"""Is the result right? Every variant is compared with the CPU in float32, the worst frame counts."""

import math
from typing import Any, Dict, NamedTuple, Tuple

import torch

from .frames import Clip
from .pipeline import Output, Pipeline, paste_mask
from .presets import WINDOW, Preset


class Tolerance(NamedTuple):
    """Limits in units of 1/255 on ``high``; the mean is taken per frame and the worst frame counts."""

    max_difference: float
    mean_difference: float
    psnr_db: float
    byte_difference: int
    byte_share: float


TOLERANCES: Dict[str, Tolerance] = {
    "fp32": Tolerance(0.02, 0.002, 100.0, 1, 0.001),
    "tf32": Tolerance(2.0, 0.15, 64.0, 2, 1.0),
    "fp16": Tolerance(2.5, 0.18, 62.0, 3, 1.0),
    "bf16": Tolerance(20.0, 1.1, 46.0, 20, 1.0),
}


class Reference(NamedTuple):
    """Window 0 on the CPU in float32 NCHW, with the inputs that made it."""

    frames: Any  # uint8, before composing
    places: Any
    mel: Any
    output: Output


def first_window(clip: Clip, mel: Any) -> Tuple[Any, Any, Any]:
    """Return copies of the inputs of frames 0..15."""
    return clip.frames[:WINDOW].clone(), clip.places[:WINDOW], mel[:WINDOW]


def make_reference(pipeline: Pipeline, clip: Clip, mel: Any, micro: int = WINDOW) -> Reference:
    """Compute the reference; ``pipeline`` is the CPU's float32 NCHW one."""
    frames, places, window = first_window(clip, mel)
    output = pipeline.step(frames.clone(), places, window, micro, keep=True)
    return Reference(frames, places, window, output)


def run_candidate(pipeline: Pipeline, reference: Reference, micro: int) -> Output:
    """Run a variant on the reference's inputs and bring its outputs to the CPU."""
    device = pipeline.device
    frames = reference.frames.to(device, copy=True)
    mel = reference.mel.to(device)
    output = pipeline.step(frames, reference.places.to(device), mel, micro, keep=True)
    return Output(output.frames.cpu(), output.low.float().cpu(), output.high.float().cpu())


def compare(reference: Reference, output: Output, precision: str, preset: Preset) -> Dict[str, Any]:
    """Return the differences, and under ``failed`` the names of the limits that were broken (none: it passed)."""
    tolerance = TOLERANCES[precision]
    if output.high.shape != reference.output.high.shape or output.low.shape != reference.output.low.shape:
        return {"failed": ["shapes"], "passed": False}
    figures = _differences(reference, output, preset)
    failed = [name for name, broken in _sanity(reference, output, precision, preset).items() if broken]
    if not failed:
        limits = {
            "max_difference": figures["max_difference"] > tolerance.max_difference,
            "mean_difference": figures["mean_difference"] > tolerance.mean_difference,
            "psnr": figures["psnr_db"] < tolerance.psnr_db,
            "byte_difference": figures["byte_difference"] > tolerance.byte_difference,
            "byte_share": figures["byte_share"] > tolerance.byte_share,
        }
        failed = [name for name, broken in limits.items() if broken]
    return dict(figures, failed=failed, passed=not failed)


def _differences(reference: Reference, output: Output, preset: Preset) -> Dict[str, float]:
    difference = (output.high.float() - reference.output.high).abs_().mul_(255.0)
    difference = torch.nan_to_num_(difference, nan=1e9, posinf=1e9)
    squared = float(difference.double().pow_(2).mean()) / 255.0**2
    made, expected = output.frames, reference.output.frames
    bytes_off = torch.maximum(made, expected).sub_(torch.minimum(made, expected))  # stays in bytes, which is quick
    inside = int(torch.count_nonzero(bytes_off)) / (WINDOW * preset.box * preset.box * 3)
    return {
        "max_difference": float(difference.max()),
        "mean_difference": float(difference.flatten(1).mean(1).max()),
        "psnr_db": min(200.0, -10.0 * math.log10(squared)) if squared > 0 else 200.0,
        "byte_difference": int(bytes_off.max()),
        "byte_share": inside,
    }


def _sanity(reference: Reference, output: Output, precision: str, preset: Preset) -> Dict[str, bool]:
    low, high = output.low.float(), output.high.float()
    finite = bool(torch.isfinite(low).all() and torch.isfinite(high).all())
    # the network reaches 0.9998; in 16 bits that is 1, as the next number below is 0.9995 (fp16) or 0.996 (bf16)
    highest = 1.001 if precision in ("fp16", "bf16") else 1.0
    dead = not (0.4 <= float(low.mean()) <= 0.75 and float(low.std()) > 0.1)
    return {
        "finite": not finite,
        "low_range": not (float(low.min()) > 0.0 and float(low.max()) < highest),
        "low_statistics": dead,
        "high_range": not (float(high.min()) >= -0.5 and float(high.max()) <= 1.5),
        "outside_box": not outside_is_untouched(reference, output, preset),
    }


def outside_is_untouched(reference: Reference, output: Output, preset: Preset) -> bool:
    """Tell whether every byte outside the box, and inside where the mask is 0, is the source's."""
    changed = output.frames != reference.frames
    visible = paste_mask(preset.box) > 0
    for frame, (top, left) in zip(changed, reference.places.tolist()):
        frame[top : top + preset.box, left : left + preset.box] &= ~visible
    return not bool(changed.any())
