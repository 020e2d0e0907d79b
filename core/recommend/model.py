"""What to install, why, and why not the others: the recommendation as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gpuproof.core.facts.machine import ComputeCapability
from gpuproof.core.facts.unknown import NOT_ASKED, Unknown
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.words import Text

TargetSystem = Literal["linux", "windows", "macos", "wsl"]
DriverAction = Literal["keep", "install", "upgrade", "downgrade", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A GPU as the decision sees it. ``vendor`` is nvidia, amd, intel or apple."""

    name: str
    vendor: str = "nvidia"
    compute_capability: ComputeCapability | None = None
    gfx: str | None = None  # AMD target, e.g. gfx1100
    memory_gib: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The machine as the decision sees it: detected facts, with what a person overrode named in ``overridden``.

    ``driver`` None means: it was looked for and there is none. ``cards`` empty means: no GPU.
    """

    system: TargetSystem | Unknown = NOT_ASKED
    machine: str | Unknown = NOT_ASKED  # x86_64, aarch64, arm64
    python: str | Unknown = NOT_ASKED  # 3.11, 3.14t, 3.11-32
    cards: tuple[Card, ...] | Unknown = NOT_ASKED
    driver: DottedVersion | Unknown | None = NOT_ASKED
    glibc: DottedVersion | None = None
    macos: int | None = None  # 14 for Sonoma
    app: str | None = None
    torch_pin: str | None = None  # a version specifier, "==2.5.1"
    installed_torch: str | None = None
    installed_loads: bool | Unknown = NOT_ASKED  # whether its import succeeded
    overridden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Ready commands; ``requirements`` are the lines of a requirements file."""

    pip: str
    uv: str
    conda: str
    poetry: str
    requirements: str
    docker: str | None = None
    pyproject: str | None = None  # lines for a pyproject.toml that uv manages


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One published wheel: torch version, build variant (cu126, cpu, rocm6.4, xpu) and where it is found."""

    torch: str
    variant: str
    index_url: str
    python_ok: bool
    commands: Commands
    torchvision: str | None = None
    torchaudio: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverAdvice:
    """What to do about the driver. ``maximum_branch`` is set where a branch is the last one for a card."""

    action: DriverAction
    minimum: str | None = None
    branch: str | None = None
    maximum_branch: str | None = None
    how: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An option that was considered and not taken, with its reason."""

    torch: str
    variant: str
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another valid way, with its trade-off; ``needs`` says what must change first, if anything."""

    torch: str
    variant: str
    trade_off: Text
    needs: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """The decision. ``choice`` None: nothing published fits, or a fact that decides is missing (see ``missing``)."""

    choice: Choice | None
    driver: DriverAdvice
    because: tuple[Text, ...]
    rejected: tuple[Rejected, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    notices: tuple[Text, ...] = ()
    missing: tuple[Text, ...] = ()  # facts that would decide
    is_installed: bool = False  # the machine already has this choice: nothing to do
    installed_fits: bool | None = None  # the installed torch works on every card: nothing has to be done; None: unknown
    certainty: Literal["confirmed", "inferred"] = "confirmed"
    overridden: tuple[str, ...] = ()

    @property
    def after_driver(self) -> Alternative | None:
        """Return the build to take once the driver is there; None where the GPU does not wait for a driver.

        The choice is for the machine as it is, so a CPU build, and would look like the answer.
        """
        is_waiting = self.driver.action in ("install", "upgrade") and self.driver.branch is not None  # not on a Jetson
        is_for_cpu = self.choice is not None and self.choice.variant == "cpu"
        return self.alternatives[0] if is_waiting and is_for_cpu and self.alternatives else None
