"""The made-up network: face encoder, audio-visual alignment, decoder, super-resolution. Random fixed weights."""

import contextlib
from typing import Any, Iterator, List

import torch
from torch import nn
from torch.nn import functional

from .layers import (
    TENSOR_CORE_CHANNELS,
    Convolution,
    Residual,
    TransformerBlock,
    Transposed,
    channels_last,
    sinusoids,
)
from .presets import AUDIO_LEVELS, BLOCKS, DECODERS, ENCODERS, HEADS, WIDTH, WINDOW, DecoderLevel, Preset


class FaceEncoder(nn.Module):  # type: ignore[misc]
    """Every level's output is kept, for the decoder joins them again."""

    def __init__(self, face: int) -> None:
        super().__init__()
        self.levels = nn.ModuleList()
        for parts in ENCODERS[face]:
            units: List[nn.Module] = []
            for part in parts:
                units.append(Convolution(part.inputs, part.outputs, part.kernel, part.stride, part.padded))
                units += [Residual(part.outputs) for _ in range(part.residuals)]
            self.levels.append(nn.Sequential(*units))

    def widen(self, channels: int) -> int:
        """Let the first convolution take so many channels; return how many are new."""
        return widen(self.levels[0][0].conv, channels)

    def forward(self, x: Any) -> List[Any]:
        """Return the outputs of all levels, the 1x1 bottleneck last."""
        outputs = []
        for level in self.levels:
            x = level(x)
            outputs.append(x)
        return outputs


class Alignment(nn.Module):  # type: ignore[misc]
    """Audio features and face bottleneck, mixed over windows of 16 frames."""

    def __init__(self) -> None:
        super().__init__()
        units: List[nn.Module] = []
        for inputs, outputs, kernel, stride, residuals, padded in AUDIO_LEVELS:
            units.append(Convolution(inputs, outputs, kernel, stride, padded))
            units += [Residual(outputs) for _ in range(residuals)]
        self.audio = nn.Sequential(*units)
        self.fuse = nn.Linear(2 * WIDTH, WIDTH)
        self.blocks = nn.ModuleList([TransformerBlock(WIDTH, HEADS) for _ in range(BLOCKS)])
        self.norm = nn.LayerNorm(WIDTH, eps=1e-5)
        self.register_buffer("positions", torch.zeros(WINDOW, WIDTH), persistent=False)

    def forward(self, mel: Any, bottleneck: Any) -> Any:
        """Take [B, 1, 80, 16] and [B, 512, 1, 1]; B is a multiple of 16."""
        heard = self.audio(mel).flatten(1)
        x = self.fuse(torch.cat([heard, bottleneck.flatten(1)], 1))
        x = x.reshape(-1, WINDOW, WIDTH) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.norm(x).reshape(-1, WIDTH, 1, 1)


class Decoder(nn.Module):  # type: ignore[misc]
    """Grows the aligned vector to the face's size, joining the encoder's levels, last one first."""

    def __init__(self, face: int) -> None:
        super().__init__()
        self.levels = nn.ModuleList([_decoder_level(level) for level in DECODERS[face]])
        last = DECODERS[face][-1]
        self.head = nn.Sequential(Convolution(last.outputs + last.skip, 32, 3), nn.Conv2d(32, 3, 1))

    def forward(self, x: Any, skips: List[Any]) -> Any:
        """Return ``low`` [B, 3, F, F] inside (0, 1)."""
        for level, skip in zip(self.levels, reversed(skips)):
            x = torch.cat([level(x), skip], 1)
        return torch.sigmoid(self.head(x))


def _decoder_level(level: DecoderLevel) -> nn.Module:
    first: nn.Module = Convolution(level.inputs, level.outputs, level.kernel)
    if level.transposed:
        first = Transposed(level.inputs, level.outputs, level.kernel, level.stride)
    return nn.Sequential(first, *[Residual(level.outputs) for _ in range(level.residuals)])


