"""Recorded machines go all the way from their answers to a recommendation."""

from __future__ import annotations

import pytest
from helpers import recordings

from gpuproof.core.recommend import recommend
from gpuproof.core.recommend.subject import subject_of


@pytest.mark.parametrize("name", recordings.names())
def test_every_recorded_machine_gets_an_answer_with_reasons(name: str) -> None:
    answer = recommend(subject_of(recordings.machine(name)))
    assert answer.because
    assert answer.choice is not None or answer.missing


@pytest.mark.parametrize("name", ["h100", "h200x2"])
def test_recorded_data_centre_machines_get_cuda_13_and_keep_their_driver(name: str) -> None:
    answer = recommend(subject_of(recordings.machine(name)))
    assert answer.choice is not None
    assert (answer.choice.torch, answer.choice.variant) == ("2.15.0", "cu132")
    assert answer.driver.action == "keep"
    assert answer.installed_fits is not False
