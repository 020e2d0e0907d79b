"""Figures, ranges and words of the graphs."""

from __future__ import annotations

import pytest

from gpuproof.gui.presenters.graph_texts import figure, round_top, seconds_words, time_range


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (0.0, "0"),
        (0.0312, "0.031"),
        (0.5, "0.50"),
        (41.04, "41.0"),
        (149.6, "150"),
        (6100, "6\u202f100"),
    ],
)
def test_a_figure_shows_the_digits_that_matter(value: float | None, shown: str) -> None:
    assert figure(value) == shown


@pytest.mark.parametrize(
    ("highest", "top"), [(0.0, 1.0), (0.8, 1.0), (1.0, 1.5), (43.0, 50.0), (87.0, 150.0), (6100.0, 8000.0)]
)
def test_the_upper_end_is_round_and_leaves_air(highest: float, top: float) -> None:
    assert round_top(highest) == top


@pytest.mark.parametrize(
    ("end", "seen"),
    [(5, (0, 30)), (31, (0, 60)), (599, (0, 600)), (601, (60, 660)), (661, (120, 720))],
)
def test_the_visible_time_changes_rarely(end: float, seen: tuple[float, float]) -> None:
    assert time_range(end) == seen


@pytest.mark.parametrize(
    ("end", "seen"), [(0, (0, 30)), (2, (0, 5)), (18.4, (0, 19)), (600, (0, 600)), (601, (60, 660))]
)
def test_a_run_that_is_over_fills_the_graph(end: float, seen: tuple[float, float]) -> None:
    assert time_range(end, is_over=True) == seen


def test_the_time_left_is_said_in_the_unit_that_fits() -> None:
    assert [seconds_words(left).render() for left in (None, 0.2, 44, 150)] == [
        "estimating the time", "about 1 s left", "about 44 s left", "about 2 min left",
    ]  # fmt: skip
