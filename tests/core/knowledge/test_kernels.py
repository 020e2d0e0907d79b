"""Which code runs on which card, at both sides of every rule."""

from __future__ import annotations

import pytest

from gpuproof.core import knowledge
from gpuproof.core.facts.machine import ComputeCapability


@pytest.mark.parametrize(
    ("codes", "device", "cuda", "runs"),
    [
        pytest.param(["sm_86"], "8.9", None, True, id="same-major-higher-minor"),
        pytest.param(["sm_89"], "8.6", None, False, id="same-major-lower-minor"),
        pytest.param(["sm_80"], "9.0", None, False, id="next-major"),
        pytest.param(["compute_80"], "9.0", None, True, id="ptx-runs-on-newer"),
        pytest.param(["compute_90"], "8.9", None, False, id="ptx-does-not-run-on-older"),
        pytest.param(["sm_120"], "12.1", None, True, id="gb10-runs-sm-120"),
        pytest.param(["sm_100"], "10.3", None, True, id="b300-runs-sm-100"),
        pytest.param(["sm_80", "sm_86"], "8.7", "13.0", False, id="orin-is-an-exception"),
        pytest.param(["sm_80"], "8.7", "13.2", True, id="orin-exception-lifted-with-13.2"),
        pytest.param(["sm_87"], "8.9", None, False, id="orin-code-runs-on-orin-alone"),
        pytest.param(["sm_70"], "7.2", "12.6", False, id="xavier-is-an-exception"),
        pytest.param(["sm_101"], "11.0", None, True, id="thor-was-renamed"),
        pytest.param(["sm_37"], "3.5", None, False, id="k40-is-not-a-k80"),
        pytest.param(["sm_90a"], "9.0", None, True, id="arch-specific-same"),
        pytest.param(["sm_90a"], "9.1", None, False, id="arch-specific-other"),
        pytest.param(["sm_50"], "5.3", None, False, id="tegra-x1-is-an-exception"),
        pytest.param(["nonsense"], "8.9", None, False, id="unreadable-code-does-not-count"),
    ],
)
def test_code_runs_on_device(codes: list[str], device: str, cuda: str | None, runs: bool) -> None:
    wanted = knowledge.capability(device)
    assert wanted is not None
    assert knowledge.runs_on(codes, wanted, cuda) is runs


def test_an_empty_list_is_unknown_rather_than_no() -> None:
    assert knowledge.runs_on([], ComputeCapability(8, 9)) is None


@pytest.mark.parametrize(
    ("found", "expected"),
    [("8.9", (8, 9)), ("sm_120", (12, 0)), ("sm_90a", (9, 0)), ("compute_75", (7, 5)), ("10.3", (10, 3))],
)
def test_capability_is_read(found: str, expected: tuple[int, int]) -> None:
    assert knowledge.capability(found) == ComputeCapability(*expected)


@pytest.mark.parametrize("found", ["", "89", "8", "8.", "sm_", "8.9.1", "x", "-8.9", "８.９９"])
def test_capability_that_is_none_is_refused(found: str) -> None:
    assert knowledge.capability(found) is None


def test_arch_list_of_an_unseen_wheel_is_none() -> None:
    assert knowledge.arch_list("9.9.9", "cu126", "linux") is None


def test_arch_list_takes_short_and_full_platform_names() -> None:
    assert knowledge.arch_list("2.14.1+cu126", "cu126", "linux") == knowledge.arch_list(
        "2.14.1", "cu126", "linux_x86_64"
    )
    assert knowledge.arch_list("2.14.1", "cu126", "wsl") == knowledge.arch_list("2.14.1", "cu126", "linux")


@pytest.mark.parametrize(
    ("cudnn", "oldest"),
    [
        ("8.7.0.84", "3.5"),
        ("8.9.2.26", "5.0"),
        ("9.1.0.70", "5.0"),
        ("9.10.2.21", "5.0"),
        ("9.11.0.98", "7.5"),
        ("9.26.0.51", "7.5"),
    ],
)
def test_cudnn_drops_old_cards(cudnn: str, oldest: str) -> None:
    assert str(knowledge.cudnn_minimum_capability(cudnn)) == oldest


def test_unknown_cudnn_has_no_bound() -> None:
    assert knowledge.cudnn_minimum_capability("99.1") is None
    assert knowledge.cudnn_minimum_capability("x") is None
