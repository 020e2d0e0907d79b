"""What the questions about conditions and the kernel find in folder trees that stand for machines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gpuproof.core.agent.place import Place
from gpuproof.core.agent.questions import conditions, kernel
from gpuproof.core.agent.questions.kinds import Absent


def tree(root: Path, files: dict[str, str]) -> Place:
    """Write files below a root; ``-> target`` makes a link."""
    for name, content in files.items():
        path = root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if content.startswith("-> "):
            path.symlink_to(content[3:])
        else:
            path.write_text(content)
    return Place(root=str(root), environ={"PATH": ""}, import_path=[])


CPU = conditions.CPU


def test_the_clock_says_its_limits_and_how_often_heat_held_it_back(tmp_path: Path) -> None:
    place = tree(
        tmp_path,
        {
            f"{CPU}/cpu0/cpufreq/scaling_max_freq": "1800000\n",
            f"{CPU}/cpu0/cpufreq/cpuinfo_max_freq": "5200000\n",
            f"{CPU}/cpu0/thermal_throttle/core_throttle_count": "12\n",
            f"{CPU}/intel_pstate/no_turbo": "1\n",
        },
    )
    assert conditions.frequency(place) == {
        "scaling_max_freq": "1800000", "cpuinfo_max_freq": "5200000", "core_throttle_count": "12", "no_turbo": "1",
    }  # fmt: skip
    with pytest.raises(Absent):
        conditions.frequency(Place(root=str(tmp_path / "none")))


def test_caches_nodes_and_weaknesses_are_listed(tmp_path: Path) -> None:
    node = "/sys/devices/system/node/node1"
    place = tree(
        tmp_path,
        {
            f"{CPU}/cpu0/cache/index3/level": "3\n",
            f"{CPU}/cpu0/cache/index3/size": "32768K\n",
            f"{CPU}/cpu0/cache/uevent": "",
            f"{CPU}/vulnerabilities/spectre_v2": "Mitigation: Retpolines\n",
            f"{node}/cpulist": "8-15\n",
            f"{node}/meminfo": "Node 1 MemTotal:       65910 kB\nNode 1 MemFree:  100 kB\nNode 1 Dirty: 3 kB\n",
            "/sys/devices/system/node/possible": "0-1\n",
        },
    )
    assert conditions.caches(place)[0]["size"] == "32768K"
    assert conditions.vulnerabilities(place) == {"spectre_v2": "Mitigation: Retpolines"}
    (found,) = conditions.numa_nodes(place)
    assert (found["node"], found["processors"], found["total_kib"], found["free_kib"]) == (1, "8-15", 65910, 100)


def test_counters_that_explain_nothing_stay_where_they_are(tmp_path: Path) -> None:
    place = tree(tmp_path, {"/proc/vmstat": "nr_free_pages 9\noom_kill 2\npswpin 30\n"})
    assert conditions.vmstat(place) == {"oom_kill": 2, "pswpin": 30}


def test_pressure_is_absent_where_the_kernel_does_not_measure_it(tmp_path: Path) -> None:
    place = tree(tmp_path, {"/proc/pressure/memory": "some avg10=1.50 avg60=0.10 avg300=0 total=1\n"})
    assert list(conditions.pressure(place)) == ["memory"]
    with pytest.raises(Absent):
        conditions.pressure(Place(root=str(tmp_path / "none")))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_a_limit_that_is_none_is_null() -> None:
    import resource

    found = conditions.limits(Place())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert found["nofile"] == [None if value == resource.RLIM_INFINITY else value for value in (soft, hard)]


def test_a_file_system_is_told_by_its_longest_mount_point(tmp_path: Path) -> None:
    place = tree(tmp_path, {"/dev/shm/x": "", "/home/me/x": ""})
    root = os.path.realpath(tmp_path)
    mounts = f"d / overlay rw 0 0\nd {root}/dev/shm tmpfs rw,noexec 0 0\nd {root}/home ext4 ro 0 0\n"
    tree(tmp_path, {"/proc/self/mounts": mounts})
    place.environ.update(HOME="/home/me", TMPDIR="/nowhere")
    found = {entry["use"]: entry for entry in conditions.file_systems(place)}
    assert (found["shared_memory"]["kind"], found["shared_memory"]["no_exec"]) == ("tmpfs", True)
    assert (found["home"]["kind"], found["home"]["read_only"]) == ("ext4", True)
    assert found["home"]["total_bytes"] > 0
    assert "temporary" not in found
    assert conditions.is_below("/home/me", "/")
    assert not conditions.is_below("/homeless", "/home")


def test_disks_and_sensors_are_read(tmp_path: Path) -> None:
    place = tree(
        tmp_path,
        {
            "/sys/block/sda/size": "2000\n",
            "/sys/block/sda/queue/rotational": "1\n",
            "/sys/block/loop0/size": "8\n",
            "/sys/class/thermal/thermal_zone0/type": "x86_pkg_temp\n",
            "/sys/class/thermal/thermal_zone0/temp": "97000\n",
            "/sys/class/thermal/thermal_zone1/temp": "oops\n",
        },
    )
    (disk,) = conditions.disks(place)
    assert (disk["name"], disk["bytes"], disk["rotational"]) == ("sda", 1024000, "1")
    assert conditions.temperatures(place) == [{"sensor": "x86_pkg_temp", "millidegrees": 97000}]


def test_only_words_about_gpus_memory_and_speed_are_taken_from_the_command_line(tmp_path: Path) -> None:
    line = "BOOT_IMAGE=/vmlinuz root=UUID=1-2 nomodeset nvidia-drm.modeset=1 luks.name=secret intel_iommu=on quiet\n"
    place = tree(tmp_path, {"/proc/cmdline": line})
    assert kernel.command_line(place) == ["nomodeset", "nvidia-drm.modeset=1", "intel_iommu=on"]


def test_what_keeps_a_module_from_loading_is_named_with_its_file(tmp_path: Path) -> None:
    place = tree(
        tmp_path,
        {
            "/etc/modprobe.d/blacklist.conf": "# blacklist nvidia\nblacklist nvidia\nblacklist pcspkr\n",
            "/etc/modprobe.d/notes.txt": "blacklist nvidia\n",
        },
    )
    assert kernel.modprobe_lines(place) == ["blacklist.conf: blacklist nvidia"]
    with pytest.raises(Absent):
        kernel.modprobe_lines(Place(root=str(tmp_path / "none")))


def test_a_kernel_without_a_module_is_told_from_one_with(tmp_path: Path) -> None:
    place = tree(
        tmp_path,
        {
            "/lib/modules/6.8.0-40-generic/updates/dkms/nvidia.ko.zst": "",
            "/lib/modules/6.8.0-41-generic/kernel/drivers/video/fb.ko": "",
        },
    )
    found = {entry["kernel"]: entry["nvidia_module"] for entry in kernel.kernels(place)}
    assert found == {"6.8.0-40-generic": "updates/dkms", "6.8.0-41-generic": None}


def test_module_parameters_settings_and_firmware_are_read_or_absent(tmp_path: Path) -> None:
    place = tree(
        tmp_path,
        {
            "/sys/module/nvidia_drm/parameters/modeset": "Y\n",
            "/proc/sys/vm/swappiness": "60\n",
            "/sys/class/dmi/id/bios_date": "01/01/2020\n",
            "/sys/class/dmi/id/product_serial": "SECRET\n",
        },
    )
    assert kernel.module_parameters(place) == {"nvidia_drm.modeset": "Y"}
    assert kernel.settings(place) == {"vm.swappiness": "60"}
    assert kernel.firmware(place) == {"bios_date": "01/01/2020"}
    for question in (kernel.module_parameters, kernel.settings, kernel.firmware, kernel.packages, kernel.package_log):
        with pytest.raises(Absent):
            question(Place(root=str(tmp_path / "none")))


def test_packages_that_bring_a_driver_are_named_by_dpkg_or_pacman(tmp_path: Path) -> None:
    info = "/var/lib/dpkg/info"
    debian = tree(
        tmp_path / "a", {f"{info}/nvidia-driver-580-open.list": "", f"{info}/libcudnn9-cuda-13:amd64.list": "",
                         f"{info}/vim.list": "", f"{info}/nvidia-driver-580-open.md5sums": ""}
    )  # fmt: skip
    assert kernel.packages(debian) == ["libcudnn9-cuda-13", "nvidia-driver-580-open"]
    arch = tree(tmp_path / "b", {"/var/lib/pacman/local/nvidia-open-580.95.05-3/desc": ""})
    assert kernel.packages(arch) == ["nvidia-open-580.95.05-3"]


def test_the_log_tells_what_changed_last_without_every_step(tmp_path: Path) -> None:
    log = (
        "2026-11-01 10:00:00 upgrade libnvidia-compute-580:amd64 580.82 580.95\n"
        "2026-11-01 10:00:01 status installed libnvidia-compute-580:amd64 580.95\n"
        "2026-11-01 10:00:02 install vim:amd64 <none> 9\n"
    )
    place = tree(tmp_path, {"/var/log/dpkg.log": log})
    assert kernel.package_log(place) == ["2026-11-01 10:00:00 upgrade libnvidia-compute-580:amd64 580.82 580.95"]
    arch = tree(tmp_path / "b", {"/var/log/pacman.log": "[2026-11-01T10:00:00] [ALPM] upgraded nvidia-open (1 -> 2)\n"})
    assert len(kernel.package_log(arch)) == 1


def test_nvidias_own_installer_and_a_waiting_restart_are_seen(tmp_path: Path) -> None:
    place = tree(
        tmp_path,
        {
            "/usr/bin/nvidia-uninstall": "",
            "/var/run/reboot-required": "",
            "/var/run/reboot-required.pkgs": "linux-image-generic\n",
            "/var/log/nvidia-installer.log": "nvidia-installer log file\ninstaller version: 580.95.05\n",
        },
    )
    found = kernel.origin(place)
    assert (found["run_installer"], found["restart_required"]) == (True, True)
    assert found["installer_log"] == ["installer version: 580.95.05"]
    assert kernel.origin(Place(root=str(tmp_path / "none")))["run_installer"] is False


def test_fast_network_cards_and_an_iommu_are_described(tmp_path: Path) -> None:
    port = "/sys/class/infiniband/mlx5_0/ports/1"
    place = tree(
        tmp_path,
        {
            f"{port}/state": "4: ACTIVE\n",
            f"{port}/rate": "400 Gb/sec (4X NDR)\n",
            "/sys/class/iommu/dmar0/x": "",
            "/sys/kernel/iommu_groups/0/type": "DMA-FQ\n",
        },
    )
    assert kernel.infiniband(place)[0]["rate"] == "400 Gb/sec (4X NDR)"
    assert kernel.iommu(place) == {"units": ["dmar0"], "groups": 1, "kind": "DMA-FQ"}
