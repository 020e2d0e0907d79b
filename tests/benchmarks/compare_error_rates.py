"""Error rates of the comparison on runs whose truth is known.

    python tests/benchmarks/compare_error_rates.py [PAIRS]

Recorded runs: the blocks of real runs (``docs/figures/block_spread.json``), drawn anew for every pair in stretches of
neighbours, so that spread, skew, hiccups and dependence are the measured ones; each run then gets a level of its own
(``between``) and the after-run the true change. Synthetic runs: first-order dependent normal noise (``spread`` in
total, ``phi`` from one block to the next) plus hiccups that only ever slow a block down; they vary one thing at a time.
Prints Markdown for ``docs/comparison.md``.
"""

from __future__ import annotations

import json
import math
import random
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gpuproof.core.report.statistics import BETWEEN_RUNS, Level, difference, level_of
from gpuproof.core.report.verdict import verdict_of

RECORDED = Path(__file__).resolve().parents[2] / "docs" / "figures" / "block_spread.json"
BETWEEN = {"gpu": 0.0043, "cpu": 0.0107}  # see docs/comparison.md for where these come from
_STRETCH = 3  # neighbours that are drawn together
CASES = {
    "few hiccups": {"spread": 0.002, "phi": 0.2, "count": 9, "between": 0.0043, "hiccups": 0.05, "size": 0.05},
    "as recorded on the GPU": {
        "spread": 0.002,
        "phi": 0.2,
        "count": 9,
        "between": 0.0043,
        "hiccups": 0.18,
        "size": 0.05,
    },
    "2 % a block": {"spread": 0.02, "phi": 0.3, "count": 24, "between": 0.005},
    "few blocks": {"spread": 0.02, "phi": 0.3, "count": 8, "between": 0.005},
    "strong dependence": {"spread": 0.02, "phi": 0.7, "count": 24, "between": 0.005},
    "many hiccups": {"spread": 0.02, "phi": 0.3, "count": 24, "between": 0.005, "hiccups": 0.10, "size": 0.15},
    "wide spread": {"spread": 0.06, "phi": 0.3, "count": 24, "between": 0.005},
    "two phases (CPU)": {"spread": 0.02, "phi": 0.3, "count": 24, "between": 0.005, "phases": 2, "apart": 0.005},
    "two phases far apart (CPU)": {
        "spread": 0.02,
        "phi": 0.3,
        "count": 24,
        "between": 0.005,
        "phases": 2,
        "apart": 0.03,
    },
    "two phases, few blocks (CPU)": {
        "spread": 0.1,
        "phi": 0.4,
        "count": 20,
        "between": 0.008,
        "phases": 2,
        "apart": 0.01,
    },
    "few dependent blocks": {"spread": 0.01, "phi": 0.6, "count": 9, "between": 0.005},
    "long run": {"spread": 0.02, "phi": 0.3, "count": 120, "between": 0.005},
    "runs 1 % apart": {"spread": 0.002, "phi": 0.2, "count": 9, "between": 0.01, "hiccups": 0.18, "size": 0.05},
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


def drawn(rng: random.Random, recorded: list[list[float]], truth: float, between: float) -> list[list[float]]:
    """Return a run like a recorded one: its blocks drawn in stretches of neighbours around one level."""
    middle = statistics.fmean(math.log(rate) for phase in recorded for rate in phase)
    base = truth + rng.gauss(0, between) - middle
    found = []
    for phase in recorded:
        logs = [math.log(rate) for rate in phase]
        taken: list[float] = []
        while len(taken) < len(logs):
            start = rng.randrange(len(logs))
            taken += [logs[(start + step) % len(logs)] for step in range(_STRETCH)]
        found.append([math.exp(base + value) for value in taken[: len(logs)]])
    return found


def level(phases: list[list[float]], side: str) -> Level:
    """Return the level of a run."""
    found = level_of(phases, BETWEEN_RUNS[side])
    assert found is not None
    return found


def shares(
    make: Callable[[random.Random, float], list[list[float]]], side: str, change: float, pairs: int, seed: int
) -> dict[str, float]:
    """Return how often each verdict was given."""
    rng, counts = random.Random(seed), {"faster": 0, "slower": 0, "no_difference": 0, "cannot_tell": 0, "covered": 0}
    for _ in range(pairs):
        before, after = make(rng, 0.0), make(rng, math.log1p(change))
        ratio, low, high = difference(level(before, side), level(after, side))
        counts[verdict_of(ratio, low, high)] += 1
        counts["covered"] += low <= 1 + change <= high
    return {name: count / pairs for name, count in counts.items()}


def recorded_makers() -> dict[tuple[str, str], Callable[[random.Random, float], list[list[float]]]]:
    """Return a maker of runs for each kind of recorded run, by its name and side; a pair may mix two runs."""
    runs: list[dict[str, Any]] = json.loads(RECORDED.read_text(encoding="utf-8"))["runs"]
    makers: dict[tuple[str, str], Callable[[random.Random, float], list[list[float]]]] = {}
    for side in ("gpu", "cpu"):
        for preset in ("quick", "standard"):
            alike = [run["frames_per_second"] for run in runs if (run["side"], run["preset"]) == (side, preset)]
            if alike:
                name = f"recorded {side.upper()}, {preset} ({len(alike)} run{'s' if len(alike) > 1 else ''})"
                makers[name, side] = lambda rng, truth, alike=alike, side=side: drawn(  # type: ignore[misc]
                    rng, rng.choice(alike), truth, BETWEEN[side]
                )
    return makers


def main() -> None:
    """Print one table."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    makers = recorded_makers()
    for name, case in CASES.items():
        side = "cpu" if "CPU" in name else "gpu"
        makers[name, side] = lambda rng, truth, case=case: run(rng, truth, **case)  # type: ignore[misc, arg-type]
    print(f"{pairs} pairs a row.\n")
    print("| case | true change | faster | slower | no difference | cannot tell | interval holds the truth |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for (name, side), make in makers.items():
        for change in CHANGES:
            s = shares(make, side, change, pairs, seed=20261121)
            cells = " | ".join(
                f"{100 * s[key]:.1f} %" for key in ("faster", "slower", "no_difference", "cannot_tell", "covered")
            )
            print(f"| {name} | {100 * change:+.0f} % | {cells} |", flush=True)


if __name__ == "__main__":
    main()
