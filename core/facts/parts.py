"""Further facts of a machine, by the questions that give them; ``Machine`` holds them all."""

from __future__ import annotations

from dataclasses import dataclass

from gpuproof.core.facts.version import DottedVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceNode:
    """A device file of a GPU and whether the inspected user may open it."""

    path: str  # /dev/nvidia-uvm
    mode: str = ""  # 666
    is_readable: bool = False
    is_writable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFile:
    """A library that the loader can reach. ``where``: loader_cache, LD_LIBRARY_PATH, PATH, folder."""

    name: str  # libcudnn.so.9
    path: str
    where: str
    version: DottedVersion | None = None  # from the name of the file that the link points to


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolkit:
    """One installed CUDA toolkit; wheels of torch need none."""

    path: str
    version: DottedVersion | None = None
    has_nvcc: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A package that must fit torch's build; None: its files do not say."""

    name: str  # distribution name: torchvision, flash-attn ...
    version: str = ""
    cuda_version: DottedVersion | None = None  # CUDA it was built for
    is_cpu_build: bool | None = None
    torch_version: str | None = None  # torch it was built for or demands
    detail: str = ""  # where this is known from


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What may hold the machine back."""

    on_battery: bool | None = None  # None: no battery, or not known
    profile: str | None = None  # performance, balanced, low-power; Windows: the active scheme
    governor: str | None = None  # performance, powersave, schedutil ...
    speed_limit_percent: int | None = None  # macOS: what heat leaves of the processor's speed


@dataclass(frozen=True, slots=True, kw_only=True)
class DkmsModule:
    """A driver version that DKMS knows, and the kernels for which it is built."""

    name: str
    version: str
    kernels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelGpu:
    """A GPU in /proc/driver/nvidia/gpus."""

    model: str
    address: str = ""
    firmware: str = ""
    is_excluded: bool = False  # the driver was told to leave it alone


@dataclass(frozen=True, slots=True, kw_only=True)
class AmdGpu:
    """A GPU in AMD's compute topology (KFD)."""

    target: str  # gfx1100
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowsFacts:
    """What only Windows has. None: not known."""

    build: int | None = None
    hardware_scheduling: bool | None = None  # HAGS
    page_file: str | None = None  # "automatic", "none" or the configured sizes
    commit_limit_mib: float | None = None
    commit_available_mib: float | None = None
    adapters: tuple[tuple[str, str], ...] = ()  # (name, driver version as Windows counts, 32.0.15.8129)
    missing_runtime_libraries: tuple[str, ...] = ()  # vcruntime140_1.dll ...
    wsl_version: str = ""  # 2.3.26.0; empty: not installed, or an old one that has no such number
    wsl_kernel: str = ""
    long_paths: bool | None = None
    code_page: int | None = None  # 65001 is UTF-8, 936 simplified Chinese
    is_isolated: bool | None = None  # virtualisation-based security is on
    driver_events: tuple[str, ...] = ()  # of NVIDIA's driver and the display, newest first: "TIME nvlddmkm 153 ..."


@dataclass(frozen=True, slots=True, kw_only=True)
class WslFacts:
    """What only WSL2 has."""

    has_gpu_device: bool = False  # /dev/dxg
    libraries: tuple[str, ...] = ()  # names in /usr/lib/wsl/lib
    kernel: str = ""
    linux_driver_inside: bool = False  # a Linux display driver installed inside WSL, which is a fault
    settings: tuple[str, ...] = ()  # lines of wsl.conf


@dataclass(frozen=True, slots=True, kw_only=True)
class MigDevice:
    """One instance of a GPU that is divided."""

    name: str
    uuid: str = ""
    memory_total_mib: float | None = None
