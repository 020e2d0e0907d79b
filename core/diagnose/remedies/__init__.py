"""What mends each cause, exact for this system and this kind of environment; commands are shown, never run."""

from __future__ import annotations

import importlib

from gpuproof.core.diagnose.model import Step
from gpuproof.core.facts.machine import Machine

_MODULES = {
    "torch_builds": "cpu_wheel conda_cpu_build cpu_source_build aarch64_cpu_wheel mixed_install macos_no_cuda amd_gpu "
    "arch_too_new arch_too_old vision_mismatch",
    "installing": "python_no_wheel python_32bit wrong_index windows_dll windows_pagefile",
    "drivers": "driver_too_old forward_compat_804 driver_lib_mismatch no_driver uvm_broken fabric_manager gpu_init_failed "  # noqa: E501
    "gpu_lost no_nvidia_gpu",
    "surroundings": "container_no_gpu container_lost_gpu wsl_driver wsl_libcuda tcc_wddm visible_devices mig exclusive_mode",  # noqa: E501
    "libraries": "cudnn_conflict cuda_lib_shadow ext_mismatch oom",
}
_MODULE_OF = {cause: module for module, causes in _MODULES.items() for cause in causes.split()}


def steps_for(cause: str, machine: Machine) -> tuple[Step, ...]:
    """Return the steps; only the module that holds the cause is loaded."""
    module = importlib.import_module(f"{__name__}.{_MODULE_OF[cause]}")
    steps: tuple[Step, ...] = getattr(module, cause)(machine)
    return steps
