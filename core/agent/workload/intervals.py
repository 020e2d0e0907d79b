"""Means and 95 % intervals of times, on the logarithm, because times are skewed and ratios are what is asked for."""

import math
import statistics
from typing import Any, Dict, List, NamedTuple, Sequence

# 97.5 % quantiles of Student's t by degrees of freedom 1..30
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
_CORRELATED = 0.3
_GROUP = 4


class Interval(NamedTuple):
    """Geometric mean of a time per frame; ``half_width`` is of the logarithm, about the relative error."""

    mean_s: float
    half_width: float
    blocks: int

    def described(self) -> Dict[str, Any]:
        """Return it for a message, which cannot carry infinity."""
        known = math.isfinite(self.half_width)
        return {"mean_s": self.mean_s, "half_width": self.half_width if known else None, "blocks": self.blocks}


def t_quantile(freedom: int) -> float:
    """Return the two-sided 95 % quantile; infinite without a degree of freedom."""
    if freedom < 1:
        return math.inf
    if freedom <= len(_T):
        return _T[freedom - 1]
    return 1.960 + 2.45 / freedom


def interval(times_s: Sequence[float]) -> Interval:
    """Return the interval of times per frame; neighbours that resemble each other are first averaged in fours."""
    logs = [math.log(time_s) for time_s in times_s]
    if not logs:
        return Interval(math.nan, math.inf, 0)
    mean = statistics.fmean(logs)
    grouped = _grouped(logs)
    if len(grouped) < 2:
        return Interval(math.exp(mean), math.inf, len(logs))
    spread = statistics.stdev(grouped) / math.sqrt(len(grouped))
    return Interval(math.exp(mean), t_quantile(len(grouped) - 1) * spread, len(logs))


def lag_one_correlation(values: Sequence[float]) -> float:
    """Return the correlation of neighbours; 0 for fewer than four values or no spread."""
    if len(values) < 4:
        return 0.0
    mean = statistics.fmean(values)
    square = sum((value - mean) ** 2 for value in values)
    if square <= 0.0:
        return 0.0
    return sum((a - mean) * (b - mean) for a, b in zip(values, values[1:])) / square


def _grouped(logs: List[float]) -> List[float]:
    if len(logs) < 2 * _GROUP or lag_one_correlation(logs) <= _CORRELATED:
        return logs
    whole = len(logs) - len(logs) % _GROUP
    return [statistics.fmean(logs[start : start + _GROUP]) for start in range(0, whole, _GROUP)]


class StopRule(NamedTuple):
    """When a measurement is enough: ``precision`` is the half-width wished for, times in seconds."""

    precision: float
    shortest_s: float
    longest_s: float
    fewest: int = 8

    def is_enough(self, times_s: Sequence[float], spent_s: float) -> bool:
        """Tell whether to stop: precise enough after the shortest time, or out of time."""
        if spent_s >= self.longest_s:
            return True
        if len(times_s) < self.fewest or spent_s < self.shortest_s:
            return False
        return interval(times_s).half_width <= self.precision
