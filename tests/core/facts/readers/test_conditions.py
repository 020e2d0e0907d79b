"""Limits, throttling, memory, clocks, disks, kernel and installation as facts: present, absent, odd."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from helpers.recordings import answers, no, ok

from gpuproof.core.agent.questions.catalogue import CHILD_QUESTIONS, QUESTIONS
from gpuproof.core.facts.conditions import InstalledKernel
from gpuproof.core.facts.readers import conditions, devices, installation, kernel, libraries, read_machine
from gpuproof.core.facts.unknown import Unknown, Why

T = TypeVar("T")


def known(found: T | Unknown) -> T:
    assert not isinstance(found, Unknown), found
    return found


def test_the_soft_limits_are_the_ones_that_hold() -> None:
    given = ok("system.limits", {"nofile": [1024, 4096], "memlock": [8388608, 8388608], "as": [None, None]})
    found = known(conditions.read_limits(answers(given)))
    assert (found.open_files, found.locked_memory_mib, found.address_space_mib, found.stack_mib) == (
        1024,
        8.0,
        None,
        None,
    )


def test_a_quota_that_stopped_the_container_is_read_from_either_generation() -> None:
    second = ok("cpu.cgroup_stat", text="usage_usec 5\nnr_periods 100\nnr_throttled 40\nthrottled_usec 2500000\n")
    found = known(conditions.read_throttling(answers(second)))
    assert (found.periods, found.throttled_periods, found.throttled_s) == (100, 40, 2.5)
    first = ok("cpu.cgroup_stat_v1", text="nr_periods 10\nnr_throttled 1\nthrottled_time 3000000000\n")
    assert known(conditions.read_throttling(answers(no("cpu.cgroup_stat"), first))).throttled_s == 3.0


def test_no_quota_is_absent_and_no_file_is_what_it_was() -> None:
    found = conditions.read_throttling(answers(ok("cpu.cgroup_stat", text="usage_usec 5\n")))
    assert isinstance(found, Unknown)
    assert (found.why, found.detail) == (Why.ABSENT, "no processor quota is set")
    denied = conditions.read_throttling(answers(no("cpu.cgroup_stat", "denied", "refused")))
    assert isinstance(denied, Unknown)
    assert denied.why is Why.DENIED


def test_memory_tells_swapping_kills_and_waiting() -> None:
    info = "MemTotal: 100 kB\nSwapTotal:    2048 kB\nSwapFree:     1024 kB\nCommitted_AS: 4096 kB\n"
    found = known(
        conditions.read_memory_state(
            answers(
                ok("memory.info", text=info),
                ok("memory.counters", {"oom_kill": 7, "pswpin": 12}),
                ok("memory.cgroup_events", text="low 0\noom 2\noom_kill 1\n"),
                ok("memory.cgroup_current", text="1048576\n"),
                ok("memory.huge_pages", text="always [madvise] never\n"),
                ok("system.pressure", {"memory": "some avg10=12.50 avg60=0 avg300=0 total=9", "io": "odd"}),
            )
        )
    )
    assert (found.swap_total_mib, found.swap_used_mib, found.committed_mib) == (2.0, 1.0, 4.0)
    assert (found.oom_kills, found.swapped_in_pages, found.container_used_mib) == (1, 12, 1.0)
    assert found.transparent_huge_pages == "madvise"
    assert (found.waiting_for_memory_percent, found.waiting_for_disk_percent) == (12.5, None)


def test_kills_of_the_machine_count_where_the_container_does_not_say() -> None:
    given = answers(ok("memory.info", text="MemTotal: 1 kB\n"), ok("memory.counters", {"oom_kill": 7}))
    assert known(conditions.read_memory_state(given)).oom_kills == 7


def test_the_processors_clock_is_told_in_mhz_with_what_holds_it_back() -> None:
    clock = {
        "scaling_cur_freq": "1200000",
        "cpuinfo_max_freq": "5200000",
        "scaling_max_freq": "1800000",
        "no_turbo": "1",
        "boost": "1",
        "core_throttle_count": "3",
        "package_throttle_count": "9",
        "scaling_driver": "intel_pstate",
    }
    found = known(
        conditions.read_cpu_details(
            answers(
                ok("cpu.frequency", clock),
                ok("cpu.processors", {"smt_active": "1", "isolated": "4-7"}),
                ok("cpu.caches", [{"level": "3", "type": "Unified", "size": "32768K"}, {"level": "9"}]),
                ok("cpu.vulnerabilities", {"a": "Not affected", "b": "Mitigation: X", "c": "Vulnerable"}),
                ok("cpu.temperatures", [{"millidegrees": 97000}, {"millidegrees": -200000}]),
                ok("cpu.clock_source", text="hpet\n"),
                ok("memory.nodes", [{}, {}]),
            )
        )
    )
    assert (found.clock_mhz, found.clock_max_mhz, found.clock_limit_mhz) == (1200.0, 5200.0, 1800.0)
    assert (found.boost, found.is_threaded, found.heat_events, found.hottest_celsius) == (False, True, 9, 97.0)
    assert (found.caches, found.costly_mitigations) == ((("L3 Unified", "32768K"),), ("b: Mitigation: X",))
    assert (found.clock_source, found.memory_nodes, found.isolated) == ("hpet", 2, "4-7")


def test_a_processor_of_which_nothing_is_said_is_unknown() -> None:
    found = conditions.read_cpu_details(answers(no("cpu.frequency"), no("cpu.processors"), no("cpu.caches", "denied")))
    assert isinstance(found, Unknown)


def test_file_systems_and_disks_keep_what_matters() -> None:
    given = answers(
        ok(
            "disk.file_systems",
            [{"use": "shared_memory", "kind": "tmpfs", "total_bytes": 64 << 20, "read_only": False}],
        ),
        ok("disk.devices", [{"name": "sda", "rotational": "1", "bytes": 1 << 30}, {"name": "vda", "rotational": None}]),
    )
    (shared,) = known(conditions.read_file_systems(given))
    assert (shared.use, shared.total_mib, shared.free_mib) == ("shared_memory", 64.0, None)
    assert [disk.is_turning for disk in known(conditions.read_disks(given))] == [True, None]


def test_the_kernel_says_what_it_was_told() -> None:
    found = known(
        kernel.read_kernel(
            answers(
                ok("kernel.command_line", ["nomodeset"]),
                ok("kernel.settings", {"kernel.tainted": "4096", "vm.swappiness": "60"}),
                ok("kernel.installed", [{"kernel": "6.8", "nvidia_module": None, "is_running": True}]),
                ok("kernel.lockdown", text="none [integrity] confidentiality\n"),
                ok("kernel.iommu", {"units": ["dmar0"], "groups": 3}),
                ok("driver.modprobe_lines", ["x.conf: blacklist nvidia"]),
                ok("driver.module_parameters", {"nvidia_drm.modeset": "Y"}),
                ok("system.own_status", {"Seccomp": "2"}),
            )
        )
    )
    assert (found.command_line, found.lockdown, found.iommu_units) == (("nomodeset",), "integrity", 1)
    assert found.installed == (InstalledKernel(release="6.8", is_running=True),)
    assert (found.is_tainted, found.seccomp, dict(found.settings)["vm.swappiness"]) == (True, "filter", "60")
    assert dict(found.module_parameters) == {"nvidia_drm.modeset": "Y"}


def test_a_driver_tells_where_it_came_from() -> None:
    found = known(
        kernel.read_driver_origin(
            answers(
                ok("driver.packages", ["nvidia-driver-580-open"]),
                no("driver.package_log", "denied"),
                ok("driver.origin", {"run_installer": True, "restart_required": False}),
                ok("driver.prime_profile", text="on-demand\n"),
            )
        )
    )
    assert (found.packages, found.log) == (("nvidia-driver-580-open",), ())
    assert (found.has_run_installer, found.restart_required, found.prime_profile) == (True, False, "on-demand")


def test_damaged_files_are_told_in_words() -> None:
    value = {
        "checked": 3,
        "missing": ["torch/lib/a.so"],
        "wrong_size": [{"path": "torch/lib/b.so", "expected": 400, "found": 100}, "odd"],
        "bytes": {"torch": 1 << 20, "odd": "x"},
    }
    found = known(installation.read_files_check(answers(ok("python.broken_files", value))))
    assert found.wrong_size == ("torch/lib/b.so: 100 of 400 bytes",)
    assert (found.missing, found.sizes_mib) == (("torch/lib/a.so",), (("torch", 1.0),))


def test_flags_at_their_usual_value_and_those_that_the_question_sets_are_left_out() -> None:
    flags = {"optimize": 2, "debug": 0, "safe_path": True, "dont_write_bytecode": 1, "utf8_mode": 1}
    found = known(installation.read_python_runtime(answers(ok("python.runtime", {"flags": flags}))))
    assert dict(found.flags) == {"optimize": "2", "utf8_mode": "1"}


def test_torchs_own_report_is_kept_with_its_switches() -> None:
    given = answers(
        ok(
            "torch.configuration",
            {"settings": {"USE_CUDA": "0"}, "switches": {"a": True, "b": None}, "parallel": ["x", 3]},
        ),
        ok("torch.build", {"threads": 8, "nccl_version": [2, 27, 5], "cudnn_benchmark": False}),
    )
    found = known(installation.read_torch_configuration(given))
    assert (found.settings, found.switches, found.parallel) == ((("USE_CUDA", "0"),), (("a", "True"),), ("x",))
    assert (found.threads, found.nccl_version, found.cudnn_benchmark) == (8, "2.27.5", False)


def test_settings_of_installers_ports_and_firmware_are_lists_of_what_was_said() -> None:
    given = answers(
        ok("python.installer_settings", [{"tool": "pip", "file": "/etc/pip.conf", "settings": ["no-index = true"]}]),
        ok("network.infiniband", [{"device": "mlx5_0", "port": "1", "state": "4: ACTIVE"}]),
        ok("os.firmware", {"bios_date": "01/01/2020"}),
        ok("build.tools", {"gcc": "/usr/bin/gcc-12", "odd": 3}),
    )
    assert known(installation.read_installer_settings(given))[0].lines == ("no-index = true",)
    assert known(kernel.read_network_ports(given))[0].state == "4: ACTIVE"
    assert known(kernel.read_firmware(given)) == (("bios_date", "01/01/2020"),)
    assert known(installation.read_build_tools(given)) == (("gcc", "/usr/bin/gcc-12"),)


FIELDS = (
    "limits", "cpu_details", "throttling", "memory_state", "file_systems", "disks", "kernel", "driver_origin",
    "firmware", "network_ports", "files_check", "installer_settings", "python_runtime", "build_tools",
    "torch_configuration", "gpu_pairs",
)  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_what_nobody_asked_is_not_known(field: str) -> None:
    found = getattr(read_machine(answers()), field)
    assert isinstance(found, Unknown)
    assert found.why is Why.NOT_ASKED


@pytest.mark.parametrize("odd", [None, [], {}, "x", 7, [[]], {"a": []}, ["x"], [{"use": 3}], {"units": 4, "flags": 3}])
@pytest.mark.parametrize("field", FIELDS)
def test_a_value_of_another_shape_costs_only_its_own_fact(field: str, odd: object) -> None:
    questions = (
        "system.limits", "cpu.frequency", "cpu.cgroup_stat", "memory.info", "disk.file_systems", "disk.devices",
        "kernel.command_line", "kernel.settings", "kernel.installed", "kernel.iommu", "driver.origin", "os.firmware",
        "network.infiniband", "python.broken_files", "python.installer_settings", "python.runtime", "build.tools",
        "torch.configuration", "torch.build", "torch.peers", "nvml.snapshot", "system.pressure", "memory.counters",
    )  # fmt: skip
    machine = read_machine(answers(*(ok(question, odd) for question in questions)))
    getattr(machine, field)


def test_the_kernels_own_list_of_gpus_says_which_one_is_excluded() -> None:
    text = (
        "Model: \t\t NVIDIA H200\nIRQ:   \t\t 28\nBus Location: \t 0000:00:06.0\nGPU Firmware: \t 580.159.04\n"
        "GPU Excluded:\t Yes\n"
    )
    (found,) = known(devices.read_kernel_gpus(answers(ok("driver.gpus_information", [text]))))
    assert (found.model, found.address, found.firmware, found.is_excluded) == (
        "NVIDIA H200", "0000:00:06.0", "580.159.04", True,
    )  # fmt: skip
    assert isinstance(devices.read_kernel_gpus(answers(no("driver.gpus_information", "denied"))), Unknown)


def test_libraries_of_wheels_are_named_with_their_version() -> None:
    given = ok("libraries.wheels", [{"package": "cudnn", "folder": "/s/nvidia/cudnn/lib", "names": ["libcudnn.so.9"]}])
    (found,) = known(libraries.read_wheel_libraries(answers(given)))
    assert (found.path, found.where, str(found.version)) == ("/s/nvidia/cudnn/lib/libcudnn.so.9", "wheel", "9")


def test_the_parameters_of_the_driver_and_its_memory_module_are_the_kernels() -> None:
    given = answers(
        ok("kernel.command_line", []),
        ok("driver.params", text='ModifyDeviceFiles: 1\nRmMsg: ""\n'),
        ok("driver.uvm_module_state", text="live\n"),
    )
    found = known(kernel.read_kernel(given))
    assert (found.module_parameters, found.uvm_state) == ((("nvidia.ModifyDeviceFiles", "1"),), "live")


def test_a_system_says_how_long_it_runs_and_who_built_its_kernel_without_a_name() -> None:
    machine = read_machine(
        answers(
            ok("os.identity", {"system": "linux", "machine": "x86_64", "release": "6.8"}),
            ok("os.clock", {"uptime_s": 45.5}),
            ok("os.proc_version", text="Linux version 6.8 (me@build-host) (gcc-13 (Ubuntu) 13.2) #45 SMP\n"),
        )
    )
    found = known(machine.os)
    assert (found.uptime_s, found.kernel_build) == (45.5, "Linux version 6.8 (gcc-13 (Ubuntu) 13.2) #45 SMP")


def test_mounts_wsl_settings_and_accelerators_are_kept() -> None:
    machine = read_machine(
        answers(
            ok("container.markers", ["/.dockerenv", "/dev/dxg"]),
            ok("container.mounts", ["overlay /", "tmpfs /usr/lib/libcuda.so.580.95.05"]),
            ok("os.identity", {"system": "linux", "machine": "x86_64", "release": "5.15-microsoft-standard-WSL2"}),
            ok("wsl.configuration", text="# note=1\n[boot]\nsystemd=true\n"),
            ok("torch.import", {"version": "2.11.0"}),
            ok("torch.device_names", ["mps:0"]),
        )
    )
    assert known(machine.container).gpu_mounts == ("tmpfs /usr/lib/libcuda.so.580.95.05",)
    assert known(machine.wsl).settings == ("systemd=true",)
    assert known(machine.torch_live).accelerators == ("mps:0",)


@pytest.mark.parametrize(
    ("heat", "limit"),
    [
        ("CPU Power notify\n\tCPU_Scheduler_Limit \t= 100\n\tCPU_Speed_Limit \t= 63\n", 63),
        ("Note: No thermal warning level has been recorded\n", None),
    ],
)
def test_a_hot_mac_says_what_is_left_of_its_speed(heat: str, limit: int | None) -> None:
    given = answers(ok("macos.power", text="Now drawing from 'AC Power'\n"), ok("macos.heat", text=heat))
    assert known(read_machine(given).power).speed_limit_percent == limit


def test_a_package_says_when_it_came_and_whether_somebody_asked_for_it() -> None:
    entry = {"name": "torch", "version": "2.11.0", "installed_at": 1792188108, "requested": True}
    (found,) = known(read_machine(answers(ok("python.packages", {"packages": [entry]}))).packages)
    assert (found.installed_at, found.is_requested) == (1792188108, True)


def test_every_question_of_the_catalogue_has_a_reader() -> None:
    folder = Path(conditions.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    ids = [question.id for question in QUESTIONS] + list(CHILD_QUESTIONS)
    assert [name for name in ids if f'"{name}' not in source] == []
