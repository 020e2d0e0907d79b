"""What a ratio with its interval means in one word."""

from __future__ import annotations

from typing import Literal

CompareVerdict = Literal["faster", "slower", "no_difference", "cannot_tell"]
SMALLEST = 0.01  # a proven difference that is wholly smaller than this is of no use to anybody
ALIKE = 0.05  # an interval wholly inside +-5 % rules out a difference worth acting on


def verdict_of(ratio: float, low: float, high: float, *, higher_is_better: bool = True) -> CompareVerdict:
    """Return faster or slower when the interval excludes 1, no_difference when it excludes what matters."""
    if not low <= ratio <= high or low <= 0:
        return "cannot_tell"
    if not higher_is_better:
        ratio, low, high = 1 / ratio, 1 / high, 1 / low
    if low > 1.0 and high > 1 + SMALLEST:
        return "faster"
    if high < 1.0 and low < 1 - SMALLEST:
        return "slower"
    return "no_difference" if low > 1 - ALIKE and high < 1 + ALIKE else "cannot_tell"
