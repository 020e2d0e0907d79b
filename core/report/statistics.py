"""The arithmetic of a comparison: the typical speed of a run with its uncertainty.

The value is the one that a report shows: the geometric mean over all counted blocks. Block times are skewed (a hiccup
only ever makes a block slower) and depend on their neighbours (clocks, temperature), so the error is taken from
logarithms, from about eight groups of neighbouring blocks (of up to twelve, each block is a group of its own), widened
by what the dependence of neighbours still hides; phases that were measured apart add their difference as drift; Welch's
t decides. Two runs of the same thing differ by more than their blocks tell (placement in memory, temperature), so a
variance between runs is added: estimated where several runs were made, ``BETWEEN_RUNS`` otherwise.
The error rates that follow are simulated by ``tests/benchmarks/compare_error_rates.py``.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

# Standard deviation of the logarithm of speed between two runs of one machine, when only one run is there. Measured on
# an H100: two whole checks minutes apart differ by 0.61 % (GPU) and 1.5 % (CPU), which is 0.43 % and 1.06 % as a
# deviation (docs/figures/block_spread.json); rounded up.
BETWEEN_RUNS = {"gpu": 0.005, "cpu": 0.011}
_GROUPS = 8
_FEW_BLOCKS = 12  # so many are not grouped: three degrees of freedom would say less than the dependence takes away
_FEWEST_GROUPS = 3


@dataclass(frozen=True, slots=True)
class Level:
    """The logarithm of a typical speed with its standard error and the degrees of freedom of that error."""

    value: float
    error: float
    freedom: float


def level_of(phases: Sequence[Sequence[float]], between_runs: float) -> Level | None:
    """Return the level of a run from the rates of its phases (stretches measured apart); None: too few blocks."""
    logs = [[math.log(rate) for rate in phase if rate > 0] for phase in phases]
    logs = [phase for phase in logs if phase]
    groups = [_group_means(phase) for phase in logs]
    count = sum(map(len, groups))
    if count < _FEWEST_GROUPS:
        return None
    freedom = max(1, count - len(groups))
    within = sum((value - mean) ** 2 for group, mean in zip(groups, map(_mean, groups), strict=True) for value in group)
    factor = _mean([_dependence_factor(phase, len(group)) for phase, group in zip(logs, groups, strict=True)])
    sampling = within / freedom / count * factor
    drift = statistics.variance([_mean(phase) for phase in logs]) / len(logs) if len(logs) > 1 else 0.0
    variance = sampling + drift + between_runs**2
    # of the variance itself; what differs between runs is taken as known and adds nothing
    uncertainty = sampling**2 / freedom + (drift**2 / (len(logs) - 1) if drift else 0.0)
    value = sum(map(sum, logs)) / sum(map(len, logs))
    return Level(value, math.sqrt(variance), variance**2 / uncertainty if uncertainty else math.inf)


def level_of_interval(value: float, low: float, high: float, between_runs: float) -> Level | None:
    """Return the level of a figure that is known by its 95 % interval alone."""
    if not 0 < low <= value <= high:
        return None
    error = (math.log(high) - math.log(low)) / (2 * 1.96)
    return Level(math.log(value), math.hypot(error, between_runs), 30.0)


def level_of_runs(levels: Sequence[Level]) -> Level | None:
    """Return the common level of several runs; their own spread takes the place of the assumed one."""
    if len(levels) < 2:
        return levels[0] if levels else None
    values = [level.value for level in levels]
    spread = statistics.stdev(values)
    return Level(statistics.fmean(values), max(spread, 0.001) * math.sqrt(1 + 1 / len(values)), len(values) - 1)


def difference(before: Level, after: Level) -> tuple[float, float, float]:
    """Return the ratio after / before with its 95 % interval."""
    variance, freedom = _together(before, after)
    reach = t_quantile(0.975, max(1.0, freedom)) * math.sqrt(variance)
    step = after.value - before.value
    return math.exp(step), math.exp(step - reach), math.exp(step + reach)


def minus(gpu: Level, cpu: Level) -> Level:
    """Return the level of a quotient of two speeds, such as GPU against CPU."""
    variance, freedom = _together(gpu, cpu)
    return Level(gpu.value - cpu.value, math.sqrt(variance), freedom)


def _together(one: Level, other: Level) -> tuple[float, float]:
    """Return the variance of the difference of two levels and its degrees of freedom (Welch and Satterthwaite)."""
    variance = one.error**2 + other.error**2
    uncertainty = one.error**4 / one.freedom + other.error**4 / other.freedom
    return variance, variance**2 / uncertainty if uncertainty > 0 else math.inf


def t_quantile(probability: float, freedom: float) -> float:
    """Return Student's quantile; the expansion of Cornish and Fisher, exact forms for one and two degrees."""
    z = statistics.NormalDist().inv_cdf(probability)
    if math.isinf(freedom):
        return z
    if freedom < 1.5:
        return math.tan(math.pi * (probability - 0.5))
    if freedom < 2.5:
        return (2 * probability - 1) / math.sqrt(2 * probability * (1 - probability))
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))


def _mean(values: Sequence[float]) -> float:
    """Return the mean; a plain sum is exact enough here and ten times as fast as ``statistics.fmean``."""
    return sum(values) / len(values)


def _group_means(values: Sequence[float]) -> list[float]:
    """Return the means of about eight groups of neighbours; few values stay as they are."""
    if len(values) <= _FEW_BLOCKS:
        return list(values)
    groups = min(_GROUPS, len(values) // 2)
    cuts = [round(index * len(values) / groups) for index in range(groups + 1)]
    return [_mean(values[start:end]) for start, end in itertools.pairwise(cuts)]


def _dependence_factor(values: Sequence[float], groups: int) -> float:
    """Return by how much the spread of groups understates the variance of the mean when blocks depend on neighbours."""
    count = len(values)
    if groups < 2 or count < 4:
        return 1.0
    phi, size = _lag_one(values), count / groups
    whole, one = _ar_variance(phi, count), _ar_variance(phi, size)
    return max(1.0, whole * (groups - 1) / (one - whole))


def _ar_variance(phi: float, count: float) -> float:
    """Return the variance of the mean of so many first-order dependent values of variance one."""
    reach: float = phi**count
    return (1 + phi) / (1 - phi) / count - 2 * phi * (1 - reach) / ((1 - phi) ** 2 * count**2)


def _lag_one(values: Sequence[float]) -> float:
    """Return the dependence of neighbours by ranks, which hiccups do not hide, corrected for short series."""
    count = len(values)
    order = sorted(range(count), key=values.__getitem__)
    ranks = [0.0] * count
    for rank, index in enumerate(order):
        ranks[index] = rank - (count - 1) / 2
    found = sum(a * b for a, b in itertools.pairwise(ranks)) / sum(rank * rank for rank in ranks)
    return min(0.85, max(0.0, found + (1 + 4 * found) / count))
