"""The driver on Windows: by NVML, by the adapters' own number, or seen to be absent."""

from __future__ import annotations

import pytest
from helpers.recordings import answers, no, ok

from gpuproof.core.facts.readers.driver import read_driver_version
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.facts.version import DottedVersion

NVIDIA = {"name": "NVIDIA GeForce RTX 4090", "driver_version": "32.0.15.8129"}
BASIC = {"name": "Microsoft Basic Display Adapter", "driver_version": "10.0.26100.1"}


def test_windows_number_is_turned_into_nvidia_s() -> None:
    found = read_driver_version(answers(ok("windows.adapters", [BASIC, NVIDIA])))
    assert found == DottedVersion("581.29")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        pytest.param(ok("windows.adapters", [BASIC]), Why.ABSENT, id="another-driver"),
        pytest.param(ok("windows.adapters", []), Why.ABSENT, id="no-adapter"),
        pytest.param(no("windows.adapters", "denied"), Why.NOT_ASKED, id="nobody-could-look"),
    ],
)
def test_a_windows_without_nvidia_s_driver_says_so(given: object, why: Why) -> None:
    found = read_driver_version(answers(given))  # type: ignore[arg-type]
    assert isinstance(found, Unknown)
    assert found.why is why
