"""Machines put together by hand for cases that nobody had at hand to record; every capture of them says so.

Values come from vendors' documents and from public reports of the same fault.
"""

from __future__ import annotations

from typing import Any

from helpers.recordings import no, ok

from gpuproof.core.facts.answers import Answer

SITE = "/opt/app/venv/lib/python3.11/site-packages"
GIB = 1 << 30


def nvml_gpu(name: str, capability: tuple[int, int], gib: float, **fields: Any) -> dict[str, Any]:
    """Return one GPU of the NVML snapshot; a field given as ``ERROR:NAME`` has no value."""
    values: dict[str, Any] = {
        "name": name,
        "uuid": "GPU-00000000-0000-0000-0000-000000000000",
        "pci": {"busId": "00000000:01:00.0"},
        "compute_capability": list(capability),
        "memory": {"total": int(gib * GIB), "free": int(gib * GIB * 0.95), "used": int(gib * GIB * 0.05)},
        "utilisation": {"gpu": 0, "memory": 0},
        "temperature": 40,
        "compute_mode": 0,
        "persistence_mode": 0,
        "mig_mode": "ERROR:NOT_SUPPORTED",
        "power_limit_mw": 320000,
        "pcie_generation": 4,
        "pcie_generation_max": 4,
        "pcie_width": 16,
        "pcie_width_max": 16,
        "processes_compute": [],
        **fields,
    }
    return {key: _field(value) for key, value in values.items()}


def _field(value: Any) -> dict[str, Any]:
    if isinstance(value, str) and value.startswith("ERROR:"):
        return {"e": value[6:], "detail": "constructed"}
    return {"v": value}


def nvml(driver: str, cuda: int, *gpus: dict[str, Any], problem: dict[str, Any] | None = None) -> Answer:
    """Return a snapshot of a driver that works."""
    system = {"driver_version": driver, "cuda_version": cuda, "nvml_version": f"12.{driver}", "count": len(gpus)}
    fields = {key: {"v": value} for key, value in system.items()}
    return ok("nvml.snapshot", {"init": {"ok": True}, "system": fields, "gpus": list(gpus), "problem": problem})


def nvml_error(name: str, detail: str = "") -> Answer:
    """Return a snapshot of a library that did not start."""
    init = {"ok": False, "e": name, "detail": detail}
    return ok("nvml.snapshot", {"init": init, "system": {}, "gpus": [], "problem": None})


def pci(vendor: str, device: str, driver: str | None, name: str = "", **more: Any) -> Answer:
    """Return one display device."""
    entry = {"address": "0000:01:00.0", "class": "0x030000", "vendor": vendor, "device": device, "driver": driver}
    return ok("pci.display_devices", [{**entry, "name": name, "runtime_status": "active", **more}])


def torch(
    version: str, cuda: str | None, *, location: str = SITE, installer: str = "pip", **lines: str
) -> list[Answer]:
    """Return an installed torch by its files."""
    given = {"cuda": cuda, "hip": lines.get("hip"), "xpu": None}
    words = [f"__version__ = '{version}'", *(f"{key}: Optional[str] = {value!r}" for key, value in given.items())]
    copy = {"location": f"{location}/torch", "version_file": "\n".join(words) + "\n", "has_init": True}
    plain = version.partition("+")[0]
    package = {"name": "torch", "version": plain, "location": location, "installer": installer, "has_record": True}
    packages = {
        "packages": [{**package, "has_metadata": True}],
        "other_count": 20,
        "half_removed": [],
        "unreadable": [],
    }
    return [ok("torch.copies", [copy]), ok("python.packages", packages)]


def live(version: str, cuda: str | None, available: bool, error: str = "", *warnings: str) -> list[Answer]:
    """Return what torch said when it was used."""
    return [
        ok("torch.import", {"version": version, "cuda": cuda, "warnings": []}),
        ok("torch.available", {"available": available, "device_count": int(available), "error": error,
                               "warnings": list(warnings)}),
    ]  # fmt: skip


def linux(machine: str = "x86_64", release: str = "6.8.0-45-generic", name: str = "Ubuntu 24.04.1 LTS") -> list[Answer]:
    """Return a Linux machine without any GPU."""
    return [
        ok("os.identity", {"system": "linux", "machine": machine, "release": release, "libc": "glibc 2.39"}),
        ok("os.release_file", text=f'PRETTY_NAME="{name}"\n'),
        ok("cpu.counts", {"logical": 16, "affinity": 16, "physical": 8}),
        ok("cpu.info", text="processor\t: 0\nmodel name\t: AMD Ryzen 7 7700X 8-Core Processor\nflags\t\t: avx2 fma\n"),
        ok("memory.info", text="MemTotal:       65536000 kB\nMemAvailable:   60000000 kB\n"),
        ok("container.markers", []),
        ok("devices.nodes", []),
        ok("pci.display_devices", []),
        ok("environment.variables", {}),
        ok("driver.modules", []),
        no("driver.proc_version", detail="/proc/driver/nvidia/version: No such file or directory"),
        no("driver.module_version", detail="/sys/module/nvidia/version: No such file or directory"),
        nvml_error("LIBRARY_NOT_FOUND", "libnvidia-ml.so.1: cannot open shared object file"),
        ok("python.interpreter", {"version": "3.11.9", "bits": 64, "prefix": "/opt/app/venv", "base_prefix": "/usr",
                                  "executable": "/opt/app/venv/bin/python"}),
        ok("python.surroundings", {"pyvenv": {"home": "/usr/bin"}, "conda_meta": False}),
    ]  # fmt: skip


