"""What people who run lip-sync systems check by hand, row by row, and the answer that is given here instead.

The number of a row is the one of the list of hand checks. Rows that only recommend, benchmark, watch or read logs are
tested where those are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from helpers.machines import a_gpu, a_machine, a_torch, a_torch_live
from helpers.recordings import machine as recorded

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.myths import myths
from gpuproof.core.facts.compose import SNIPPET, read_compose
from gpuproof.core.facts.foreign import read_foreign
from gpuproof.core.facts.gpu import GpuPair
from gpuproof.core.facts.machine import ComputeCapability, KernelCheck, Machine, TorchBuild, TorchLive
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.knowledge import minimum_driver, precision_support


def _first(words: str) -> str:
    return diagnose(read_foreign(words)[1]).cause


def _commands(words: str) -> str:
    primary = diagnose(read_foreign(words)[1]).primary
    assert primary is not None
    return " ".join(step.command or "" for step in primary.remedy.steps)


def _myth(wanted: str) -> str:
    (myth,) = (myth for myth in myths() if myth.id == wanted)
    return str(myth.answer)


def _live(found: Machine) -> TorchLive:
    assert isinstance(found.torch_live, TorchLive)
    return found.torch_live


def a_true_is_available_is_not_taken_as_proof() -> None:
    """Row 1: is_available(), name and memory are read; a kernel that fails on the device makes it unhealthy."""
    live = _live(recorded("h100-agent"))
    assert live.is_available is True
    assert live.devices[0].name == "NVIDIA H100 80GB HBM3"
    assert (live.devices[0].memory_total_mib or 0.0) > 80000.0
    assert live.kernel_checks[0].ok
    error = "CUDA error: no kernel image is available for execution on the device"
    failing = KernelCheck(device="cuda:0", ok=False, error=error)
    old = a_gpu(name="NVIDIA GeForce GTX 1080", compute_capability=ComputeCapability(6, 1))
    broken = a_machine(gpus=(old,), torch_live=a_torch_live(devices=(), kernel_checks=(failing,)))
    assert diagnose(broken).cause == "arch_too_old"
    assert "real computation" in _myth("is-available-enough")


def free_and_total_memory_and_who_holds_it_are_read() -> None:
    """Row 2: mem_get_info() by hand; here torch's free and total, and the driver's used memory, per card."""
    found = recorded("h100-agent")
    device = _live(found).devices[0]
    assert 0.0 < (device.memory_free_mib or 0.0) <= (device.memory_total_mib or 0.0)
    assert isinstance(found.gpus, tuple)
    assert found.gpus[0].memory_used_mib is not None
    assert isinstance(found.gpus[0].processes, tuple)


def three_cuda_numbers_are_told_apart() -> None:
    """Row 3: torch's CUDA, the driver's newest CUDA and an installed toolkit are three facts."""
    found = recorded("shadowing-cudnn")
    assert isinstance(found.torch, TorchBuild)
    assert found.toolkits == (DottedVersion("12.2.140"),)
    assert (str(found.torch.cuda_version), str(found.driver_cuda_version)) == ("13.0", "13.0")
    assert "accepts" in _myth("smi-cuda-version")


def a_cpu_only_wheel_is_named_with_its_kind() -> None:
    """Row 4: plain ``pip install torch`` on Windows, and conda's ``cpuonly``."""
    assert _first("Windows 11\nAssertionError: Torch not compiled with CUDA enabled\ntorch 2.5.1+cpu") == "cpu_wheel"
    assert diagnose(recorded("windows-cpu-wheel")).cause == "cpu_wheel"
    assert diagnose(recorded("conda-cpu-build")).cause == "conda_cpu_build"


def driver_version_and_gpu_count_need_no_nvidia_smi() -> None:
    """Row 5: ``nvidia-smi`` by hand; the recording asked the driver's library alone."""
    found = recorded("h200x2")
    assert isinstance(found.gpus, tuple)
    assert len(found.gpus) == 2
    assert str(found.driver_version) == "580.159.04"


def whether_the_driver_is_new_enough_depends_on_the_build() -> None:
    """Row 6: guides say 450 or 525; the table goes by CUDA version, minor-version compatibility and Blackwell."""
    assert minimum_driver("12.8", "linux") < DottedVersion("535")  # type: ignore[operator]
    assert minimum_driver("13.0", "linux") == DottedVersion("580")
    same = dict.fromkeys(("driver_version", "driver_on_disk", "driver_library"), DottedVersion("535.183.01"))
    driver = {**same, "driver_cuda_version": DottedVersion("12.2")}
    ampere = a_gpu(name="NVIDIA A10", compute_capability=ComputeCapability(8, 6))
    build = a_torch(version="2.8.0+cu128", cuda_version=DottedVersion("12.8"))
    unseen = a_torch_live(is_available=None, devices=(), kernel_checks=(), arch_list=())
    old = a_machine(gpus=(ampere,), torch=build, torch_live=unseen, **driver)
    assert diagnose(old).cause != "driver_too_old"
    refused = a_torch_live(is_available=False, devices=(), kernel_checks=(), arch_list=())
    newest = a_torch(version="2.11.0+cu130", cuda_version=DottedVersion("13.0"))
    assert diagnose(replace(old, torch=newest, torch_live=refused)).cause == "driver_too_old"
    assert "12.8 build runs on driver 535" in _myth("cuda-must-equal")


