"""Whole pastes, read and judged: the first answer is the expected one, and healthy ones give no finding."""

from __future__ import annotations

from collections import Counter

import pytest
from helpers.diagnosis_cases import Case, cases

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.causes import TITLES
from gpuproof.core.diagnose.evidence import machine_from
from gpuproof.core.facts.foreign import read_foreign

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_first_answer_is_the_expected_one(case: Case) -> None:
    diagnosis = diagnose(read_foreign(case.text)[1])
    assert diagnosis.crashed == ()
    assert diagnosis.cause in case.labels, [(found.cause, found.confidence) for found in diagnosis.findings]
    if diagnosis.cause == "healthy":
        assert diagnosis.findings == ()
    if diagnosis.cause == "cannot_tell":
        assert diagnosis.ask_next is not None


@pytest.mark.parametrize("case", CASES[::5], ids=lambda case: case.name)
def test_the_form_of_the_paste_changes_nothing(case: Case) -> None:
    plain = diagnose(machine_from(case.text)).cause
    windows = case.text.replace("\n", "\r\n")
    quoted = "\n".join(f"> {line}" for line in case.text.split("\n"))
    coloured = case.text.replace("\n", "\x1b[0m\n")
    forms = (
        windows.encode(),
        quoted.encode(),
        coloured.encode(),
        windows.encode("utf-16"),
        windows.encode("utf-16-le"),
    )
    assert {diagnose(machine_from(form)).cause for form in forms} == {plain}


def test_every_label_has_three_cases_and_there_are_sixty() -> None:
    counted = Counter(label for case in CASES for label in case.labels[:1])
    assert len(CASES) >= 60
    assert set(counted) <= set(TITLES)
    few = {label: counted[label] for label in TITLES if counted[label] < 3}
    assert few == {}
