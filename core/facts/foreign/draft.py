"""What has been read so far from a foreign text; the first value that was read of a fact stays."""

from __future__ import annotations

from dataclasses import dataclass, field

from gpuproof.core.facts.machine import (
    Container,
    DisplayDevice,
    Gpu,
    Machine,
    NvmlState,
    OperatingSystem,
    Package,
    PythonFacts,
    Symptom,
    System,
    TorchBuild,
    TorchLive,
)
from gpuproof.core.facts.unknown import NOT_ASKED, Unknown, Why
from gpuproof.core.facts.version import DottedVersion

PASTED = "pasted text"


@dataclass(slots=True, kw_only=True)
class Draft:
    """Mutable notes of the readers; ``machine()`` freezes them."""

    system: System | None = None
    is_wsl: bool = False
    is_jetson: bool = False
    machine_name: str = ""
    os_name: str = ""
    os_release: str = ""
    driver: DottedVersion | None = None
    nothing_collected: bool = False  # collect_env asked nvidia-smi for the driver and got nothing
    driver_library: DottedVersion | None = None
    driver_cuda: DottedVersion | None = None
    toolkits: list[DottedVersion] = field(default_factory=list)
    gpus: list[Gpu] = field(default_factory=list)
    other_cards: list[DisplayDevice] = field(default_factory=list)
    no_nvidia_card: bool = False
    nvml: NvmlState | None = None
    container_kind: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    python_version: str = ""
    python_bits: int = 0
    python_kind: str = ""
    python_prefix: str = ""
    packages: dict[tuple[str, str], Package] = field(default_factory=dict)
    torch_version: str = ""
    torch_cuda: DottedVersion | None = None
    torch_has_cuda: bool | None = None
    torch_hip: str | None = None
    torch_absent: bool = False
    torch_location: str = ""
    torch_conda_build: str = ""
    torch_copies: list[str] = field(default_factory=list)
    is_available: bool | None = None
    device_count: int | None = None
    arch_list: tuple[str, ...] = ()
    cudnn: DottedVersion | None = None
    symptoms: list[Symptom] = field(default_factory=list)

    def add_package(self, package: Package) -> None:
        """Keep a package; pip and conda may list the same one, which is how a mixture shows."""
        self.packages.setdefault((package.name, package.installer), package)

    def machine(self) -> Machine:
        """Return the facts; what no line told stays unknown."""
        return Machine(
            os=self._os(),
            display_devices=tuple(self.other_cards) if self.other_cards or self.no_nvidia_card else NOT_ASKED,
            driver_version=self.driver or NOT_ASKED,
            driver_library=self.driver_library or NOT_ASKED,
            driver_cuda_version=self.driver_cuda or NOT_ASKED,
            toolkits=tuple(dict.fromkeys(self.toolkits)) if self.toolkits else NOT_ASKED,
            nvml=self.nvml or NOT_ASKED,
            gpus=tuple(self.gpus) if self.gpus else NOT_ASKED,
            container=Container(kind=self.container_kind) if self.container_kind else NOT_ASKED,
            environment=tuple(self.environment.items()) if self.environment else NOT_ASKED,
            python=self._python(),
            packages=tuple(self.packages.values()) if self.packages else NOT_ASKED,
            torch=self._torch(),
            torch_live=self._live(),
            symptoms=tuple(self.symptoms),
        )

    def _os(self) -> OperatingSystem | Unknown:
        if self.system is None:
            return NOT_ASKED
        return OperatingSystem(
            system=self.system,
            machine=self.machine_name,
            name=self.os_name,
            release=self.os_release,
            is_wsl=self.is_wsl,
            is_jetson=self.is_jetson,
        )

    def _python(self) -> PythonFacts | Unknown:
        if not self.python_version and not self.python_bits:
            return NOT_ASKED
        return PythonFacts(
            version=self.python_version, bits=self.python_bits, kind=self.python_kind, prefix=self.python_prefix
        )

    def _torch(self) -> TorchBuild | Unknown:
        if not self.torch_version and self.torch_has_cuda is None:
            return Unknown(Why.ABSENT, "no torch", PASTED) if self.torch_absent else NOT_ASKED
        return TorchBuild(
            version=self.torch_version,
            cuda_version=self.torch_cuda,
            hip_version=self.torch_hip,
            location=self.torch_location,
            source="conda" if self.torch_conda_build else "",
            conda_build=self.torch_conda_build,
            copies=tuple(self.torch_copies),
            is_cuda_known=self.torch_has_cuda is not None,
        )

    def _live(self) -> TorchLive | Unknown:
        if self.is_available is None and not self.arch_list and self.device_count is None:
            return NOT_ASKED
        return TorchLive(
            imported=True,
            version=self.torch_version,
            cuda_version=self.torch_cuda,
            is_available=self.is_available,
            device_count=self.device_count,
            arch_list=self.arch_list,
            cudnn_version=self.cudnn,
        )
