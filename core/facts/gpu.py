"""One NVIDIA GPU as its driver describes it, its links, and the ways between several of them."""

from __future__ import annotations

from dataclasses import dataclass

from gpuproof.core.facts.parts import MigDevice
from gpuproof.core.facts.version import DottedVersion


@dataclass(frozen=True, slots=True, order=True)
class ComputeCapability:
    """A GPU's compute capability, e.g. 8.9. ``sm_89`` is the same thing in the wheel's arch list."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NvLink:
    """One NVLink of a GPU; None: the driver gave no value."""

    index: int
    is_active: bool | None = None
    version: str | None = None  # 4.0
    remote: str = ""  # gpu, switch, npu; empty: not known or nothing is there
    remote_address: str = ""  # PCI address of the other end; a switch inside a virtual machine shows none
    speed_mb_s: float | None = None  # in each direction
    replays: int | None = None
    recoveries: int | None = None
    crc_errors: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuPair:
    """The way from one GPU to another; each pair stands twice, as rights may differ by direction."""

    first: int
    second: int
    # internal (one board), PIX (one PCIe switch), PXB (several), PHB (the host's bridge), NODE, SYS (between sockets)
    topology: str | None = None
    nvlinks: int | None = None  # active links between the two, also by way of switches; 0: none
    # ok, chipset_not_supported, gpu_not_supported, topology_not_supported, disabled_by_setting, not_supported, unknown
    p2p_read: str | None = None
    p2p_write: str | None = None
    p2p_nvlink: str | None = None
    p2p_atomics: str | None = None
    torch_peer_access: bool | None = None  # what CUDA itself says: torch.cuda.can_device_access_peer


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One NVIDIA GPU as the driver describes it; None: the driver gave no value (see ``missing``)."""

    index: int  # NVML's order, which is PCI order; CUDA's default order is fastest first
    name: str
    uuid: str = ""
    pci_address: str = ""
    compute_capability: ComputeCapability | None = None
    memory_total_mib: float | None = None
    memory_used_mib: float | None = None
    compute_mode: str | None = None  # Default, Exclusive_Process, Prohibited
    driver_model: str | None = None  # Windows: WDDM, TCC, MCDM
    mig_mode: str | None = None  # Enabled, Disabled
    persistence_mode: bool | None = None
    power_limit_w: float | None = None
    power_limit_default_w: float | None = None
    temperature_celsius: float | None = None
    utilisation_percent: float | None = None
    pcie_generation: int | None = None
    pcie_generation_max: int | None = None
    pcie_width: int | None = None
    pcie_width_max: int | None = None
    memory_reserved_mib: float | None = None  # held by the driver itself; not in use by anybody
    power_usage_w: float | None = None  # a 1 s average on Ampere and newer
    clock_sm_mhz: float | None = None
    clock_sm_max_mhz: float | None = None
    clock_memory_mhz: float | None = None
    clock_event_reasons: tuple[str, ...] = ()  # why the clock is not higher: idle, power_cap, thermal ...
    fan_percent: float | None = None
    ecc_enabled: bool | None = None
    ecc_uncorrected: int | None = None
    architecture: str | None = None  # Hopper
    multiprocessor_cores: int | None = None
    virtualisation: str | None = None  # none, passthrough, vgpu, host_vgpu, host_vsga
    display_active: bool | None = None
    mig_devices: tuple[MigDevice, ...] = ()
    processes: tuple[GpuProcess, ...] = ()
    nvlinks: tuple[NvLink, ...] = ()  # empty: it has none, or the driver gave none (see ``missing``)
    numa_node: int | None = None  # memory that lies nearest; None: not known, or the machine has but one
    cpu_affinity: str | None = None  # processors that lie nearest: 0-15,32-47
    fabric_state: str | None = None  # none, not_started, in_progress, completed: a GPU behind NVSwitch needs the last
    missing: tuple[tuple[str, str], ...] = ()  # (field, reason the driver gave)


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuProcess:
    """A process that holds GPU memory; the name is an identity-class fact (see redaction)."""

    pid: int
    name: str = ""  # empty: not known; inside a container the number may belong to another namespace
    memory_mib: float | None = None
    is_own: bool | None = None  # of the user who asked; None: not known
    kind: str = ""  # compute, graphics


@dataclass(frozen=True, slots=True, kw_only=True)
class NvmlState:
    """Whether the driver's management library answered; ``error`` is NVML's own constant name when it did not."""

    ok: bool
    error: str = ""  # LIBRARY_NOT_FOUND, DRIVER_NOT_LOADED, LIB_RM_VERSION_MISMATCH, GPU_IS_LOST ...
    library_version: DottedVersion | None = None
