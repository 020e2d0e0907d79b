"""A ROCm build without a GPU: each reason that an inspection sees, its look-alike, and the unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from helpers.machines import ABSENT, a_display_device, a_machine, a_torch, a_torch_live

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.rocm import rocm_trouble
from gpuproof.core.facts.conditions import KernelFacts
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.parts import AmdGpu, DeviceNode

NOT_AVAILABLE = a_torch_live(is_available=False, device_count=0, devices=(), kernel_checks=(), arch_list=())
RADEON = a_display_device(vendor_id=0x1002, device_id=0x744C, name="Navi 31", kernel_driver="amdgpu")
KFD = DeviceNode(path="/dev/kfd", mode="660", is_readable=True, is_writable=True)


def _radeon(**changes: Any) -> Machine:
    given = {
        "torch": a_torch(version="2.9.0+rocm6.4", cuda_version=None, hip_version="6.4.43482"),
        "torch_live": NOT_AVAILABLE, "display_devices": (RADEON,), "gpus": ABSENT, "nvml": ABSENT,
        "driver_version": ABSENT, "device_nodes": (KFD,), "amd_gpus": (AmdGpu(target="gfx1100"),),
    }  # fmt: skip
    return a_machine(**{**given, **changes})


BARE = replace(RADEON, kernel_driver=None)
CARD = DeviceNode(path="/dev/dri/card0", is_readable=True, is_writable=True)


@pytest.mark.parametrize(
    ("changes", "word", "command"),
    [
        ({"device_nodes": (CARD,)}, "/dev/kfd is not there", "usermod -aG render,video"),
        ({"device_nodes": (replace(KFD, is_writable=False),)}, "may not open /dev/kfd", "usermod -aG render,video"),
        ({"display_devices": (BARE,)}, "no kernel driver is bound", "modprobe amdgpu"),
        (
            {"display_devices": (BARE,), "kernel": KernelFacts(command_line=("nomodeset",))},
            "started with nomodeset",
            "modprobe amdgpu",
        ),
        ({"amd_gpus": (AmdGpu(target="gfx1036"),)}, "no code for gfx1036", "HSA_OVERRIDE_GFX_VERSION=10.3.0"),
        ({"amd_gpus": (AmdGpu(target="gfx803"),)}, "no code for gfx803", "--device /dev/kfd"),
    ],
)
def test_the_reason_is_shown_with_steps_for_a_build_that_is_right(
    changes: dict[str, Any], word: str, command: str
) -> None:
    primary = diagnose(_radeon(**changes)).primary
    assert primary is not None
    assert primary.cause == "amd_gpu"
    assert word in " ".join(map(str, primary.evidence))
    commands = "\n".join(step.command or "" for step in primary.remedy.steps)
    assert command in commands
    assert "uninstall" not in commands


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="nothing-seen"),
        pytest.param({"torch_live": a_torch_live()}, id="works"),
        pytest.param({"torch": a_torch(), "device_nodes": (CARD,)}, id="a-cuda-build"),
        pytest.param({"device_nodes": ABSENT, "amd_gpus": ABSENT}, id="nobody-asked"),
        pytest.param({"device_nodes": ()}, id="no-device-files-at-all"),
        pytest.param({"amd_gpus": (AmdGpu(target="gfx803"), AmdGpu(target="gfx1100"))}, id="one-card-is-covered"),
    ],
)
def test_nothing_is_said_of_a_machine_that_shows_no_reason(changes: dict[str, Any]) -> None:
    assert rocm_trouble(_radeon(**changes)) == ()
