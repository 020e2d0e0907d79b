"""The vocabulary of causes: title, link of the chain, and where the remedy is made."""

from __future__ import annotations

from gpuproof.core.diagnose.model import LinkName, Remedy
from gpuproof.core.facts.machine import Machine
from gpuproof.core.words import Text, text

TITLES: dict[str, Text] = {
    "healthy": text("No GPU set-up fault was found"),
    "cannot_tell": text("What is known does not decide the cause"),
    "cpu_wheel": text("The installed torch is a CPU-only wheel"),
    "conda_cpu_build": text("conda installed a CPU build of torch"),
    "cpu_source_build": text("This torch was compiled from source without CUDA"),
    "aarch64_cpu_wheel": text("This ARM64 machine has the CPU-only wheel of torch"),
    "mixed_install": text("Another torch than the intended one is imported"),
    "macos_no_cuda": text("There is no CUDA build of torch for a Mac"),
    "amd_gpu": text("The GPU is an AMD one; CUDA builds of torch cannot use it"),
    "no_nvidia_gpu": text("This machine has no NVIDIA GPU"),
    "driver_too_old": text("The NVIDIA driver is too old for this CUDA build"),
    "forward_compat_804": text("A CUDA forward-compatibility library is loaded on a card that does not allow it"),
    "driver_lib_mismatch": text("The loaded kernel module and the driver's libraries are of different versions"),
    "no_driver": text("No NVIDIA driver is working on this machine"),
    "gpu_init_failed": text("The driver is loaded but cannot start the GPU"),
    "gpu_lost": text("The GPU has fallen off the PCIe bus"),
    "uvm_broken": text("The nvidia_uvm module is missing or broken"),
    "fabric_manager": text("NVIDIA Fabric Manager is not running or does not fit the driver"),
    "mig": text("Multi-Instance GPU limits what this program can use"),
    "container_no_gpu": text("The container was started without access to the GPU"),
    "container_lost_gpu": text("The running container has lost access to the GPU"),
    "exclusive_mode": text("The GPU's compute mode lets no further process in"),
    "visible_devices": text("CUDA_VISIBLE_DEVICES hides the GPU or names one that does not exist"),
    "arch_too_new": text("The GPU is newer than the code in this build"),
    "arch_too_old": text("The GPU is older than the code in this build"),
    "python_no_wheel": text("There is no wheel of this torch for this Python version"),
    "python_32bit": text("This Python is a 32-bit one; torch has only 64-bit wheels"),
    "wrong_index": text("This torch and CUDA combination is not on that wheel index"),
    "tcc_wddm": text("The GPU runs in the TCC driver model where WDDM is needed"),
    "wsl_driver": text("The Windows driver or WSL kernel gives this WSL2 system no working GPU"),
    "wsl_libcuda": text("WSL2's libcuda is not found by the loader"),
    "cudnn_conflict": text("The cuDNN that torch was built with is missing, or another one is loaded"),
    "cuda_lib_shadow": text("Another CUDA library shadows the one that torch brings"),
    "vision_mismatch": text("torchvision or torchaudio does not belong to this torch"),
    "ext_mismatch": text("An extension does not fit this torch, CUDA or system"),
    "oom": text("The GPU has not enough free memory for this work"),
    "windows_dll": text("Windows cannot load a DLL that torch needs"),
    "windows_pagefile": text("The Windows page file is too small"),
}
_TORCH = "cpu_wheel conda_cpu_build cpu_source_build aarch64_cpu_wheel mixed_install macos_no_cuda arch_too_new arch_too_old python_no_wheel python_32bit wrong_index windows_dll windows_pagefile"  # noqa: E501
_LIBRARIES = "cudnn_conflict cuda_lib_shadow vision_mismatch ext_mismatch"
_DRIVER = "driver_too_old forward_compat_804 driver_lib_mismatch no_driver uvm_broken fabric_manager container_no_gpu container_lost_gpu wsl_driver wsl_libcuda visible_devices"  # noqa: E501
LINKS: dict[str, LinkName] = {
    **dict.fromkeys(_TORCH.split(), "torch"),
    **dict.fromkeys(_LIBRARIES.split(), "cuda_libraries"),
    **dict.fromkeys(_DRIVER.split(), "driver"),
    **dict.fromkeys(
        ["amd_gpu", "no_nvidia_gpu", "gpu_init_failed", "gpu_lost", "mig", "exclusive_mode", "tcc_wddm", "oom"], "gpu"
    ),
}


def title_of(cause: str) -> Text:
    """Return the one-line name of a cause."""
    return TITLES[cause]


def remedy_of(cause: str, machine: Machine) -> Remedy:
    """Return what mends a cause on this machine; the module of the cause's remedies is loaded only now."""
    from gpuproof.core.diagnose.remedies import steps_for

    return Remedy(steps_for(cause, machine))
