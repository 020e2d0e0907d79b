"""Steps that let NVIDIA's kernel module come to the card, by what keeps it away and by the distribution."""

from __future__ import annotations

import re

from gpuproof.core.diagnose.loading import Obstacle
from gpuproof.core.diagnose.model import Step
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import text

_RED_HAT = ("fedora", "red hat", "rocky", "alma", "centos", "rhel")
_FILE_NAME = re.compile(r"[\w.-]{1,100}\.conf")


def steps_against(found: Obstacle, machine: Machine) -> tuple[Step, ...]:
    """Return the steps of an obstacle that has its own; empty: the usual steps serve."""
    if found.kind == "blacklisted":
        return _allow(found, machine)
    if found.kind == "command-line":
        return (_take_out(found.detail, machine), _REBOOT)
    if found.kind == "vfio":
        return _give_back(machine)
    if found.kind == "other-kernel":
        return _build_for_kernel(machine)
    return (_LOAD, _WHY_NOT, _SEE) if found.kind == "on-disk" else ()


_REBOOT = Step(text("Restart the machine, then look"), "sudo reboot")
_LOAD = Step(text("Load the module"), "sudo modprobe nvidia")
_SEE = Step(text("See whether it worked"), "nvidia-smi")
_WHY_NOT = Step(
    text("If it does not load, read the reason in the kernel log"), "sudo dmesg | grep -iE 'nvrm|nvidia' | tail -20"
)


def _allow(found: Obstacle, machine: Machine) -> tuple[Step, ...]:
    if len(found.evidence) > 1:  # prime-select wrote the file
        return (
            Step(text("Switch the laptop to its NVIDIA GPU, or to both on demand"), "sudo prime-select on-demand"),
            _REBOOT,
        )
    name = found.detail if _FILE_NAME.fullmatch(found.detail) else "*.conf"
    folders = "/etc/modprobe.d /run/modprobe.d /usr/lib/modprobe.d"
    pattern = r"s/^(blacklist|alias|install) +nvidia([-_ ]|$)/# &/"
    return (
        Step(
            text("Take the rule out that forbids the module; the lines stay as comments"),
            f"sudo sed -i -E '{pattern}' $(find {folders} -name '{name}' 2>/dev/null)",
        ),
        Step(text("Write the start image anew, as it holds a copy of these rules"), start_image(machine)),
        _REBOOT,
    )


def start_image(machine: Machine) -> str:
    """Return how this distribution writes its initial RAM disk."""
    name = _name(machine)
    if any(word in name for word in (*_RED_HAT, "suse")):
        return "sudo dracut --force"
    return "sudo mkinitcpio -P" if "arch" in name or "manjaro" in name else "sudo update-initramfs -u"


def _take_out(word: str, machine: Machine) -> Step:
    if any(red_hat in _name(machine) for red_hat in _RED_HAT):
        command = f"sudo grubby --update-kernel=ALL --remove-args={word}"
    else:
        command = f"sudo sed -i 's/ *{word.replace('.', '[.]')}//' /etc/default/grub && sudo update-grub"
    return Step(text("Take {word} out of the kernel's command line", word=word), command)


def _give_back(machine: Machine) -> tuple[Step, ...]:
    return (
        Step(
            text("The card is set apart for virtual machines: find the rule that gives it to vfio-pci"),
            "grep -rnE 'vfio' /etc/modprobe.d /etc/default/grub /etc/initramfs-tools 2>/dev/null",
        ),
        Step(text("Take that rule out, then write the start image anew"), start_image(machine)),
        _REBOOT,
        Step(text("Or pass the card into a virtual machine and work there: the host then has no GPU")),
    )


def _build_for_kernel(machine: Machine) -> tuple[Step, ...]:
    name = _name(machine)
    headers = "sudo apt install linux-headers-$(uname -r)"
    build = "sudo dkms autoinstall -k $(uname -r)"
    if any(word in name for word in _RED_HAT):
        headers, build = "sudo dnf install kernel-devel-$(uname -r)", "sudo akmods --force || sudo dkms autoinstall"
    elif "arch" in name:
        headers = "sudo pacman -S linux-headers"
    return (
        Step(text("Install the headers of this kernel, so that the module can be built"), headers),
        Step(text("Build the module for the running kernel"), build),
        _LOAD,
        Step(text("Or start the kernel that has the module: choose it in the start menu under the advanced options")),
    )


def _name(machine: Machine) -> str:
    return "" if isinstance(machine.os, Unknown) else machine.os.name.lower()
