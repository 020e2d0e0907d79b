"""Through the fix card of an answered case, with a fresh look after each step."""

from __future__ import annotations

import argparse
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.reports import a_broken_diagnosis, a_diagnosis, a_report

from gpuproof.core.cli import fix_steps
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import UserProblem
from gpuproof.core.report.case import Case, CaseAnswer, CaseStep, save_case
from gpuproof.core.report.fix_card import is_from_here, recheck, steps_of
from gpuproof.core.words import text

STEPS = (
    CaseStep(words="Install the driver", command="sudo apt install nvidia-driver-580", check="gpuproof diagnose"),
    CaseStep(words="Restart"),
    CaseStep(words="Never reached"),
)


def a_case(**changes: Any) -> Case:
    answer = CaseAnswer(words="The driver is too old.", cause="driver_too_old", steps=STEPS)
    case = Case(question="?", report=a_report(diagnosis=a_broken_diagnosis()), answer=answer)
    return replace(case, **changes)


def other_diagnosis() -> Any:
    return a_diagnosis(cause="cpu_wheel", title=text("Sample diagnosis: all fits together"))


def test_the_fresh_look_is_compared_with_the_cause_of_the_case() -> None:
    still, healthy = recheck(a_case(), a_broken_diagnosis()), recheck(a_case(), a_diagnosis())
    assert (still.is_gone, healthy.is_gone, healthy.is_healthy) == (False, True, True)
    other = recheck(a_case(), other_diagnosis())
    assert (other.is_gone, other.is_healthy) == (True, False)
    assert not recheck(a_case(), a_diagnosis(cause="cannot_tell")).is_gone


def test_a_cause_that_is_merely_hidden_by_another_is_still_there() -> None:
    behind = a_broken_diagnosis().findings
    assert not recheck(a_case(), replace(other_diagnosis(), findings=behind)).is_gone


def test_without_the_supporters_label_the_reports_own_cause_counts() -> None:
    case = a_case(answer=CaseAnswer(words="?", steps=STEPS))
    assert not recheck(case, a_broken_diagnosis()).is_gone
    assert recheck(case, other_diagnosis()).is_gone


def test_a_case_without_an_answer_or_steps_is_said_to_be_so() -> None:
    with pytest.raises(UserProblem, match="no answer yet"):
        steps_of(a_case(answer=None))
    with pytest.raises(UserProblem, match="has no steps"):
        steps_of(a_case(answer=CaseAnswer(words="Wait.")))


def test_a_case_knows_its_machine() -> None:
    assert is_from_here(a_case())
    assert not is_from_here(a_case(report=replace(a_report(), machine_id="machine-0000000000")))


def walked(
    case: Case, folder: Path, answers: str, found: list[Any], monkeypatch: pytest.MonkeyPatch, language: Any = "en"
) -> tuple[int, str, list[str]]:
    looked: list[str] = []

    def look(target: str | None) -> Any:
        looked.append(target or "self")
        return found.pop(0)

    monkeypatch.setattr(fix_steps, "look_again", look)
    out = io.StringIO()
    arguments = argparse.Namespace(file=str(save_case(case, folder / "reply.gpuproof")), target=None)
    code = fix_steps.go_through(
        arguments, Terminal(out=out, err=io.StringIO(), language=language), io.StringIO(answers)
    )
    return code, out.getvalue(), looked


def test_it_looks_again_after_each_step_and_ends_when_all_is_well(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = [a_broken_diagnosis(), a_diagnosis()]
    code, words, looked = walked(a_case(), tmp_path, "\n\n\n", found, monkeypatch)
    assert code == 0
    assert looked == ["self", "self"]
    assert words.index("It is still there.") < words.index("Step 2 of 3") < words.index("Nothing is wrong any more.")
    assert "    sudo apt install nvidia-driver-580\n" in words
    assert "Never reached" not in words


def test_a_step_can_be_skipped_and_the_walk_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, words, looked = walked(a_case(), tmp_path, "s\nq\n", [], monkeypatch, "zh")
    assert (code, looked) == (1, [])
    assert "第 2 步，共 3 步：Restart" in words
    assert "Never reached" not in words


def test_a_case_of_another_machine_is_only_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    case = a_case(report=replace(a_report(), machine_id="machine-0000000000"))
    code, words, looked = walked(case, tmp_path, "", [], monkeypatch)
    assert (code, looked) == (0, [])
    assert "another machine" in words
    assert "Step 3 of 3" in words
