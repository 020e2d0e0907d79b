"""All facts of one inspection, typed and frozen. Rules, recommendation and views read this and nothing else.

Look-alikes have different names everywhere: ``driver_version`` (kernel driver), ``driver_cuda_version`` (newest CUDA
the driver accepts), ``TorchBuild.cuda_version`` (runtime inside the wheel), ``toolkits`` (installed CUDA toolkits).
Memory is in MiB (2**20 bytes), as the driver counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gpuproof.core.facts.conditions import (
    CpuDetails,
    Disk,
    DriverOrigin,
    FileSystem,
    KernelFacts,
    Limits,
    MemoryState,
    Throttling,
)
from gpuproof.core.facts.gpu import ComputeCapability, Gpu, GpuPair, GpuProcess, NvmlState
from gpuproof.core.facts.installation import (
    FilesCheck,
    InstallerSettings,
    NetworkPort,
    PythonRuntime,
    TorchConfiguration,
)
from gpuproof.core.facts.parts import (
    AmdGpu,
    Companion,
    DeviceNode,
    DkmsModule,
    KernelGpu,
    LibraryFile,
    Power,
    Toolkit,
    WindowsFacts,
    WslFacts,
)
from gpuproof.core.facts.unknown import NOT_ASKED, Unknown
from gpuproof.core.facts.version import DottedVersion

__all__ = [
    "ComputeCapability", "Container", "Cpu", "DisplayDevice", "Gpu", "GpuPair", "GpuProcess", "KernelCheck", "Machine",
    "NvmlState", "OperatingSystem", "Package", "PythonFacts", "Symptom", "System", "TorchBuild", "TorchDevice",
    "TorchLive",
]  # fmt: skip

System = Literal["linux", "windows", "macos"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingSystem:
    """The system that torch runs on. Inside WSL2 ``system`` is linux and ``is_wsl`` is True."""

    system: System
    machine: str  # x86_64, aarch64, arm64 (macOS), AMD64 is normalised to x86_64
    name: str = ""  # "Ubuntu 24.04.1 LTS", "Windows 11 Pro"
    release: str = ""  # kernel release or Windows build
    glibc: DottedVersion | None = None
    is_wsl: bool = False
    is_jetson: bool = False
    uptime_s: float | None = None
    kernel_build: str = ""  # by whom and with which compiler the running kernel was built


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayDevice:
    """One PCI display device, seen without any driver of its vendor."""

    address: str
    vendor_id: int  # 0x10de NVIDIA, 0x1002 AMD, 0x8086 Intel
    device_id: int
    name: str = ""
    kernel_driver: str | None = None  # nvidia, nouveau, vfio-pci, amdgpu, i915 ...; None: nothing bound
    link_speed_gt_s: float | None = None
    link_width: int | None = None
    max_link_speed_gt_s: float | None = None
    max_link_width: int | None = None
    runtime_status: str | None = None  # "suspended": asleep, must not be woken to look


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """The container that the inspected Python runs in. ``kind`` is None on a plain machine."""

    kind: str | None = None  # docker, podman, kubernetes, lxc, singularity ...
    visible_devices: str | None = None  # NVIDIA_VISIBLE_DEVICES as given
    driver_capabilities: str | None = None  # NVIDIA_DRIVER_CAPABILITIES as given
    has_device_nodes: bool | None = None  # /dev/nvidia0 (or /dev/dxg) is there
    gpu_mounts: tuple[str, ...] = ()  # "tmpfs /usr/lib/x/libcuda.so.580": what the host put into the image


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonFacts:
    """The inspected interpreter."""

    version: str  # 3.11.7
    bits: int
    kind: str = ""  # venv, conda, system, pyenv, embedded ...
    prefix: str = ""
    executable: str = ""
    free_threaded: bool = False
    externally_managed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One installed distribution, read from its metadata without importing it."""

    name: str  # normalised: lower case, dashes
    version: str
    location: str = ""
    installer: str = ""  # pip, uv, conda
    is_complete: bool = True
    build: str = ""  # conda build string, e.g. py3.9_cpu_0
    channel: str = ""  # conda channel
    installed_at: int | None = None  # seconds since 1970, by its metadata folder: who came last
    is_requested: bool = False  # a person asked for it; else it came as another one's requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchBuild:
    """The installed torch as its files say, without importing it (``torch/version.py`` and metadata)."""

    version: str  # 2.11.0+cu130
    cuda_version: DottedVersion | None = None  # CUDA runtime inside the build; None: built without CUDA
    hip_version: str | None = None
    xpu_version: str | None = None
    location: str = ""
    source: str = ""  # pip, conda, conda-forge, source, jetson
    conda_build: str = ""  # e.g. py3.10_cpu_0
    copies: tuple[str, ...] = ()  # further torch folders on the path, "version at location"
    is_cuda_known: bool = True  # False: only a version is known, which does not say whether CUDA is in the build


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelCheck:
    """One real matrix product and convolution on one device, compared with the CPU."""

    device: str  # cuda:0
    ok: bool
    error: str = ""
    max_difference: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchDevice:
    """A GPU as the running torch sees it."""

    index: int
    name: str
    compute_capability: ComputeCapability | None = None
    memory_total_mib: float | None = None
    memory_free_mib: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchLive:
    """What torch said when it was really imported and used; stages that were not reached stay None or empty."""

    imported: bool
    import_error: str = ""
    version: str = ""
    cuda_version: DottedVersion | None = None
    is_available: bool | None = None
    availability_error: str = ""
    device_count: int | None = None
    devices: tuple[TorchDevice, ...] = ()
    accelerators: tuple[str, ...] = ()  # cuda:0, xpu:0, mps:0: what this torch can use here
    arch_list: tuple[str, ...] = ()  # sm_75, compute_120; a set: may be unsorted
    cudnn_version: DottedVersion | None = None
    warnings: tuple[str, ...] = ()
    kernel_checks: tuple[KernelCheck, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """A known error text seen in a warning, a log or pasted words. ``id`` is a row of the error table."""

    id: str
    line: str
    source: str  # "torch warning", "pasted text line 12", "kernel log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """The processor as this process may use it."""

    model: str = ""
    physical_cores: int | None = None
    logical_cores: int | None = None
    usable_cores: float | None = None  # affinity and container quota respected
    flags: tuple[str, ...] = ()  # only those that matter: avx2, avx512_bf16, amx_bf16 ...
    load_average: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """All facts of one inspection. Every field may be ``Unknown``; a field nobody asked for is ``NOT_ASKED``."""

    os: OperatingSystem | Unknown = NOT_ASKED
    cpu: Cpu | Unknown = NOT_ASKED
    memory_total_mib: float | Unknown = NOT_ASKED
    display_devices: tuple[DisplayDevice, ...] | Unknown = NOT_ASKED
    driver_version: DottedVersion | Unknown = NOT_ASKED  # running kernel driver
    driver_flavour: str | Unknown = NOT_ASKED  # open, proprietary
    driver_on_disk: DottedVersion | Unknown = NOT_ASKED  # module file for the running kernel
    driver_library: DottedVersion | Unknown = NOT_ASKED  # user-space libraries (libcuda, NVML)
    driver_cuda_version: DottedVersion | Unknown = NOT_ASKED  # newest CUDA the driver accepts
    toolkits: tuple[DottedVersion, ...] | Unknown = NOT_ASKED  # installed CUDA toolkits (nvcc); wheels need none
    nvml: NvmlState | Unknown = NOT_ASKED
    gpus: tuple[Gpu, ...] | Unknown = NOT_ASKED
    gpu_pairs: tuple[GpuPair, ...] | Unknown = NOT_ASKED  # every ordered pair; empty: at most one GPU
    container: Container | Unknown = NOT_ASKED
    environment: tuple[tuple[str, str], ...] | Unknown = NOT_ASKED  # allow-listed variables that are set
    python: PythonFacts | Unknown = NOT_ASKED
    packages: tuple[Package, ...] | Unknown = NOT_ASKED
    torch: TorchBuild | Unknown = NOT_ASKED  # Unknown(ABSENT): no torch in this Python
    torch_live: TorchLive | Unknown = NOT_ASKED
    symptoms: tuple[Symptom, ...] = ()
    memory_available_mib: float | Unknown = NOT_ASKED
    memory_limit_mib: float | Unknown = NOT_ASKED  # of the container; Unknown(ABSENT): no limit is set
    disk_free_mib: float | Unknown = NOT_ASKED  # where the inspected Python is installed
    power: Power | Unknown = NOT_ASKED
    secure_boot: bool | Unknown = NOT_ASKED
    kernel_modules: tuple[str, ...] | Unknown = NOT_ASKED  # nvidia, nvidia_uvm, nouveau, amdgpu, vfio_pci ...
    kernel_messages: tuple[str, ...] | Unknown = NOT_ASKED  # lines about GPUs since the machine started
    device_nodes: tuple[DeviceNode, ...] | Unknown = NOT_ASKED
    driver_services: tuple[str, ...] | Unknown = NOT_ASKED  # nvidia-persistenced, nv-fabricmanager ...
    fabric_manager_version: DottedVersion | Unknown = NOT_ASKED
    dkms: tuple[DkmsModule, ...] | Unknown = NOT_ASKED
    libraries: tuple[LibraryFile, ...] | Unknown = NOT_ASKED  # CUDA libraries within the loader's reach
    mapped_libraries: tuple[str, ...] | Unknown = NOT_ASKED  # really loaded into the process that used torch
    toolkit_folders: tuple[Toolkit, ...] | Unknown = NOT_ASKED
    companions: tuple[Companion, ...] | Unknown = NOT_ASKED
    half_removed: tuple[str, ...] | Unknown = NOT_ASKED  # folders such as ~orch that an interrupted pip left
    conda_history: tuple[str, ...] | Unknown = NOT_ASKED  # last commands that changed the environment
    onnx_providers: tuple[str, ...] | Unknown = NOT_ASKED  # what ONNX Runtime can use, as it says itself
    amd_gpus: tuple[AmdGpu, ...] | Unknown = NOT_ASKED
    rocm_version: str | Unknown = NOT_ASKED
    amd_driver_version: str | Unknown = NOT_ASKED  # of an amdgpu module that is not the kernel's own
    kernel_gpus: tuple[KernelGpu, ...] | Unknown = NOT_ASKED  # as NVIDIA's kernel driver lists them, without NVML
    wheel_libraries: tuple[LibraryFile, ...] | Unknown = NOT_ASKED  # that NVIDIA's wheels brought along
    windows: WindowsFacts | Unknown = NOT_ASKED
    wsl: WslFacts | Unknown = NOT_ASKED
    container_toolkit: tuple[str, ...] | Unknown = NOT_ASKED  # parts of NVIDIA's container toolkit found here
    nvml_trouble: str | Unknown = NOT_ASKED  # where reading NVML hung or crashed; Unknown(ABSENT): nowhere
    limits: Limits | Unknown = NOT_ASKED
    cpu_details: CpuDetails | Unknown = NOT_ASKED
    throttling: Throttling | Unknown = NOT_ASKED  # by a container's quota; Unknown(ABSENT): there is no quota
    memory_state: MemoryState | Unknown = NOT_ASKED
    file_systems: tuple[FileSystem, ...] | Unknown = NOT_ASKED
    disks: tuple[Disk, ...] | Unknown = NOT_ASKED
    kernel: KernelFacts | Unknown = NOT_ASKED
    driver_origin: DriverOrigin | Unknown = NOT_ASKED
    firmware: tuple[tuple[str, str], ...] | Unknown = NOT_ASKED  # maker, model, BIOS
    network_ports: tuple[NetworkPort, ...] | Unknown = NOT_ASKED
    files_check: FilesCheck | Unknown = NOT_ASKED  # half-finished or damaged installs
    installer_settings: tuple[InstallerSettings, ...] | Unknown = NOT_ASKED  # where pip, uv and conda look
    python_runtime: PythonRuntime | Unknown = NOT_ASKED
    build_tools: tuple[tuple[str, str], ...] | Unknown = NOT_ASKED  # compilers, ffmpeg, docker ... with their files
    torch_configuration: TorchConfiguration | Unknown = NOT_ASKED

    def variable(self, name: str) -> str | Unknown | None:
        """Return an environment variable's value, None when it is not set, Unknown when nobody could look."""
        if isinstance(self.environment, Unknown):
            return self.environment
        return dict(self.environment).get(name)
