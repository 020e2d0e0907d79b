"""Reading what people give: Pythons, pins, applications, machine names."""

from __future__ import annotations

import pytest

from gpuproof.core.problems import UserProblem
from gpuproof.core.recommend.case import platform_key, read_pin, read_python


@pytest.mark.parametrize(
    ("found", "key", "bits"),
    [
        ("3.11", "3.11", 64),
        ("3.11.7", "3.11", 64),
        ("3.14t", "3.14t", 64),
        ("3.11-32", "3.11", 32),
        ("Python 3.9", "3.9", 64),
    ],
)
def test_python_is_read(found: str, key: str, bits: int) -> None:
    tag = read_python(found)
    assert (tag.wheel_key, tag.bits) == (key, bits)


@pytest.mark.parametrize("found", ["", "3", "x", "3.11.x", "3.11-16", "three"])
def test_wrong_python_is_refused_with_a_hint(found: str) -> None:
    with pytest.raises(UserProblem) as problem:
        read_python(found)
    assert problem.value.hint is not None


@pytest.mark.parametrize(
    ("spec", "release", "variant", "allowed"),
    [
        ("==2.5.1", "2.5.1", "cu124", True),
        ("2.5.1", "2.5.1", "cpu", True),
        ("torch==2.5.1", "2.5.1", "cu121", True),
        ("==2.5.1+cu121", "2.5.1", "cu121", True),
        ("==2.5.1+cu121", "2.5.1", "cu124", False),
        (">=2.4,<2.7", "2.6.0", "cu126", True),
        (">=2.4,<2.7", "2.7.0", "cu126", False),
        ("<=2.5.1", "2.5.1", "cu124", True),
        ("~=2.5.0", "2.5.1", "cu124", True),
        ("~=2.5.0", "2.6.0", "cu124", False),
        ("!=2.15.0", "2.15.0", "cu132", False),
    ],
)
def test_pin_allows(spec: str, release: str, variant: str, allowed: bool) -> None:
    assert read_pin(spec).allows(release, variant) is allowed


def test_wrong_pin_is_refused() -> None:
    with pytest.raises(UserProblem, match="newest please"):
        read_pin("newest please")


@pytest.mark.parametrize(
    ("system", "machine", "key"),
    [
        ("linux", "x86_64", "linux_x86_64"),
        ("wsl", "AMD64", "linux_x86_64"),
        ("windows", "AMD64", "windows_x86_64"),
        ("macos", "arm64", "macos_arm64"),
        ("macos", "aarch64", "macos_arm64"),
        ("linux", "arm64", "linux_aarch64"),
        ("windows", "ARM64", "windows_aarch64"),
        ("linux", "i686", "linux_x86"),
    ],
)
def test_platform_key(system: str, machine: str, key: str) -> None:
    assert platform_key(system, machine) == key
