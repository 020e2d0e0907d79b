"""The stages on one device in one dtype: prepare, encode, align, decode, enhance, compose."""

import copy
from typing import Any, ContextManager, List, NamedTuple, Optional, Tuple

import torch
from torch.nn import functional

from .fused import Fuser, new_fuser
from .layers import TENSOR_CORE_CHANNELS, Convolution, Residual, Transposed, can_fuse
from .network import Network, SuperResolution
from .presets import WINDOW, Preset

STAGES = ("prepare", "face_encoding", "alignment", "reconstruction", "super_resolution", "compositing")


class NoClock:
    """Measures nothing; a real clock returns a context manager per stage."""

    def stage(self, name: str) -> ContextManager[None]:
        """Return a context that does nothing."""
        nothing: ContextManager[None] = _NOTHING
        return nothing


class _Nothing:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


_NOTHING: Any = _Nothing()


class Output(NamedTuple):
    """What one step made: ``low`` and ``high`` network outputs (only when kept), composed uint8 ``frames``."""

    frames: Any
    low: Any
    high: Any


class Pipeline:
    """One variant: its own cast of the weights, layout and micro-batch."""

    def __init__(
        self, network: Network, preset: Preset, device: Any, dtype: Any = torch.float32, channels_last: bool = False
    ) -> None:
        self.preset = preset
        self.device = torch.device(device)
        self.dtype = dtype
        self.layout = torch.channels_last if channels_last else torch.contiguous_format
        moved = copy.deepcopy(network).to(device=self.device, dtype=dtype)
        self.network = moved.to(memory_format=self.layout)
        self.mask = paste_mask(preset.box).to(self.device)
        self.fuser: Optional[Fuser] = None
        self.not_fused = ""
        self._spare = 0  # channels of zeros that the first convolution gets for the tensor cores
        self._offsets = torch.arange(preset.box, device=self.device)
        self._rows = torch.arange(1024, device=self.device).view(-1, 1, 1)

    def gather(self, frames: Any, places: Any, rows: Any = None) -> Any:
        """Cut the face boxes [B, S, S, 3] out of the frames in one call; ``rows`` says which frame each is of."""
        return frames[self._index(places, rows)]

    def take(self, frames: Any, places: Any, rows: Any = None) -> Tuple[Any, Any]:
        """Cut the boxes and shrink them: boxes and faces."""
        boxes = self.gather(frames, places, rows)
        return boxes, self.prepare(boxes)

    def fuse(self, deep: bool = False, transposed: bool = True) -> None:
        """Let a convolution and what follows it run as one kernel where that is possible.

        ``deep``: also where torch has no call for it and cuDNN must be asked directly, ``transposed`` ones too.
        """
        fuser, self.not_fused = new_fuser() if deep else (None, "")
        self.fuser = fuser
        for module in self.network.modules():
            if isinstance(module, (Convolution, Residual)):
                module.fused = True
            if isinstance(module, SuperResolution) or (transposed and isinstance(module, Transposed)):
                module.fuser = fuser
        is_possible = can_fuse(self.mask.to(self.dtype))
        self._spare = self.network.encoder.widen(TENSOR_CORE_CHANNELS) if is_possible else 0

    def compile(self) -> None:
        """Hand the stages to torch.compile; the first step of each shape then takes long.

        What cuDNN runs fused when asked directly stays as it is: a compiler cannot look into it.
        """
        names = ["take", "encode", "align", "decode", "compose"]
        if self.network.super_resolution.fuser is None:
            names.append("enhance")
        else:
            self.network.super_resolution.compile_ends()
        # the compiler writes the joined channels in the other layout before a fused call, and copies them afterwards
        self.network.decoder.head[0].fused = False
        for name in names:
            setattr(self, name, torch.compile(getattr(self, name), dynamic=False))

    def prepare(self, boxes: Any) -> Any:
        """Shrink to the face size; the mouth half is masked in the first three channels: [B, 6, F, F]."""
        pixels = boxes.permute(0, 3, 1, 2).to(self.dtype).div_(255.0)
        reference = functional.avg_pool2d(pixels, 4)
        masked = reference.clone()
        masked[:, :, self.preset.face // 2 :] = 0
        parts = [masked, reference]
        if self._spare:
            parts.append(torch.zeros_like(reference[:, : self._spare]))
        return torch.cat(parts, 1).contiguous(memory_format=self.layout)

    def encode(self, faces: Any) -> List[Any]:
        """Return the skips of all levels."""
        outputs: List[Any] = self.network.encoder(faces)
        return outputs

    def align(self, mel: Any, bottleneck: Any) -> Any:
        """Mix audio and face over windows of 16 frames."""
        return self.network.alignment(mel, bottleneck)

    def decode(self, aligned: Any, skips: List[Any]) -> Any:
        """Return ``low``."""
        return self.network.decoder(aligned, skips)

    def enhance(self, low: Any) -> Any:
        """Return ``high``."""
        return self.network.super_resolution(low.contiguous(memory_format=self.layout))

    def compose(self, frames: Any, places: Any, boxes: Any, high: Any) -> None:
        """Paste into the frames in place; outside the mask every byte stays."""
        frames[self._index(places)] = self.blend(boxes, high)

    def blend(self, boxes: Any, high: Any) -> Any:
        """Mix in float32 and round half up to bytes."""
        patch = high.clamp(0.0, 1.0).float().mul_(255.0).permute(0, 2, 3, 1)
        # not negative, so that the cast's truncation is the floor
        return torch.lerp(boxes.float(), patch, self.mask).add_(0.5).to(torch.uint8)

    def step(
        self,
        frames: Any,
        places: Any,
        mel: Any,
        micro: int,
        clock: Any = None,
        keep: bool = False,
        source: Optional[Any] = None,
        source_rows: Optional[Any] = None,
    ) -> Output:
        """Run all stages on whole windows of frames, in place.

        With ``source`` the pixels come from its rows instead, and ``frames`` is only written to.
        """
        clock = clock or NoClock()
        parts = [slice(start, start + micro) for start in range(0, frames.shape[0], micro)]
        boxes: List[Any] = []
        skips: List[List[Any]] = []
        for part in parts:
            with clock.stage("prepare"):
                if source is None or source_rows is None:
                    box, faces = self.take(frames[part], places[part])
                else:
                    box, faces = self.take(source, places[part], source_rows[part])
                boxes.append(box)
            with clock.stage("face_encoding"):
                skips.append(self.encode(faces))
        with clock.stage("alignment"):
            bottleneck = torch.cat([levels[-1] for levels in skips]) if len(skips) > 1 else skips[0][-1]
            aligned = self.align(mel.to(self.dtype), bottleneck)
        kept: List[Tuple[Any, Any]] = []
        for part, box, levels in zip(parts, boxes, skips):
            made = self._rebuild(frames[part], places[part], aligned[part], box, levels, clock)
            if keep:
                kept.append(made)
        if not keep:
            return Output(frames, None, None)
        return Output(frames, torch.cat([low for low, _ in kept]), torch.cat([high for _, high in kept]))

    def _rebuild(
        self, frames: Any, places: Any, aligned: Any, boxes: Any, skips: List[Any], clock: Any
    ) -> Tuple[Any, Any]:
        with clock.stage("reconstruction"):
            low = self.decode(aligned, skips)
        with clock.stage("super_resolution"):
            high = self.enhance(low)
        with clock.stage("compositing"):
            self.compose(frames, places, boxes, high)
        return low, high

    def _index(self, places: Any, rows: Any = None) -> Any:
        frame = self._rows[: places.shape[0]] if rows is None else rows.view(-1, 1, 1)
        lines = places[:, :1] + self._offsets
        columns = places[:, 1:] + self._offsets
        return frame, lines.unsqueeze(2), columns.unsqueeze(1)


def paste_mask(side: int) -> Any:
    """Return the mask [S, S, 1]: the mouth half of the box, with soft edges."""
    t = (torch.arange(side, dtype=torch.float64) + 0.5) / side
    vertical = ((t - 0.45) / 0.10).clamp(0.0, 1.0) * ((1.0 - t) / 0.08).clamp(0.0, 1.0)
    horizontal = (t / 0.08).clamp(0.0, 1.0) * ((1.0 - t) / 0.08).clamp(0.0, 1.0)
    return (vertical.view(-1, 1) * horizontal.view(1, -1)).float().unsqueeze(2)


def padded(frames: int) -> int:
    """Round up to whole windows."""
    return -(-frames // WINDOW) * WINDOW
