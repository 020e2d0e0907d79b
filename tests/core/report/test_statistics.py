"""The arithmetic of the comparison on runs whose truth is known; the full tables are made by a script."""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gpuproof.core.report.statistics import BETWEEN_RUNS, Level, difference, level_of, level_of_interval, t_quantile
from gpuproof.core.report.verdict import verdict_of


@pytest.mark.parametrize(
    ("freedom", "expected"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (10, 2.228), (30, 2.042), (math.inf, 1.960)],
)
def test_students_quantile_is_the_one_of_the_tables(freedom: float, expected: float) -> None:
    assert t_quantile(0.975, freedom) == pytest.approx(expected, rel=0.005)


@pytest.fixture(scope="module")
def simulation() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "compare_error_rates.py"
    spec = importlib.util.spec_from_file_location("compare_error_rates", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def makers(simulation: ModuleType) -> dict[tuple[str, str], Any]:
    """Return the makers of runs: like the recorded ones, and synthetic ones, by name and side."""
    found = dict(simulation.recorded_makers())
    for name in ("as recorded on the GPU", "strong dependence", "many hiccups", "few blocks", "few dependent blocks"):
        case = simulation.CASES[name]
        found[name, "gpu"] = lambda rng, truth, case=case: simulation.run(rng, truth, **case)
    return found


def test_equal_runs_are_called_different_in_at_most_one_of_twenty(simulation: ModuleType) -> None:
    for (name, side), make in makers(simulation).items():
        shares = simulation.shares(make, side, 0.0, 400, seed=7)
        assert shares["faster"] + shares["slower"] <= 0.07, name  # 5 % and two standard errors of 400 pairs


def test_a_change_of_five_percent_is_found_at_the_spread_of_recorded_gpu_runs(simulation: ModuleType) -> None:
    make = makers(simulation)["recorded GPU, quick (5 runs)", "gpu"]
    assert simulation.shares(make, "gpu", 0.05, 1500, seed=7)["faster"] >= 0.94  # 95.3 % of 8000 pairs


def test_the_assumed_spread_between_runs_is_not_below_the_measured_one(simulation: ModuleType) -> None:
    pairs = json.loads(simulation.RECORDED.read_text(encoding="utf-8"))["pairs_of_whole_checks"]
    for side, assumed in BETWEEN_RUNS.items():
        apart = [math.log(pair[side][0] / pair[side][1]) for pair in pairs]
        assert math.sqrt(sum(step * step for step in apart) / 2 / len(apart)) <= assumed


def test_too_few_blocks_give_no_level() -> None:
    assert level_of([[1.0, 1.1]], 0.006) is None
    assert level_of([], 0.006) is None
    assert level_of([[0.0, 0.0, 0.0]], 0.006) is None


def test_a_hiccup_widens_the_interval_so_that_no_difference_is_claimed() -> None:
    steady = [100.0 + 0.1 * (index % 3) for index in range(24)]
    disturbed = [*steady[:10], 50.0, *steady[11:]]
    before, after = level_of([steady], 0.006), level_of([disturbed], 0.006)
    assert before is not None
    assert after is not None
    assert verdict_of(*difference(before, after)) in ("cannot_tell", "no_difference")


def test_phases_that_differ_widen_the_interval() -> None:
    same, apart = level_of([[100.0] * 12, [100.5] * 12], 0.006), level_of([[100.0] * 12, [130.0] * 12], 0.006)
    assert same is not None
    assert apart is not None
    assert apart.error > 5 * same.error


def test_a_figure_without_blocks_is_known_by_its_interval() -> None:
    level = level_of_interval(100.0, 98.0, 102.0, 0.006)
    assert level is not None
    assert level.error == pytest.approx(math.hypot(0.0102, 0.006), rel=0.01)
    assert level_of_interval(100.0, 0.0, 102.0, 0.006) is None
    assert level_of_interval(100.0, 101.0, 102.0, 0.006) is None


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        ((1.05, 1.02, 1.08), "faster"),
        ((0.95, 0.92, 0.98), "slower"),
        ((1.005, 1.001, 1.009), "no_difference"),
        ((1.0, 0.97, 1.03), "no_difference"),
        ((1.0, 0.90, 1.11), "cannot_tell"),
        ((1.0, 1.0, 1.0), "no_difference"),
        ((1.02, 0.99, 1.06), "cannot_tell"),
    ],
)
def test_the_word_follows_the_interval(interval: tuple[float, float, float], verdict: str) -> None:
    assert verdict_of(*interval) == verdict
    mirrored = {"faster": "slower", "slower": "faster"}
    assert verdict_of(*interval, higher_is_better=False) == mirrored.get(verdict, verdict)


def test_levels_without_any_spread_have_an_interval_of_one_point() -> None:
    assert difference(Level(0.0, 0.0, math.inf), Level(0.0, 0.0, math.inf)) == (1.0, 1.0, 1.0)
