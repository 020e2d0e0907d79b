"""What a recommendation says beside the choice itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.reports import a_recommendation, a_recommendation_before_the_driver

from gpuproof.core.recommend.model import DriverAdvice, Recommendation

WAITING = a_recommendation_before_the_driver()


def test_a_gpu_that_waits_for_its_driver_names_the_build_for_afterwards() -> None:
    assert WAITING.after_driver == WAITING.alternatives[0]


@pytest.mark.parametrize(
    "recommendation",
    [
        pytest.param(a_recommendation(), id="the driver may stay"),
        pytest.param(replace(WAITING, choice=None), id="nothing fits"),
        pytest.param(replace(WAITING, choice=a_recommendation().choice), id="a build for the GPU works already"),
        pytest.param(replace(WAITING, alternatives=()), id="no build for afterwards"),
        pytest.param(replace(WAITING, driver=DriverAdvice(action="upgrade", minimum="540")), id="a Jetson"),
        pytest.param(replace(WAITING, driver=DriverAdvice(action="none")), id="no driver is needed"),
    ],
)
def test_without_a_wait_there_is_no_afterwards(recommendation: Recommendation) -> None:
    assert recommendation.after_driver is None