def the_insufficient_driver_message_is_answered() -> None:
    """Row 8: "CUDA driver version is insufficient for CUDA runtime version"."""
    assert _first("RuntimeError: CUDA driver version is insufficient for CUDA runtime version") == "driver_too_old"


def a_system_toolkit_is_not_needed() -> None:
    """Row 10: a machine without any toolkit is healthy; one of another version is no fault of torch."""
    assert diagnose(a_machine(toolkits=())).cause == "healthy"
    assert diagnose(a_machine(toolkits=(DottedVersion("11.5"),))).cause == "healthy"
    assert "Only the driver is needed" in _myth("toolkit-needed")


def cudnn_is_read_and_a_missing_one_is_answered() -> None:
    """Row 11: cuDNN's version is read; "libcudnn.so.8 not found" is answered; a second copy is named by its path."""
    assert _live(recorded("h100-agent")).cudnn_version is not None
    said = "OSError: libcudnn.so.8: cannot open shared object file: No such file or directory"
    assert _first(said) == "cudnn_conflict"
    found = recorded("shadowing-cudnn")
    assert isinstance(found.libraries, tuple)
    assert [library.path for library in found.libraries if "libcudnn" in library.name] == [
        "/usr/local/cuda-12.2/lib64/libcudnn.so.8"
    ]


def several_toolkits_and_a_shadowing_library_are_told() -> None:
    """Row 12: toolkit folders are listed with where each library was found; a shadowing one is the cause."""
    found = recorded("shadowing-cudnn")
    assert isinstance(found.toolkit_folders, tuple)
    assert isinstance(found.libraries, tuple)
    assert found.toolkit_folders[0].path == "/usr/local/cuda-12.2"
    assert found.libraries[0].where == "LD_LIBRARY_PATH"
    said = "ImportError: libcusparse.so.12: undefined symbol: __nvJitLinkComplete_12_4, version libnvJitLink.so.12"
    assert _first(said) == "cuda_lib_shadow"


def a_container_without_the_gpu_is_told_with_the_exact_command() -> None:
    """Row 22: started without ``--gpus all``, or no container toolkit."""
    assert diagnose(recorded("container-no-gpu")).cause == "container_no_gpu"
    said = 'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].'
    assert _first(said) == "container_no_gpu"
    assert "--gpus all" in _commands(said)


def a_compose_file_is_checked_and_the_snippet_is_right() -> None:
    """Row 23: ``deploy.resources.reservations.devices`` in a compose file."""
    (good,) = read_compose(f"services:\n  app:\n    image: pytorch/pytorch:2.11.0-cuda13.0-cudnn9-runtime\n{SNIPPET}\n")
    assert (good.asks_gpu, good.mistakes) == ("deploy.resources.reservations.devices", ())
    (without,) = read_compose("services:\n  app:\n    image: heygem\n")
    assert not without.asks_gpu


def the_application_s_memory_per_resolution_is_checked() -> None:
    """Row 27: 8 GB for 1080p and 16 GB for 4K, beside what the card has."""
    small = diagnose(a_machine(gpus=(a_gpu(memory_total_mib=6144.0),)), app="heygem")
    said = " ".join(str(line) for line in small.chain[0].evidence)
    assert "1080p" in said
    assert "4K" in said
    assert [finding.rule for finding in small.findings] == ["application.memory"]
    assert diagnose(a_machine(), app="heygem").chain[0].state == "ok"


def running_out_of_memory_is_told_from_a_failed_start() -> None:
    """Row 28: a real shortage is ``oom``; the same words at WSL2's first call are not."""
    assert _first("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has") == "oom"
    start = "UserWarning: CUDA initialization: Unexpected error from cudaGetDeviceCount(). Error 2: out of memory"
    assert _first(f"WSL2, Ubuntu 22.04\n{start}") == "wsl_driver"


def which_of_several_gpus_is_which_is_read_and_a_hiding_variable_is_named() -> None:
    """Row 29: each card has the driver's index and PCI address; CUDA_VISIBLE_DEVICES that hides one is told."""
    found = recorded("h200x2")
    assert isinstance(found.gpus, tuple)
    assert [gpu.index for gpu in found.gpus] == [0, 1]
    assert len({gpu.pci_address for gpu in found.gpus}) == 2
    assert diagnose(recorded("hidden-by-variable")).cause == "visible_devices"
    assert "Rarely" in _myth("visible-devices-blamed")


