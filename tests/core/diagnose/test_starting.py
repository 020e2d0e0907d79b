"""The driver is there and the GPU does not start: each reason that an inspection sees, its look-alike, the unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from helpers.machines import ABSENT, a_display_device, a_gpu, a_machine, a_torch, a_torch_live
from helpers.recordings import machine as recorded

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.starting import closed_nodes, missing_uvm, start_fault, withheld
from gpuproof.core.facts.conditions import Limits
from gpuproof.core.facts.machine import Container, Machine, NvmlState, OperatingSystem
from gpuproof.core.facts.parts import DeviceNode, KernelGpu
from gpuproof.core.facts.version import DottedVersion as Version

NOT_AVAILABLE = a_torch_live(is_available=False, device_count=0, devices=(), kernel_checks=(), arch_list=())
PASCAL, BLACKWELL = a_display_device(device_id=0x1B06, name="GTX 1080 Ti"), a_display_device(device_id=0x2B85)
FEDORA = OperatingSystem(system="linux", machine="x86_64", name="Fedora Linux 42")
OPEN_NODE = DeviceNode(path="/dev/nvidia0", mode="666", is_readable=True, is_writable=True)
CONTROL = replace(OPEN_NODE, path="/dev/nvidiactl")
CLOSED = DeviceNode(path="/dev/nvidia0", mode="660")


def _failing(**changes: Any) -> Machine:
    return a_machine(**{"torch_live": NOT_AVAILABLE, **changes})


def _unlisted(card: Any, driver: str, flavour: str, **changes: Any) -> Machine:
    given = {
        "display_devices": (card,),
        "driver_version": Version(driver),
        "driver_flavour": flavour,
        "gpus": (),
        "driver_library": ABSENT,
    }
    return _failing(**{**given, **changes})


def _profile(name: str, **changes: Any) -> Machine:
    return _failing(gpus=(a_gpu(name=name, virtualisation="vgpu"),), **changes)


LIMITED, WIDE = Limits(address_space_mib=16384.0), Limits(address_space_mib=2.0**20)
GUARDED = KernelGpu(model="NVIDIA H100 80GB HBM3", is_excluded=True)
NO_MODULE = _unlisted(PASCAL, "1", "proprietary", driver_version=ABSENT, driver_on_disk=ABSENT)
SCENES: list[tuple[str, str | None, Machine]] = [
    ("excluded", "excluded", _failing(gpus=(), kernel_gpus=(GUARDED,))),
    ("one-of-two-excluded", None, _failing(kernel_gpus=(GUARDED, replace(GUARDED, is_excluded=False)))),
    ("pascal-595", "last-branch", _unlisted(PASCAL, "595.45", "proprietary")),
    ("pascal-580", None, _unlisted(PASCAL, "580.159.04", "proprietary")),
    ("pascal-595-on-disk", "last-branch", replace(NO_MODULE, driver_on_disk=Version("595.45"))),
    ("pascal-no-driver", None, NO_MODULE),
    ("pascal-open", "proprietary-needed", _unlisted(PASCAL, "580.159.04", "open")),
    ("blackwell-proprietary", "open-needed", _unlisted(BLACKWELL, "580.159.04", "proprietary")),
    ("blackwell-open", None, _unlisted(BLACKWELL, "580.159.04", "open")),
    ("flavour-unknown", None, _unlisted(BLACKWELL, "580.159.04", "x", driver_flavour=ABSENT)),
    ("mixed-595", None, _unlisted(PASCAL, "595.45", "open", display_devices=(PASCAL, BLACKWELL))),
    ("listed", None, _unlisted(PASCAL, "595.45", "open", gpus=(a_gpu(),))),
    ("container", None, _unlisted(PASCAL, "595.45", "open", container=Container(kind="docker", has_device_nodes=True))),
    ("desktop-profile", "vgpu-profile", _profile("NVIDIA A40-2B")),
    ("compute-profile", None, _profile("NVIDIA A40-24Q")),
    ("not-virtual", None, _failing(gpus=(a_gpu(name="NVIDIA A40-2B"),))),
    ("limited", "address-space", _failing(limits=LIMITED)),
    ("limit-is-wide", None, _failing(limits=WIDE)),
    ("no-limit", None, _failing(limits=Limits())),
    ("limited-and-working", None, a_machine(limits=LIMITED)),
    ("nobody-asked", None, Machine()),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "machine"), [pytest.param(*scene[1:], id=scene[0]) for scene in SCENES])
def test_a_reason_is_named_only_when_it_was_seen(kind: str | None, machine: Machine) -> None:
    found = start_fault(machine)
    assert (found[0] if found is not None else None) == kind


@pytest.mark.parametrize(
    ("kind", "command", "machine"),
    [
        ("excluded", "NVreg_", SCENES[0][2]),
        ("last-branch", "nvidia-driver-580", SCENES[2][2]),
        ("open-needed", "nvidia-driver-580-open", SCENES[7][2]),
        ("open-needed", "ubuntu-drivers", replace(SCENES[7][2], driver_version=ABSENT, driver_on_disk=ABSENT)),
        ("open-needed", "kmod_nvidia_open 1", replace(SCENES[7][2], os=FEDORA)),
        ("proprietary-needed", "nvidia-driver-580", SCENES[6][2]),
        ("proprietary-needed", "kmod_nvidia_open 0", replace(SCENES[6][2], os=FEDORA)),
        ("vgpu-profile", "nvidia-smi -q", SCENES[13][2]),
        ("address-space", "ulimit -v unlimited", SCENES[16][2]),
    ],
)
def test_the_reason_is_the_cause_with_its_own_steps(kind: str, command: str, machine: Machine) -> None:
    primary = diagnose(machine).primary
    assert primary is not None
    assert (primary.cause, primary.id) == ("gpu_init_failed", f"gpu-init-failed.{kind}")
    assert command in "\n".join(step.command or "" for step in primary.remedy.steps)


def test_closed_device_files_are_the_cause_where_the_driver_refuses() -> None:
    refused = a_machine(
        device_nodes=(CLOSED, CONTROL), nvml=NvmlState(ok=False, error="NO_PERMISSION"), torch_live=ABSENT
    )
    primary = diagnose(refused).primary
    assert primary is not None
    assert primary.id == "gpu-init-failed.not-allowed"
    assert "usermod" in "\n".join(step.command or "" for step in primary.remedy.steps)
    inside = replace(refused, container=Container(kind="docker", has_device_nodes=True))
    assert diagnose(inside).cause == "container_no_gpu"
    assert diagnose(recorded("nodes-not-allowed")).cause == "gpu_init_failed"


def test_closed_device_files_of_a_machine_that_works_or_was_not_tried_say_nothing() -> None:
    assert closed_nodes(a_machine(device_nodes=(CLOSED,))) == ()
    assert closed_nodes(a_machine(device_nodes=(CLOSED,), torch_live=ABSENT)) == ()
    assert closed_nodes(_failing(device_nodes=(OPEN_NODE, CONTROL))) == ()
    assert closed_nodes(_failing(device_nodes=(replace(CLOSED, path="/dev/nvidia-caps/nvidia-cap1"),))) == ()
    assert closed_nodes(_failing(device_nodes=ABSENT)) == ()


def test_a_missing_uvm_is_the_cause_without_any_message() -> None:
    machine = _failing(device_nodes=(OPEN_NODE, CONTROL), kernel_modules=("nvidia",))
    primary = diagnose(machine).primary
    assert primary is not None
    assert (primary.cause, primary.confidence, len(primary.evidence)) == ("uvm_broken", "certain", 2)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"device_nodes": (OPEN_NODE, CONTROL, replace(OPEN_NODE, path="/dev/nvidia-uvm"))}, id="there"),
        pytest.param({"kernel_modules": ("nvidia", "nvidia_uvm")}, id="loaded"),
        pytest.param({"device_nodes": (OPEN_NODE, CONTROL), "torch": a_torch(cuda_version=None)}, id="cpu-build"),
        pytest.param({"device_nodes": (OPEN_NODE,), "environment": (("CUDA_VISIBLE_DEVICES", ""),)}, id="hidden"),
        pytest.param({"device_nodes": (OPEN_NODE, CONTROL), "torch_live": a_torch_live()}, id="works"),
        pytest.param({"device_nodes": (OPEN_NODE, CONTROL), "torch_live": ABSENT}, id="not-tried"),
        pytest.param({"device_nodes": ABSENT, "kernel_modules": ABSENT}, id="nobody-asked"),
        pytest.param({"device_nodes": (OPEN_NODE, CONTROL), "environment": ABSENT}, id="variables-unknown"),
    ],
)
def test_uvm_is_not_blamed_before_cuda_was_really_started(changes: dict[str, Any]) -> None:
    assert missing_uvm(_failing(**changes)) == ()


@pytest.mark.parametrize(
    ("box", "name"),
    [
        (Container(kind="docker", has_device_nodes=True, visible_devices="void"), "NVIDIA_VISIBLE_DEVICES"),
        (Container(kind="docker", has_device_nodes=True, driver_capabilities="utility"), "NVIDIA_DRIVER_CAPABILITIES"),
        (Container(kind="docker", has_device_nodes=True, driver_capabilities="compute,utility"), ""),
        (Container(kind="docker", has_device_nodes=True, driver_capabilities="all", visible_devices="all"), ""),
        (Container(kind="docker", has_device_nodes=True, driver_capabilities=""), ""),
        (Container(visible_devices="void"), ""),
        (ABSENT, ""),
    ],
)
def test_a_container_s_own_variables_may_keep_cuda_out(box: Any, name: str) -> None:
    machine = _failing(container=box)
    assert name in " ".join(map(str, withheld(machine)))
    assert bool(withheld(machine)) == bool(name)
    if name:
        primary = diagnose(machine).primary
        assert primary is not None
        assert primary.cause == "container_no_gpu"
        assert "NVIDIA_DRIVER_CAPABILITIES=compute,utility" in (primary.remedy.steps[0].command or "")
    assert withheld(replace(machine, torch_live=a_torch_live())) == ()
