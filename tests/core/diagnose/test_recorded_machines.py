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
    "blackwell-cu124": "arch_too_new",
    "companions": "vision_mismatch",
    "conda-cpu-build": "conda_cpu_build",
    "container-lost-gpu": "container_lost_gpu",
    "container-no-gpu": "container_no_gpu",
    "dkms-not-built": "no_driver",
    "driver-too-old": "driver_too_old",
    "everything-denied": "cannot_tell",
    "fabric-manager": "fabric_manager",
    "forward-compat": "forward_compat_804",
    "gpu-lost": "gpu_lost",
    "grace-hopper-cpu-wheel": "aarch64_cpu_wheel",
    "h100": "healthy",
    "h100-agent": "healthy",
    "h200x2": "healthy",
    "hidden-by-variable": "visible_devices",
    "intel-graphics": "no_nvidia_gpu",
    "jetson-cpu-wheel": "aarch64_cpu_wheel",
    "library-mismatch": "driver_lib_mismatch",
    "macos-apple-chip": "macos_no_cuda",
    "nouveau": "no_driver",
    "nvml-hung": "cannot_tell",
    "pascal-cu130": "arch_too_old",
    "secure-boot": "no_driver",
    "source-build": "cpu_source_build",
    "torch-hangs": "cannot_tell",
    "two-torches": "mixed_install",
    "uvm-missing": "uvm_broken",
    "windows-32bit": "python_32bit",
    "windows-cpu-wheel": "cpu_wheel",
    "windows-missing-dll": "windows_dll",
    "windows-no-page-file": "windows_pagefile",
    "windows-tcc": "healthy",
    "wsl2-healthy": "healthy",
    "wsl2-linux-driver": "wsl_libcuda",
    "wsl2-no-gpu": "wsl_driver",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_machine_gets_its_first_answer(name: str) -> None:
    diagnosis = diagnose(machine_from((CAPTURES / f"{name}.json").read_bytes()))
    assert diagnosis.cause == EXPECTED[name]
    if diagnosis.cause == "healthy":
        assert diagnosis.findings == ()


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(CAPTURES.glob("*.json")) if not path.name.endswith(".facts.json")],
    ids=lambda p: p.stem,
)
def test_no_rule_crashes_on_any_recorded_machine(path: Path) -> None:
    diagnosis = diagnose(machine_from(path.read_bytes()))
    assert diagnosis.crashed == ()
    assert diagnosis.cause != "cannot_tell" or diagnosis.ask_next is not None
