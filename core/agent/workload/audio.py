"""Made-up speech and its mel spectrogram: what a lip-sync system hears. CPU on both sides, float64 inside."""

import math
from typing import Any, List, NamedTuple, Tuple

import torch

from .presets import FRAME_RATE, SEED, WINDOW
from .stream import RandomStream

RATE = 16000
HOP = 200
FFT = 800
BANDS = 80
LOW_HZ, HIGH_HZ = 55.0, 7600.0
FORMANTS: Tuple[Tuple[float, float, float], ...] = (
    (730.0, 1090.0, 2440.0),
    (270.0, 2290.0, 3010.0),
    (300.0, 870.0, 2240.0),
    (530.0, 1840.0, 2480.0),
    (570.0, 840.0, 2410.0),
)
_BANDWIDTHS = (90.0, 110.0, 170.0)


class Speech(NamedTuple):
    """``samples`` float32 at 16 kHz; ``envelope`` is 0 in the gaps and opens the mouth."""

    samples: Any
    envelope: Any


class _Syllable(NamedTuple):
    length: int
    gap: int
    vowel: int
    pitch: float
    glide: float
    amplitude: float
    fricative: bool


def make_speech(seconds: float, seed: int = SEED) -> Speech:
    """Build syllables of voiced harmonics with formants, gaps and fricatives."""
    total = round(seconds * RATE)
    sound = torch.zeros(total, dtype=torch.float64)
    envelope = torch.zeros(total, dtype=torch.float64)
    stream = RandomStream(seed)
    position = 0
    while position < total:
        syllable = _draw(stream)
        wave, shape = _voice(syllable, stream)
        end = min(total, position + syllable.length)
        sound[position:end] += wave[: end - position]
        envelope[position:end] = shape[: end - position]
        position += syllable.length + syllable.gap
    sound += 0.001 * (2.0 * RandomStream(seed + 1).doubles(total) - 1.0)
    sound *= 0.9 / sound.abs().max()
    return Speech(sound.float(), envelope)


def _draw(stream: RandomStream) -> _Syllable:
    length = int((0.12 + 0.16 * stream.one()) * RATE)
    gap_s = 0.02 + 0.06 * stream.one()
    if stream.one() < 0.12:
        gap_s += 0.15 + 0.25 * stream.one()
    vowel = int(5.0 * stream.one())
    pitch = 120.0 * (0.85 + 0.4 * stream.one())
    glide = 1.0 + 0.1 * (stream.one() - 0.5)
    amplitude = 0.5 + 0.5 * stream.one()
    return _Syllable(length, int(gap_s * RATE), vowel, pitch, glide, amplitude, stream.one() < 0.5)


def _voice(syllable: _Syllable, stream: RandomStream) -> Tuple[Any, Any]:
    length = syllable.length
    k = torch.arange(length, dtype=torch.float64)
    frequency = syllable.pitch * (1.0 + (syllable.glide - 1.0) * k / length)
    phase = torch.cumsum(2.0 * math.pi * frequency / RATE, 0)
    wave = torch.zeros(length, dtype=torch.float64)
    for harmonic in range(1, 31):
        hertz = harmonic * syllable.pitch
        if hertz > 7000.0:
            break
        wave += _gain(hertz, syllable.vowel) / math.sqrt(harmonic) * torch.sin(harmonic * phase)
    if syllable.fricative:
        noisy = min(length, int(0.05 * RATE))
        wave[:noisy] += 0.6 * (2.0 * stream.doubles(noisy) - 1.0)
    shape = syllable.amplitude * torch.sqrt(torch.sin(math.pi * (k + 0.5) / length))
    return wave * shape, shape


def _gain(hertz: float, vowel: int) -> float:
    total = 0.01
    for formant, bandwidth in zip(FORMANTS[vowel], _BANDWIDTHS):
        total += 1.0 / (1.0 + ((hertz - formant) / bandwidth) ** 2)
    return total


def mel_spectrogram(samples: Any) -> Any:
    """Return the normalised mel features [80, T], 80 columns a second."""
    signal = samples.double()
    signal = torch.cat([signal[:1], signal[1:] - 0.97 * signal[:-1]])
    spectrum = torch.stft(
        signal,
        FFT,
        hop_length=HOP,
        win_length=FFT,
        window=torch.hann_window(FFT, periodic=True, dtype=torch.float64),
        center=True,
        pad_mode="constant",
        return_complex=True,
    ).abs()
    decibels = 20.0 * torch.log10((mel_filters() @ spectrum).clamp_min(1e-5)) - 20.0
    return (8.0 * (decibels + 100.0) / 100.0 - 4.0).clamp(-4.0, 4.0).float()


def mel_filters() -> Any:
    """Return the 80 area-normalised triangles [80, 401] on the Slaney scale."""
    points = [_hertz(_mel(LOW_HZ) + (_mel(HIGH_HZ) - _mel(LOW_HZ)) * i / (BANDS + 1)) for i in range(BANDS + 2)]
    bins = torch.arange(FFT // 2 + 1, dtype=torch.float64) * (RATE / FFT)
    rows: List[Any] = []
    for low, centre, high in zip(points, points[1:], points[2:]):
        rise = (bins - low) / (centre - low)
        fall = (high - bins) / (high - centre)
        rows.append(torch.minimum(rise, fall).clamp_min(0.0) * (2.0 / (high - low)))
    return torch.stack(rows)


def _mel(hertz: float) -> float:
    return hertz * 3.0 / 200.0 if hertz < 1000.0 else 15.0 + 27.0 * math.log(hertz / 1000.0) / math.log(6.4)


def _hertz(mel: float) -> float:
    return mel * 200.0 / 3.0 if mel < 15.0 else 1000.0 * math.exp((mel - 15.0) * math.log(6.4) / 27.0)


def mel_windows(mel: Any, frames: int) -> Any:
    """Cut the window of every video frame: [frames, 1, 80, 16]."""
    last = mel.shape[1] - WINDOW
    starts = [min(int(frame * 80.0 / FRAME_RATE), last) for frame in range(frames)]
    return torch.stack([mel[:, start : start + WINDOW] for start in starts]).unsqueeze(1).contiguous()
