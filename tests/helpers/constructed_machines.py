# ruff: noqa: E501  a table of machines
"""The constructed machines by name: what each shows, and its answers. Run this file to write the captures anew."""

from __future__ import annotations

from helpers.constructed import (
    A100,
    ALL_NODES,
    GTX_1080,
    NO_IMAGE,
    NOT_COMPILED,
    RTX_4090,
    SITE,
    TOO_OLD,
    UNKNOWN_ERROR,
    linux,
    live,
    macos,
    nodes,
    nvidia,
    nvml,
    nvml_error,
    nvml_gpu,
    pci,
    torch,
    windows,
    wsl,
)
from helpers.recordings import CAPTURES, no, ok

from gpuproof.core.facts.answers import Answer, Answers
from gpuproof.core.facts.answers_file import write_answers

CU126, CU130, CPU = ("2.11.0+cu126", "12.6"), ("2.11.0+cu130", "13.0"), ("2.11.0+cpu", None)
GOOD = ok("torch.kernel.cuda:0", {"device": "cuda:0", "ok": True, "max_difference": 3e-7, "error": ""})
ADA = nvidia("580.95.05", 13000, RTX_4090, "0x2684", "open")
ADA_535 = nvidia("535.183.01", 12020, RTX_4090, "0x2684")


def a_package(name: str, version: str, installer: str = "pip", **more: object) -> dict[str, object]:
    """Return one distribution's entry."""
    return {"name": name, "version": version, "location": SITE, "installer": installer, "has_record": True,
            "has_metadata": True, **more}  # fmt: skip


def packages(*entries: dict[str, object], half_removed: tuple[str, ...] = ()) -> Answer:
    """Return the scan of the import path."""
    found = {"packages": list(entries), "other_count": 30, "half_removed": list(half_removed), "unreadable": []}
    return ok("python.packages", found)


