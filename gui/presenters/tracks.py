"""Fixed-size memory of what is measured, made for drawing: steps that hold until the next value, gaps as NaN."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ticks: TypeAlias = NDArray[np.uint32]
Values: TypeAlias = NDArray[np.float32]

_TICKS_PER_S = 10_000
_LAST_TICK = 2**32 - 1  # a report of a stranger may name any time


class Track:
    """The newest ``capacity`` values of one series with their times (seconds since the session began)."""

    __slots__ = ("_capacity", "_end", "_room", "_times", "_values", "highest", "latest", "newest", "revision")

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._room = capacity + max(1, capacity // 8)
        self._times: Ticks = np.empty(self._room, dtype=np.uint32)  # half the memory of seconds, good for 119 hours
        self._values: Values = np.empty(self._room, dtype=np.float32)  # seven digits are more than any sensor has
        self._end = 0
        self.revision = 0
        self.highest = 0.0
        self.latest: float | None = None  # None in a gap
        self.newest: float | None = None  # the last value there was

    def append(self, at_s: float, value: float | None) -> None:
        """Add a value; None is a gap. The oldest value is forgotten when the memory is full."""
        if self._end == self._room:
            start = self._room - self._capacity
            self._times[: self._capacity] = self._times[start:].copy()
            self._values[: self._capacity] = self._values[start:].copy()
            self._end = self._capacity
        self._times[self._end] = round(min(max(at_s * _TICKS_PER_S, 0.0), _LAST_TICK))
        self._values[self._end] = np.nan if value is None else value
        self._end += 1
        self.revision += 1
        self.latest = value
        if value is not None:
            self.newest = value
            self.highest = max(self.highest, value)

    def close_gap(self, since_s: float) -> None:
        """Forget a gap at the end that began after a time: the next value follows on at once."""
        last = self._end - 1
        if last >= 0 and np.isnan(self._values[last]) and self._times[last] >= since_s * _TICKS_PER_S:
            self._end = last

    def __len__(self) -> int:
        return min(self._end, self._capacity)

    def points(self) -> tuple[Floats, Values]:
        """Return times in seconds and values, oldest first; the values are valid until the next ``append``."""
        start = max(0, self._end - self._capacity)
        return self._times[start : self._end] / _TICKS_PER_S, self._values[start : self._end]

    def steps(self, most: int = 1200) -> tuple[Floats, Values]:
        """Return the corners of the steps to draw, thinned to about ``most`` values with peaks and dips kept."""
        times, values = thinned(*self.points(), most)
        return np.repeat(times, 2)[1:], np.repeat(values, 2)[:-1]

    def value_at(self, at_s: float) -> float | None:
        """Return the value that held at a time; None in a gap or before the first one."""
        times, values = self.points()
        place = int(np.searchsorted(times, at_s, side="right")) - 1
        if place < 0 or np.isnan(values[place]):
            return None
        return float(values[place])


def thinned(times: Floats, values: Values, most: int) -> tuple[Floats, Values]:
    """Keep the smallest and the largest value of every bucket, so that a short dip stays visible."""
    size = -(-len(times) // max(1, most // 2))
    if size <= 2:
        return times, values
    whole = len(times) // size * size
    blocks = values[:whole].reshape(-1, size)
    starts = times[:whole:size]
    both = np.column_stack((np.fmin.reduce(blocks, axis=1), np.fmax.reduce(blocks, axis=1))).ravel()
    halves = np.column_stack((starts, starts + (times[size // 2] - times[0]))).ravel()
    return np.concatenate((halves, times[whole:])), np.concatenate((both, values[whole:]))
