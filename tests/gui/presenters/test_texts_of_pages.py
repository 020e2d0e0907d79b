"""Words that presenters choose: as what a text was recognised, and figures of a comparison with their units."""

from __future__ import annotations

import pytest
from helpers.reports import a_recommendation, a_recommendation_before_the_driver, a_report, a_result

from gpuproof.core.report.compare import compare
from gpuproof.core.words import Language
from gpuproof.gui.presenters.compare_presenter import forest_rows
from gpuproof.gui.presenters.paste_presenter import recognised
from gpuproof.gui.presenters.recommend_texts import headline


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("text", "Recognised as: plain text"),
        ("traceback", "Recognised as: a program's error message"),
        ("report", "Recognised as: a saved report"),
        ("collect_env+nvidia-smi", "Recognised as: collect_env, nvidia-smi"),
        ("collect_env+traceback", "Recognised as: collect_env, with an error message"),
    ],
)
def test_what_was_recognised_is_said_in_words(kind: str, said: str) -> None:
    assert recognised(kind).render() == said


@pytest.mark.parametrize(
    ("language", "speed", "time"), [("en", "frames/s", "ms per frame"), ("zh", "帧/秒", "毫秒/帧")]
)
def test_units_of_a_comparison_are_words_of_the_language(language: Language, speed: str, time: str) -> None:
    rows = {row.name.render(): row for row in forest_rows(compare(a_report(), a_report(result=a_result(seed=9))))}
    assert rows["GPU speed"].after.render(language).endswith(speed)
    assert rows["GPU, alignment"].after.render(language).endswith(time)
    assert rows["GPU speed"].before.render(language).replace("\u202f", "").isdigit()


def test_a_driver_that_is_waited_for_comes_before_the_build_for_the_processor() -> None:
    tone, title, _ = headline(a_recommendation_before_the_driver())
    assert (tone, title.render()) == ("warning", "First the driver, then torch 2.15.0 (cu132)")
    assert headline(a_recommendation())[0] == "ok"
