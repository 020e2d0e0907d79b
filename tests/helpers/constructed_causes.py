# ruff: noqa: E501  a table of machines
"""Constructed machines whose root cause only an inspection shows, by name. Run this file to write the captures anew."""

from __future__ import annotations

from helpers.constructed import linux, live, nodes, nvidia, nvml_error, nvml_gpu, pci, torch, windows, wsl
from helpers.constructed_machines import ADA, CPU, CU130, GOOD, a_package, packages
from helpers.recordings import CAPTURES, facts_bytes, facts_path, no, ok

from gpuproof.core.facts.answers import Answer, Answers
from gpuproof.core.facts.answers_file import write_answers

NO_GPU_SEEN = live(*CU130, False, "RuntimeError: No CUDA GPUs are available")
NOT_LOADED = nvml_error("DRIVER_NOT_LOADED")
SITE_LIBS = "/opt/app/venv/lib/python3.11/site-packages/nvidia"


def module(version: str, licence: str) -> Answer:
    """Return the module file that lies on the disk."""
    text = f"filename: /lib/modules/x/nvidia.ko\nversion: {version}\nlicense: {licence}\n"
    return ok("driver.module_on_disk", text=text)


# name: (what it shows, answers; a later answer replaces an earlier one to the same question)
CAUSES: dict[str, tuple[str, list[Answer]]] = {
    "given-to-a-guest": ("the card is bound to vfio-pci for a virtual machine", [
        *linux(), pci("0x10de", "0x2684", "vfio-pci", "AD102 [GeForce RTX 4090]"), NOT_LOADED, *torch(*CU130),
        ok("driver.modprobe_lines", ["vfio.conf: options vfio-pci ids=10de:2684"])]),
    "module-for-another-kernel": ("the running kernel has no module, the one before it has", [
        *linux(), pci("0x10de", "0x2684", None, "AD102 [GeForce RTX 4090]"), NOT_LOADED, *torch(*CU130),
        no("driver.module_on_disk", "failed", "exit status 1: modinfo: ERROR: Module nvidia not found."),
        ok("kernel.installed", [
            {"kernel": "6.8.0-45-generic", "nvidia_module": None, "is_running": True},
            {"kernel": "6.8.0-40-generic", "nvidia_module": "updates/dkms", "is_running": False}])]),
    "laptop-on-its-other-gpu": ("prime-select intel keeps the module away", [
        *linux(), pci("0x10de", "0x2757", None, "AD103M [GeForce RTX 4090 Laptop GPU]"), NOT_LOADED, *torch(*CU130),
        module("580.95.05", "Dual MIT/GPL"), ok("kernel.command_line", []),
        ok("driver.modprobe_lines", ["blacklist-nvidia.conf: blacklist nvidia", "blacklist-nvidia.conf: alias nvidia off"]),
        ok("driver.packages", ["nvidia-driver-580-open", "nvidia-prime"]), ok("driver.prime_profile", text="intel\n")]),
    "pascal-under-r595": ("a driver that no longer has this card", [
        *linux(), pci("0x10de", "0x1b06", None, "GP102 [GeForce GTX 1080 Ti]"), NOT_LOADED, *torch("2.14.1+cu126", "12.6"),
        module("595.45.04", "NVIDIA")]),
    "blackwell-proprietary": ("RTX 5090 with the proprietary kernel modules", [
        *linux(), pci("0x10de", "0x2b85", None, "GB202 [GeForce RTX 5090]"), NOT_LOADED, *torch(*CU130),
        module("580.95.05", "NVIDIA")]),
    "desktop-vgpu": ("a vGPU profile without CUDA", [
        *nvidia("580.95.05", 13000, nvml_gpu("NVIDIA A40-2B", (8, 6), 2, virtualization_mode=2), "0x2235"),
        *torch(*CU130), *NO_GPU_SEEN]),
    "container-without-compute": ("a container that got the driver without CUDA", [
        *ADA, ok("container.markers", ["/.dockerenv"]), *torch(*CU130), *NO_GPU_SEEN,
        ok("environment.variables", {"NVIDIA_VISIBLE_DEVICES": "all", "NVIDIA_DRIVER_CAPABILITIES": "utility"})]),
    "uvm-missing-in-silence": ("no /dev/nvidia-uvm, and torch gives no reason", [
        *ADA, nodes("nvidia0", "nvidiactl"), ok("driver.modules", ["nvidia"]), *torch(*CU130), *live(*CU130, False)]),
    "wsl2-old-kernel": ("a WSL2 kernel from before GPUs", wsl(
        ok("os.identity", {"system": "linux", "machine": "x86_64", "release": "5.4.72-microsoft-standard-WSL2", "libc": "glibc 2.35"}),
        nvml_error("LIBRARY_NOT_FOUND"), *torch(*CU130), *NO_GPU_SEEN)),
    "windows-without-driver": ("Windows runs the card with its own display driver", windows(
        ok("windows.adapters", [{"name": "Microsoft Basic Display Adapter", "driver_version": "10.0.26100.1",
                                 "device_id": "PCI\\VEN_10DE&DEV_2684&SUBSYS_16F110DE", "service": "BasicDisplay"}]),
        ok("windows.runtime_libraries", {"vcruntime140.dll": True, "vcruntime140_1.dll": True, "nvcuda.dll": False}),
        nvml_error("LIBRARY_NOT_FOUND"), *torch(*CU130), *NO_GPU_SEEN)),
    "windows-no-runtime": ("Windows without Microsoft's runtime; the import ends without words", windows(
        ok("windows.runtime_libraries", {"vcruntime140.dll": False, "vcruntime140_1.dll": False, "msvcp140.dll": False, "nvcuda.dll": True}),
        *torch(*CU130), no("torch.import", "failed", "the process crashed: exit status 3221225781"))),
    "torchvision-of-another-torch": ("torch was updated, torchvision was not", [
        *ADA, *torch(*CU130), *live(*CU130, True), GOOD,
        packages(a_package("torch", "2.11.0"), a_package("torchvision", "0.20.1"), a_package("torchaudio", "2.11.0"))]),
    "foreign-cublas": ("kernels fail with a cuBLAS of the system in the process", [
        *ADA, *torch(*CU130), *live(*CU130, True), ok("torch.build", {"arch_list": ["sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"]}),
        no("torch.kernel.cuda:0", "failed", "RuntimeError: an internal operation failed"),
        ok("torch.mapped_libraries", [f"{SITE_LIBS}/cudnn/lib/libcudnn.so.9", "/usr/local/cuda-12.2/lib64/libcublasLt.so.13"])]),
    "pip-set-to-cpu": ("pip's own settings bring the CPU wheel back", [
        *ADA, *torch(*CPU), *live(*CPU, False, "AssertionError: Torch not compiled with CUDA enabled"),
        ok("python.installer_settings", [{"tool": "pip", "file": "/etc/pip.conf", "settings": ["global.index-url = https://download.pytorch.org/whl/cpu"], "problem": ""}])]),
}  # fmt: skip


def write_all() -> None:
    """Write every machine and the facts that its answers give."""
    for name, (shows, given) in CAUSES.items():
        answers = Answers.of(given)
        data = write_answers(
            answers, origin=f"Constructed: {shows}.", kind="constructed", recorded="2026-11-21", redacted=True
        )
        (CAPTURES / f"{name}.json").write_bytes(data)
        facts_path(name).write_bytes(facts_bytes(answers))


if __name__ == "__main__":
    write_all()