# name: (what it shows, answers; a later answer replaces an earlier one to the same question)
MACHINES: dict[str, tuple[str, list[Answer]]] = {
    "ada-healthy": ("RTX 4090, everything fits", [*ADA, *torch(*CU130), *live(*CU130, True), GOOD]),
    "ada-cpu-wheel": ("a CPU wheel beside a working GPU", [*ADA, *torch(*CPU), *live(*CPU, False, NOT_COMPILED)]),
    "driver-too-old": ("driver 470 under a CUDA 12.6 wheel", [
        *nvidia("470.256.02", 11040, RTX_4090, "0x2684"), *torch(*CU126), *live(*CU126, False, TOO_OLD)]),
    "blackwell-cu124": ("RTX 5090 with a wheel that has no kernels for it", [
        *nvidia("580.95.05", 13000, nvml_gpu("NVIDIA GeForce RTX 5090", (12, 0), 32), "0x2b85", "open"),
        *torch("2.5.1+cu124", "12.4"), *live("2.5.1+cu124", "12.4", True),
        ok("torch.build", {"arch_list": ["sm_50", "sm_60", "sm_70", "sm_75", "sm_80", "sm_86", "sm_90"]}),
        no("torch.kernel.cuda:0", "failed", NO_IMAGE)]),
    "pascal-cu130": ("GTX 1080 Ti with a wheel that dropped it", [
        *nvidia("580.95.05", 13000, GTX_1080, "0x1b06"), *torch(*CU130), *live(*CU130, True),
        no("torch.kernel.cuda:0", "failed", NO_IMAGE)]),
    "kepler": ("Tesla K80 on the last driver for it", [
        *nvidia("470.256.02", 11040, nvml_gpu("Tesla K80", (3, 7), 11.2), "0x102d"), *torch("2.0.1+cu117", "11.7")]),
    "nouveau": ("nouveau is bound where NVIDIA's driver should be", [
        *linux(), pci("0x10de", "0x2684", "nouveau", "AD102 [GeForce RTX 4090]"), ok("driver.modules", ["nouveau"])]),
    "secure-boot": ("the module is on disk, unsigned, and Secure Boot keeps it out", [
        *linux(), pci("0x10de", "0x2684", None), ok("os.secure_boot", value=True), nvml_error("DRIVER_NOT_LOADED"),
        ok("driver.module_on_disk", text="filename: /lib/modules/x/nvidia.ko\nversion: 580.95.05\nlicense: NVIDIA\n"),
        ok("driver.kernel_log", ["3,1,2,-;Loading of module with unavailable key is rejected"])]),
    "dkms-not-built": ("a new kernel for which DKMS has not built the module", [
        *linux(), pci("0x10de", "0x2684", None), nvml_error("DRIVER_NOT_LOADED"),
        no("driver.module_on_disk", "failed", "exit status 1: modinfo: ERROR: Module nvidia not found."),
        ok("driver.dkms", [{"name": "nvidia", "version": "580.95.05", "kernels": ["6.8.0-40-generic"]}])]),
    "library-mismatch": ("updated and not rebooted", [
        *ADA_535, nvml_error("LIB_RM_VERSION_MISMATCH"),
        ok("driver.libraries", [{"path": "/usr/lib/x86_64-linux-gnu/libcuda.so.1",
                                 "target": "/usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05"}])]),
    "container-no-gpu": ("a container that was started without --gpus", [
        *linux(), pci("0x10de", "0x2684", "nvidia"), ok("container.markers", ["/.dockerenv"]), *torch(*CU130),
        ok("driver.module_version", text="580.95.05\n"),
        ok("environment.variables", {"NVIDIA_VISIBLE_DEVICES": "all"})]),
    "container-lost-gpu": ("a running container that lost its GPU", [
        *ADA, ok("container.markers", ["/.dockerenv"]), nvml_error("UNKNOWN"), *torch(*CU130)]),
    "kubernetes-quota": ("a pod with two processors' worth of time", [
        *ADA, ok("container.cgroup", text="0::/kubepods.slice/x\n"), ok("cpu.cgroup_quota", text="200000 100000\n"),
        ok("memory.cgroup_limit", text="8589934592\n")]),
    "hidden-by-variable": ("CUDA_VISIBLE_DEVICES names a card that is not there", [
        *ADA, *torch(*CU130), ok("environment.variables", {"CUDA_VISIBLE_DEVICES": "3"}),
        *live(*CU130, False, "RuntimeError: No CUDA GPUs are available")]),
    "wsl2-healthy": ("WSL2 with a working GPU", [*wsl(), *torch(*CU130), *live(*CU130, True), GOOD]),
    "wsl2-no-gpu": ("WSL2 without /dev/dxg", wsl(
        ok("container.markers", []), ok("devices.nodes", []), no("wsl.libraries"), nvml_error("LIBRARY_NOT_FOUND"))),
    "wsl2-linux-driver": ("a Linux driver installed inside WSL2", wsl(
        ok("driver.libraries", [{"path": "/usr/lib/x86_64-linux-gnu/libcuda.so.1",
                                 "target": "/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.15"}]))),
    "macos-apple-chip": ("Apple silicon: no CUDA build exists", macos("Apple M2", "arm64", "sppci_vendor_Apple", "Apple M2")),
    "macos-intel": ("an Intel Mac with an AMD card", macos(
        "Intel(R) Core(TM) i9-9880H", "x86_64", "sppci_vendor_amd", "AMD Radeon Pro 5500M")),
    "amd-rocm": ("a Radeon with the ROCm build", [
        *linux(), pci("0x1002", "0x744c", "amdgpu", "Navi 31 [Radeon RX 7900 XTX]"), ok("driver.modules", ["amdgpu"]),
        ok("amd.kfd_nodes", [{"gfx_target_version": "110000", "simd_count": "192"}]),
        ok("amd.rocm_version", text="6.4.1-83\n"), *torch("2.9.0+rocm6.4", None, hip="6.4.43482")]),
    "amd-cuda-wheel": ("a Radeon with a CUDA wheel", [
        *linux(), pci("0x1002", "0x744c", "amdgpu", "Navi 31"), *torch(*CU130),
        *live(*CU130, False, "RuntimeError: Found no NVIDIA driver on your system.")]),
    "intel-graphics": ("a laptop with Intel graphics alone", [
        *linux(), pci("0x8086", "0x46a6", "i915", "Alder Lake-P GT2"),
        ok("power.supplies", [{"type": "Mains", "online": "0"}, {"type": "Battery", "status": "Discharging"}])]),
    "sleeping-laptop": ("a laptop GPU that is asleep and was not woken", [
        *ADA, pci("0x10de", "0x2757", "nvidia", runtime_status="suspended"),
        no("nvml.snapshot", "failed", "the GPU is asleep and was not woken to look at it")]),
    "jetson-cpu-wheel": ("a Jetson with the CPU wheel of PyPI", [
        *linux("aarch64", "5.15.148-tegra"), ok("os.jetson_release", text="# R36 (release), REVISION: 4.0\n"),
        ok("os.device_tree_model", text="NVIDIA Jetson AGX Orin Developer Kit\0"), *torch("2.5.1", None)]),
    "jetson-nvidia-wheel": ("a Jetson with NVIDIA's own wheel", [
        *linux("aarch64", "5.15.148-tegra"), ok("os.jetson_release", text="# R36 (release), REVISION: 4.0\n"),
        *torch("2.5.0a0+872d972e41.nv24.08", "12.6")]),
    "grace-hopper-cpu-wheel": ("GH200 with the CPU wheel", [
        *nvidia("570.124.06", 12080, nvml_gpu("NVIDIA GH200 480GB", (9, 0), 96), "0x2342", "open"),
        *linux("aarch64", "6.8.0-1021-nvidia-64k")[:1], *torch("2.9.1+cpu", None)]),
    "conda-cpu-build": ("conda picked the CPU build", [
        *ADA, *torch("2.5.1", None, installer="conda"), ok("python.surroundings", {"conda_meta": True}),
        ok("python.conda_packages", [{"name": "pytorch", "version": "2.5.1", "build": "cpu_generic_py311_h3c5d0ba_3",
                                      "channel": "https://conda.anaconda.org/conda-forge/linux-64"}]),
        ok("python.conda_history", ["conda install pytorch"])]),
    "conda-then-pip": ("pip wrote its own torch over conda's", [
        *ADA, *torch(*CPU), ok("python.surroundings", {"conda_meta": True}),
        ok("python.conda_packages", [{"name": "pytorch", "version": "2.5.1", "build": "py3.11_cuda12.4_cudnn9.1.0_0",
                                      "channel": "https://conda.anaconda.org/pytorch/linux-64"}])]),
    "two-torches": ("two torch folders and the rest of an interrupted pip", [
        *ADA, packages(a_package("torch", "2.11.0"), a_package("torchvision", "0.26.0", has_record=False),
                       half_removed=(f"{SITE}/~orch",)),
        ok("torch.copies", [
            {"location": f"{SITE}/torch", "version_file": "__version__ = '2.11.0+cpu'\ncuda: Optional[str] = None\n",
             "has_init": True},
            {"location": "/home/<user>/.local/lib/python3.11/site-packages/torch",
             "version_file": "__version__ = '2.5.1+cu124'\ncuda: Optional[str] = '12.4'\n", "has_init": True}])]),
    "source-build": ("torch compiled without CUDA", [*ADA, *torch("2.7.0a0+git1a2b3c4", None, installer="")]),
    "companions": ("companions built for other versions of CUDA", [
        *ADA, *torch(*CU130),
        packages(a_package("torch", "2.11.0"), a_package("torchvision", "0.26.0", requires=["torch (==2.11.0)"]),
                 a_package("xformers", "0.0.30"), a_package("bitsandbytes", "0.45.0"),
                 a_package("onnxruntime-gpu", "1.22.0"), a_package("ctranslate2", "4.4.0"),
                 a_package("flash-attn", "2.7.4.post1+cu12torch2.6cxx11abifalse")),
        ok("torch.companions", [
            {"name": "torchvision", "files": {"version.py": "__version__ = '0.26.0+cpu'\n"}, "libraries": []},
            {"name": "xformers", "files": {"cpp_lib.json": '{"version": {"cuda": 1206, "torch": "2.7.0+cu126"}}'}},
            {"name": "bitsandbytes", "files": {}, "libraries": ["libbitsandbytes_cuda118.so",
                                                                "libbitsandbytes_cuda126.so"]},
            {"name": "onnxruntime", "files": {"capi/build_and_package_info.py": "cuda_version = '12.8'\n"},
             "libraries": ["libonnxruntime_providers_cuda.so"]}]),
        ok("torch.companion_needs", [{"name": "ctranslate2", "file": "libctranslate2-d3638643.so.4.4.0",
                                      "asks_for": ["libcublas.so.12", "libcudnn.so.8"]}]),
        ok("onnx.providers", ["CUDAExecutionProvider", "CPUExecutionProvider"])]),
    "shadowing-cudnn": ("another cuDNN before the wheel's own", [
        *ADA, *torch(*CU130), ok("environment.variables", {"LD_LIBRARY_PATH": "/usr/local/cuda-12.2/lib64"}),
        ok("libraries.loader_path", [{"path": "/usr/local/cuda-12.2/lib64/libcudnn.so.8", "target": "libcudnn.so.8.9.2",
                                      "where": "LD_LIBRARY_PATH"}]),
        ok("libraries.toolkits", [{"path": "/usr/local/cuda-12.2", "has_nvcc": True, "compat": [],
                                   "version_file": '{"cuda": {"name": "CUDA SDK", "version": "12.2.140"}}'}]),
        ok("libraries.nvcc", text="Cuda compilation tools, release 12.2, V12.2.140\n")]),
    "forward-compat": ("a forward-compatibility libcuda on a GeForce", [
        *ADA_535, *torch(*CU130), ok("libraries.toolkits", [{"path": "/usr/local/cuda-13.0", "version_file": None,
                                                             "has_nvcc": False, "compat": ["libcuda.so.580.65.06"]}]),
        *live(*CU130, False, "RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 804: forward "
              "compatibility was attempted on non supported HW")]),
    "uvm-missing": ("NVML works and CUDA does not: /dev/nvidia-uvm is missing", [
        *ADA, nodes("nvidia0", "nvidiactl"), ok("driver.modules", ["nvidia"]), *torch(*CU130),
        *live(*CU130, False, UNKNOWN_ERROR)]),
    "nodes-not-allowed": ("the user may not open the device files", [
        *ADA, ok("devices.nodes", [{"path": "/dev/nvidia0", "mode": "660", "readable": False, "writable": False}]),
        nvml_error("NO_PERMISSION")]),
    "gpu-lost": ("the card fell off the bus", [
        *ADA, nvml_error("GPU_IS_LOST"),
        ok("driver.kernel_log", ["3,9,9,-;NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus."])]),
    "nvml-hung": ("a getter that never returned", [
        *ADA, nvml("580.95.05", 13000, RTX_4090, problem={
            "kind": "hung", "at": "power_mw of GPU 0", "detail": "no answer in 5 s; it cannot be ended and was left "
            "behind (process 4711)"})]),
    "nvml-timed-out": ("a driver that does not even start", [*ADA, no("nvml.snapshot", "timed_out", "init did not return")]),
    "nvml-garbage": ("values that cannot be", [
        *ADA, nvml("580.95.05", 13000, {**RTX_4090, "temperature": {"v": 4294967295}, "power_limit_mw": {"v": -5},
                                        "memory": {"v": {"total": 2**64 - 1, "used": -1}}, "pci": {"v": "x"},
                                        "compute_capability": {"v": [0, 0, 0]}, "utilisation": {"v": {"gpu": 900}}})]),
    "old-driver-symbols": ("a driver that lacks newer functions", [
        *nvidia("418.226.00", 10010, nvml_gpu("Tesla V100-PCIE-16GB", (7, 0), 16, mig_mode="ERROR:FUNCTION_NOT_FOUND",
                                              power_limit_mw="ERROR:FUNCTION_NOT_FOUND"), "0x1db4")]),
    "mig-a100": ("a card that is divided", [
        *nvidia("550.127.05", 12040, {**A100, "mig_mode": {"v": [1, 1]}, "mig_devices": {"v": [
            {"uuid": "MIG-00000000-0000-0000-0000-000000000000", "name": "NVIDIA A100 MIG 3g.40gb",
             "memory_total": 42949672960}]}}, "0x20b2"), *torch(*CU126)]),
    "exclusive-process": ("exclusive mode, and another process has the card", [
        *nvidia("550.127.05", 12040, {**A100, "compute_mode": {"v": 3},
                                      "processes_compute": {"v": [{"pid": 99, "usedGpuMemory": 1 << 30}]}}, "0x20b2")]),
    "fabric-manager": ("an NVSwitch machine without its fabric manager", [
        *nvidia("570.124.06", 12080, nvml_gpu("NVIDIA H100 80GB HBM3", (9, 0), 80), "0x2330", "open"), *torch(*CU126),
        ok("driver.services", []), ok("driver.fabric_manager_version", text="Fabric Manager version is : 565.57.01\n"),
        *live(*CU126, False, "RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 802: system not yet "
              "initialized")]),
    "vgpu-guest": ("a guest with a part of a card", [
        *nvidia("550.127.05", 12040, nvml_gpu("NVIDIA A40-24Q", (8, 6), 24, virtualization_mode=2,
                                              power_limit_mw="ERROR:NOT_SUPPORTED"), "0x2235")]),
    "torch-crashes": ("an import that ends the process", [
        *ADA, *torch(*CU130), no("torch.import", "failed", "the process crashed: ended by signal SIGSEGV"),
        no("torch.available", "failed", "not reached: torch.import did not succeed")]),
    "torch-hangs": ("an import that never ends", [
        *ADA, *torch(*CU130), no("torch.import", "timed_out", "no answer in 180 s"),
        no("torch.available", "failed", "not reached: torch.import did not succeed")]),
    "no-gpu": ("a server without a GPU", [*linux(), *torch(*CPU), *live(*CPU, False, NOT_COMPILED)]),
    "windows-cpu-wheel": ("Windows with the wheel of PyPI", windows(*torch(*CPU, location="C:\\app\\venv\\Lib\\site-packages"))),
    "windows-no-page-file": ("Windows without a page file", windows(
        ok("windows.page_file", {"PagingFiles": []}), *torch(*CU130),
        no("torch.import", "failed", "OSError: [WinError 1455] The paging file is too small"))),
    "windows-tcc": ("a Tesla in TCC mode beside a display card", windows(
        nvml("553.62", 12040, nvml_gpu("Tesla V100-PCIE-16GB", (7, 0), 16, driver_model=[1, 1]),
             {**RTX_4090, "driver_model": {"v": [0, 0]}}))),
    "windows-missing-dll": ("Windows without the runtime that torch needs", windows(
        ok("windows.runtime_libraries", {"vcruntime140.dll": True, "vcruntime140_1.dll": False, "nvcuda.dll": True}),
        *torch(*CU130), no("torch.import", "failed", "OSError: [WinError 126] Error loading c10.dll"))),
    "windows-32bit": ("a 32-bit Python", windows(
        ok("python.interpreter", {"version": "3.11.9", "bits": 32, "prefix": "C:\\py32", "base_prefix": "C:\\py32"}))),
    "two-ada-no-p2p": ("two RTX 4090: no NVLink, and no direct access between them", [
        *ADA, nvml("580.95.05", 13000, *[
            {**RTX_4090, "pci": {"v": {"busId": f"00000000:0{1 + n}:00.0"}},
             "nvlinks": {"e": "NOT_SUPPORTED", "detail": "constructed"}, "memory_affinity": {"v": [1]},
             "cpu_affinity": {"v": [0xFFFF]}, "processes_compute": {"v": [{"pid": 4321 + n, "usedGpuMemory": 3 << 30}]},
             "peers": {"v": [{"gpu": 1 - n, "level": 30, "read": 1, "write": 1, "nvlink": 5, "atomics": 5}]}}
            for n in (0, 1)]),
        ok("gpu.processes", {"processes": [
            {"gpu": 0, "pid": 4321, "own_name": "python3", "own": True, "memory_bytes": 3 << 30},
            {"gpu": 1, "pid": 4322, "name": "<process>", "own": False, "memory_bytes": 3 << 30}]}),
        *torch(*CU130), *live(*CU130, True), GOOD,
        ok("torch.peers", {"addresses": ["0000:01:00", "0000:02:00"], "pairs": [
            {"first": 0, "second": 1, "allowed": False}, {"first": 1, "second": 0, "allowed": False}]})]),
    "throttled-container": ("a container with a quota that is used up, 64 MiB of shared memory and programs ended", [
        *ADA, *torch(*CU130), *live(*CU130, True), GOOD, ok("container.markers", ["/.dockerenv"]),
        ok("cpu.cgroup_quota", text="200000 100000\n"),
        ok("cpu.cgroup_stat", text="usage_usec 90000000\nnr_periods 4000\nnr_throttled 3100\nthrottled_usec 410000000\n"),
        ok("memory.cgroup_events", text="low 0\nhigh 0\nmax 912\noom 4\noom_kill 4\n"),
        ok("memory.cgroup_limit", text="8589934592\n"), ok("memory.cgroup_current", text="8487936000\n"),
        ok("disk.file_systems", [
            {"use": "prefix", "kind": "overlay", "total_bytes": 500 << 30, "free_bytes": 100 << 30, "free_files": 9000000},
            {"use": "shared_memory", "kind": "tmpfs", "total_bytes": 64 << 20, "free_bytes": 64 << 20}]),
        ok("system.limits", {"nofile": [1024, 1048576], "memlock": [65536, 65536], "as": [None, None]})]),
    "nvidia-blacklisted": ("the kernel was told to leave the driver alone", [
        *linux(), pci("0x10de", "0x2684", None, "AD102 [GeForce RTX 4090]"), nvml_error("DRIVER_NOT_LOADED"),
        ok("driver.module_on_disk", text="filename: /lib/modules/x/nvidia.ko\nversion: 580.95.05\nlicense: Dual MIT/GPL\n"),
        ok("kernel.command_line", ["nomodeset"]),
        ok("driver.modprobe_lines", ["blacklist-nvidia.conf: blacklist nvidia", "blacklist-nvidia.conf: alias nvidia off"]),
        ok("kernel.installed", [{"kernel": "6.8.0-45-generic", "nvidia_module": "updates/dkms", "is_running": True}]),
        ok("driver.packages", ["nvidia-driver-580-open", "nvidia-dkms-580-open"]), *torch(*CU130)]),
    "damaged-install": ("a download that was cut: libraries of torch are not whole", [
        *ADA, *torch(*CU130),
        no("torch.import", "failed", "OSError: libtorch_cuda.so: file too short"),
        ok("python.broken_files", {"checked": 31, "missing": ["torch/lib/libc10_cuda.so"], "bytes": {"torch": 812 << 20},
                                   "wrong_size": [{"path": "torch/lib/libtorch_cuda.so", "expected": 1024133441,
                                                   "found": 41943040}]})]),
    "everything-denied": ("a sandbox that allows nothing", [
        ok("os.identity", {"system": "linux", "machine": "x86_64", "release": "6.8.0"}),
        *[no(question, "denied", "Permission denied") for question in (
            "pci.display_devices", "driver.module_version", "driver.proc_version", "nvml.snapshot", "devices.nodes",
            "python.packages", "torch.copies", "memory.info", "cpu.counts", "cpu.info", "container.markers")]]),
    "uvm-nodes-healthy-mig-off": ("A100 with MIG off", [
        *nvidia("550.127.05", 12040, {**A100, "mig_mode": {"v": [0, 0]}}, "0x20b2"), ALL_NODES, *torch(*CU126)]),
}  # fmt: skip


def write_all() -> None:
    """Write every constructed machine into the captures."""
    for name, (shows, answers) in MACHINES.items():
        data = write_answers(
            Answers.of(answers),
            origin=f"Constructed: {shows}.",
            kind="constructed",
            recorded="2026-11-21",
            redacted=True,
        )
        (CAPTURES / f"{name}.json").write_bytes(data)


if __name__ == "__main__":
    write_all()
