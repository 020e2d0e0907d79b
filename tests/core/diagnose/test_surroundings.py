"""What WSL2, Windows, the loader and the installers show by themselves: both sides, and what nobody asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from helpers.machines import ABSENT, a_display_device, a_gpu, a_machine, a_torch, a_torch_live
from helpers.recordings import machine as recorded

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose import surroundings as look
from gpuproof.core.facts.conditions import DriverOrigin
from gpuproof.core.facts.installation import InstallerSettings
from gpuproof.core.facts.machine import Machine, NvmlState, OperatingSystem
from gpuproof.core.facts.parts import DeviceNode, LibraryFile, MigDevice, WindowsFacts, WslFacts
from gpuproof.core.facts.unknown import NOT_ASKED
from gpuproof.core.facts.version import DottedVersion as Version

WSL = OperatingSystem(system="linux", machine="x86_64", name="Ubuntu 22.04", is_wsl=True)
WINDOWS = OperatingSystem(system="windows", machine="x86_64", name="Windows 11 Pro")
NOT_AVAILABLE = a_torch_live(is_available=False, device_count=0, devices=(), kernel_checks=(), arch_list=())
CPU = {"torch": a_torch(version="2.11.0+cpu", cuda_version=None), "torch_live": NOT_AVAILABLE}
NEW, OLD, ONE = "5.15.167.4-microsoft-standard-WSL2", "5.4.72-microsoft-standard-WSL2", "4.4.0-19041-Microsoft"
LIBRARIES = ("libcuda.so.1", "libd3d12.so", "libnvidia-ml.so.1")


def _wsl(kernel: str, libraries: tuple[str, ...] = LIBRARIES, **changes: Any) -> Machine:
    facts = WslFacts(has_gpu_device=True, kernel=kernel, libraries=libraries)
    given = {"os": WSL, "wsl": facts, "gpus": ABSENT, "torch_live": NOT_AVAILABLE, "display_devices": ()}
    return a_machine(**{**given, **changes})


@pytest.mark.parametrize(
    ("machine", "word"),
    [
        pytest.param(_wsl(OLD), "older than 5.10.43.3", id="old-kernel"),
        pytest.param(_wsl(ONE), "WSL 1", id="wsl-one"),
        pytest.param(_wsl(NEW, ("libd3d12.so",)), "libcuda", id="no-nvidia-driver-in-windows"),
        pytest.param(_wsl(NEW), "", id="all-there"),
        pytest.param(_wsl(NEW, ()), "", id="nobody-saw-the-folder"),
        pytest.param(_wsl(OLD, gpus=(a_gpu(),)), "", id="the-card-answers"),
        pytest.param(_wsl(OLD, torch_live=a_torch_live()), "", id="works"),
        pytest.param(_wsl("custom"), "", id="a-kernel-of-one-s-own"),
        pytest.param(_wsl(OLD, wsl=ABSENT), "", id="nobody-asked"),
    ],
)
def test_wsl_shows_what_it_lacks(machine: Machine, word: str) -> None:
    said = " ".join(map(str, look.wsl_trouble(machine)))
    assert (word in said) if word else said == ""
    if word:
        assert diagnose(machine).cause == "wsl_driver"


def test_wsl_one_is_turned_into_two() -> None:
    primary = diagnose(_wsl(ONE)).primary
    assert primary is not None
    assert "--set-version" in (primary.remedy.steps[0].command or "")


def _windows(missing: tuple[str, ...], **changes: Any) -> Machine:
    given = {"os": WINDOWS, "windows": WindowsFacts(missing_runtime_libraries=missing), "torch_live": NOT_ASKED}
    return a_machine(**{**given, **changes})


def test_a_missing_runtime_is_the_cause_of_an_import_that_ends_without_words() -> None:
    ended = replace(NOT_AVAILABLE, imported=False, is_available=None, import_error="ended with status 3221225781")
    primary = diagnose(_windows(("vcruntime140_1.dll",), torch_live=ended)).primary
    assert primary is not None
    assert (primary.id, primary.confidence) == ("windows-dll.runtime", "likely")
    assert diagnose(_windows(("vcomp140.dll",), torch_live=ended)).cause != "windows_dll"
    assert diagnose(_windows(("vcruntime140_1.dll",))).findings == ()  # a Python may bring its own
    assert diagnose(_windows(("vcruntime140_1.dll",), torch_live=a_torch_live())).findings == ()
    told = diagnose(recorded("windows-missing-dll")).primary
    assert told is not None
    assert "vcruntime140_1.dll" in " ".join(map(str, told.evidence))


def test_windows_without_nvidia_s_driver_is_named() -> None:
    bare = _windows(
        ("nvcuda.dll",), gpus=ABSENT, driver_version=ABSENT, nvml=NvmlState(ok=False, error="LIBRARY_NOT_FOUND")
    )
    assert diagnose(bare).cause == "no_driver"
    assert look.stand_in_driver(bare)
    assert look.stand_in_driver(replace(bare, gpus=(a_gpu(),))) == ()
    assert look.stand_in_driver(replace(bare, display_devices=(a_display_device(vendor_id=0x8086),))) == ()
    assert look.stand_in_driver(replace(bare, windows=ABSENT)) == ()


def _reached(path: str, where: str, name: str = "NVIDIA GeForce RTX 4090", **changes: Any) -> Machine:
    library = LibraryFile(name="libcuda.so.1", path=path, where=where)
    given = {"gpus": (a_gpu(name=name),), "torch_live": NOT_AVAILABLE, "libraries": (library,)}
    return a_machine(**{**given, **changes})


COMPAT, USUAL = "/usr/local/cuda-13.0/compat/libcuda.so.1", "/usr/lib/x86_64-linux-gnu/libcuda.so.1"


@pytest.mark.parametrize(
    ("machine", "is_seen"),
    [
        (_reached(COMPAT, "LD_LIBRARY_PATH"), True),
        (_reached(COMPAT, "folder"), False),
        (_reached(USUAL, "loader_cache"), False),
        (_reached(COMPAT, "LD_LIBRARY_PATH", "NVIDIA H100 80GB HBM3"), False),
        (_reached(COMPAT, "LD_LIBRARY_PATH", torch_live=a_torch_live()), False),
        (_reached(COMPAT, "LD_LIBRARY_PATH", libraries=ABSENT), False),
    ],
)
def test_a_compat_library_counts_where_the_loader_reaches_it_for_a_pc_card(machine: Machine, is_seen: bool) -> None:
    assert bool(look.compat_library(machine)) is is_seen
    assert (diagnose(machine).cause == "forward_compat_804") is is_seen


def _pip_conf(variant: str) -> InstallerSettings:
    line = f"global.index-url = https://download.pytorch.org/whl/{variant}"
    return InstallerSettings(tool="pip", file="pip.conf", lines=(line,))


@pytest.mark.parametrize(
    ("changes", "is_seen"),
    [
        ({"installer_settings": (_pip_conf("cpu"),)}, True),
        ({"installer_settings": (_pip_conf("cu126"),)}, False),
        ({"environment": (("UV_TORCH_BACKEND", "cpu"),)}, True),
        ({"environment": (("UV_TORCH_BACKEND", "auto"),)}, False),
        ({"installer_settings": ABSENT, "environment": ABSENT}, False),
    ],
)
def test_a_setting_that_brings_the_cpu_wheel_back_is_shown_first(changes: dict[str, Any], is_seen: bool) -> None:
    primary = diagnose(a_machine(**CPU, **changes)).primary
    assert primary is not None
    assert primary.cause == "cpu_wheel"
    assert (len(primary.evidence) == 2) is is_seen
    assert ("config list" in (primary.remedy.steps[0].command or "")) is is_seen


def test_conda_s_own_command_is_shown() -> None:
    build = a_torch(version="2.5.1", cuda_version=None, conda_build="py3.11_cpu_0")
    history = ("conda create -n app python=3.11", "conda install pytorch cpuonly -c pytorch")
    primary = diagnose(a_machine(torch=build, torch_live=NOT_AVAILABLE, conda_history=history)).primary
    assert primary is not None
    assert "conda was told: conda install pytorch cpuonly" in " ".join(map(str, primary.evidence))


def test_fabric_manager_s_version_and_service_are_shown_beside_the_fault() -> None:
    primary = diagnose(recorded("fabric-manager")).primary
    assert primary is not None
    said = " ".join(map(str, primary.evidence))
    assert "Fabric Manager is 565.57.01, the driver is 570.124.06" in said
    assert "nvidia-fabricmanager is not running" in said
    fits = a_machine(fabric_manager_version=Version("580.159.04"), driver_services=("nv-fabricmanage",))
    assert look.fabric_versions(fits) == ()
    assert look.fabric_versions(a_machine()) == ()


def _divided(**changes: Any) -> Machine:
    given = {"gpus": (a_gpu(mig_mode="Enabled"),), "device_nodes": (DeviceNode(path="/dev/nvidia0"),)}
    return a_machine(**{**given, "torch_live": NOT_ASKED, **changes})


def test_a_card_divided_into_nothing_has_no_instance_to_use() -> None:
    primary = diagnose(_divided()).primary
    assert primary is not None
    assert (primary.id, primary.confidence) == ("mig.no-instance", "likely")
    one = a_gpu(mig_mode="Enabled", mig_devices=(MigDevice(name="MIG 3g.40gb"),))
    assert diagnose(_divided(gpus=(one,))).findings == ()
    hidden = a_gpu(mig_mode="Enabled", missing=(("mig_devices", "NO_PERMISSION"),))
    assert diagnose(_divided(gpus=(hidden,))).findings == ()
    assert diagnose(_divided(device_nodes=NOT_ASKED)).findings == ()
    assert diagnose(_divided(torch_live=a_torch_live())).findings == ()


def test_a_restart_that_is_due_and_the_last_change_stand_beside_a_mismatch() -> None:
    origin = DriverOrigin(restart_required=True, log=("2026-11-01 10:00:00 upgrade nvidia-driver-580 580.1 580.2",))
    mixed = a_machine(driver_library=Version("580.65.06"), driver_origin=origin)
    primary = diagnose(mixed).primary
    assert primary is not None
    assert primary.cause == "driver_lib_mismatch"
    said = " ".join(map(str, primary.evidence))
    assert "waits for a restart" in said
    assert "upgrade nvidia-driver-580" in said
    assert look.waiting_restart(a_machine(driver_origin=DriverOrigin(log=("2026 upgrade vim",)))) == ()
    assert look.waiting_restart(a_machine()) == ()