def nodes(*names: str) -> Answer:
    """Return device nodes that everybody may use."""
    return ok(
        "devices.nodes", [{"path": f"/dev/{name}", "mode": "666", "readable": True, "writable": True} for name in names]
    )


ALL_NODES = nodes("nvidia0", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools")


def nvidia(driver: str, cuda: int, card: dict[str, Any], device: str, flavour: str = "") -> list[Answer]:
    """Return a Linux machine whose NVIDIA driver runs."""
    line = f"NVRM version: NVIDIA UNIX {flavour}x86_64 Kernel Module  {driver}  Release Build\n"
    if flavour:
        line = f"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  {driver}  Release Build\n"
    folder = "/usr/lib/x86_64-linux-gnu"
    return [
        *linux(),
        ok("driver.proc_version", text=line),
        ok("driver.module_version", text=f"{driver}\n"),
        ok("driver.modules", ["nvidia", "nvidia_drm", "nvidia_modeset", "nvidia_uvm"]),
        ok("driver.libraries", [{"path": f"{folder}/libcuda.so.1", "target": f"{folder}/libcuda.so.{driver}"}]),
        pci("0x10de", device, "nvidia", str(card["name"]["v"])),
        ALL_NODES,
        nvml(driver, cuda, card),
    ]


RTX_4090 = nvml_gpu("NVIDIA GeForce RTX 4090", (8, 9), 24)
GTX_1080 = nvml_gpu("NVIDIA GeForce GTX 1080 Ti", (6, 1), 11)
A100 = nvml_gpu("NVIDIA A100-SXM4-80GB", (8, 0), 80)


def windows(*more: Answer) -> list[Answer]:
    """Return a Windows 11 machine."""
    return [
        ok("os.identity", {"system": "windows", "machine": "AMD64", "release": "10.0.26100"}),
        ok("windows.version", {"ProductName": "Windows 10 Pro", "CurrentBuild": "26100"}),
        ok("windows.processor", {"ProcessorNameString": "13th Gen Intel(R) Core(TM) i7-13700K"}),
        ok("windows.memory", {"total": 32 * GIB, "available": 20 * GIB, "commit_limit": 48 * GIB,
                              "commit_available": 30 * GIB}),
        ok("windows.graphics", {"HwSchMode": 2}),
        ok("windows.page_file", {"PagingFiles": ["?:\\pagefile.sys"]}),
        ok("cpu.counts", {"logical": 24, "affinity": None, "physical": None}),
        ok("environment.variables", {}),
        ok("python.interpreter", {"version": "3.11.9", "bits": 64, "prefix": "C:\\app\\venv", "base_prefix": "C:\\py",
                                  "executable": "C:\\app\\venv\\Scripts\\python.exe"}),
        ok("windows.adapters", [{"name": "NVIDIA GeForce RTX 4090", "driver_version": "32.0.15.8129",
                                 "device_id": "PCI\\VEN_10DE&DEV_2684&SUBSYS_16F110DE"}]),
        nvml("581.29", 13000, {**RTX_4090, "driver_model": {"v": [0, 0]}}),
        *more,
    ]  # fmt: skip


def wsl(*more: Answer) -> list[Answer]:
    """Return Ubuntu inside WSL2."""
    return [
        *linux(release="5.15.167.4-microsoft-standard-WSL2"),
        ok("container.markers", ["/dev/dxg"]),
        nodes("dxg"),
        ok("wsl.libraries", ["libcuda.so", "libcuda.so.1", "libcuda.so.1.1", "libnvidia-ml.so.1", "nvidia-smi"]),
        ok("driver.libraries", [{"path": "/usr/lib/wsl/lib/libcuda.so.1", "target": "/usr/lib/wsl/lib/libcuda.so.1"}]),
        nvml("581.29", 13000, {**RTX_4090, "utilisation": _field("ERROR:NOT_SUPPORTED")}),
        *more,
    ]


def macos(chip: str, machine: str, vendor: str, device: str) -> list[Answer]:
    """Return a Mac."""
    displays = f'{{"SPDisplaysDataType": [{{"sppci_model": "{device}", "spdisplays_vendor": "{vendor}"}}]}}'
    return [
        ok("os.identity", {"system": "macos", "machine": machine, "release": "24.1.0", "macos_version": "15.1"}),
        ok("macos.sysctl", text=f"hw.memsize: {16 * GIB}\nmachdep.cpu.brand_string: {chip}\n"),
        ok("macos.displays", text=displays),
        ok("macos.power", text="Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t80%; discharging\n"),
        ok("cpu.counts", {"logical": 8, "affinity": None, "physical": None}),
        *torch("2.13.0", None),
        *live("2.13.0", None, False, "AssertionError: Torch not compiled with CUDA enabled"),
    ]


TOO_OLD = "RuntimeError: The NVIDIA driver on your system is too old (found version 11040)."
NOT_COMPILED = "AssertionError: Torch not compiled with CUDA enabled"
NO_IMAGE = "AcceleratorError: CUDA error: no kernel image is available for execution on the device"
UNKNOWN_ERROR = "RuntimeError: CUDA unknown error - this may be due to an incorrectly set up environment"
