"""Recorded and constructed machines through every rule: the expected first answer, and no rule crashes."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.evidence import machine_from

CAPTURES = Path(__file__).resolve().parents[2] / "captures"
EXPECTED = {
    "ada-cpu-wheel": "cpu_wheel",
    "ada-healthy": "healthy",
    "amd-cuda-wheel": "amd_gpu",
    "amd-rocm": "healthy",
    "blackwell-cu124": "arch_too_new",
    "blackwell-proprietary": "gpu_init_failed",
    "companions": "vision_mismatch",
    "conda-cpu-build": "conda_cpu_build",
    "conda-then-pip": "cpu_wheel",
    "container-lost-gpu": "container_lost_gpu",
    "container-no-gpu": "container_no_gpu",
    "container-without-compute": "container_no_gpu",
    "damaged-install": "mixed_install",
    "desktop-vgpu": "gpu_init_failed",
    "dkms-not-built": "no_driver",
    "driver-too-old": "driver_too_old",
    "everything-denied": "cannot_tell",
    "exclusive-process": "healthy",
    "fabric-manager": "fabric_manager",
    "foreign-cublas": "cuda_lib_shadow",
    "forward-compat": "forward_compat_804",
    "given-to-a-guest": "no_driver",
    "gpu-lost": "gpu_lost",
    "grace-hopper-cpu-wheel": "aarch64_cpu_wheel",
    "h100": "healthy",
    "h100-agent": "healthy",
    "h200x2": "healthy",
    "h200x2-agent": "healthy",
    "hidden-by-variable": "visible_devices",
    "intel-graphics": "no_nvidia_gpu",
    "jetson-cpu-wheel": "aarch64_cpu_wheel",
    "jetson-nvidia-wheel": "healthy",
    "kubernetes-quota": "healthy",
    "laptop-on-its-other-gpu": "no_driver",
    "library-mismatch": "driver_lib_mismatch",
    "macos-apple-chip": "macos_no_cuda",
    "macos-intel": "macos_no_cuda",
    "mig-a100": "healthy",
    "module-for-another-kernel": "no_driver",
    "no-gpu": "no_nvidia_gpu",
    "nodes-not-allowed": "gpu_init_failed",
    "nouveau": "no_driver",
    "nvidia-blacklisted": "no_driver",
    "nvml-hung": "cannot_tell",
    "pascal-cu130": "arch_too_old",
    "pascal-under-r595": "gpu_init_failed",
    "pip-set-to-cpu": "cpu_wheel",
    "secure-boot": "no_driver",
    "shadowing-cudnn": "healthy",
    "source-build": "cpu_source_build",
    "throttled-container": "healthy",
    "torch-hangs": "cannot_tell",
    "torchvision-of-another-torch": "vision_mismatch",
    "two-ada-no-p2p": "healthy",
    "two-torches": "mixed_install",
    "uvm-missing": "uvm_broken",
    "uvm-missing-in-silence": "uvm_broken",
    "uvm-nodes-healthy-mig-off": "healthy",
    "vgpu-guest": "healthy",
    "windows-32bit": "python_32bit",
    "windows-cpu-wheel": "cpu_wheel",
    "windows-missing-dll": "windows_dll",
    "windows-no-page-file": "windows_pagefile",
    "windows-no-runtime": "windows_dll",
    "windows-tcc": "healthy",
    "windows-without-driver": "no_driver",
    "wsl2-healthy": "healthy",
    "wsl2-linux-driver": "wsl_libcuda",
    "wsl2-no-gpu": "wsl_driver",
    "wsl2-old-kernel": "wsl_driver",
}

# machines on which an inspection sees the reason itself
REASONS = {
    "blackwell-proprietary": "gpu-init-failed.open-needed",
    "damaged-install": "mixed-install.damaged-files",
    "desktop-vgpu": "gpu-init-failed.vgpu-profile",
    "dkms-not-built": "no-driver.other-kernel",
    "foreign-cublas": "cuda-lib-shadow.loaded",
    "given-to-a-guest": "no-driver.vfio",
    "laptop-on-its-other-gpu": "no-driver.blacklisted",
    "module-for-another-kernel": "no-driver.other-kernel",
    "nodes-not-allowed": "gpu-init-failed.not-allowed",
    "nouveau": "no-driver.nouveau",
    "nvidia-blacklisted": "no-driver.blacklisted",
    "pascal-under-r595": "gpu-init-failed.last-branch",
    "torchvision-of-another-torch": "vision-mismatch.release",
    "windows-no-runtime": "windows-dll.runtime",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_machine_gets_its_first_answer(name: str) -> None:
    diagnosis = diagnose(machine_from((CAPTURES / f"{name}.json").read_bytes()))
    assert diagnosis.cause == EXPECTED[name]
    if diagnosis.cause == "healthy":
        assert diagnosis.findings == ()


@pytest.mark.parametrize("name", REASONS)
def test_a_recorded_machine_names_the_reason_that_was_seen(name: str) -> None:
    primary = diagnose(machine_from((CAPTURES / f"{name}.json").read_bytes())).primary
    assert primary is not None
    assert primary.id == REASONS[name]
    assert primary.evidence
    assert primary.remedy.steps


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(CAPTURES.glob("*.json")) if not path.name.endswith(".facts.json")],
    ids=lambda p: p.stem,
)
def test_no_rule_crashes_on_any_recorded_machine(path: Path) -> None:
    diagnosis = diagnose(machine_from(path.read_bytes()))
    assert diagnosis.crashed == ()
    assert diagnosis.cause != "cannot_tell" or diagnosis.ask_next is not None
