"""Driver minima, branches and their ends."""

from __future__ import annotations

import pytest

from gpuproof.core import knowledge
from gpuproof.core.facts.machine import ComputeCapability
from gpuproof.core.facts.version import DottedVersion


@pytest.mark.parametrize(
    ("cuda", "system", "needed"),
    [
        ("11.8", "linux", "450.80.02"),
        ("11.8", "windows", "452.39"),
        ("12.1", "linux", "525.60.13"),
        ("12.9", "windows", "528.33"),
        ("12.6", "wsl", "528.33"),
        ("13.2", "linux", "580"),
        ("13.0", "wsl", "580"),
        ("10.2", "linux", "440.33"),
        ("10.2", "windows", "441.22"),
    ],
)
def test_minimum_driver_counts_minor_version_compatibility(cuda: str, system: str, needed: str) -> None:
    assert knowledge.minimum_driver(cuda, system) == DottedVersion(needed)


def test_minimum_driver_of_an_unknown_cuda_is_unknown() -> None:
    assert knowledge.minimum_driver("99.0", "linux") is None
    assert knowledge.minimum_driver("not a version", "linux") is None


def test_native_driver_is_that_of_the_toolkit() -> None:
    assert knowledge.native_driver("12.8", "linux") == DottedVersion("570.26")
    assert knowledge.native_driver("12.4", "windows") == DottedVersion("551.61")
    assert knowledge.native_driver("13.4", "linux") is None


@pytest.mark.parametrize(
    ("driver", "system", "branch"),
    [
        ("580.65.06", "linux", 580),
        ("582.28", "windows", 580),
        ("591.59", "windows", 590),
        ("528.33", "windows", 525),
        ("474.44", "wsl", 470),
        ("540.4.0", "linux", 535),
    ],
)
def test_branch_of_a_driver(driver: str, system: str, branch: int) -> None:
    found = knowledge.branch_of(DottedVersion(driver), system)
    assert found is not None
    assert found.number == branch


def test_driver_older_than_every_branch_has_none() -> None:
    assert knowledge.branch_of(DottedVersion("100.1"), "linux") is None
    assert knowledge.branch_of(DottedVersion("100.1"), "windows") is None


def test_end_of_life_is_judged_by_day() -> None:
    long_term = knowledge.branch(580)
    assert long_term is not None
    assert long_term.has_ended("2028-06-30") is False
    assert long_term.has_ended("2028-07-01") is True
    newest = knowledge.branch(620)
    assert newest is not None
    assert newest.has_ended("2030-01-01") is None


@pytest.mark.parametrize(
    ("device", "last"), [((3, 7), 470), ((5, 2), 580), ((6, 1), 580), ((7, 0), 580), ((7, 5), None), ((12, 0), None)]
)
def test_last_branch_per_architecture(device: tuple[int, int], last: int | None) -> None:
    assert knowledge.last_branch(ComputeCapability(*device)) == last


def test_blackwell_has_a_floor_that_refuses() -> None:
    found = knowledge.architecture_of(ComputeCapability(12, 0))
    assert found is not None
    assert found.hard_floor == 570


def test_dated_driver_trouble_is_per_system() -> None:
    assert all(notice.dated for notice in knowledge.driver_notices("windows"))
    assert knowledge.driver_notices("wsl") == knowledge.driver_notices("windows")
    assert set(knowledge.driver_notices("linux")).isdisjoint(knowledge.driver_notices("windows"))
