"""A subject made ready to decide: platform key, interpreter tag, pin and application, all facts checked for sense."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.knowledge import AppProfile, architecture_of, require_app
from gpuproof.core.problems import UserProblem
from gpuproof.core.recommend.model import Card, Subject, TargetSystem
from gpuproof.core.words import text

_PYTHON = re.compile(r"(\d)\.(\d{1,2})(?:\.\d+)?(t?)(?:-(32|64))?\Z")
_MACHINES = {"amd64": "x86_64", "x64": "x86_64", "x86-64": "x86_64", "arm64": "aarch64", "i386": "x86", "i686": "x86"}
_ARM_ONLY = re.compile(r"\b(GH200|GB200|GB300|GB10|T4G|DGX Spark)\b", re.IGNORECASE)
SYSTEM_NAMES = {"linux": "Linux", "wsl": "WSL", "windows": "Windows", "macos": "macOS"}


@dataclass(frozen=True, slots=True)
class PythonTag:
    """An interpreter as wheels name it: 3.14t is the free-threaded build, ``bits`` 32 has no torch wheel at all."""

    major: int
    minor: int
    free_threaded: bool = False
    bits: int = 64

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}{'t' if self.free_threaded else ''}{'-32' if self.bits == 32 else ''}"

    @property
    def wheel_key(self) -> str:
        """Return the form of the release table, 3.14t."""
        return f"{self.major}.{self.minor}{'t' if self.free_threaded else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A wanted torch version. ``allows`` answers for one release and variant; ``words`` is what the person gave."""

    words: str
    allows: Callable[[str, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One decision. ``python`` None: any interpreter may be used. ``driver`` None: looked for, and there is none."""

    system: TargetSystem
    platform: str
    python: PythonTag | None
    cards: tuple[Card, ...]
    driver: DottedVersion | Unknown | None
    glibc: DottedVersion | None
    macos: int | None
    pin: Pin | None
    app: AppProfile | None

    @property
    def driver_system(self) -> str:
        """Return whose driver numbers count: inside WSL the Windows driver decides."""
        return "linux" if self.system == "linux" else "windows"


def read_python(found: str) -> PythonTag:
    """Read ``3.11``, ``3.11.7``, ``3.14t`` (free-threaded) or ``3.11-32`` (32-bit)."""
    parsed = _PYTHON.match(found.strip().lower().removeprefix("python").strip())
    if not parsed:
        raise UserProblem(
            text("“{found}” is not a Python version.", found=found),
            text("Give it as 3.11, 3.14t (free-threaded) or 3.11-32 (32-bit)."),
        )
    return PythonTag(int(parsed[1]), int(parsed[2]), bool(parsed[3]), int(parsed[4] or 64))


def read_pin(found: str) -> Pin:
    """Read a version specifier such as ``==2.5.1``, ``<2.6``, ``2.5.1`` or ``torch==2.5.1+cu121``."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    words = found.strip().removeprefix("torch").strip()
    if re.match(r"\d", words):
        words = "==" + words
    try:
        specifiers = SpecifierSet(words)
    except InvalidSpecifier as problem:
        raise UserProblem(
            text("“{found}” is not a version of torch.", found=found),
            text("Give it as ==2.5.1, >=2.4,<2.7 or ~=2.5.0."),
        ) from problem
    return Pin(words=words, allows=lambda release, variant: specifiers.contains(f"{release}+{variant}"))


def platform_key(system: str, machine: str) -> str:
    """Return the key of the release table, linux_x86_64; macOS calls its 64-bit ARM arm64, Linux aarch64."""
    lowered = machine.strip().lower()
    name = _MACHINES.get(lowered, lowered)
    if system == "macos":
        name = "arm64" if name == "aarch64" else name
    return f"{'linux' if system == 'wsl' else system}_{name}"


def usual_machine(cards: tuple[Card, ...]) -> str:
    """Return the machine architecture that goes with the cards when nobody named one: Grace, Jetson, DGX Spark."""
    for card in cards:
        known = architecture_of(card.compute_capability) if card.compute_capability else None
        if (known and known.is_integrated) or _ARM_ONLY.search(card.name):
            return "aarch64"
    return "x86_64"


def case_of(subject: Subject) -> Case:
    """Make a case of a subject whose system is known."""
    assert not isinstance(subject.system, Unknown)
    cards = () if isinstance(subject.cards, Unknown) else subject.cards
    machine = subject.machine
    if isinstance(machine, Unknown):
        machine = "arm64" if subject.system == "macos" else usual_machine(cards)
    return Case(
        system=subject.system,
        platform=platform_key(subject.system, machine),
        python=None if isinstance(subject.python, Unknown) else read_python(subject.python),
        cards=cards,
        driver=subject.driver,
        glibc=subject.glibc,
        macos=subject.macos,
        pin=read_pin(subject.torch_pin) if subject.torch_pin else None,
        app=require_app(subject.app) if subject.app else None,
    )
