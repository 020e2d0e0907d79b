"""Error rates of the comparison on synthetic runs whose truth is known.

    python tests/benchmarks/compare_error_rates.py [PAIRS]

A run is a level of its own (normal around the truth, ``between``) and blocks around it: first-order dependent normal
noise (``spread`` in total, ``phi`` from one block to the next) plus hiccups that only ever slow a block down.
Usual spread: 2 % a block, phi 0.3, 24 blocks, 0.5 % between runs. Prints Markdown for ``docs/statistics.md``.
"""

from __future__ import annotations

import math
import random
import sys

from gpuproof.core.report.statistics import BETWEEN_RUNS, Level, difference, level_of
from gpuproof.core.report.verdict import verdict_of

CASES = {
    "usual spread": {"spread": 0.02, "phi": 0.3, "count": 24, "between": 0.005},
    "calm": {"spread": 0.005, "phi": 0.3, "count": 24, "between": 0.003},
    "few blocks": {"spread": 0.02, "phi": 0.3, "count": 8, "between": 0.005},
    "strong dependence": {"spread": 0.02, "phi": 0.7, "count": 24, "between": 0.005},
    "many hiccups": {"spread": 0.02, "phi": 0.3, "count": 24, "between": 0.005, "hiccups": 0.10, "size": 0.15},
    "wide spread": {"spread": 0.06, "phi": 0.3, "count": 24, "between": 0.005},
    "two phases (CPU)": {"spread": 0.02, "phi": 0.3, "count": 24, "between": 0.005, "phases": 2, "apart": 0.005},
    "long run": {"spread": 0.02, "phi": 0.3, "count": 120, "between": 0.005},
}
CHANGES = (0.0, 0.02, 0.05, 0.10)


def run(
    rng: random.Random,
    truth: float,
    *,
    spread: float,
    phi: float,
    count: int,
    between: float,
    hiccups: float = 0.05,
    size: float = 0.05,
    phases: int = 1,
    apart: float = 0.0,
) -> list[list[float]]:
    """Return the rates of one run's blocks, phase by phase; ``apart``: how much phases of one run differ."""
    base, found = truth + rng.gauss(0, between), []
    for _ in range(phases):
        level_here, noise, rates = base + rng.gauss(0, apart), rng.gauss(0, spread), []
        for _ in range(count):
            noise = phi * noise + math.sqrt(1 - phi * phi) * rng.gauss(0, spread)
            hiccup = rng.expovariate(1 / size) if rng.random() < hiccups else 0.0
            rates.append(math.exp(level_here + noise - hiccup))
        found.append(rates)
    return found


def level(phases: list[list[float]]) -> Level:
    """Return the level of a run."""
    found = level_of(phases, BETWEEN_RUNS["cpu" if len(phases) > 1 else "gpu"])
    assert found is not None
    return found


def shares(case: dict[str, float], change: float, pairs: int, seed: int) -> dict[str, float]:
    """Return how often each verdict was given."""
    rng, counts = random.Random(seed), {"faster": 0, "slower": 0, "no_difference": 0, "cannot_tell": 0, "covered": 0}
    for _ in range(pairs):
        before, after = run(rng, 0.0, **case), run(rng, math.log1p(change), **case)  # type: ignore[arg-type]
        ratio, low, high = difference(level(before), level(after))
        counts[verdict_of(ratio, low, high)] += 1
        counts["covered"] += low <= 1 + change <= high
    return {name: count / pairs for name, count in counts.items()}


def main() -> None:
    """Print one table."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    print(f"{pairs} pairs a row.\n")
    print("| case | true change | faster | slower | no difference | cannot tell | interval holds the truth |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, case in CASES.items():
        for change in CHANGES:
            s = shares(case, change, pairs, seed=20261121)
            cells = " | ".join(
                f"{100 * s[key]:.1f} %" for key in ("faster", "slower", "no_difference", "cannot_tell", "covered")
            )
            print(f"| {name} | {100 * change:+.0f} % | {cells} |")


if __name__ == "__main__":
    main()
