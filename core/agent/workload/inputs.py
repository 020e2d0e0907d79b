"""What every side works on: the clip, its speech, and the batches that are cut from them."""

import time
from typing import Any, Callable, List, NamedTuple, Optional

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
    """Consecutive frames of the clip: source indices (a list and a tensor), places and mel windows, on the CPU."""

    sources: List[int]
    rows: Any
    places: Any
    mel: Any


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
    return Batch(sources, rows, inputs.clip.places[rows], inputs.mel[chosen])
