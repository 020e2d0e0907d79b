"""Recorded machines go all the way from their answers to a recommendation."""

from __future__ import annotations

import pytest
from helpers import recordings

from gpuproof.core.recommend import recommend
from gpuproof.core.recommend.subject import subject_of

NOTHING_FITS = {"windows-32bit"}
EXPECTED = {
    "ada-healthy": ("2.15.0 cu132", "keep", True),
    "ada-cpu-wheel": ("2.15.0 cu132", "keep", False),
    "amd-cuda-wheel": ("2.14.1 rocm7.2", "none", False),
    "amd-rocm": ("2.14.1 rocm7.2", "none", True),
    "blackwell-cu124": ("2.15.0 cu132", "keep", False),
    "conda-cpu-build": ("2.15.0 cu132", "keep", False),
    "dkms-not-built": ("2.15.0 cpu", "install", None),
    "driver-too-old": ("2.7.1 cu118", "upgrade", False),
    "forward-compat": ("2.14.1 cu126", "upgrade", False),
    "grace-hopper-cpu-wheel": ("2.14.1 cu126", "upgrade", False),
    "kepler": ("2.3.1 cu118", "keep", True),
    "jetson-cpu-wheel": (None, "keep", None),
    "pascal-cu130": ("2.14.1 cu126", "keep", False),
    "windows-cpu-wheel": ("2.15.0 cu132", "keep", False),
    "windows-tcc": ("2.14.1 cu126", "keep", None),
    "wsl2-healthy": ("2.15.0 cu132", "keep", True),
}


@pytest.mark.parametrize("name", recordings.names())
def test_every_recorded_machine_gets_an_answer_with_reasons(name: str) -> None:
    answer = recommend(subject_of(recordings.machine(name)))
    assert answer.because
    assert (answer.choice is None) == (bool(answer.missing) or name in NOTHING_FITS)


@pytest.mark.parametrize("name", sorted(set(EXPECTED) & set(recordings.names())))
def test_telling_machines_get_the_reviewed_answer(name: str) -> None:
    answer = recommend(subject_of(recordings.machine(name)))
    chosen = f"{answer.choice.torch} {answer.choice.variant}" if answer.choice else None
    assert (chosen, answer.driver.action, answer.installed_fits) == EXPECTED[name]


@pytest.mark.parametrize("name", ["h100", "h200x2"])
def test_recorded_data_centre_machines_get_cuda_13_and_keep_their_driver(name: str) -> None:
    answer = recommend(subject_of(recordings.machine(name)))
    assert answer.choice is not None
    assert (answer.choice.torch, answer.choice.variant) == ("2.15.0", "cu132")
    assert answer.driver.action == "keep"
    assert answer.installed_fits is not False
