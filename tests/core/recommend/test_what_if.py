"""What-if values over a detected machine: what counts, what becomes void, what is refused."""

from __future__ import annotations

import pytest

from gpuproof.core.facts.machine import ComputeCapability
from gpuproof.core.facts.unknown import NOT_ASKED
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.problems import UserProblem
from gpuproof.core.recommend import recommend
from gpuproof.core.recommend.model import Subject
from gpuproof.core.recommend.subject import named_card
from gpuproof.core.recommend.what_if import WhatIf, changed

DETECTED = Subject(
    system="linux",
    machine="x86_64",
    python="3.10",
    cards=(named_card("NVIDIA GeForce GTX 1080 Ti"),),
    driver=DottedVersion("550.54.14"),
    glibc=DottedVersion("2.35"),
    installed_torch="2.7.1+cu118",
)


def test_nothing_given_changes_nothing() -> None:
    assert changed(DETECTED, WhatIf()) == DETECTED


def test_a_given_driver_replaces_the_detected_one_and_is_named() -> None:
    subject = changed(DETECTED, WhatIf(driver="580.65.06"))
    assert subject.driver == DottedVersion("580.65.06")
    assert subject.python == "3.10"
    assert subject.overridden == ("driver",)


def test_a_driver_may_be_given_as_a_branch_or_as_none() -> None:
    assert changed(DETECTED, WhatIf(driver="R580")).driver == DottedVersion("580")
    assert changed(DETECTED, WhatIf(driver="580.xx")).driver == DottedVersion("580")
    assert changed(DETECTED, WhatIf(driver="none")).driver is None


def test_another_card_keeps_the_rest_of_the_machine() -> None:
    subject = changed(DETECTED, WhatIf(gpus=(("NVIDIA GeForce RTX 5090", None),)))
    assert subject.driver == DETECTED.driver
    assert recommend(subject).driver.action == "upgrade"


@pytest.mark.parametrize("elsewhere", [WhatIf(system="windows"), WhatIf(machine="aarch64")])
def test_another_system_or_architecture_voids_driver_python_and_libraries(elsewhere: WhatIf) -> None:
    subject = changed(DETECTED, elsewhere)
    assert subject.driver == NOT_ASKED
    assert subject.python == NOT_ASKED
    assert subject.cards == NOT_ASKED
    assert subject.glibc is None
    assert subject.installed_torch is None


def test_the_same_architecture_by_another_name_is_the_same() -> None:
    assert changed(DETECTED, WhatIf(machine="AMD64")).driver == DETECTED.driver


def test_a_capability_goes_with_its_card_or_stands_alone() -> None:
    subject = changed(DETECTED, WhatIf(gpus=(("odd card", "8.9"), ("", "6.1"))))
    assert isinstance(subject.cards, tuple)
    assert [card.compute_capability for card in subject.cards] == [ComputeCapability(8, 9), ComputeCapability(6, 1)]


def test_no_gpu_is_a_value_too() -> None:
    assert changed(DETECTED, WhatIf(gpus=(("none", None),))).cards == ()


@pytest.mark.parametrize(
    "wrong",
    [
        WhatIf(driver="newest"),
        WhatIf(system="beos"),
        WhatIf(python="three"),
        WhatIf(torch="the best"),
        WhatIf(app="photoshop"),
        WhatIf(glibc="new"),
        WhatIf(gpus=(("card", "eight"),)),
    ],
)
def test_wrong_values_are_refused_with_a_hint(wrong: WhatIf) -> None:
    with pytest.raises(UserProblem) as problem:
        changed(DETECTED, wrong)
    assert problem.value.hint is not None
