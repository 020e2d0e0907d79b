"""Which torchvision and torchaudio belong to a torch, and which Pythons a torch has wheels for."""

from __future__ import annotations

import pytest

from gpuproof.core.knowledge import companion_fits, pythons_of, torch_line


@pytest.mark.parametrize(
    ("name", "version", "torch", "fits"),
    [
        pytest.param("torchvision", "0.26.0+cu130", "2.11.0+cu130", True, id="released-together"),
        pytest.param("torchvision", "0.20.0", "2.5.1", True, id="patch-releases-are-one"),
        pytest.param("torchvision", "0.19.1", "2.5.1", False, id="one-line-too-old"),
        pytest.param("torchvision", "0.14.1", "1.13.1", True, id="an-old-pair"),
        pytest.param("torchvision", "0.14.1", "2.0.1", False, id="old-beside-newer"),
        pytest.param("torchvision", "0.20.0a0+git1a2b3c4", "2.5.1", None, id="somebody-s-own-build"),
        pytest.param("torchvision", "0.26.0", "2.11.0a0+872d972.nv25.12", None, id="somebody-s-own-torch"),
        pytest.param("torchvision", "0.99.0", "2.11.0", None, id="newer-than-the-tables"),
        pytest.param("torchvision", "", "2.11.0", None, id="no-version"),
        pytest.param("torchaudio", "2.5.1", "2.5.0", True, id="audio-bears-torch-s-number"),
        pytest.param("torchaudio", "2.4.1", "2.5.0", False, id="audio-of-another-line"),
        pytest.param("torchaudio", "2.11.0", "2.14.1", True, id="stable-audio-goes-with-later-torch"),
        pytest.param("torchaudio", "2.11.0", "2.9.1", False, id="stable-audio-is-too-new-for-this-torch"),
        pytest.param("torchaudio", "0.13.1", "1.13.1", True, id="old-audio"),
    ],
)
def test_a_companion_belongs_to_one_line_of_torch(name: str, version: str, torch: str, fits: bool | None) -> None:
    assert companion_fits(name, version, torch) is fits


def test_a_companion_names_the_torch_it_was_made_for() -> None:
    assert torch_line("torchvision", "0.21.0+cu126") == "2.6"
    assert torch_line("torchvision", "0.8.2") == "1.7"
    assert torch_line("torchtext", "0.8.2") is None


@pytest.mark.parametrize(
    ("torch", "platform", "python", "listed"),
    [
        ("2.1.0+cu121", "linux_x86_64", "3.12", False),
        ("2.2.0", "windows_x86_64", "3.12", True),
        ("1.13.1", "linux_x86_64", "3.11", True),
        ("1.13.1", "windows_x86_64", "3.11", False),
        ("1.7.1", "linux_x86_64", "3.9", True),
    ],
)
def test_a_torch_has_wheels_for_some_pythons(torch: str, platform: str, python: str, listed: bool) -> None:
    assert (python in (pythons_of(torch, platform) or ())) is listed


def test_pythons_of_an_unknown_torch_or_platform_are_not_known() -> None:
    assert pythons_of("9.9.9", "linux_x86_64") is None
    assert pythons_of("2.2.0", "linux_riscv64") is None
