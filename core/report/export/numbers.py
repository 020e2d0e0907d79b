"""Measured numbers as people read them; the exact ones stay in the JSON."""

from __future__ import annotations

import math


def number(value: float) -> str:
    """Return three to four meaningful digits: 6,123 and 41.2 and 0.118."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 100:
        return f"{value:.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 1 else f"{value:.3g}"


def interval(low: float, high: float) -> str:
    """Return an interval with both ends in the same form: 6,040 – 6,180."""
    return f"{number(low)} – {number(high)}"


def percent(share: float) -> str:
    """Return a share of one as a percentage: 0.7325 is 73 %."""
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1f} %"
