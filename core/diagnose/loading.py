"""Why NVIDIA's kernel module is not at work though the card is there: what the kernel was told, and what is on disk.

Read only where an inspection found the card and no running driver; what is observed decides, in this order: somebody
forbade the module, another driver holds the card, the module is not made for this kernel, it is not signed, it lies
there and nobody loads it, it was never installed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gpuproof.core.diagnose.context import NVIDIA, system_of
from gpuproof.core.facts.conditions import KernelFacts
from gpuproof.core.facts.machine import DisplayDevice, Machine
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.words import Text, text

Kind = Literal["blacklisted", "command-line", "vfio", "nouveau", "other-kernel", "unsigned", "on-disk", "not-installed"]
# nvidiafb is another module, which distributions forbid on every machine
_FORBIDDING = re.compile(
    r"(?:blacklist\s+nvidia(?:[-_]current)?|alias\s+nvidia(?:[-_]current)?\s+off"
    r"|install\s+nvidia(?:[-_]current)?\s+(?:/usr)?/bin/(?:true|false))\s*(?:#.*)?"
)
_LOCKED = ("integrity", "confidentiality")
_WORD = re.compile(r"(?:module_blacklist|modprobe\.blacklist)=[\w,-]{1,200}")


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps the module away. ``detail`` is the settings file or the word of the command line that does."""

    kind: Kind
    evidence: tuple[Text, ...]
    detail: str = ""


def obstacle(machine: Machine) -> Obstacle | None:
    """Return what keeps the driver from the card; None where nothing of it was seen."""
    if system_of(machine) != "linux" or not _cards(machine):
        return None
    if not isinstance(machine.driver_version, Unknown):
        return _held(machine)
    return next((found for look in _LOOKS if (found := look(machine)) is not None), None)


def _cards(machine: Machine) -> list[DisplayDevice]:
    devices = () if isinstance(machine.display_devices, Unknown) else machine.display_devices
    return [device for device in devices if device.vendor_id == NVIDIA]


def _kernel(machine: Machine) -> KernelFacts:
    return KernelFacts() if isinstance(machine.kernel, Unknown) else machine.kernel


def _blacklisted(machine: Machine) -> Obstacle | None:
    for line in _kernel(machine).module_options:
        file, _, rule = line.partition(": ")
        if _FORBIDDING.fullmatch(rule.strip()):
            evidence = [text("{file} says: {rule}", file=file, rule=rule.strip())]
            profile = "" if isinstance(machine.driver_origin, Unknown) else machine.driver_origin.prime_profile
            if profile == "intel":
                evidence.append(
                    text("this laptop is switched to its other GPU (prime-select {profile})", profile="intel")
                )
            return Obstacle("blacklisted", tuple(evidence), file)
    return None


def _command_line(machine: Machine) -> Obstacle | None:
    for word in _kernel(machine).command_line:
        if _WORD.fullmatch(word) and "nvidia" in word.partition("=")[2].split(","):
            shown = text("the kernel was started with {word}", word=word)
            return Obstacle("command-line", (shown,), word)
    return None


def _held(machine: Machine) -> Obstacle | None:
    kinds: dict[str, Kind] = {"vfio-pci": "vfio", "nouveau": "nouveau", "nova_core": "nouveau"}
    for card in _cards(machine):
        kind = kinds.get(card.kernel_driver or "")
        if kind is not None:
            shown = text("{name} is bound to the kernel driver {driver}", name=card.name, driver=card.kernel_driver)
            return Obstacle(kind, (shown,))
    return None


def _other_kernel(machine: Machine) -> Obstacle | None:
    release = "" if isinstance(machine.os, Unknown) else machine.os.release
    installed = _kernel(machine).installed
    running = next((kernel for kernel in installed if kernel.is_running), None)
    others = [kernel.release for kernel in installed if kernel.nvidia_module and not kernel.is_running]
    modules = () if isinstance(machine.dkms, Unknown) else machine.dkms
    built = [kernel for module in modules if module.name.startswith("nvidia") for kernel in module.kernels]
    if running is not None and (running.nvidia_module or running.release in built):
        return None
    others = others if running is not None else [kernel for kernel in built if release and release not in built]
    if not others or not isinstance(machine.driver_on_disk, Unknown):
        return None
    shown = text(
        "the module is there for kernel {other}, and kernel {running} is running",
        other=", ".join(others[:3]),
        running=release or (running.release if running is not None else "?"),
    )
    return Obstacle("other-kernel", (shown,))


def _unsigned(machine: Machine) -> Obstacle | None:
    lockdown = _kernel(machine).lockdown
    if not _is_idle_on_disk(machine) or not (machine.secure_boot is True or lockdown in _LOCKED):
        return None
    shown = [text("Secure Boot is on, the module is on disk and is not loaded")] if machine.secure_boot is True else []
    shown += [text("the kernel is locked down ({lockdown})", lockdown=lockdown)] if lockdown in _LOCKED else []
    return Obstacle("unsigned", tuple(shown))


def _on_disk(machine: Machine) -> Obstacle | None:
    if not _is_idle_on_disk(machine):
        return None
    shown = text("driver {version} is on disk for this kernel and is not loaded", version=machine.driver_on_disk)
    return Obstacle("on-disk", (shown,))


def _is_idle_on_disk(machine: Machine) -> bool:
    loaded = () if isinstance(machine.kernel_modules, Unknown) else machine.kernel_modules
    return not isinstance(machine.driver_on_disk, Unknown) and "nvidia" not in loaded


def _not_installed(machine: Machine) -> Obstacle | None:
    gone = isinstance(machine.driver_on_disk, Unknown) and machine.driver_on_disk.why in (Why.ABSENT, Why.FAILED)
    if not gone or isinstance(machine.driver_origin, Unknown) or machine.driver_origin.has_run_installer:
        return None
    names = ("nvidia-driver", "nvidia-open", "nvidia-dkms", "nvidia-kernel", "nvidia-headless", "linux-modules-nvidia")
    if any(package.startswith(names) for package in machine.driver_origin.packages):
        return None
    return Obstacle("not-installed", (text("no package of an NVIDIA driver is installed"),))


_LOOKS: tuple[Callable[[Machine], Obstacle | None], ...] = (
    _blacklisted,
    _command_line,
    _held,
    _other_kernel,
    _unsigned,
    _on_disk,
    _not_installed,
)
