"""Installed companions against the installed torch: both sides, and what the tables or the inspection do not know."""

from __future__ import annotations

import pytest
from helpers.machines import a_machine, a_torch

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.pairs import pair_misfit, release_of
from gpuproof.core.facts.parts import Companion


def _vision(version: str) -> tuple[Companion, ...]:
    return (Companion(name="torchvision", version=version),)


def test_a_torchvision_of_another_torch_is_the_cause() -> None:
    diagnosis = diagnose(a_machine(companions=_vision("0.20.1+cu130")))
    assert diagnosis.cause == "vision_mismatch"
    assert diagnosis.primary is not None
    assert diagnosis.primary.id == "vision-mismatch.release"
    assert "belongs to torch 2.5, installed is torch 2.11.0+cu130" in str(diagnosis.primary.evidence[0])
    command = diagnosis.primary.remedy.steps[1].command or ""
    assert command.endswith(
        "install torch==2.11.0 torchvision==0.26.0 torchaudio --index-url https://download.pytorch.org/whl/cu130"
    )


@pytest.mark.parametrize("version", ["0.26.0", "0.26.1+cu130", "0.26.0a0+git1", "0.99.0", ""])
def test_a_torchvision_that_fits_or_is_not_known_is_no_fault(version: str) -> None:
    assert pair_misfit(a_machine(companions=_vision(version))) is None


def test_only_an_inspection_decides() -> None:
    from helpers.machines import ABSENT, packages_of

    listed = packages_of("torch==2.11.0", "torchvision==0.20.1")
    assert pair_misfit(a_machine(packages=listed)) is None
    assert pair_misfit(a_machine(torch=ABSENT, companions=_vision("0.20.1"))) is None
    assert pair_misfit(a_machine(torch=a_torch(source="source"), companions=_vision("0.20.1"))) is None


def test_the_pair_of_an_unknown_torch_is_left_to_pip() -> None:
    assert release_of(a_machine(torch=a_torch(version="9.9.9")), "torchvision") == ""
    assert release_of(a_machine(), "torchvision") == "==0.26.0"
