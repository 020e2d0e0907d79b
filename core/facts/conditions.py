"""The conditions that a program runs under: limits, throttling, memory, clocks, disks, the kernel and its settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one process may use (the soft limits); None: no limit is set."""

    open_files: int | None = None
    processes: int | None = None
    locked_memory_mib: float | None = None  # pinned memory counts here
    address_space_mib: float | None = None  # CUDA reserves much more than it uses: a limit here ends its start
    stack_mib: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuDetails:
    """The processor's clock and layout. None: the kernel does not say."""

    clock_mhz: float | None = None
    clock_max_mhz: float | None = None
    clock_limit_mhz: float | None = None  # set by a person or a power profile
    driver: str = ""  # amd-pstate-epp, intel_pstate, acpi-cpufreq ...
    energy_preference: str = ""
    boost: bool | None = None
    is_threaded: bool | None = None  # two threads share a core
    heat_events: int | None = None  # how often heat has held the clock back since the start
    hottest_celsius: float | None = None
    caches: tuple[tuple[str, str], ...] = ()  # (L3 Unified, 32768K)
    clock_source: str = ""  # tsc; hpet and acpi_pm make every reading of the clock slow
    memory_nodes: int | None = None
    isolated: str = ""  # processors set apart: 4-7
    costly_mitigations: tuple[str, ...] = ()  # weaknesses that the kernel works around


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttling:
    """How often a container's processor quota stopped it since it started."""

    periods: int
    throttled_periods: int
    throttled_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryState:
    """Memory beside total and available. MiB; None: not known."""

    swap_total_mib: float | None = None
    swap_used_mib: float | None = None
    locked_mib: float | None = None
    commit_limit_mib: float | None = None
    committed_mib: float | None = None
    container_used_mib: float | None = None
    oom_kills: int | None = None  # of the container, else of the machine, since it started
    swapped_in_pages: int | None = None
    transparent_huge_pages: str | None = None  # always, madvise, never
    waiting_for_memory_percent: float | None = None  # share of the last 10 s in which something waited
    waiting_for_disk_percent: float | None = None
    waiting_for_cpu_percent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystem:
    """A file system by its use: prefix (Python's), temporary, shared_memory (/dev/shm), home."""

    use: str
    kind: str = ""  # ext4, overlay, tmpfs, nfs4, 9p, fuse ...
    total_mib: float | None = None
    free_mib: float | None = None
    free_files: int | None = None
    is_read_only: bool = False
    is_no_exec: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """One disk; a turning one makes loading a model slow."""

    name: str
    size_mib: float | None = None
    is_turning: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledKernel:
    """A kernel on disk and where its NVIDIA module lies; empty: it has none."""

    release: str
    nvidia_module: str = ""
    is_running: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelFacts:
    """What the kernel was told that decides whether a driver may work."""

    command_line: tuple[str, ...] = ()  # words about GPUs, memory and speed alone: nomodeset, iommu=pt ...
    module_options: tuple[str, ...] = ()  # of modprobe.d: "blacklist-nvidia.conf: blacklist nvidia"
    module_parameters: tuple[tuple[str, str], ...] = ()  # as the modules were loaded
    settings: tuple[tuple[str, str], ...] = ()  # sysctl
    installed: tuple[InstalledKernel, ...] = ()
    lockdown: str = ""  # none, integrity, confidentiality
    iommu_units: int | None = None
    seccomp: str = ""  # of this process: off, strict, filter
    is_tainted: bool | None = None
    uvm_state: str = ""  # of nvidia_uvm, without which CUDA does not start: live, coming


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverOrigin:
    """How the driver came here, and what changed last."""

    packages: tuple[str, ...] = ()
    log: tuple[str, ...] = ()  # last lines of the package tool about driver, CUDA and kernel, oldest first
    has_run_installer: bool | None = None  # NVIDIA's own .run file was used
    restart_required: bool | None = None
    prime_profile: str = ""  # hybrid laptops: nvidia, intel, on-demand
