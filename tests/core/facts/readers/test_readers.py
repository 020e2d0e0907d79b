"""Readers: what each machine's answers mean, and that a fact without an answer says why."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import pytest
from helpers import recordings
from helpers.recordings import answers, no, ok

from gpuproof.core.facts.readers import read_machine
from gpuproof.core.facts.unknown import Unknown, Why

FACTS: list[tuple[str, str, Any]] = [
    ("ada-healthy", "os.name", "Ubuntu 24.04.1 LTS"),
    ("ada-healthy", "cpu.model", "AMD Ryzen 7 7700X 8-Core Processor"),
    ("ada-healthy", "cpu.flags", ("avx2", "fma")),
    ("ada-healthy", "memory_total_mib", 64000.0),
    ("ada-healthy", "driver_flavour", "open"),
    ("ada-healthy", "python.kind", "venv"),
    ("driver-too-old", "driver_flavour", "proprietary"),
    ("driver-too-old", "driver_cuda_version.text", "11.4"),
    ("secure-boot", "secure_boot", True),
    ("secure-boot", "driver_on_disk.text", "580.95.05"),
    ("secure-boot", "kernel_messages", ("Loading of module with unavailable key is rejected",)),
    ("secure-boot", "nvml.error", "DRIVER_NOT_LOADED"),
    ("library-mismatch", "driver_version.text", "535.183.01"),
    ("library-mismatch", "driver_library.text", "580.95.05"),
    ("nouveau", "kernel_modules", ("nouveau",)),
    ("container-no-gpu", "container.kind", "docker"),
    ("container-no-gpu", "container.visible_devices", "all"),
    ("container-no-gpu", "container.has_device_nodes", False),
    ("kubernetes-quota", "container.kind", "kubernetes"),
    ("kubernetes-quota", "cpu.usable_cores", 2.0),
    ("kubernetes-quota", "memory_limit_mib", 8192.0),
    ("wsl2-healthy", "os.is_wsl", True),
    ("wsl2-healthy", "wsl.has_gpu_device", True),
    ("wsl2-healthy", "wsl.linux_driver_inside", False),
    ("wsl2-healthy", "driver_version.text", "581.29"),
    ("wsl2-linux-driver", "wsl.linux_driver_inside", True),
    ("wsl2-no-gpu", "wsl.has_gpu_device", False),
    ("macos-apple-chip", "cpu.model", "Apple M2"),
    ("macos-apple-chip", "os.machine", "arm64"),
    ("macos-apple-chip", "memory_total_mib", 16384.0),
    ("macos-apple-chip", "power.on_battery", True),
    ("amd-rocm", "rocm_version", "6.4.1-83"),
    ("amd-rocm", "torch.hip_version", "6.4.43482"),
    ("intel-graphics", "power.on_battery", True),
    ("jetson-cpu-wheel", "os.is_jetson", True),
    ("jetson-nvidia-wheel", "torch.source", "nvidia"),
    ("conda-cpu-build", "torch.source", "conda-forge"),
    ("conda-cpu-build", "torch.conda_build", "cpu_generic_py311_h3c5d0ba_3"),
    ("conda-cpu-build", "python.kind", "conda"),
    ("conda-cpu-build", "conda_history", ("conda install pytorch",)),
    ("conda-then-pip", "torch.source", "pip"),
    ("source-build", "torch.source", "source"),
    ("two-torches", "half_removed", ("/opt/app/venv/lib/python3.11/site-packages/~orch",)),
    ("shadowing-cudnn", "toolkits", (recordings.version("12.2.140"),)),
    ("forward-compat", "libraries", recordings.compat("/usr/local/cuda-13.0/compat", "libcuda.so.580.65.06")),
    ("companions", "onnx_providers", ("CUDAExecutionProvider", "CPUExecutionProvider")),
    ("fabric-manager", "fabric_manager_version.text", "565.57.01"),
    ("nvml-hung", "nvml_trouble", "hung at power_mw of GPU 0: no answer in 5 s; it cannot be ended and was left "
                                  "behind (process 4711)"),
    ("torch-crashes", "torch_live.imported", False),
    ("windows-cpu-wheel", "os.name", "Windows 11 Pro"),
    ("windows-cpu-wheel", "os.machine", "x86_64"),
    ("windows-cpu-wheel", "windows.hardware_scheduling", True),
    ("windows-cpu-wheel", "windows.page_file", "automatic"),
    ("windows-cpu-wheel", "windows.adapters", (("NVIDIA GeForce RTX 4090", "32.0.15.8129"),)),
    ("windows-no-page-file", "windows.page_file", "none"),
    ("windows-missing-dll", "windows.missing_runtime_libraries", ("vcruntime140_1.dll",)),
    ("windows-32bit", "python.bits", 32),
    ("throttled-container", "throttling.throttled_periods", 3100),
    ("throttled-container", "memory_state.oom_kills", 4),
    ("throttled-container", "limits.open_files", 1024),
    ("nvidia-blacklisted", "kernel.command_line", ("nomodeset",)),
    ("damaged-install", "files_check.missing", ("torch/lib/libc10_cuda.so",)),
    ("h100-agent", "container.kind", "docker"),
    ("h100-agent", "python.kind", "uv venv"),
    ("h100-agent", "torch_live.cudnn_version.text", "9.19.0"),
    ("h100-agent", "torch_live.arch_list", ("sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "path", "expected"), FACTS, ids=[f"{name}-{path}" for name, path, _ in FACTS])
def test_a_machine_is_read_as_a_person_would(name: str, path: str, expected: Any) -> None:
    assert attrgetter(path)(recordings.machine(name)) == expected


def test_windows_own_driver_number_is_turned_into_nvidias() -> None:
    found = read_machine(answers(ok("windows.adapters", [{"name": "NVIDIA RTX", "driver_version": "32.0.15.8129"}])))
    assert str(found.driver_version) == "581.29"


BALANCED = "381b4222-f694-41f0-9685-ff5bb260df2e"


@pytest.mark.parametrize(
    ("text", "profile"),
    [
        (f"Power Scheme GUID: {BALANCED}  (Balanced)\n", "Balanced"),
        (f"电源方案 GUID: {BALANCED}  (平衡)\n", "Balanced"),
        ("Power Scheme GUID: 11111111-2222-3333-4444-555555555555  (Silent)\n", "Silent"),
        ("nothing of the kind\n", None),
    ],
)
def test_a_power_scheme_is_known_by_its_number_whatever_the_language(text: str, profile: str | None) -> None:
    power = read_machine(answers(ok("windows.power_scheme", text=text))).power
    assert not isinstance(power, Unknown)
    assert power.profile == profile


@pytest.mark.parametrize(
    "text",
    [
        "WSL version: 2.3.26.0\nKernel version: 5.15.167.4-1\nWSLg version: 1.0.65\nWindows version: 10.0.22631.4460\n",
        "WSL 版本： 2.3.26.0\n内核版本： 5.15.167.4-1\nWSLg 版本： 1.0.65\n",
    ],
    ids=["english", "chinese"],
)
def test_windows_says_its_wsl_its_paths_its_code_page_and_what_happened_to_its_driver(text: str) -> None:
    event = {"provider": "nvlddmkm", "id": "153", "time": "2026-05-05T11:26:24Z", "data": "Error"}
    windows = read_machine(
        answers(
            ok("windows.version", {"CurrentBuild": "22631"}),
            ok("windows.wsl_version", text=text),
            ok("windows.file_system", {"LongPathsEnabled": 1}),
            ok("windows.code_pages", {"ansi": 936}),
            ok("windows.driver_events", [event]),
        )
    ).windows
    assert not isinstance(windows, Unknown)
    assert (windows.wsl_version, windows.wsl_kernel) == ("2.3.26.0", "5.15.167.4-1")
    assert (windows.long_paths, windows.code_page) == (True, 936)
    assert windows.driver_events == ("2026-05-05T11:26:24Z nvlddmkm 153 Error",)


def test_a_mac_with_a_card_of_amd_names_it_by_its_number() -> None:
    chips = [
        {"spdisplays_vendor": "Intel", "spdisplays_device-id": "0x3e9b", "sppci_model": "Intel UHD Graphics 630"},
        {"spdisplays_vendor": "sppci_vendor_amd", "spdisplays_device-id": "0x73ef", "sppci_model": "Radeon Pro"},
    ]
    devices = read_machine(answers(ok("macos.displays", chips))).display_devices
    assert not isinstance(devices, Unknown)
    assert [(device.vendor_id, device.device_id) for device in devices] == [(0x8086, 0x3E9B), (0x1002, 0x73EF)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("6,143,249960,-;NVRM: loading; done", "NVRM: loading; done"),
        ("[   12.345678] NVRM: Xid 79", "NVRM: Xid 79"),
        ("NVRM: Xid (PCI:0000:01:00): 79; fallen off", "NVRM: Xid (PCI:0000:01:00): 79; fallen off"),
    ],
)
def test_a_line_of_the_kernel_log_is_read_by_whichever_road_it_came(line: str, message: str) -> None:
    assert read_machine(answers(ok("driver.kernel_log", [line]))).kernel_messages == (message,)


def test_companions_say_for_which_cuda_and_torch_they_were_built() -> None:
    companions = recordings.machine("companions").companions
    assert not isinstance(companions, Unknown)
    found = {companion.name: companion for companion in companions}
    assert found["torchvision"].is_cpu_build
    assert found["torchvision"].torch_version == "2.11.0"
    assert (str(found["xformers"].cuda_version), found["xformers"].torch_version) == ("12.6", "2.7.0+cu126")
    assert found["bitsandbytes"].detail == "libraries for CUDA 11.8, 12.6"
    assert str(found["onnxruntime-gpu"].cuda_version) == "12.8"
    assert str(found["ctranslate2"].cuda_version) == "12"
    assert found["ctranslate2"].detail == "asks for libcublas.so.12, libcudnn.so.8"
    assert (str(found["flash-attn"].cuda_version), found["flash-attn"].torch_version) == ("12", "2.6")


CTRANSLATE2 = {"name": "ctranslate2", "version": "4.5.0"}


@pytest.mark.parametrize(
    ("needs", "cuda", "is_cpu"),
    [
        pytest.param([{"name": "ctranslate2", "asks_for": ["libcublas.so.11"]}], "11", False, id="its-cublas"),
        pytest.param([{"name": "ctranslate2", "asks_for": ["cublas64_12.dll"]}], "12", False, id="on-windows"),
        pytest.param([{"name": "ctranslate2", "asks_for": ["cudart64_110.dll"]}], "11.0", False, id="three-digits"),
        pytest.param([{"name": "ctranslate2", "asks_for": ["libcudnn.so.9"]}], None, None, id="cudnn-says-no-cuda"),
        pytest.param([{"name": "ctranslate2", "asks_for": []}], None, True, id="searched-and-none-named"),
        pytest.param([{"name": "ctranslate2", "problem": "refused"}], None, None, id="not-readable"),
        pytest.param([], None, None, id="no-library"),
        pytest.param([{"name": "torchvision", "asks_for": []}], None, None, id="another-package"),
    ],
)
def test_ctranslate2s_cuda_comes_from_its_library_and_never_from_its_release(
    needs: list[Any], cuda: str | None, is_cpu: bool | None
) -> None:
    given = answers(ok("python.packages", {"packages": [CTRANSLATE2]}), ok("torch.companion_needs", needs))
    companions = read_machine(given).companions
    assert not isinstance(companions, Unknown)
    (found,) = companions
    assert (found.cuda_version and str(found.cuda_version), found.is_cpu_build) == (cuda, is_cpu)


def test_a_pip_package_without_its_record_is_incomplete() -> None:
    packages = recordings.machine("two-torches").packages
    assert not isinstance(packages, Unknown)
    assert {package.name: package.is_complete for package in packages} == {"torch": True, "torchvision": False}


def test_two_cards_without_a_way_between_them_and_the_programs_on_them() -> None:
    machine = recordings.machine("two-ada-no-p2p")
    assert not isinstance(machine.gpus, Unknown)
    assert not isinstance(machine.gpu_pairs, Unknown)
    (first, _) = machine.gpu_pairs
    assert (first.nvlinks, first.topology, first.p2p_read) == (0, "PHB", "chipset_not_supported")
    assert first.torch_peer_access is False
    programs = [(gpu.index, process.name, process.is_own, process.memory_mib)
                for gpu in machine.gpus for process in gpu.processes]  # fmt: skip
    assert programs == [(0, "python3", True, 3072.0), (1, "<process>", False, 3072.0)]


def test_garbage_of_the_driver_is_no_fact() -> None:
    gpus = recordings.machine("nvml-garbage").gpus
    assert not isinstance(gpus, Unknown)
    (gpu,) = gpus
    assert (gpu.temperature_celsius, gpu.power_limit_w, gpu.compute_capability) == (None, None, None)
    assert (gpu.memory_total_mib, gpu.memory_used_mib, gpu.utilisation_percent) == (None, None, None)


# question: the facts that stand or fall with it
DEPENDS = {
    "os.identity": ("os", "wsl"),
    "cpu.counts": ("cpu",),
    "memory.info": ("memory_total_mib", "memory_available_mib"),
    "disk.space": ("disk_free_mib",),
    "os.secure_boot": ("secure_boot",),
    "pci.display_devices": ("display_devices",),
    "amd.kfd_nodes": ("amd_gpus",),
    "amd.rocm_version": ("rocm_version",),
    "devices.nodes": ("device_nodes",),
    "driver.module_version": ("driver_version",),
    "driver.proc_version": ("driver_flavour",),
    "driver.module_on_disk": ("driver_on_disk",),
    "driver.libraries": ("driver_library",),
    "driver.modules": ("kernel_modules",),
    "driver.kernel_log": ("kernel_messages",),
    "driver.services": ("driver_services",),
    "driver.dkms": ("dkms",),
    "driver.fabric_manager_version": ("fabric_manager_version",),
    "nvml.snapshot": ("nvml", "gpus", "driver_cuda_version", "nvml_trouble"),
    "container.markers": ("container",),
    "container.toolkit": ("container_toolkit",),
    "environment.variables": ("environment",),
    "libraries.toolkits": ("toolkits", "toolkit_folders"),
    "libraries.loader_path": ("libraries",),
    "windows.version": ("windows",),
    "python.interpreter": ("python",),
    "python.packages": ("packages", "half_removed", "companions"),
    "python.conda_history": ("conda_history",),
    "torch.copies": ("torch",),
    "torch.mapped_libraries": ("mapped_libraries",),
    "onnx.providers": ("onnx_providers",),
}
WHY = {"absent": Why.ABSENT, "denied": Why.DENIED, "timed_out": Why.TIMED_OUT, "failed": Why.FAILED}


@pytest.mark.parametrize("status", WHY)
@pytest.mark.parametrize("question", DEPENDS)
def test_a_question_without_an_answer_gives_unknown_facts_with_its_reason(question: str, status: str) -> None:
    machine = read_machine(answers(no(question, status, "the reason")))
    for field in DEPENDS[question]:
        fact = getattr(machine, field)
        assert isinstance(fact, Unknown), field
        assert fact.why is WHY[status]
        assert fact.detail == "the reason"


@pytest.mark.parametrize("question", [*DEPENDS, "cpu.info", "torch.import", "torch.devices", "torch.companions",
                                      "driver.loader_cache", "macos.displays", "windows.adapters"])  # fmt: skip
@pytest.mark.parametrize("value", [{}, [], [{}], [3], {"packages": 3, "gpus": 3, "init": []}, "word", -1, 1e300, True])
def test_an_answer_of_a_wrong_shape_never_raises(question: str, value: Any) -> None:
    machine = read_machine(answers(ok(question, value)))
    read_machine(answers(ok(question, text=str(value))))
    assert machine is not None


def test_an_import_that_timed_out_is_unknown_and_not_a_failed_import() -> None:
    live = recordings.machine("torch-hangs").torch_live
    assert isinstance(live, Unknown)
    assert live.why is Why.TIMED_OUT


def test_no_answers_at_all_are_a_machine_of_which_nothing_was_asked() -> None:
    machine = read_machine(answers())
    assert isinstance(machine.driver_version, Unknown)
    assert machine.driver_version.why is Why.NOT_ASKED
