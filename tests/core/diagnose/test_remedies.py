"""Remedies fit the system, the card and the kind of container that they are for."""

from __future__ import annotations

import pytest
from helpers.machines import ABSENT, a_gpu, a_machine, a_torch

from gpuproof.core.diagnose.causes import TITLES, remedy_of
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