class SuperResolution(nn.Module):  # type: ignore[misc]
    """Four times the size; what it adds to the enlarged input is small."""

    fuser: Any = None

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        units: List[nn.Module] = [nn.Conv2d(3, width, 3, 1, 1), nn.PReLU(width)]
        for _ in range(depth):
            units += [nn.Conv2d(width, width, 3, 1, 1), nn.PReLU(width)]
        units.append(nn.Conv2d(width, 48, 3, 1, 1))
        self.body = nn.Sequential(*units)

    def forward(self, low: Any) -> Any:
        """Return ``high`` [B, 3, 4F, 4F], not clamped."""
        return self.grow(self.features(low), low)

    def features(self, x: Any) -> Any:
        """Run all convolutions but the last, each with its PReLU."""
        units = list(self.body)
        x = self.start(x)
        for convolution, prelu in zip(units[2:-1:2], units[3::2]):
            fuser = self.fuser
            x = prelu(convolution(x)) if fuser is None else fuser.convolution_prelu(x, convolution, prelu)
        return x

    def start(self, x: Any) -> Any:
        """Run the first convolution with its PReLU: three channels in, so that writing the result is all the work."""
        if self.fuser is None:
            return self._start_plainly(x)
        return self.fuser.convolution_prelu(x, self.body[0], self.body[1])

    def _start_plainly(self, x: Any) -> Any:
        return self.body[1](self.body[0](x))

    def grow(self, x: Any, low: Any) -> Any:
        """Run the last convolution and spread its 48 channels over four times four pixels."""
        if self.fuser is None:
            return self._grow_plainly(x, low)
        return _spread(self.fuser.convolution(x, self.body[-1]), low)

    def compile_ends(self) -> None:
        """Compile what stands before and after the wide convolutions, so that its small steps become one kernel."""
        widen(self.body[0], TENSOR_CORE_CHANNELS)
        for name, plain in (("start", self._start_in_layout), ("grow", self._grow_plainly)):
            setattr(self, name, torch.compile(plain, dynamic=False))

    def _start_in_layout(self, x: Any) -> Any:
        missing = int(self.body[0].in_channels) - int(x.shape[1])
        return channels_last(self._start_plainly(functional.pad(x, (0, 0, 0, 0, 0, missing))))

    def _grow_plainly(self, x: Any, low: Any) -> Any:
        return _spread(self.body[-1](x), low)


def _spread(x: Any, low: Any) -> Any:
    return functional.pixel_shuffle(x, 4) + functional.interpolate(low, scale_factor=4.0, mode="nearest")


def widen(convolution: Any, channels: int) -> int:
    """Give a convolution weights of zero for more channels, as tensor cores want; return how many."""
    missing = max(0, channels - int(convolution.in_channels))
    if missing:
        weight = functional.pad(convolution.weight, (0, 0, 0, 0, 0, missing))
        convolution.weight = nn.Parameter(channels_last(weight), requires_grad=False)
        convolution.in_channels = channels
    return missing


class Network(nn.Module):  # type: ignore[misc]
    """All stages; the pipeline calls them one by one, so that each can be timed."""

    def __init__(self, preset: Preset) -> None:
        super().__init__()
        self.encoder = FaceEncoder(preset.face)
        self.alignment = Alignment()
        self.decoder = Decoder(preset.face)
        self.super_resolution = SuperResolution(preset.sr_width, preset.sr_depth)


@contextlib.contextmanager
def _uninitialised() -> Iterator[None]:
    """Leave new layers' parameters as they are allocated."""
    layers = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)
    owners = {next(kind for kind in layer.__mro__ if "reset_parameters" in vars(kind)) for layer in layers}
    kept = [(owner, vars(owner)["reset_parameters"]) for owner in owners]
    try:
        for owner in owners:
            owner.reset_parameters = _nothing
        yield
    finally:
        for owner, own in kept:
            owner.reset_parameters = own


def _nothing(_: Any) -> None:
    """Stand in for a layer's own initialisation."""


def empty_network(preset: Preset) -> Network:
    """Build the network on the CPU with uninitialised weights: torch's own initialisation would cost seconds.

    Building on the meta device would save it too, but then torch loads its shape rules, which also takes seconds.
    """
    with _uninitialised():
        network = Network(preset)
    network.alignment.positions = sinusoids(WINDOW, WIDTH)
    network.eval().requires_grad_(False)
    return network
