"""The random numbers of the workload: numpy's frozen ``RandomState`` stream, also where there is no numpy.

torch's CPU generator is the same Mersenne twister with the same seeding; its raw 64 bits hold two draws, from which
numpy's 53-bit doubles are put together exactly. Should a torch version ever draw otherwise, the first values tell, and
Python's own twister is used instead (the same numbers, some seconds slower).
"""

import array
import random
from typing import Any, List

import torch

_CHUNK = 1 << 15  # numbers at once: they stay in the processor's cache, and no fresh pages are asked for
_PROBE = 8


class RandomStream:
    """``numpy.random.RandomState(seed).random_sample`` bit for bit, as float64 tensors."""

    def __init__(self, seed: int) -> None:
        self._generator = torch.Generator().manual_seed(seed)
        self._python = python_twister(seed)
        probe = torch.Generator().manual_seed(seed)
        self._numpy = _numpy_stream(seed, twin_start(seed))
        self._is_fast = _from_bits(_raw(probe, _PROBE)).tolist() == twin_start(seed)

    def doubles(self, count: int) -> Any:
        """Return the next ``count`` numbers in [0, 1)."""
        out = torch.empty(count, dtype=torch.float64)
        for start in range(0, count, _CHUNK):
            size = min(_CHUNK, count - start)
            out[start : start + size] = self._some(size)
        return out

    def fill_uniform(self, target: Any, bound: float) -> None:
        """Fill a contiguous tensor with numbers in [-bound, bound), chunk by chunk, so that no big double is made."""
        flat = target.view(-1)
        for start in range(0, flat.numel(), _CHUNK):
            size = min(_CHUNK, flat.numel() - start)
            flat[start : start + size] = self._some(size).mul_(2.0 * bound).sub_(bound)

    def one(self) -> float:
        """Return the next number."""
        return float(self._some(1)[0])

    def _some(self, count: int) -> Any:
        if self._numpy is not None:
            return torch.frombuffer(self._numpy.random_sample(count), dtype=torch.float64)
        if self._is_fast:
            return _from_bits(_raw(self._generator, count))
        drawn = array.array("d", (self._python.random() for _ in range(count)))
        return torch.frombuffer(drawn, dtype=torch.float64).clone()


def twin_start(seed: int) -> List[float]:
    """Return the first numbers, made by Python's own generator."""
    twin = python_twister(seed)
    return [twin.random() for _ in range(_PROBE)]


def _numpy_stream(seed: int, start: List[float]) -> Any:
    """Return numpy's own generator where numpy is there and draws these first numbers: five times as fast."""
    try:
        import numpy
    except ImportError:
        return None
    if numpy.random.RandomState(seed).random_sample(_PROBE).tolist() != start:
        return None
    return numpy.random.RandomState(seed)


def python_twister(seed: int) -> random.Random:
    """Return Python's generator in the state that numpy's integer seeding gives (Knuth's initialisation)."""
    state: List[int] = [seed & 0xFFFFFFFF]
    for index in range(1, 624):
        previous = state[-1]
        state.append((1812433253 * (previous ^ (previous >> 30)) + index) & 0xFFFFFFFF)
    twister = random.Random()
    twister.setstate((3, (*state, 624), None))
    return twister


def _raw(generator: Any, count: int) -> Any:
    return torch.empty(count, dtype=torch.int64).random_(-(2**63), None, generator=generator)


def _from_bits(bits: Any) -> Any:
    """Join the upper 27 and 26 bits of the two draws: 53 bits, which a double holds exactly."""
    joined = (bits >> 37).bitwise_and_((1 << 27) - 1).bitwise_left_shift_(26)
    joined.bitwise_or_(bits.bitwise_right_shift_(6).bitwise_and_((1 << 26) - 1))
    return joined.double().mul_(1.0 / 9007199254740992.0)
