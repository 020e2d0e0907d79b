"""Rules on typed facts: both sides of each edge, and the fact unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from helpers.machines import ABSENT, a_display_device, a_gpu, a_machine, a_torch, a_torch_live, packages_of

from gpuproof.core.diagnose.catalogue import RULES
from gpuproof.core.diagnose.engine import diagnose, judged
from gpuproof.core.diagnose.model import CannotTell, CrashedRule, Failed, Passed, Rule, Verdict
from gpuproof.core.facts.machine import (
    ComputeCapability,
    Container,
    Gpu,
    Machine,
    NvmlState,
    OperatingSystem,
    PythonFacts,
    Symptom,
    TorchBuild,
)
from gpuproof.core.facts.parts import Companion, WslFacts
from gpuproof.core.facts.version import DottedVersion as Version

BY_ID = {rule.id: rule for rule in RULES}
WINDOWS = OperatingSystem(system="windows", machine="x86_64", name="Windows 11 Pro")
WSL = OperatingSystem(system="linux", machine="x86_64", name="Ubuntu 22.04", is_wsl=True)
JETSON = OperatingSystem(system="linux", machine="aarch64", name="Ubuntu 22.04", is_jetson=True)
ARM = OperatingSystem(system="linux", machine="aarch64", name="Ubuntu 24.04")
MAC = OperatingSystem(system="macos", machine="arm64", name="macOS 14")
NOT_AVAILABLE = a_torch_live(is_available=False, device_count=0, devices=(), kernel_checks=(), arch_list=())
CPU_TORCH = a_torch(version="2.11.0+cpu", cuda_version=None)
CPU_LIVE = replace(NOT_AVAILABLE, version="2.11.0+cpu", cuda_version=None)
NOT_LOADED = replace(
    NOT_AVAILABLE,
    imported=False,
    is_available=None,
    import_error="OSError: libtorch_cpu.so: cannot open shared object file",
)
NO_NVML = NvmlState(ok=False, error="DRIVER_NOT_LOADED")


def _live_on(name: str, capability: ComputeCapability, arch: tuple[str, ...]) -> Any:
    device = replace(a_torch_live().devices[0], name=name, compute_capability=capability)
    return a_torch_live(devices=(device,), arch_list=arch, kernel_checks=())


def _said(symptom: str, **changes: Any) -> Machine:
    return a_machine(
        torch_live=NOT_AVAILABLE, symptoms=(Symptom(id=symptom, line="the line", source="test"),), **changes
    )


NEW, OLD = ("sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"), ("sm_50", "sm_60", "sm_70", "sm_86")
SCENES: list[tuple[str, Machine, type[Any]]] = [
    ("torch.cpu-wheel", a_machine(), Passed),
    ("torch.cpu-wheel", a_machine(torch=CPU_TORCH, torch_live=CPU_LIVE), Failed),
    ("torch.cpu-wheel", a_machine(torch=ABSENT, torch_live=ABSENT), CannotTell),
    ("torch.cpu-wheel", a_machine(torch=replace(CPU_TORCH, hip_version="6.4"), torch_live=ABSENT), Passed),
    ("torch.aarch64-cpu-wheel", a_machine(os=ARM, torch=CPU_TORCH, torch_live=CPU_LIVE), Failed),
    ("torch.cpu-wheel", a_machine(os=ARM, torch=CPU_TORCH, torch_live=CPU_LIVE), Passed),
    (
        "torch.conda-cpu-build",
        a_machine(torch=replace(CPU_TORCH, conda_build="py3.9_cpu_0"), torch_live=CPU_LIVE),
        Failed,
    ),
    ("torch.conda-cpu-build", a_machine(torch=a_torch(conda_build="py3.9_cuda11.8_cudnn8_0")), Passed),
    (
        "torch.cpu-source-build",
        a_machine(torch=a_torch(version="2.2.0a0+gitabc", cuda_version=None), torch_live=CPU_LIVE),
        Failed,
    ),
    ("torch.cpu-source-build", a_machine(torch=a_torch(version="2.2.0a0+gitabc")), Passed),
    ("machine.macos-no-cuda", a_machine(os=MAC), Failed),
    ("machine.macos-no-cuda", a_machine(), Passed),
    ("machine.macos-no-cuda", a_machine(os=ABSENT), CannotTell),
    ("machine.no-nvidia-gpu", a_machine(gpus=ABSENT, display_devices=(), torch_live=ABSENT), Failed),
    ("machine.no-nvidia-gpu", a_machine(), Passed),
    ("machine.no-nvidia-gpu", a_machine(gpus=ABSENT, display_devices=ABSENT, torch_live=ABSENT), CannotTell),
    ("machine.no-nvidia-gpu", a_machine(os=JETSON, gpus=ABSENT, display_devices=(), torch_live=ABSENT), Passed),
    (
        "machine.amd-gpu",
        a_machine(gpus=ABSENT, display_devices=(a_display_device(vendor_id=0x1002),), torch_live=NOT_AVAILABLE),
        Failed,
    ),
    ("machine.amd-gpu", a_machine(display_devices=(a_display_device(), a_display_device(vendor_id=0x1002))), Passed),
    ("driver.supports-torch", a_machine(driver_version=Version("579.99"), torch_live=NOT_AVAILABLE), Failed),
    ("driver.supports-torch", a_machine(driver_version=Version("580.65.06"), torch_live=NOT_AVAILABLE), Passed),
    (
        "driver.supports-torch",
        a_machine(driver_version=ABSENT, torch_live=NOT_AVAILABLE, driver_cuda_version=ABSENT),
        CannotTell,
    ),
    (
        "driver.supports-torch",
        a_machine(
            driver_version=Version("535.183.01"), torch=a_torch(cuda_version=Version("12.8")), torch_live=NOT_AVAILABLE
        ),
        Passed,
    ),
    (
        "driver.supports-torch",
        a_machine(driver_version=ABSENT, driver_cuda_version=Version("12.8"), torch_live=NOT_AVAILABLE),
        Failed,
    ),
    ("driver.supports-torch", a_machine(os=JETSON, driver_version=Version("540.4"), torch_live=NOT_AVAILABLE), Passed),
    ("driver.one-version", a_machine(driver_library=Version("580.95.05")), Failed),
    ("driver.one-version", a_machine(), Passed),
    ("driver.one-version", a_machine(driver_library=ABSENT, nvml=ABSENT, torch_live=ABSENT), CannotTell),
    ("driver.one-version", a_machine(nvml=NvmlState(ok=False, error="LIB_RM_VERSION_MISMATCH")), Failed),
    ("driver.forward-compat", _said("driver.804"), Failed),
    ("driver.forward-compat", a_machine(), Passed),
    ("driver.present", a_machine(), Passed),
    ("driver.present", a_machine(driver_version=ABSENT, nvml=NO_NVML, gpus=ABSENT, torch_live=NOT_AVAILABLE), Failed),
    ("driver.present", a_machine(driver_version=ABSENT, nvml=ABSENT, gpus=ABSENT, torch_live=ABSENT), CannotTell),
    ("driver.present", a_machine(display_devices=(a_display_device(kernel_driver="nouveau"),)), Failed),
    (
        "container.has-gpu",
        a_machine(container=Container(kind="docker", has_device_nodes=False), gpus=ABSENT, torch_live=NOT_AVAILABLE),
        Failed,
    ),
    ("container.has-gpu", a_machine(container=Container(kind="docker", has_device_nodes=True)), Passed),
    ("container.has-gpu", a_machine(container=ABSENT, torch_live=ABSENT), CannotTell),
    (
        "container.keeps-gpu",
        a_machine(container=Container(kind="docker"), nvml=NvmlState(ok=False, error="UNKNOWN"), torch_live=ABSENT),
        Failed,
    ),
    ("container.keeps-gpu", a_machine(container=Container(kind="docker")), Passed),
    ("wsl.driver", a_machine(os=WSL, wsl=WslFacts(has_gpu_device=False), torch_live=NOT_AVAILABLE), Failed),
    ("wsl.driver", a_machine(os=WSL, wsl=WslFacts(has_gpu_device=True)), Passed),
    ("wsl.driver", a_machine(os=ABSENT, torch_live=ABSENT), CannotTell),
    (
        "wsl.libcuda",
        a_machine(os=WSL, wsl=WslFacts(has_gpu_device=True, linux_driver_inside=True), torch_live=ABSENT),
        Failed,
    ),
    ("wsl.libcuda", a_machine(os=WSL, wsl=WslFacts(has_gpu_device=True)), Passed),
    ("gpu.starts", a_machine(gpus=()), Failed),
    ("gpu.starts", a_machine(), Passed),
    ("gpu.starts", a_machine(gpus=ABSENT, torch_live=ABSENT), CannotTell),
    ("gpu.on-the-bus", a_machine(nvml=NvmlState(ok=False, error="GPU_IS_LOST")), Failed),
    ("gpu.on-the-bus", a_machine(), Passed),
    ("driver.uvm", _said("gpu.uvm"), Failed),
    ("driver.uvm", _said("gpu.uvm", os=WINDOWS), Passed),
    ("driver.fabric-manager", _said("gpu.802"), Failed),
    ("driver.fabric-manager", a_machine(), Passed),
    ("gpu.driver-model", a_machine(os=WSL, gpus=(a_gpu(driver_model="TCC"),), torch_live=NOT_AVAILABLE), Failed),
    ("gpu.driver-model", a_machine(os=WINDOWS, gpus=(a_gpu(driver_model="TCC"),)), Passed),
    ("gpu.driver-model", a_machine(gpus=ABSENT), CannotTell),
    ("gpu.compute-mode", a_machine(gpus=(a_gpu(compute_mode="Exclusive_Process"),), torch_live=NOT_AVAILABLE), Failed),
    ("gpu.compute-mode", a_machine(gpus=(a_gpu(compute_mode="Exclusive_Process"),)), Passed),
    ("gpu.compute-mode", a_machine(gpus=ABSENT), CannotTell),
    (
        "environment.visible-devices",
        a_machine(environment=(("CUDA_VISIBLE_DEVICES", ""),), torch_live=NOT_AVAILABLE),
        Failed,
    ),
    (
        "environment.visible-devices",
        a_machine(environment=(("CUDA_VISIBLE_DEVICES", "1"),), torch_live=NOT_AVAILABLE),
        Failed,
    ),
    (
        "environment.visible-devices",
        a_machine(environment=(("CUDA_VISIBLE_DEVICES", "0"),), torch_live=NOT_AVAILABLE),
        Passed,
    ),
    ("environment.visible-devices", a_machine(environment=ABSENT, torch_live=NOT_AVAILABLE), CannotTell),
    ("gpu.mig", a_machine(gpus=(a_gpu(mig_mode="Enabled"),), torch_live=NOT_AVAILABLE), Failed),
    ("gpu.mig", a_machine(gpus=(a_gpu(mig_mode="Enabled"),)), Passed),
    ("gpu.mig", a_machine(gpus=ABSENT), CannotTell),
    ("arch.new-enough-build", a_machine(torch_live=_live_on("RTX 5090", ComputeCapability(12, 0), OLD)), Failed),
    ("arch.new-enough-build", a_machine(torch_live=_live_on("RTX 4090", ComputeCapability(8, 9), OLD)), Passed),
    ("arch.new-enough-build", a_machine(torch_live=_live_on("GB10", ComputeCapability(12, 1), NEW)), Passed),
    ("arch.new-enough-build", a_machine(torch_live=ABSENT, torch=ABSENT, gpus=ABSENT), CannotTell),
    (
        "arch.new-enough-build",
        a_machine(torch_live=_live_on("RTX 5090", ComputeCapability(12, 0), ("sm_90", "compute_90"))),
        Passed,
    ),
    ("arch.card-still-covered", a_machine(torch_live=_live_on("GTX 1080", ComputeCapability(6, 1), NEW)), Failed),
    ("arch.card-still-covered", a_machine(torch_live=_live_on("GTX 1080", ComputeCapability(6, 1), OLD)), Passed),
    ("arch.card-still-covered", a_machine(torch_live=ABSENT, torch=ABSENT, gpus=ABSENT), CannotTell),
    ("python.64-bit", a_machine(python=PythonFacts(version="3.8.1", bits=32), torch=ABSENT), Failed),
    ("python.64-bit", a_machine(), Passed),
    ("python.64-bit", a_machine(python=ABSENT), CannotTell),
    ("torch.vision", a_machine(packages=packages_of("torch==2.11.0", "torchvision==0.26.0+cpu")), Failed),
    ("torch.vision", a_machine(), Passed),
    ("torch.vision", a_machine(packages=ABSENT, torch_live=NOT_AVAILABLE), CannotTell),
    (
        "torch.vision",
        a_machine(companions=(Companion(name="torchvision", version="0.26.0", is_cpu_build=True),)),
        Failed,
    ),
    (
        "torch.extension",
        a_machine(
            companions=(Companion(name="xformers", version="1", cuda_version=Version("12.6")),),
            torch_live=NOT_AVAILABLE,
        ),
        Failed,
    ),
    (
        "torch.extension",
        a_machine(companions=(Companion(name="xformers", version="1", cuda_version=Version("13.2")),)),
        Passed,
    ),
    ("torch.one-copy", a_machine(torch=a_torch(copies=("2.5.1 at /home/x",)), torch_live=NOT_AVAILABLE), Failed),
    ("torch.one-copy", a_machine(), Passed),
    ("torch.one-copy", a_machine(torch=ABSENT), CannotTell),
    ("torch.loads", a_machine(torch_live=NOT_LOADED), Failed),
    ("torch.loads", a_machine(), Passed),
    ("torch.loads", a_machine(torch_live=ABSENT), CannotTell),
    ("gpu.memory", _said("memory.oom"), Failed),
    ("gpu.memory", a_machine(), Passed),
    ("windows.page-file", _said("windows.pagefile", os=WINDOWS), Failed),
    ("windows.dll", _said("windows.dll", os=WINDOWS), Failed),
    ("libraries.cudnn", _said("cudnn.conflict"), Failed),
    ("libraries.cuda", _said("library.nvjitlink"), Failed),
    ("install.python", _said("install.python-version", torch=ABSENT), CannotTell),
    ("install.index", _said("install.wrong-index", torch=ABSENT), Failed),
]


@pytest.mark.parametrize(("rule", "machine", "verdict"), SCENES, ids=[f"{n}-{r}" for n, (r, _, _) in enumerate(SCENES)])
def test_a_rule_judges_both_sides_and_the_unknown(rule: str, machine: Machine, verdict: type[Verdict]) -> None:
    found = judged(BY_ID[rule], machine)
    assert isinstance(found, verdict), found


def test_no_rule_fails_or_crashes_on_a_healthy_machine() -> None:
    verdicts = {rule.id: judged(rule, a_machine()) for rule in RULES}
    assert [rule for rule, verdict in verdicts.items() if isinstance(verdict, Failed | CrashedRule)] == []
    diagnosis = diagnose(a_machine())
    assert (diagnosis.cause, diagnosis.confidence, diagnosis.ask_next) == ("healthy", "certain", None)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_cannot_tell_of_a_machine_that_nobody_looked_at(rule: Rule) -> None:
    verdict = judged(rule, Machine())
    assert isinstance(verdict, CannotTell)
    assert verdict.missing
    assert all(unknown.detail for unknown in verdict.missing)


def test_a_rule_that_raises_leaves_the_others_running(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(machine: Machine) -> Verdict:
        raise ValueError("a bug")

    from gpuproof.core.diagnose import engine

    monkeypatch.setattr(engine, "RULES", (Rule(id="x.broken", cause="oom", link="gpu", check=broken), *RULES))
    diagnosis = engine.diagnose(a_machine(torch=CPU_TORCH, torch_live=CPU_LIVE))
    assert diagnosis.cause == "cpu_wheel"
    assert diagnosis.crashed == (("x.broken", "ValueError: a bug"),)


def test_released_ids_are_unique() -> None:
    assert len(BY_ID) == len(RULES)


def test_ada_on_a_build_for_ampere_alone_is_fine() -> None:
    torch = TorchBuild(version="2.0.1+cu118", cuda_version=Version("11.8"))
    gpu = Gpu(index=0, name="NVIDIA GeForce RTX 4090", compute_capability=ComputeCapability(8, 9))
    machine = a_machine(torch=torch, gpus=(gpu,), torch_live=a_torch_live(devices=(), arch_list=(), kernel_checks=()))
    assert diagnose(machine).findings == ()


def test_a_torch_that_cannot_be_imported_breaks_its_link_of_the_chain() -> None:
    bare = a_machine(torch=CPU_TORCH, torch_live=NOT_LOADED, gpus=ABSENT, display_devices=())
    diagnosis = diagnose(bare)
    assert diagnosis.cause == "no_nvidia_gpu"
    assert {link.name: link.state for link in diagnosis.chain}["torch"] == "broken"
    assert diagnose(a_machine(torch_live=NOT_LOADED)).cause == "mixed_install"