def half_precision_by_architecture_is_in_a_table() -> None:
    """Row 30: FP16 and BF16 by architecture, Turing without BF16 and Ampere with it."""
    turing, ampere = precision_support(ComputeCapability(7, 5)), precision_support(ComputeCapability(8, 6))
    assert turing is not None
    assert ampere is not None
    assert (turing.fast_fp16, turing.bf16, ampere.bf16) == (True, False, True)


def one_broken_link_of_the_chain_is_named() -> None:
    """Row 33: application, torch, CUDA libraries, driver, GPU; the broken one is told and the others stay whole."""
    broken = diagnose(recorded("windows-cpu-wheel"))
    assert [link.name for link in broken.chain] == ["application", "torch", "cuda_libraries", "driver", "gpu"]
    assert [link.name for link in broken.chain if link.state == "broken"] == ["torch"]
    healthy = diagnose(recorded("h100-agent"))
    assert {link.state for link in healthy.chain[1:]} == {"ok"}


def the_ways_between_several_cards_are_facts_and_a_slow_one_is_no_fault() -> None:
    """Row 37: ``nvidia-smi topo -m``, NVLink, P2P; an NVSwitch that does not serve its cards is the fault there is."""
    pairs = tuple(
        GpuPair(first=one, second=1 - one, topology="SYS", nvlinks=0, p2p_read="chipset_not_supported")
        for one in (0, 1)
    )
    two = a_machine(gpus=(a_gpu(), a_gpu(index=1, pci_address="0000:00:07.0")), gpu_pairs=pairs)
    assert diagnose(two).cause == "healthy"
    waiting = a_gpu(fabric_state="in_progress")
    refused = a_torch_live(is_available=False, device_count=0, devices=(), kernel_checks=(), arch_list=())
    assert diagnose(a_machine(gpus=(waiting,), torch_live=refused)).cause == "fabric_manager"
    assert diagnose(a_machine(gpus=(a_gpu(fabric_state="completed"),))).cause == "healthy"
    assert diagnose(a_machine(gpus=(waiting,))).cause == "healthy"
    pasted = "nvidia-smi topo -m\n        GPU0    GPU1    CPU Affinity\nGPU0     X      SYS     0-15\nGPU1    SYS\n"
    assert diagnose(read_foreign(pasted)[1]).cause == "cannot_tell"
    assert "not a fault" in _myth("peer-access-needed")


def the_advice_never_replaces_cuda_libraries_by_hand() -> None:
    """Row 38: no step copies or links a CUDA library over another; the myth says why none is needed."""
    assert "brings its own cuDNN" in _myth("cudnn-needed")
    for said in (
        "OSError: libcudnn.so.8: cannot open shared object file",
        "ImportError: libcublas.so.11: undefined symbol: cublasLtGetStatusString, version libcublasLt.so.11",
    ):
        assert not {"cp", "ln", "mv"} & set(_commands(said).split())


ROWS: dict[int, Callable[[], None]] = {
    1: a_true_is_available_is_not_taken_as_proof,
    2: free_and_total_memory_and_who_holds_it_are_read,
    3: three_cuda_numbers_are_told_apart,
    4: a_cpu_only_wheel_is_named_with_its_kind,
    5: driver_version_and_gpu_count_need_no_nvidia_smi,
    6: whether_the_driver_is_new_enough_depends_on_the_build,
    8: the_insufficient_driver_message_is_answered,
    10: a_system_toolkit_is_not_needed,
    11: cudnn_is_read_and_a_missing_one_is_answered,
    12: several_toolkits_and_a_shadowing_library_are_told,
    22: a_container_without_the_gpu_is_told_with_the_exact_command,
    23: a_compose_file_is_checked_and_the_snippet_is_right,
    27: the_application_s_memory_per_resolution_is_checked,
    28: running_out_of_memory_is_told_from_a_failed_start,
    29: which_of_several_gpus_is_which_is_read_and_a_hiding_variable_is_named,
    30: half_precision_by_architecture_is_in_a_table,
    33: one_broken_link_of_the_chain_is_named,
    37: the_ways_between_several_cards_are_facts_and_a_slow_one_is_no_fault,
    38: the_advice_never_replaces_cuda_libraries_by_hand,
}


@pytest.mark.parametrize("row", [pytest.param(row, id=f"row-{row:02}") for row in ROWS])
def test_the_row_of_the_hand_checks_is_answered(row: int) -> None:
    assert (ROWS[row].__doc__ or "").startswith(f"Row {row}:")
    ROWS[row]()
