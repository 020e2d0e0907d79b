"""pip found no wheel: the tables say whether the Python or the index is at fault, where both are known."""

from __future__ import annotations

import pytest

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.asked_torch import Asked, asked_for, goes_on_past, listed_versions, was_released
from gpuproof.core.diagnose.evidence import machine_from


def _pip(requirement: str, listed: str, *around: str) -> str:
    said = f"ERROR: Could not find a version that satisfies the requirement {requirement} (from versions: {listed})"
    found = f"ERROR: No matching distribution found for {requirement}"
    return "\n".join((*around, said, found)) + "\n"


@pytest.mark.parametrize(
    ("paste", "cause", "confidence"),
    [
        pytest.param(
            _pip("torch==2.1.2", "2.2.0, 2.3.0, 2.4.1, 2.5.1", "Python 3.12.4, Linux x86_64"),
            "python_no_wheel",
            "certain",
            id="the-table-has-no-such-wheel",
        ),
        pytest.param(
            _pip("torch==2.1.2", "2.7.0+cu128, 2.7.1+cu128, 2.8.0+cu128", "Python 3.10.14, Linux x86_64"),
            "wrong_index",
            "likely",
            id="the-wheel-is-there-and-this-index-begins-later",
        ),
        pytest.param(
            _pip("torch==1.8.1", "1.13.0, 1.13.1, 2.0.0, 2.0.1", "Python 3.11.4, Windows 11"),
            "python_no_wheel",
            "certain",
            id="an-old-torch-and-a-newer-python",
        ),
        pytest.param(
            _pip("torchvision==0.15.2", "0.17.0, 0.18.0", "Python 3.12.4, Linux x86_64"),
            "python_no_wheel",
            "certain",
            id="by-the-torch-that-the-companion-belongs-to",
        ),
        pytest.param(
            _pip("torch==2.4.9", "2.4.0, 2.4.1, 2.5.0", "Python 3.12.4, Linux x86_64"),
            "wrong_index",
            "likely",
            id="a-number-that-never-was",
        ),
        pytest.param(_pip("torch==2.1.2", "none", "Python 3.10.14"), "python_no_wheel", "possible", id="an-empty-list"),
        pytest.param(_pip("torch==2.1.2", "2.2.0, 2.3.0"), "python_no_wheel", "possible", id="python-is-not-known"),
    ],
)
def test_the_tables_decide_between_python_and_index(paste: str, cause: str, confidence: str) -> None:
    diagnosis = diagnose(machine_from(paste))
    assert (diagnosis.cause, diagnosis.confidence) == (cause, confidence)


def test_the_evidence_names_the_pythons() -> None:
    primary = diagnose(machine_from(_pip("torch==2.1.2", "2.2.0, 2.3.0", "Python 3.12.4, Linux x86_64"))).primary
    assert primary is not None
    assert "3.8, 3.9, 3.10, 3.11; this is Python 3.12" in str(primary.evidence[0])


def test_pip_s_words_are_read() -> None:
    said = _pip("torch==2.1.0+cu121", "2.2.0+cu121, 2.3.0+cu121")
    assert asked_for(said) == Asked("torch", "2.1.0", "cu121")
    assert listed_versions(said) == ("2.2.0+cu121", "2.3.0+cu121")
    assert listed_versions(_pip("torch", "none")) == ()
    assert asked_for("No matching distribution found for torch") is None


def test_a_number_outside_the_tables_may_have_been() -> None:
    assert was_released(Asked("torch", "2.5.1", "")) is True
    assert was_released(Asked("torch", "2.5.9", "")) is False
    assert was_released(Asked("torch", "9.0.0", "")) is None
    assert was_released(Asked("torch", "1.8.1", "")) is None
    assert was_released(Asked("torchvision", "0.20.1", "")) is None


def test_a_list_that_ends_early_is_no_sign_of_another_index() -> None:
    assert goes_on_past(("2.2.0", "2.3.0+cu118"), "2.2.2")
    assert not goes_on_past(("2.2.0",), "2.2.2")
    assert not goes_on_past((), "2.2.2")
