"""What keeps NVIDIA's module from a card that is there: each obstacle, its look-alike, and what nobody asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from helpers.machines import ABSENT, FAILED, a_display_device, a_machine
from helpers.recordings import machine as recorded

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.loading import obstacle
from gpuproof.core.facts.conditions import DriverOrigin, InstalledKernel, KernelFacts
from gpuproof.core.facts.machine import Container, Machine, NvmlState, OperatingSystem
from gpuproof.core.facts.parts import DkmsModule
from gpuproof.core.facts.version import DottedVersion as Version

RELEASE = "6.8.0-45-generic"
UBUNTU = OperatingSystem(system="linux", machine="x86_64", name="Ubuntu 24.04.1 LTS", release=RELEASE)
FEDORA = replace(UBUNTU, name="Fedora Linux 42")
ON_DISK = Version("580.95.05")


def _without_driver(**changes: Any) -> Machine:
    usual: dict[str, Any] = {
        "os": UBUNTU, "display_devices": (a_display_device(kernel_driver=None),), "driver_version": ABSENT,
        "driver_on_disk": FAILED, "driver_library": ABSENT, "driver_cuda_version": ABSENT, "gpus": FAILED,
        "nvml": NvmlState(ok=False, error="DRIVER_NOT_LOADED"), "kernel_modules": (), "torch_live": ABSENT,
    }  # fmt: skip
    return a_machine(**{**usual, **changes})


def _kernel(**changes: Any) -> KernelFacts:
    return KernelFacts(**changes)


INSTALLED = (
    InstalledKernel(release=RELEASE, is_running=True),
    InstalledKernel(release="6.8.0-40-generic", nvidia_module="updates/dkms"),
)
HAS_IT = (replace(INSTALLED[0], nvidia_module="updates"), INSTALLED[1])
SCENES: list[tuple[str, str | None, Machine]] = [
    ("rule", "blacklisted", _without_driver(kernel=_kernel(module_options=("bl.conf: blacklist nvidia",)))),
    ("off", "blacklisted", _without_driver(kernel=_kernel(module_options=("bl.conf: alias nvidia off",)))),
    ("false", "blacklisted", _without_driver(kernel=_kernel(module_options=("x.conf: install nvidia /bin/false",)))),
    ("framebuffer", None, _without_driver(kernel=_kernel(module_options=("fb.conf: blacklist nvidiafb",)))),
    ("nouveau-is-right", None, _without_driver(kernel=_kernel(module_options=("n.conf: blacklist nouveau",)))),
    ("option", None, _without_driver(kernel=_kernel(module_options=("n.conf: options nvidia NVreg_X=1",)))),
    ("word", "command-line", _without_driver(kernel=_kernel(command_line=("modprobe.blacklist=nouveau,nvidia",)))),
    ("other-word", None, _without_driver(kernel=_kernel(command_line=("modprobe.blacklist=nouveau", "nomodeset")))),
    ("guest", "vfio", _without_driver(display_devices=(a_display_device(kernel_driver="vfio-pci"),))),
    ("nouveau", "nouveau", _without_driver(display_devices=(a_display_device(kernel_driver="nouveau"),))),
    ("kernel", "other-kernel", _without_driver(kernel=_kernel(installed=INSTALLED))),
    ("kernel-has-it", None, _without_driver(kernel=_kernel(installed=HAS_IT))),
    ("no-kernel-has-it", None, _without_driver(kernel=_kernel(installed=INSTALLED[:1]))),
    ("dkms", "other-kernel", _without_driver(dkms=(DkmsModule(name="nvidia", version="580", kernels=("6.8.0-40",)),))),
    ("dkms-fits", None, _without_driver(dkms=(DkmsModule(name="nvidia", version="580", kernels=(RELEASE,)),))),
    ("unsigned", "unsigned", _without_driver(secure_boot=True, driver_on_disk=ON_DISK)),
    ("locked-down", "unsigned", _without_driver(kernel=_kernel(lockdown="integrity"), driver_on_disk=ON_DISK)),
    ("not-locked", "on-disk", _without_driver(kernel=_kernel(lockdown="none"), driver_on_disk=ON_DISK)),
    ("idle", "on-disk", _without_driver(secure_boot=False, driver_on_disk=ON_DISK)),
    ("loaded", None, _without_driver(driver_on_disk=ON_DISK, kernel_modules=("nvidia",))),
    ("never", "not-installed", _without_driver(driver_origin=DriverOrigin(packages=("libcudnn9-cuda-12",)))),
    ("packaged", None, _without_driver(driver_origin=DriverOrigin(packages=("nvidia-driver-580-open",)))),
    ("run-file", None, _without_driver(driver_origin=DriverOrigin(has_run_installer=True))),
    ("nobody-asked", None, _without_driver()),
    ("no-card", None, _without_driver(display_devices=())),
    ("windows", None, _without_driver(os=replace(UBUNTU, system="windows"), driver_on_disk=ON_DISK)),
]


@pytest.mark.parametrize(("kind", "machine"), [pytest.param(*scene[1:], id=scene[0]) for scene in SCENES])
def test_an_obstacle_is_named_only_when_it_was_seen(kind: str | None, machine: Machine) -> None:
    found = obstacle(machine)
    assert (found.kind if found is not None else None) == kind


@pytest.mark.parametrize(
    ("kind", "command", "machine"),
    [
        pytest.param("blacklisted", "-name 'bl.conf'", SCENES[0][2], id="the-file"),
        pytest.param("command-line", "modprobe[.]blacklist=nouveau,nvidia", SCENES[6][2], id="grub"),
        pytest.param("command-line", "grubby", replace(SCENES[6][2], os=FEDORA), id="grubby"),
        pytest.param("vfio", "vfio", SCENES[8][2], id="vfio"),
        pytest.param("nouveau", "blacklist-nouveau.conf && sudo update-initramfs", SCENES[9][2], id="ubuntu-nouveau"),
        pytest.param("nouveau", "sudo dracut", replace(SCENES[9][2], os=FEDORA), id="fedora-nouveau"),
        pytest.param("other-kernel", "dkms autoinstall", SCENES[10][2], id="dkms"),
        pytest.param("other-kernel", "akmods", replace(SCENES[10][2], os=FEDORA), id="akmods"),
        pytest.param("unsigned", "mokutil", SCENES[15][2], id="mok"),
        pytest.param("on-disk", "modprobe nvidia", SCENES[18][2], id="modprobe"),
        pytest.param("not-installed", "ubuntu-drivers", SCENES[20][2], id="install"),
    ],
)
def test_the_cause_carries_the_obstacle_and_its_own_steps(kind: str, command: str, machine: Machine) -> None:
    primary = diagnose(machine).primary
    assert primary is not None
    assert (primary.cause, primary.id) == ("no_driver", f"no-driver.{kind}")
    assert command in "\n".join(step.command or "" for step in primary.remedy.steps)


def test_a_settings_file_with_an_odd_name_never_reaches_a_command() -> None:
    odd = _without_driver(kernel=_kernel(module_options=("a';reboot;'.conf: blacklist nvidia",)))
    primary = diagnose(odd).primary
    assert primary is not None
    assert "reboot;" not in "\n".join(step.command or "" for step in primary.remedy.steps)


def test_a_laptop_that_was_switched_is_switched_back() -> None:
    laptop = replace(SCENES[0][2], driver_origin=DriverOrigin(prime_profile="intel"))
    primary = diagnose(laptop).primary
    assert primary is not None
    assert primary.remedy.steps[0].command == "sudo prime-select on-demand"


def test_a_second_card_of_a_guest_is_no_fault() -> None:
    both = (a_display_device(), a_display_device(kernel_driver="vfio-pci", address="0000:02:00.0"))
    assert diagnose(a_machine(display_devices=both)).findings == ()


def test_a_container_and_a_running_driver_have_no_obstacle() -> None:
    inside = replace(SCENES[0][2], container=Container(kind="docker", has_device_nodes=True))
    assert diagnose(inside).cause != "no_driver"
    assert obstacle(a_machine(kernel=_kernel(module_options=("bl.conf: blacklist nvidia",)))) is None


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("nvidia-blacklisted", "no-driver.blacklisted"),
        ("nouveau", "no-driver.nouveau"),
        ("dkms-not-built", "no-driver.other-kernel"),
    ],
)
def test_recorded_machines_name_their_obstacle(name: str, finding: str) -> None:
    primary = diagnose(recorded(name)).primary
    assert primary is not None
    assert primary.id == finding
