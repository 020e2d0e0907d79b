"""A supporter's answer, written without a window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.reports import a_broken_diagnosis, a_diagnosis, a_report

from gpuproof.core.report.case import MOST_STEPS, Case, CaseAnswer, CaseStep, load_case
from gpuproof.core.words import translations
from gpuproof.gui.presenters.answer_presenter import AnswerPresenter
from gpuproof.gui.presenters.background import Background
from gpuproof.gui.style import speech


@pytest.fixture
def background(qapp: Any) -> Any:
    made = Background()
    yield made
    assert made.close(10.0)


def _case(**changes: Any) -> Case:
    return Case(question="Why?", report=a_report(diagnosis=a_broken_diagnosis()), **changes)


def _written(presenter: AnswerPresenter, qtbot: Any, path: Path) -> Case:
    presenter.save(path)
    qtbot.waitUntil(lambda: not presenter.state.is_working)
    assert presenter.state.problem is None
    return load_case(path)


def test_the_reply_holds_words_cause_and_steps(background: Background, qtbot: Any, tmp_path: Path) -> None:
    presenter = AnswerPresenter(background, _case())
    presenter.put_words("The driver is too old. ")
    presenter.put_cause("driver_too_old")
    presenter.add_step()
    presenter.put_step(0, "Install the driver", " apt install nvidia-driver-580 ")
    presenter.add_step()
    presenter.put_step(1, "Restart", "")
    reply = _written(presenter, qtbot, tmp_path / presenter.file_name)
    assert reply.question == "Why?"
    assert reply.answer == CaseAnswer(
        words="The driver is too old.", cause="driver_too_old",
        steps=(
            CaseStep(words="Install the driver", command="apt install nvidia-driver-580", check="gpuproof diagnose"),
            CaseStep(words="Restart", check="gpuproof diagnose"),
        ),
    )  # fmt: skip
    assert presenter.state.saved == tmp_path / presenter.file_name


def test_steps_without_words_and_command_are_left_out(background: Background, qtbot: Any, tmp_path: Path) -> None:
    presenter = AnswerPresenter(background, _case())
    presenter.put_words("Nothing to do.")
    presenter.add_step()
    reply = _written(presenter, qtbot, tmp_path / "r.gpuproof")
    assert reply.answer is not None
    assert reply.answer.steps == ()


def test_an_answer_that_says_nothing_is_not_written(background: Background, tmp_path: Path) -> None:
    presenter = AnswerPresenter(background, _case())
    presenter.add_step()
    presenter.save(tmp_path / "r.gpuproof")
    assert str(presenter.state.problem) == "There is no answer yet."
    assert not presenter.state.is_working
    assert list(tmp_path.iterdir()) == []
    presenter.put_words("Now there is one.")
    assert presenter.state.problem is None


def test_the_steps_of_the_diagnosis_are_taken_in_the_language_that_is_spoken(background: Background) -> None:
    presenter = AnswerPresenter(background, _case())
    assert presenter.has_remedy
    presenter.add_step()  # an empty one makes room
    presenter.take_remedy()
    diagnosis = a_broken_diagnosis()
    assert diagnosis.primary is not None
    steps = diagnosis.primary.remedy.steps
    assert [step.words for step in presenter.state.steps] == [speech.say(step.words) for step in steps]
    assert [step.command for step in presenter.state.steps] == [step.command or None for step in steps]


def test_without_a_fault_there_is_no_remedy_to_take(background: Background) -> None:
    presenter = AnswerPresenter(background, Case(question="?", report=a_report(diagnosis=a_diagnosis())))
    assert not presenter.has_remedy


def test_causes_begin_with_what_the_report_found_and_have_words_in_chinese(background: Background) -> None:
    presenter = AnswerPresenter(background, _case())
    names = [name for name, _ in presenter.causes()]
    assert names[:2] == ["", a_broken_diagnosis().cause]
    assert len(names) == len(set(names))
    assert "healthy" not in names
    assert all(title.template in translations("zh") for _, title in presenter.causes())


def test_an_answer_that_is_there_is_where_it_begins(background: Background) -> None:
    told = CaseAnswer(words="As before", cause="oom", steps=(CaseStep(words="One"), CaseStep(words="Two")))
    presenter = AnswerPresenter(background, _case(answer=told))
    presenter.remove_step(0)
    assert (presenter.state.words, presenter.state.cause) == ("As before", "oom")
    assert [step.words for step in presenter.state.steps] == ["Two"]


def test_fields_are_filled_anew_when_steps_change_and_not_while_typing(background: Background) -> None:
    presenter = AnswerPresenter(background, _case())
    presenter.add_step()
    before = presenter.state.revision
    presenter.put_step(0, "Install", "")
    presenter.put_words("Words")
    assert presenter.state.revision == before
    presenter.remove_step(0)
    assert presenter.state.revision > before


def test_no_more_steps_than_a_case_holds(background: Background) -> None:
    presenter = AnswerPresenter(background, _case())
    for _ in range(MOST_STEPS + 2):
        presenter.add_step()
    assert len(presenter.state.steps) == MOST_STEPS
    assert not presenter.state.can_add


def test_a_place_that_cannot_be_written_is_said(background: Background, qtbot: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    presenter = AnswerPresenter(background, _case())
    presenter.put_words("Words")
    presenter.save(tmp_path / "file" / "r.gpuproof")
    qtbot.waitUntil(lambda: not presenter.state.is_working)
    assert presenter.state.problem is not None
    assert presenter.state.hint is not None
    assert presenter.state.saved is None
