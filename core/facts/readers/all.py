"""Runs every reader over the answers of one inspection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.readers import (
    companions,
    conditions,
    devices,
    driver,
    gpus,
    installation,
    kernel,
    libraries,
    links,
    nvml_values,
    other_systems,
    python,
    surroundings,
    system,
    torch,
)
from gpuproof.core.facts.readers.torch_live import read_torch_live
from gpuproof.core.facts.reading import guarded

# field of Machine: its reader
READERS: dict[str, Callable[[Answers], Any]] = {
    "os": system.read_os,
    "cpu": system.read_cpu,
    "memory_total_mib": system.read_memory_total,
    "memory_available_mib": system.read_memory_available,
    "memory_limit_mib": system.read_memory_limit,
    "disk_free_mib": system.read_disk_free,
    "power": system.read_power,
    "secure_boot": system.read_secure_boot,
    "display_devices": devices.read_display_devices,
    "amd_gpus": devices.read_amd_gpus,
    "rocm_version": devices.read_rocm_version,
    "amd_driver_version": devices.read_amd_driver_version,
    "kernel_gpus": devices.read_kernel_gpus,
    "wheel_libraries": libraries.read_wheel_libraries,
    "driver_version": driver.read_driver_version,
    "driver_flavour": driver.read_driver_flavour,
    "driver_on_disk": driver.read_driver_on_disk,
    "driver_library": driver.read_driver_library,
    "driver_cuda_version": driver.read_driver_cuda_version,
    "driver_services": driver.read_driver_services,
    "fabric_manager_version": driver.read_fabric_manager_version,
    "device_nodes": driver.read_device_nodes,
    "dkms": driver.read_dkms,
    "kernel_modules": driver.read_kernel_modules,
    "kernel_messages": driver.read_kernel_messages,
    "container_toolkit": driver.read_container_toolkit,
    "nvml": nvml_values.read_nvml,
    "nvml_trouble": nvml_values.read_nvml_trouble,
    "gpus": gpus.read_gpus,
    "gpu_pairs": links.read_gpu_pairs,
    "container": surroundings.read_container,
    "environment": surroundings.read_environment,
    "wsl": surroundings.read_wsl,
    "python": python.read_python,
    "packages": python.read_packages,
    "half_removed": python.read_half_removed,
    "conda_history": python.read_conda_history,
    "torch": torch.read_torch,
    "torch_live": read_torch_live,
    "toolkits": libraries.read_toolkits,
    "toolkit_folders": libraries.read_toolkit_folders,
    "libraries": libraries.read_libraries,
    "onnx_providers": libraries.read_onnx_providers,
    "companions": companions.read_companions,
    "windows": other_systems.read_windows,
    "mapped_libraries": torch.read_mapped_libraries,
    "limits": conditions.read_limits,
    "cpu_details": conditions.read_cpu_details,
    "throttling": conditions.read_throttling,
    "memory_state": conditions.read_memory_state,
    "file_systems": conditions.read_file_systems,
    "disks": conditions.read_disks,
    "kernel": kernel.read_kernel,
    "driver_origin": kernel.read_driver_origin,
    "firmware": kernel.read_firmware,
    "network_ports": kernel.read_network_ports,
    "files_check": installation.read_files_check,
    "installer_settings": installation.read_installer_settings,
    "python_runtime": installation.read_python_runtime,
    "build_tools": installation.read_build_tools,
    "torch_configuration": installation.read_torch_configuration,
}


def read_machine(answers: Answers) -> Machine:
    """Turn answers into facts. The same answers always give the same machine."""
    facts: dict[str, Any] = {name: guarded(reader, answers) for name, reader in READERS.items()}
    return Machine(**facts)
