"""The sizes of the sample workload: one row per preset, and the layer tables of the two face sizes."""

from typing import Dict, NamedTuple, Tuple

SEED = 20261120
VERSION = "1"  # raised whenever figures of two versions can no longer be compared
FRAME_RATE = 25.0
WINDOW = 16  # consecutive frames that the alignment sees together; batches are multiples of it
WIDTH = 512
BLOCKS = 4
HEADS = 8


class EncoderLevel(NamedTuple):
    """One convolution (kernel, stride, channels in and out) and the residual units behind it."""

    kernel: int
    stride: int
    inputs: int
    outputs: int
    residuals: int
    padded: bool = True


class DecoderLevel(NamedTuple):
    """One level of the decoder: ``skip`` channels of the encoder's level of the same grid are joined behind it."""

    kernel: int
    stride: int
    inputs: int
    outputs: int
    residuals: int
    skip: int
    transposed: bool = True
    padded: bool = True


class Preset(NamedTuple):
    """One row of the preset table; sizes in pixels, ``gflop_per_frame`` counts 2 per multiply-accumulate."""

    name: str
    height: int
    width: int
    face: int
    sr_width: int
    sr_depth: int
    source_frames: int
    gpu_batch: int
    parameters: int
    gflop_per_frame: float

    @property
    def box(self) -> int:
        """Side of the pasted face box, pixels."""
        return 4 * self.face

    @property
    def frame_bytes(self) -> int:
        """Bytes of one uint8 RGB frame."""
        return self.height * self.width * 3


PRESETS: Dict[str, Preset] = {
    "quick": Preset("quick", 720, 1280, 96, 32, 8, 32, 64, 49_500_000, 9.590),
    "standard": Preset("standard", 1080, 1920, 96, 64, 16, 32, 64, 50_032_000, 19.373),
    "4k": Preset("4k", 2160, 3840, 256, 64, 16, 16, 16, 55_685_000, 109.848),
}

ENCODERS: Dict[int, Tuple[Tuple[EncoderLevel, ...], ...]] = {
    96: (
        (EncoderLevel(7, 1, 6, 16, 0),),
        (EncoderLevel(3, 2, 16, 32, 2),),
        (EncoderLevel(3, 2, 32, 64, 3),),
        (EncoderLevel(3, 2, 64, 128, 2),),
        (EncoderLevel(3, 2, 128, 256, 2),),
        (EncoderLevel(3, 2, 256, 512, 1),),
        (EncoderLevel(3, 1, 512, 512, 0, padded=False), EncoderLevel(1, 1, 512, 512, 0)),
    ),
    256: (
        (EncoderLevel(7, 1, 6, 16, 0),),
        (EncoderLevel(3, 2, 16, 32, 1),),
        (EncoderLevel(3, 2, 32, 32, 2),),
        (EncoderLevel(3, 2, 32, 64, 3),),
        (EncoderLevel(3, 2, 64, 128, 2),),
        (EncoderLevel(3, 2, 128, 256, 2),),
        (EncoderLevel(3, 2, 256, 512, 1),),
        (EncoderLevel(4, 1, 512, 512, 0, padded=False), EncoderLevel(1, 1, 512, 512, 0)),
    ),
}

DECODERS: Dict[int, Tuple[DecoderLevel, ...]] = {
    96: (
        DecoderLevel(1, 1, 512, 512, 0, 512, transposed=False),
        DecoderLevel(3, 1, 1024, 512, 1, 512, padded=False),
        DecoderLevel(3, 2, 1024, 512, 2, 256),
        DecoderLevel(3, 2, 768, 384, 2, 128),
        DecoderLevel(3, 2, 512, 256, 2, 64),
        DecoderLevel(3, 2, 320, 128, 2, 32),
        DecoderLevel(3, 2, 160, 64, 2, 16),
    ),
    256: (
        DecoderLevel(1, 1, 512, 512, 0, 512, transposed=False),
        DecoderLevel(4, 1, 1024, 512, 1, 512, padded=False),
        DecoderLevel(3, 2, 1024, 512, 2, 256),
        DecoderLevel(3, 2, 768, 384, 2, 128),
        DecoderLevel(3, 2, 512, 256, 2, 64),
        DecoderLevel(3, 2, 320, 128, 2, 32),
        DecoderLevel(3, 2, 160, 64, 2, 32),
        DecoderLevel(3, 2, 96, 64, 2, 16),
    ),
}

# inputs, outputs, kernel, stride (rows, columns), residual units, padded
AUDIO_LEVELS: Tuple[Tuple[int, int, int, Tuple[int, int], int, bool], ...] = (
    (1, 32, 3, (1, 1), 2, True),
    (32, 64, 3, (3, 1), 2, True),
    (64, 128, 3, (3, 3), 2, True),
    (128, 256, 3, (3, 2), 1, True),
    (256, 512, 3, (1, 1), 0, False),
    (512, 512, 1, (1, 1), 0, False),
)
