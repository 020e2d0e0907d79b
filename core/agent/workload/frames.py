"""Made-up video: a gradient plate with a drawn head that moves and whose mouth follows the speech."""

import math
from typing import Any, Callable, List, NamedTuple, Optional, Tuple

import torch

from .audio import RATE, Speech
from .presets import FRAME_RATE, Preset

_SKIN = (205.0, 160.0, 130.0)


class Clip(NamedTuple):
    """``frames`` uint8 [L, H, W, 3]; ``places`` int64 [L, 2] holds the box's top and left of every frame."""

    frames: Any
    places: Any

    @property
    def length(self) -> int:
        """Number of distinct source frames."""
        return int(self.frames.shape[0])


def cycle_of(frames: Any) -> Any:
    """Return the frames of one way forth and back: what follows in time then also lies together."""
    return torch.cat([frames, frames[1:-1].flip(0)])


def source_index(frame: int, length: int) -> int:
    """Return which source frame a clip frame shows: forth and back, so that no jump is seen."""
    position = frame % (2 * length - 2)
    return position if position < length else 2 * length - 2 - position


def make_clip(preset: Preset, speech: Speech, tick: Optional[Callable[[float], None]] = None) -> Clip:
    """Draw every source frame. ``tick`` gets the share that is done and may raise to stop."""
    plate = _plate(preset.height, preset.width)
    frames = torch.empty(preset.source_frames, preset.height, preset.width, 3, dtype=torch.uint8)
    places: List[Tuple[int, int]] = []
    grid = _Grid(preset.box)
    for index in range(preset.source_frames):
        if tick is not None:
            tick(index / preset.source_frames)
        top, left = _place(preset, index)
        frames[index] = plate
        box = frames[index, top : top + preset.box, left : left + preset.box]
        box.copy_(_head(grid, box, index, _mouth_opening(speech, index)))
        places.append((top, left))
    return Clip(frames, torch.tensor(places, dtype=torch.int64))


def _plate(height: int, width: int) -> Any:
    y = torch.arange(height).view(-1, 1)
    x = torch.arange(width).view(1, -1)
    red = (40 + 60 * x // width).expand(height, width)
    green = (50 + 50 * y // height).expand(height, width)
    blue = 90 + 40 * (x + y) // (height + width)
    noise = _hash(x, y, 0) & 7
    return torch.stack([(channel + noise).clamp(0, 255) for channel in (red, green, blue)], 2).to(torch.uint8)


def _hash(x: Any, y: Any, salt: int) -> Any:
    mixed = (x * 374761393 + y * 668265263 + salt * 2147483647) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1274126177) & 0xFFFFFFFF
    return mixed ^ (mixed >> 16)


def _place(preset: Preset, index: int) -> Tuple[int, int]:
    left = (preset.width - preset.box) // 2 + round(0.06 * preset.width * math.sin(2 * math.pi * index / 97))
    top = (preset.height - preset.box) // 2 + round(0.03 * preset.height * math.sin(2 * math.pi * index / 61))
    return (
        max(0, min(preset.height - preset.box, top)),
        max(0, min(preset.width - preset.box, left)),
    )


def _mouth_opening(speech: Speech, index: int) -> float:
    sample = int((index + 0.5) / FRAME_RATE * RATE)
    return 0.04 + 0.16 * float(speech.envelope[min(sample, len(speech.envelope) - 1)])


class _Grid:
    """Coordinates in [-1, 1] at pixel centres, and the noise of the skin."""

    def __init__(self, side: int) -> None:
        centres = (torch.arange(side, dtype=torch.float32) + 0.5) * (2.0 / side) - 1.0
        self.x, self.y = centres.view(1, -1), centres.view(-1, 1)
        self.edge = 4.0 / side
        whole = torch.arange(side)
        self.noise = (_hash(whole.view(1, -1), whole.view(-1, 1), 1) % 10).float() - 4.5

    def ellipse(self, centre: Tuple[float, float], radii: Tuple[float, float]) -> Any:
        """Return the cover 0..1 of a soft ellipse: 1 inside, a ramp of some pixels at the edge."""
        across = ((self.x - centre[0]) / radii[0]) ** 2
        distance = (across + ((self.y - centre[1]) / radii[1]) ** 2).sqrt_()
        return ((1.0 - distance) * (min(radii) / self.edge) + 0.5).clamp_(0.0, 1.0)


def _head(grid: _Grid, box: Any, index: int, opening: float) -> Any:
    picture = box.permute(2, 0, 1).float()
    head = grid.ellipse((0.0, -0.02), (0.78, 0.95))
    shade = 1.0 - 0.25 * grid.x + 0.1 * grid.y
    for channel, tone in enumerate(_SKIN):
        picture[channel].lerp_(tone * shade + grid.noise, head)
    for cover, colour in _features(grid, index, opening):
        for channel in range(3):
            picture[channel].lerp_(torch.full((), colour[channel]), cover)
    return picture.add_(0.5).floor_().clamp_(0.0, 255.0).to(torch.uint8).permute(1, 2, 0)


def _features(grid: _Grid, index: int, opening: float) -> List[Tuple[Any, Tuple[float, float, float]]]:
    wander = 0.04 * math.sin(index / 19.0)
    drawn = []
    for side in (-0.32, 0.32):
        drawn.append((grid.ellipse((side, -0.22), (0.16, 0.08)), (240.0, 240.0, 235.0)))
        drawn.append((grid.ellipse((side + wander, -0.22), (0.06, 0.07)), (60.0, 40.0, 30.0)))
        drawn.append((grid.ellipse((side, -0.40), (0.2, 0.035)), (70.0, 45.0, 30.0)))
    drawn.append((grid.ellipse((0.0, 0.08), (0.07, 0.2)), (185.0, 135.0, 110.0)))
    drawn.append((grid.ellipse((0.0, 0.5), (0.30, opening + 0.05)), (170.0, 60.0, 70.0)))
    drawn.append((grid.ellipse((0.0, 0.5), (0.24, opening)), (50.0, 15.0, 20.0)))
    return drawn
