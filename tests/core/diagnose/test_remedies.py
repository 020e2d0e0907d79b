"""Remedies fit the system, the card and the kind of container that they are for."""

from __future__ import annotations

import pytest
from helpers.machines import ABSENT, a_gpu, a_machine, a_torch

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.causes import TITLES, remedy_of
from gpuproof.core.diagnose.evidence import machine_from
from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.facts.machine import ComputeCapability, Container, Machine, OperatingSystem
from gpuproof.core.facts.version import DottedVersion as Version

WINDOWS = OperatingSystem(system="windows", machine="x86_64", name="Windows 11 Pro")
FEDORA = OperatingSystem(system="linux", machine="x86_64", name="Fedora Linux 42")
WSL = OperatingSystem(system="linux", machine="x86_64", name="Ubuntu 22.04", is_wsl=True)
LINUX_ONLY = {
    "fabric_manager",
    "forward_compat_804",
    "uvm_broken",
    "container_no_gpu",
    "container_lost_gpu",
    "driver_lib_mismatch",
    "wsl_driver",
    "wsl_libcuda",
    "aarch64_cpu_wheel",
    "mig",
    "healthy",
    "cannot_tell",
}


def _commands(cause: str, machine: Machine) -> str:
    return "\n".join(step.command or "" for step in remedy_of(cause, machine).steps)


@pytest.mark.parametrize("cause", sorted(set(TITLES) - LINUX_ONLY))
def test_no_step_for_windows_is_a_command_of_linux(cause: str) -> None:
    words = set(_commands(cause, a_machine(os=WINDOWS)).replace("|", " ").split())
    assert not words & {"sudo", "grep", "apt", "dmesg", "export", "unset", "lspci", "modprobe", "env"}


def test_a_driver_that_the_card_cannot_have_is_not_asked_for() -> None:
    kepler = a_gpu(name="Tesla K80", compute_capability=ComputeCapability(3, 7))
    build = a_torch(version="2.5.1+cu121", cuda_version=Version("12.1"))
    machine = a_machine(gpus=(kepler,), torch=build, torch_live=ABSENT, driver_version=Version("470.256.02"))
    commands = _commands("driver_too_old", machine)
    assert "/cu118" in commands
    assert "525" not in " ".join(str(step.words) for step in remedy_of("driver_too_old", machine).steps)


def test_a_card_without_any_published_code_is_not_sent_to_another_wheel() -> None:
    old = a_gpu(name="GeForce GTX 680", compute_capability=ComputeCapability(3, 0))
    assert _commands("arch_too_old", a_machine(gpus=(old,), torch_live=ABSENT)).endswith("/cpu")


def test_kernel_headers_come_from_the_distribution_at_hand() -> None:
    assert "dnf install kernel-devel" in _commands("no_driver", a_machine(os=FEDORA))
    assert "apt" not in _commands("no_driver", a_machine(os=FEDORA))


def test_wsl_is_ended_and_not_rebooted() -> None:
    assert "wsl --shutdown" in _commands("driver_lib_mismatch", a_machine(os=WSL))
    assert "sudo reboot" not in _commands("gpu_lost", a_machine(os=WSL))


def test_a_pod_asks_for_its_gpu_in_its_resources() -> None:
    assert "nvidia.com/gpu: 1" in _commands("container_no_gpu", a_machine(container=Container(kind="kubernetes")))
    assert "--gpus all" in _commands("container_no_gpu", a_machine(container=Container(kind="docker")))


def _diagnosed(words: str) -> Diagnosis:
    return diagnose(machine_from(words))


def _said(diagnosis: Diagnosis) -> str:
    assert diagnosis.primary is not None
    return "\n".join(step.command or "" for step in diagnosis.primary.remedy.steps)


def test_the_named_python_has_a_wheel_of_the_asked_for_torch() -> None:
    old = _diagnosed(
        "ERROR: Could not find a version that satisfies the requirement torch==1.13.1 (from versions: 2.6.0, 2.7.0)\n"
        "ERROR: No matching distribution found for torch==1.13.1\nPython 3.13.1"
    )
    assert old.cause == "python_no_wheel"
    assert "uv venv --python 3.11 " in _said(old)


def test_a_python_that_is_not_asked_about_is_the_usual_one() -> None:
    assert "3.12" in _commands("python_no_wheel", a_machine())


@pytest.mark.parametrize(
    ("words", "package"),
    [
        ("ImportError: flash_attn_2_cuda.cpython-310-x86_64-linux-gnu.so: undefined symbol: _ZN3c10", "flash-attn"),
        ("bitsandbytes was compiled without GPU support. 8-bit optimizers are unavailable.", "bitsandbytes"),
    ],
)
def test_an_extension_is_named_and_reinstalled_without_torch(words: str, package: str) -> None:
    found = _diagnosed(words)
    assert found.cause == "ext_mismatch"
    assert _said(found).splitlines()[1].endswith(f" {package}")
    assert "--no-deps" in _said(found)
    assert "EXTENSION" not in _said(found)


def test_onnxruntime_is_replaced_by_its_gpu_package_with_its_libraries() -> None:
    found = _diagnosed(
        "[E:onnxruntime:Default, provider_bridge_ort.cc:1992 TryGetProviderInfo_CUDA] Failed to load library "
        "libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared object file"
    )
    assert found.cause == "ext_mismatch"
    assert 'onnxruntime-gpu[cuda,cudnn]"' in _said(found)


@pytest.mark.parametrize("cause", ["cudnn_conflict", "cuda_lib_shadow"])
@pytest.mark.parametrize("system", [WINDOWS, FEDORA])
def test_torch_is_reinstalled_as_the_build_that_it_is(cause: str, system: OperatingSystem) -> None:
    machine = a_machine(os=system, torch=a_torch(version="2.6.0+cu124"))
    assert "torch==2.6.0 --index-url https://download.pytorch.org/whl/cu124" in _commands(cause, machine)


def test_the_fabric_manager_is_of_the_driver_that_runs() -> None:
    known = _commands("fabric_manager", a_machine(driver_version=Version("570.86.15")))
    assert "nvidia-fabricmanager-570\n" in known
    unknown = remedy_of("fabric_manager", a_machine(driver_version=ABSENT))
    assert "/sys/module/nvidia/version" in str(unknown.steps[0].command)
    assert str(unknown.steps[0].words) == str(unknown.steps[0].words).strip()


def test_one_message_is_quoted_once() -> None:
    line = "flash_attn_2_cuda.cpython-310-x86_64-linux-gnu.so: undefined symbol: _ZN3c104cuda9SetDeviceEi"
    found = _diagnosed(f"ImportError: {line}")
    assert found.primary is not None
    assert [str(seen) for seen in found.primary.evidence] == [f"ImportError: {line}"]
