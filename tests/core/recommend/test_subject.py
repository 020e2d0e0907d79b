"""From inspected facts and overrides to a subject."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpuproof.core.facts.machine import (
    ComputeCapability,
    DisplayDevice,
    Gpu,
    Machine,
    OperatingSystem,
    PythonFacts,
    TorchBuild,
    TorchDevice,
    TorchLive,
)
from gpuproof.core.facts.unknown import NOT_ASKED, Unknown, Why
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.recommend import recommend
from gpuproof.core.recommend.model import Card
from gpuproof.core.recommend.subject import named_card, python_words, subject_of

ABSENT = Unknown(Why.ABSENT, "not there", "test")
FAILED = Unknown(Why.FAILED, "could not look", "test")
H100 = Gpu(index=0, name="NVIDIA H100 80GB HBM3", compute_capability=ComputeCapability(9, 0), memory_total_mib=81559.0)
MACHINE = Machine(
    os=OperatingSystem(system="linux", machine="x86_64", glibc=DottedVersion("2.36")),
    python=PythonFacts(version="3.11.7", bits=64),
    driver_version=DottedVersion("580.159.04"),
    gpus=(H100,),
    display_devices=(),
)


def test_facts_become_a_subject() -> None:
    subject = subject_of(MACHINE)
    assert (subject.system, subject.machine, subject.python) == ("linux", "x86_64", "3.11")
    assert subject.driver == DottedVersion("580.159.04")
    assert isinstance(subject.cards, tuple)
    assert subject.cards[0].compute_capability == ComputeCapability(9, 0)
    assert subject.overridden == ()


def test_overrides_count_and_are_named() -> None:
    subject = subject_of(MACHINE, driver=None, python="3.14t", app=None, torch_pin=None)
    assert subject.driver is None
    assert subject.python == "3.14t"
    assert subject.overridden == ("driver", "python")


def test_an_absent_driver_is_none_and_an_unseen_one_stays_unknown() -> None:
    assert subject_of(replace(MACHINE, driver_version=ABSENT)).driver is None
    assert subject_of(replace(MACHINE, driver_version=FAILED)).driver == FAILED


def test_wsl_is_told_apart_from_linux() -> None:
    os = OperatingSystem(system="linux", machine="x86_64", is_wsl=True)
    assert subject_of(replace(MACHINE, os=os)).system == "wsl"


def test_without_a_driver_the_pci_list_names_the_cards() -> None:
    devices = (
        DisplayDevice(address="01:00.0", vendor_id=0x10DE, device_id=0x2204, name="GA102 [GeForce RTX 3090] (rev a1)"),
        DisplayDevice(address="00:02.0", vendor_id=0x8086, device_id=0x4680, name="AlderLake-S GT1"),
        DisplayDevice(address="03:00.0", vendor_id=0x1A03, device_id=0x2000, name="ASPEED"),
    )
    cards = subject_of(replace(MACHINE, gpus=FAILED, display_devices=devices)).cards
    assert isinstance(cards, tuple)
    assert [(card.vendor, str(card.compute_capability)) for card in cards] == [("nvidia", "8.6"), ("intel", "None")]


def test_an_amd_card_beside_the_nvidia_one_is_kept() -> None:
    devices = (DisplayDevice(address="0", vendor_id=0x1002, device_id=1, name="Navi 31 [Radeon RX 7900 XT/7900 XTX]"),)
    cards = subject_of(replace(MACHINE, display_devices=devices)).cards
    assert isinstance(cards, tuple)
    assert [card.gfx for card in cards] == [None, "gfx1100"]


def test_cards_that_nobody_could_look_for_stay_unknown() -> None:
    assert isinstance(subject_of(replace(MACHINE, gpus=FAILED, display_devices=FAILED)).cards, Unknown)


def test_cards_that_were_looked_for_everywhere_are_none() -> None:
    assert subject_of(replace(MACHINE, gpus=ABSENT, display_devices=ABSENT)).cards == ()


def test_an_uninspected_machine_is_unknown_throughout() -> None:
    subject = subject_of(Machine())
    assert subject.system == NOT_ASKED
    assert subject.cards == NOT_ASKED


def test_a_stated_capability_outranks_the_name() -> None:
    assert named_card("NVIDIA GeForce RTX 4090", "12.0").compute_capability == ComputeCapability(12, 0)
    assert named_card("nobody knows this").compute_capability is None
    assert named_card("AMD Radeon RX 7600") == Card(name="AMD Radeon RX 7600", vendor="amd", gfx="gfx1102")


def test_python_is_written_as_the_flag_takes_it() -> None:
    assert python_words(PythonFacts(version="3.14.0", bits=64, free_threaded=True)) == "3.14t"
    assert python_words(PythonFacts(version="3.11.2", bits=32)) == "3.11-32"


@pytest.mark.parametrize(
    ("release", "macos"), [("23.5.0", 14), ("24.1.0", 15), ("25.0.0", 26), ("14.5", 14), ("22.6.0", 13), ("?", None)]
)
def test_macos_is_read_from_darwin(release: str, macos: int | None) -> None:
    os = OperatingSystem(system="macos", machine="arm64", release=release)
    assert subject_of(replace(MACHINE, os=os)).macos == macos


def test_an_old_macos_gets_an_older_release() -> None:
    subject = replace(subject_of(MACHINE), system="macos", machine="arm64", cards=(), macos=13, python="3.12")
    choice = recommend(subject).choice
    assert choice is not None
    assert choice.torch == "2.11.0"


def test_alpine_has_no_wheel_and_is_told_why() -> None:
    os = OperatingSystem(system="linux", machine="x86_64", name="Alpine Linux v3.20")
    answer = recommend(subject_of(replace(MACHINE, os=os)))
    assert answer.choice is None
    assert "musl" in str(answer.because[0])


def test_a_card_without_driver_and_name_is_known_by_its_pci_id() -> None:
    devices = (DisplayDevice(address="01:00.0", vendor_id=0x10DE, device_id=0x2684),)  # RTX 4090
    subject = subject_of(replace(MACHINE, gpus=FAILED, driver_version=ABSENT, display_devices=devices))
    assert subject.cards == (Card(name="NVIDIA GPU", compute_capability=ComputeCapability(8, 9)),)
    assert recommend(subject).driver.action == "install"


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (TorchBuild(version="2.11.0+cu130", cuda_version=DottedVersion("13.0")), "2.11.0+cu130"),
        (TorchBuild(version="2.5.1", cuda_version=DottedVersion("12.4")), "2.5.1+cu124"),
        (TorchBuild(version="2.5.1"), "2.5.1+cpu"),
        (TorchBuild(version="2.5.1", hip_version="6.2.41133"), "2.5.1+rocm6.2"),
        (TorchBuild(version="2.6.0", xpu_version="20250000"), "2.6.0+xpu"),
    ],
)
def test_an_installed_build_without_a_label_is_named_by_what_it_holds(build: TorchBuild, words: str) -> None:
    assert subject_of(replace(MACHINE, torch=build)).installed_torch == words


def test_what_torch_saw_names_the_card_of_a_jetson() -> None:
    live = TorchLive(
        imported=True, devices=(TorchDevice(index=0, name="Orin", compute_capability=ComputeCapability(8, 7)),)
    )
    subject = subject_of(replace(MACHINE, gpus=FAILED, display_devices=(), torch_live=live))
    assert subject.cards == (Card(name="Orin", compute_capability=ComputeCapability(8, 7)),)


def test_a_jetson_whose_gpu_nobody_saw_is_asked_about() -> None:
    os = OperatingSystem(system="linux", machine="aarch64", is_jetson=True)
    answer = recommend(subject_of(replace(MACHINE, os=os, gpus=ABSENT, display_devices=())))
    assert answer.choice is None
    assert answer.missing


FITS = replace(
    MACHINE, torch=TorchBuild(version="2.11.0+cu130", cuda_version=DottedVersion("13.0")), torch_live=NOT_ASKED
)


@pytest.mark.parametrize(
    ("live", "fits"),
    [
        pytest.param(TorchLive(imported=True), True, id="it-loads"),
        pytest.param(NOT_ASKED, True, id="nobody-tried"),
        pytest.param(Unknown(Why.ABSENT, "not there", "test"), True, id="not-reached"),
        pytest.param(TorchLive(imported=False, import_error="OSError: file too short"), False, id="it-does-not-load"),
        pytest.param(Unknown(Why.TIMED_OUT, "no answer in 180 s", "test"), None, id="it-hung"),
    ],
)
def test_an_installed_torch_fits_only_when_it_can_be_imported(live: TorchLive | Unknown, fits: bool | None) -> None:
    answer = recommend(subject_of(replace(FITS, torch_live=live)))
    assert answer.installed_fits is fits
    assert not answer.is_installed
    said = " ".join(map(str, answer.because))
    assert ("cannot be imported" in said) == (fits is False)
    assert ("nothing has to be installed" in said) == (fits is True)


def test_a_chosen_torch_that_does_not_load_is_not_done_with() -> None:
    newest = recommend(subject_of(FITS)).choice
    assert newest is not None
    assert newest.variant.startswith("cu")
    same = TorchBuild(version=f"{newest.torch}+{newest.variant}", cuda_version=DottedVersion("13.2"))
    there = replace(FITS, torch=same)
    assert recommend(subject_of(there)).is_installed
    assert not recommend(subject_of(replace(there, torch_live=TorchLive(imported=False)))).is_installed
