"""The figures of a check are for a person: stages have names, in both languages."""

from __future__ import annotations

import io

import pytest
from helpers.reports import a_recommendation, a_recommendation_before_the_driver, a_result

from gpuproof.core.checkup_state import CheckupState
from gpuproof.core.cli.show_checkup import show_checkup, show_result
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.recommend.model import Recommendation
from gpuproof.core.words import Language


@pytest.mark.parametrize(("language", "stage"), [("en", "face encoding"), ("zh", "人脸编码")])
def test_stages_are_named_in_words(language: Language, stage: str) -> None:
    out = io.StringIO()
    show_result(a_result(), Terminal(language=language, out=out, err=io.StringIO()))
    assert f"{stage} " in out.getvalue()
    assert "face_encoding" not in out.getvalue()


@pytest.mark.parametrize(
    ("recommendation", "is_said"), [(a_recommendation_before_the_driver(), True), (a_recommendation(), False)]
)
def test_a_driver_that_is_waited_for_is_said_first(recommendation: Recommendation, is_said: bool) -> None:
    out = io.StringIO()
    show_checkup(CheckupState(recommendation=recommendation), Terminal(out=out, err=io.StringIO()))
    shown = out.getvalue()
    assert ("First the driver, then torch 2.15.0 (cu132)" in shown) is is_said
    assert not is_said or shown.index("First the driver") < shown.index("Recommended: torch 2.15.0 (cpu)")
