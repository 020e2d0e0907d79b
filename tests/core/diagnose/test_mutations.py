"""Take one observed input away from a case that is right: the answer may weaken, it never becomes another claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

import pytest
from helpers.diagnosis_cases import Case, cases
from helpers.machines import a_machine

from gpuproof.core.diagnose import diagnose
from gpuproof.core.facts.foreign import read_foreign
from gpuproof.core.facts.machine import Machine, TorchBuild, TorchLive
from gpuproof.core.facts.unknown import NOT_ASKED, Unknown

# A refinement needs the fact that refines it (ARM64, conda, container, WSL2 ...); without it the general claim is what
# remains, and that is the same answer told less exactly.
GENERAL = {
    "conda_cpu_build": {"cpu_wheel"},
    "cpu_source_build": {"cpu_wheel"},
    "aarch64_cpu_wheel": {"cpu_wheel"},
    "macos_no_cuda": {"cpu_wheel", "amd_gpu"},
    "amd_gpu": {"cpu_wheel", "no_driver"},
    "no_nvidia_gpu": {"cpu_wheel", "no_driver"},
    "mixed_install": {"cpu_wheel"},
    "container_no_gpu": {"no_driver", "driver_too_old"},
    "driver_too_old": {"container_no_gpu"},  # "insufficient" in a container in which nobody saw the card
    "wsl_driver": {
        "no_driver",
        "uvm_broken",
        "gpu_init_failed",
        "gpu_lost",
        "container_lost_gpu",
        "oom",
        "exclusive_mode",
    },
    "wsl_libcuda": {"no_driver", "cudnn_conflict", "wsl_driver"},
    "tcc_wddm": {"wsl_driver", "gpu_init_failed", "gpu_lost"},
    "python_32bit": {"python_no_wheel"},
    "arch_too_new": {"ext_mismatch", "cudnn_conflict"},
    "ext_mismatch": {"arch_too_new"},  # without the torch build "no kernel image" speaks of the build itself
}
RANK = {"possible": 0, "likely": 1, "certain": 2}
CASES = [case for case in cases() if case.labels[0] not in ("healthy", "cannot_tell")]


def _weakened(machine: Machine) -> Iterator[tuple[str, Machine]]:
    for field in fields(Machine):
        value = getattr(machine, field.name)
        if field.name == "symptoms" or isinstance(value, Unknown):
            continue
        yield field.name, replace(machine, **{field.name: NOT_ASKED})
        for place in range(len(value)) if isinstance(value, tuple) and len(value) > 1 else ():
            rest = value[:place] + value[place + 1 :]
            yield f"{field.name}[{place}]", replace(machine, **{field.name: rest})
    yield from _less_said(machine)
    for line in {symptom.line for symptom in machine.symptoms}:  # one line may hold two known phrases
        rest = tuple(symptom for symptom in machine.symptoms if not _same_line(symptom.line, line))
        yield line, replace(machine, symptoms=rest)


def _less_said(machine: Machine) -> Iterator[tuple[str, Machine]]:
    """Without one word of torch's own: its answer, its list of code, its count, the CUDA of the build."""
    if isinstance(machine.torch_live, TorchLive):
        for name, nothing in (("is_available", None), ("arch_list", ()), ("device_count", None)):
            if getattr(machine.torch_live, name) != nothing:
                yield name, replace(machine, torch_live=replace(machine.torch_live, **{name: nothing}))
    if isinstance(machine.torch, TorchBuild) and machine.torch.is_cuda_known:
        unsure = replace(machine.torch, cuda_version=None, is_cuda_known=False)
        yield "torch.cuda_version", replace(machine, torch=unsure)


def _same_line(one: str, other: str) -> bool:
    """Lines are cut around each phrase: two cuts of one line share most of their words."""
    first, second = set(one.split()), set(other.split())
    return 2 * len(first & second) >= min(len(first), len(second))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_less_evidence_never_makes_another_claim(case: Case) -> None:
    machine = read_foreign(case.text)[1]
    before = diagnose(machine)
    accepted = {before.cause, "cannot_tell", "healthy"} | set(case.labels) | GENERAL.get(before.cause, set())
    beside = {finding.cause for finding in before.findings}  # a second fault of the same paste stays a fault
    for removed, less in _weakened(machine):
        after = diagnose(less)
        assert after.cause in accepted | beside, f"without {removed}: {after.cause}"
        if after.cause == before.cause:
            assert RANK[after.confidence] <= RANK[before.confidence], f"without {removed}: surer than before"


@pytest.mark.parametrize("field", [field.name for field in fields(Machine) if field.name != "symptoms"])
def test_a_healthy_machine_stays_without_a_fault_when_one_fact_is_unknown(field: str) -> None:
    diagnosis = diagnose(replace(a_machine(), **{field: NOT_ASKED}))
    assert diagnosis.findings == ()
    assert diagnosis.crashed == ()
