"""The memory behind the graphs: fixed size, honest steps, no dip lost in thinning."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gpuproof.gui.presenters.tracks import Track, thinned


def _track(*points: tuple[float, float | None], capacity: int = 100) -> Track:
    track = Track(capacity)
    for at_s, value in points:
        track.append(at_s, value)
    return track


def test_a_value_holds_until_the_next_one() -> None:
    track = _track((1.0, 5.0), (2.0, 7.0))
    assert [track.value_at(at) for at in (0.9, 1.0, 1.99, 2.0, 9.0)] == [None, 5.0, 5.0, 7.0, 7.0]


def test_a_gap_has_no_value() -> None:
    track = _track((1.0, 5.0), (2.0, None), (3.0, 6.0))
    assert [track.value_at(at) for at in (1.5, 2.5, 3.5)] == [5.0, None, 6.0]


def test_steps_have_a_corner_before_every_change() -> None:
    times, values = _track((0.0, 1.0), (1.0, 3.0)).steps()
    assert list(zip(times, values, strict=True)) == [(0.0, 1.0), (1.0, 1.0), (1.0, 3.0)]


def test_only_the_newest_values_are_kept() -> None:
    track = _track(*((float(number), float(number)) for number in range(35)), capacity=10)
    times, _ = track.points()
    assert len(track) == 10
    assert list(times) == [float(number) for number in range(25, 35)]


def test_a_short_gap_is_closed_and_a_long_one_stays() -> None:
    track = _track((0.0, 5.0), (1.0, None))
    track.close_gap(0.9)
    assert len(track) == 1
    track = _track((0.0, 5.0), (1.0, None))
    track.close_gap(1.1)
    assert len(track) == 2


def test_the_newest_value_is_remembered_across_a_gap() -> None:
    track = _track((0.0, 5.0), (1.0, None))
    assert (track.latest, track.newest, track.highest) == (None, 5.0, 5.0)


def test_a_single_dip_survives_thinning() -> None:
    values = np.full(50_000, 100.0, dtype=np.float32)
    values[31_234] = 3.0
    _, kept = thinned(np.arange(50_000.0), values, 600)
    assert len(kept) < 1_300
    assert kept.min() == 3.0


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=400), st.integers(4, 50))
def test_thinning_keeps_the_extremes_and_the_order(found: list[float | None], most: int) -> None:
    times = np.arange(float(len(found)))
    values = np.array([math.nan if value is None else value for value in found], dtype=np.float32)
    thin_times, thin_values = thinned(times, values, most)
    assert np.all(np.diff(thin_times) >= 0)
    known = values[~np.isnan(values)]
    if len(known):
        assert np.nanmin(thin_values) == known.min()
        assert np.nanmax(thin_values) == known.max()


def test_times_of_any_report_are_taken_without_trouble() -> None:
    times, values = _track((-4.0, 1.0), (0.1234, 2.0), (1e300, 3.0)).points()
    assert list(times[:2]) == [0.0, 0.1234]
    assert times[2] > 400_000
    assert list(values) == [1.0, 2.0, 3.0]
