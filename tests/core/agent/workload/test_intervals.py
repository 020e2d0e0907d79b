"""Intervals and the rule that ends a measurement."""

import math

import pytest

from gpuproof.core.agent.workload.intervals import StopRule, interval, lag_one_correlation, t_quantile


def test_the_interval_of_equal_times_is_a_point():
    found = interval([0.02] * 8)
    assert found.mean_s == pytest.approx(0.02)
    assert found.half_width == pytest.approx(0.0, abs=1e-12)
    assert found.blocks == 8


def test_one_time_has_no_interval_and_none_no_mean():
    assert interval([0.02]).half_width == math.inf
    assert math.isnan(interval([]).mean_s)
    assert interval([0.02]).described()["half_width"] is None


def test_the_interval_uses_students_t_on_logarithms():
    found = interval([1.0, math.e])
    assert found.mean_s == pytest.approx(math.exp(0.5))
    assert found.half_width == pytest.approx(12.706 * math.sqrt(0.5) / math.sqrt(2))


def test_neighbours_that_resemble_each_other_widen_the_interval():
    drifting = [1.0 + 0.01 * index for index in range(16)]
    mixed = [drifting[(7 * index) % 16] for index in range(16)]
    assert lag_one_correlation(drifting) > 0.3
    assert interval(drifting).half_width > 1.5 * interval(mixed).half_width


@pytest.mark.parametrize(
    ("freedom", "expected"), [(1, 12.706), (7, 2.365), (30, 2.042), (31, 2.040), (120, 1.980), (10**6, 1.960)]
)
def test_quantiles_are_students(freedom, expected):
    assert t_quantile(freedom) == pytest.approx(expected, abs=0.002)


def test_no_degree_of_freedom_gives_no_bound():
    assert t_quantile(0) == math.inf


RULE = StopRule(precision=0.02, shortest_s=3.0, longest_s=20.0)


@pytest.mark.parametrize(
    ("times", "spent_s", "expected"),
    [
        pytest.param([1.0] * 8, 3.0, True, id="eight-equal-after-the-shortest-time"),
        pytest.param([1.0] * 7, 3.0, False, id="one-too-few"),
        pytest.param([1.0] * 8, 2.9, False, id="too-early"),
        pytest.param([1.0, 1.3] * 4, 3.0, False, id="too-wide"),
        pytest.param([1.0, 1.3] * 4, 20.0, True, id="out-of-time"),
        pytest.param([], 20.0, True, id="out-of-time-with-nothing"),
    ],
)
def test_the_stop_rule_knows_both_sides_of_its_edges(times, spent_s, expected):
    assert RULE.is_enough(times, spent_s) is expected
