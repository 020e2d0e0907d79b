"""A ROCm build of torch that finds no GPU: what the inspection shows of the kernel's side and of the card's kind."""

from __future__ import annotations

import re

from gpuproof.core.diagnose.context import AMD, is_available, system_of, torch_build
from gpuproof.core.diagnose.model import Step
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import Text, text

_ROCM_LABEL = re.compile(r"\+(rocm\d+\.\d+)")


def rocm_trouble(machine: Machine) -> tuple[Text, ...]:
    """Say why a ROCm build has no GPU here; empty on any other build, or where nothing was seen."""
    build = torch_build(machine)
    if build is None or not build.hip_version or is_available(machine) is not False or system_of(machine) != "linux":
        return ()
    return (*_without_driver(machine), *_closed(machine), *_not_covered(machine, build.version))


def _without_driver(machine: Machine) -> tuple[Text, ...]:
    devices = () if isinstance(machine.display_devices, Unknown) else machine.display_devices
    bare = [device for device in devices if device.vendor_id == AMD and device.kernel_driver is None]
    if not bare:
        return ()
    shown = text("no kernel driver is bound to {name}", name=bare[0].name or "AMD")
    words = () if isinstance(machine.kernel, Unknown) else machine.kernel.command_line
    stopped = [word for word in words if word == "nomodeset"]
    return (shown, *(text("the kernel was started with {word}", word=word) for word in stopped))


def _closed(machine: Machine) -> tuple[Text, ...]:
    if isinstance(machine.device_nodes, Unknown) or not machine.device_nodes:
        return ()
    compute = next((node for node in machine.device_nodes if node.path == "/dev/kfd"), None)
    if compute is None:
        return (text("{path} is not there", path="/dev/kfd"),)
    if compute.is_readable and compute.is_writable:
        return ()
    return (text("this user may not open {path} (mode {mode})", path=compute.path, mode=compute.mode),)


def _not_covered(machine: Machine, version: str) -> tuple[Text, ...]:
    from gpuproof.core.knowledge import rocm_targets

    label = _ROCM_LABEL.search(version)
    covered = rocm_targets().get(label[1]) if label is not None else None
    cards = () if isinstance(machine.amd_gpus, Unknown) else machine.amd_gpus
    if not covered or not cards or any(card.target in covered for card in cards):
        return ()
    return (text("this build has no code for {target}", target=cards[0].target),)


def rocm_steps(machine: Machine) -> tuple[Step, ...]:
    """Return the steps for a ROCm build that is right and finds no GPU; empty where nothing was seen."""
    if not rocm_trouble(machine):
        return ()
    steps = [
        Step(text("Your user must be in the groups render and video"), "sudo usermod -aG render,video $USER"),
        Step(
            text("In a container pass the two devices in"),
            "docker run --device /dev/kfd --device /dev/dri --group-add video IMAGE",
        ),
    ]
    if _without_driver(machine):
        steps.insert(0, Step(text("Load AMD's kernel driver; nomodeset keeps it away"), "sudo modprobe amdgpu"))
    if _not_covered(machine, torch_build(machine).version):  # type: ignore[union-attr]
        steps.append(
            Step(
                text("Take a newer ROCm build that has this card's target, or let the card pass for a near relative"),
                _relative(machine),
            )
        )
    return tuple(steps)


def _relative(machine: Machine) -> str | None:
    """Return how a card passes for the one of its generation that every build has; older ones have no such relative."""
    targets = () if isinstance(machine.amd_gpus, Unknown) else tuple(card.target for card in machine.amd_gpus)
    versions = {"gfx103": "10.3.0", "gfx110": "11.0.0", "gfx115": "11.0.0", "gfx120": "12.0.0"}
    found = next((versions[target[:6]] for target in targets if target[:6] in versions), None)
    return f"HSA_OVERRIDE_GFX_VERSION={found} python app.py" if found is not None else None
