"""Steps for a card that the driver does not start, by the reason that an inspection saw."""

from __future__ import annotations

from gpuproof.core.diagnose.context import NVIDIA
from gpuproof.core.diagnose.model import Step
from gpuproof.core.diagnose.starting import closed_nodes, start_fault, withheld
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import text

_REBOOT = Step(text("Restart the machine, then look"), "sudo reboot")


def start_steps(machine: Machine) -> tuple[Step, ...]:
    """Return the steps of the reason that was seen; empty where none was."""
    found = start_fault(machine)
    if found is None:
        return _rights() if closed_nodes(machine) else ()
    return {
        "excluded": _excluded,
        "last-branch": _last_branch,
        "open-needed": _open,
        "proprietary-needed": _proprietary,
        "vgpu-profile": _vgpu,
        "address-space": _address_space,
    }[found[0]](machine)


def _excluded(machine: Machine) -> tuple[Step, ...]:
    return (
        Step(
            text("Find the option that leaves the card out, and take it out"),
            "grep -rnE 'NVreg_(Excluded|GpuBlacklist|AssignGpus)' /etc/modprobe.d /run/modprobe.d /proc/cmdline",
        ),
        _REBOOT,
    )


def _last_branch(machine: Machine) -> tuple[Step, ...]:
    branch = _branch(machine)
    name = _name(machine)
    command = f"sudo apt install nvidia-driver-{branch}" if "ubuntu" in name or "mint" in name else None
    page = "https://www.nvidia.com/drivers"
    words = text("Install the last branch that has this card, R{branch}: {page}", branch=branch, page=page)
    return (Step(words, command), _REBOOT, Step(text("See whether it worked"), "nvidia-smi"))


def _branch(machine: Machine) -> int:
    """Return the lowest of the cards' last branches, which all of them share."""
    from gpuproof.core.knowledge import capability_of_pci, last_branch

    devices = () if isinstance(machine.display_devices, Unknown) else machine.display_devices
    found = (capability_of_pci(device.device_id) for device in devices if device.vendor_id == NVIDIA)
    ends = [last_branch(capability) for capability in found if capability is not None]
    return min(end for end in ends if end is not None)


def _open(machine: Machine) -> tuple[Step, ...]:
    return (
        Step(text("Install the open kernel modules of the same driver"), _flavoured(machine, is_open=True)),
        _REBOOT,
        Step(text("See whether it worked"), "nvidia-smi"),
    )


def _proprietary(machine: Machine) -> tuple[Step, ...]:
    return (
        Step(text("Install the proprietary kernel modules of the same driver"), _flavoured(machine, is_open=False)),
        _REBOOT,
        Step(text("See whether it worked"), "nvidia-smi"),
    )


def _flavoured(machine: Machine, *, is_open: bool) -> str:
    versions = (machine.driver_version, machine.driver_on_disk)
    branch = next((version.major for version in versions if not isinstance(version, Unknown)), None)
    name = _name(machine)
    if "ubuntu" in name or "mint" in name:
        package = f"nvidia-driver-{branch}{'-open' if is_open else ''}"
        return "sudo ubuntu-drivers install" if branch is None else f"sudo apt install {package}"
    if "fedora" in name:
        macro = f"%_with_kmod_nvidia_open {int(is_open)}"
        return f"echo '{macro}' | sudo tee /etc/rpm/macros.nvidia-kmod && sudo akmods --force --rebuild"
    if "arch" in name:
        return f"sudo pacman -S {'nvidia-open' if is_open else 'nvidia'}"
    return f"sudo apt install {'nvidia-open' if is_open else 'cuda-drivers'}"


def _vgpu(machine: Machine) -> tuple[Step, ...]:
    return (
        Step(
            text("Ask whoever runs the virtual machines for a profile with CUDA: Q or C in its name, such as A40-24Q")
        ),
        Step(text("See the profile"), "nvidia-smi -q | grep -iE 'product name|virtualization'"),
    )


def _address_space(machine: Machine) -> tuple[Step, ...]:
    return (
        Step(text("Lift the limit in the shell that starts the program"), "ulimit -v unlimited"),
        Step(
            text("Where a service or a batch system sets it, change it there; memory itself is limited in other ways"),
            "grep -rn 'as ' /etc/security/limits.conf /etc/security/limits.d 2>/dev/null",
        ),
    )


def _rights() -> tuple[Step, ...]:
    return (
        Step(text("See who may open the GPU's device files, and who you are"), "ls -l /dev/nvidia*; id"),
        Step(
            text("Join the group that owns them, then log in anew"),
            "sudo usermod -aG $(stat -c %G /dev/nvidia0) $USER",
        ),
        Step(
            text("Or let the driver make them for everybody, as it does by itself, then restart"),
            "grep -rn NVreg_DeviceFile /etc/modprobe.d /usr/lib/modprobe.d",
        ),
    )


def container_steps(machine: Machine) -> tuple[Step, ...]:
    """Return the steps for a container whose own settings keep the GPU or CUDA out; empty where they do not."""
    if not withheld(machine):
        return ()
    return (
        Step(
            text("Start the container with the GPU and with CUDA in it"),
            "docker run --rm --gpus all -e NVIDIA_VISIBLE_DEVICES=all -e NVIDIA_DRIVER_CAPABILITIES=compute,utility IMAGE nvidia-smi",  # noqa: E501
        ),
        Step(text("Search the image, the compose file or the pod for these two variables and correct them there")),
    )


def _name(machine: Machine) -> str:
    return "" if isinstance(machine.os, Unknown) else machine.os.name.lower()
