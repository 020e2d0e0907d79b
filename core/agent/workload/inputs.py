"""What every side works on: the clip, its speech, and the batches that are cut from them."""

import time
from typing import Any, Callable, List, NamedTuple, Optional, Sequence, Tuple

import torch

from .audio import make_speech, mel_spectrogram, mel_windows
from .frames import Clip, make_clip, source_index
from .presets import FRAME_RATE, Preset


class Inputs(NamedTuple):
    """``mel`` [frames, 1, 80, 16]; ``audio_s`` is the time that the audio front end took on the CPU."""

    clip: Clip
    mel: Any
    frames: int
    audio_s: float


class Batch(NamedTuple):
    """Consecutive frames of the clip: source indices (a list and a tensor), places and mel windows, on the CPU.

    ``runs`` says the same for copies: (place in the batch, position in the clip's cycle, neighbours from there on).
    """

    sources: List[int]
    rows: Any
    places: Any
    mel: Any
    runs: List[Tuple[int, int, int]]


def make_inputs(preset: Preset, frames: int, tick: Optional[Callable[[float], None]] = None) -> Inputs:
    """Make a clip of ``frames`` frames, a multiple of every batch that will be cut from it."""
    speech = make_speech(frames / FRAME_RATE + 1.0)
    began = time.perf_counter()
    mel = mel_windows(mel_spectrogram(speech.samples), frames)
    audio_s = time.perf_counter() - began
    return Inputs(make_clip(preset, speech, tick), mel, frames, audio_s)


def batch_at(inputs: Inputs, number: int, size: int) -> Batch:
    """Cut the batch with this number; the clip repeats."""
    start = (number * size) % inputs.frames
    sources = [source_index((start + offset) % inputs.frames, inputs.clip.length) for offset in range(size)]
    rows = torch.tensor(sources, dtype=torch.int64)
    chosen = [(start + offset) % inputs.frames for offset in range(size)]
    cycle = 2 * inputs.clip.length - 2
    return Batch(sources, rows, inputs.clip.places[rows], inputs.mel[chosen], runs_of([at % cycle for at in chosen]))


def runs_of(positions: Sequence[int]) -> List[Tuple[int, int, int]]:
    """Join neighbours: (place, position, count), so that a copy moves as many frames at once as lie together."""
    runs: List[Tuple[int, int, int]] = []
    for place, position in enumerate(positions):
        if runs and runs[-1][1] + runs[-1][2] == position:
            first = runs.pop()
            runs.append((first[0], first[1], first[2] + 1))
        else:
            runs.append((place, position, 1))
    return runs
