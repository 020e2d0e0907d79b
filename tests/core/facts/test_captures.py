"""Every recorded and constructed machine through all readers: the same facts, byte for byte, on every replay."""

from __future__ import annotations

import pytest
from helpers import recordings

from gpuproof.core.agent.questions.catalogue import privacy_of
from gpuproof.core.facts.answers_file import read_recording, write_answers
from gpuproof.core.facts.unknown import Unknown


@pytest.mark.parametrize("name", recordings.names())
def test_a_capture_gives_the_expected_facts_byte_for_byte(name: str) -> None:
    answers = recordings.recording(name).answers
    facts = recordings.facts_bytes(answers)
    assert facts.decode() == recordings.facts_path(name).read_text(encoding="utf-8")
    assert facts == recordings.facts_bytes(answers)


@pytest.mark.parametrize("name", recordings.names())
def test_a_capture_says_where_it_came_from_and_whether_it_is_real(name: str) -> None:
    recording = recordings.recording(name)
    assert recording.origin.startswith("Recorded" if recording.kind == "recorded" else "Constructed")
    assert recording.redacted


@pytest.mark.parametrize("name", recordings.names())
def test_a_capture_holds_answers_of_the_catalogue_only(name: str) -> None:
    assert [a.question for a in recordings.recording(name).answers if privacy_of(a.question) == "secret"] == []


@pytest.mark.parametrize("name", recordings.names())
def test_a_capture_survives_writing_and_reading(name: str) -> None:
    recording = recordings.recording(name)
    data = write_answers(
        recording.answers, origin=recording.origin, kind=recording.kind, recorded=recording.recorded, redacted=True
    )
    assert read_recording(data) == recording


def test_the_recorded_h100_is_read_as_its_owner_would_describe_it() -> None:
    machine = recordings.machine("h100")
    assert str(machine.driver_version) == "580.159.04"
    assert machine.driver_flavour == "open"
    assert str(machine.driver_cuda_version) == "13.0"
    assert not isinstance(machine.gpus, Unknown)
    (gpu,) = machine.gpus
    assert (gpu.name, str(gpu.compute_capability), gpu.memory_total_mib) == ("NVIDIA H100 80GB HBM3", "9.0", 81559.0)
    assert (gpu.power_limit_w, gpu.pcie_generation, gpu.pcie_width, gpu.mig_mode) == (700.0, 5, 16, "Disabled")
    assert dict(gpu.missing)["fan_percent"].startswith("NOT_SUPPORTED")


def test_two_recorded_h200_are_read_from_nvidia_smi_where_nvml_gave_nothing() -> None:
    machine = recordings.machine("h200x2")
    assert not isinstance(machine.gpus, Unknown)
    assert [gpu.name for gpu in machine.gpus] == ["NVIDIA H200", "NVIDIA H200"]
    assert [gpu.pci_address for gpu in machine.gpus] == ["0000:00:06.0", "0000:00:07.0"]
    assert str(machine.driver_version) == "580.159.04"
