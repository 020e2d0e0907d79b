"""The kernel around the driver: its command line, what keeps a module from loading, where the driver came from."""

from __future__ import annotations

import os
from typing import Any

from ..place import Place
from .kinds import LINUX, Absent, Call, ReadFile

# words of the kernel's command line that decide whether a GPU's driver may work; all others stay where they are
COMMAND_LINE_WORDS = (
    "nomodeset", "nouveau.", "nvidia", "nova", "amdgpu.", "radeon.", "i915.", "xe.", "module_blacklist",
    "modprobe.blacklist", "rd.driver.blacklist", "rd.driver.pre", "initcall_blacklist", "vfio", "iommu", "intel_iommu",
    "amd_iommu", "pci", "pcie_aspm", "pcie_acs_override", "isolcpus", "nohz_full", "mitigations", "hugepages",
    "default_hugepagesz", "transparent_hugepage", "lockdown", "module.sig_enforce", "systemd.unified_cgroup_hierarchy",
    "cgroup_enable", "mem", "maxcpus", "nosmt", "video", "drm", "numa_balancing", "clocksource", "tsc", "kvm",
)  # fmt: skip
MODPROBE_FOLDERS = ("/etc/modprobe.d", "/run/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d")
MODULE_WORDS = ("nvidia", "nouveau", "nova_core", "amdgpu", "radeon", "i915", "vfio")
PARAMETER_MODULES = ("nvidia", "nvidia_uvm", "nvidia_drm", "nvidia_modeset", "nouveau", "amdgpu")
# kernel settings that explain a refusal or a slow run
SETTINGS = (
    "vm/overcommit_memory", "vm/overcommit_ratio", "vm/swappiness", "vm/max_map_count", "vm/nr_hugepages",
    "vm/zone_reclaim_mode", "vm/min_free_kbytes", "vm/dirty_ratio", "kernel/numa_balancing", "kernel/dmesg_restrict",
    "kernel/yama/ptrace_scope", "kernel/perf_event_paranoid", "kernel/kptr_restrict", "kernel/shmmax",
    "kernel/shmall", "kernel/threads-max", "kernel/pid_max", "kernel/tainted", "kernel/modules_disabled",
    "kernel/sched_autogroup_enabled", "kernel/unprivileged_userns_clone",
    "kernel/apparmor_restrict_unprivileged_userns", "user/max_user_namespaces", "fs/file-max", "fs/file-nr",
    "fs/inotify/max_user_watches", "fs/nr_open",
)  # fmt: skip
FIRMWARE = (
    "sys_vendor", "product_version", "board_vendor", "board_name", "bios_vendor", "bios_version",
    "bios_date", "chassis_type",
)  # fmt: skip
PACKAGE_WORDS = (
    "nvidia-driver", "nvidia-open", "nvidia-dkms", "nvidia-kernel", "nvidia-utils", "nvidia-headless", "nvidia-prime",
    "nvidia-fabricmanager", "nvidia-container", "libnvidia-compute", "libnvidia-container", "linux-modules-nvidia",
    "linux-objects-nvidia", "xserver-xorg-video-nouveau", "cuda-toolkit", "cuda-drivers", "cuda-compat", "libcudnn",
    "libnccl", "nvidia-cuda-toolkit", "rocm", "amdgpu-dkms", "intel-opencl-icd", "libze", "nvidia-5", "nvidia-4",
    "nvidia-lts", "docker-ce", "docker.io", "podman",
)  # fmt: skip
LOG_WORDS = (b"nvidia", b"cuda", b"cudnn", b"nouveau", b"linux-image", b"linux-modules", b"dkms", b"rocm", b"amdgpu")
PACKAGE_LOGS = ("/var/log/dpkg.log", "/var/log/pacman.log", "/var/log/dnf.rpm.log")
# dpkg writes the action after the time; pacman and dnf write it in the midst of the line
LOG_ACTIONS = (b" install ", b" upgrade ", b" remove ", b" purge ")
LATER_ACTIONS = (b" installed ", b" upgraded ", b" removed ", b"Installed:", b"Upgraded:", b"Removed:", b"Erased:")
LOG_BYTES = 1 << 18
MODULE_PLACES = ("updates/dkms", "updates", "kernel/drivers/video", "kernel/drivers/video/nvidia", "kernel/nvidia",
                 "extra", "extra/nvidia", "extramodules", "weak-updates", "weak-updates/nvidia")  # fmt: skip


def command_line(place: Place) -> "list[str]":
    """Return the words of the kernel's command line that have to do with GPUs, memory and speed."""
    words = place.text_of("/proc/cmdline", 16384).split()
    return [word[:200] for word in words if word.split("=")[0].lower().startswith(COMMAND_LINE_WORDS)][:60]


def modprobe_lines(place: Place) -> "list[str]":
    """Return the lines that keep a GPU's module from loading or give it options: ``blacklist nouveau``."""
    found, seen = [], False
    for folder in MODPROBE_FOLDERS:
        try:
            names = [name for name in place.names_in(folder) if name.endswith(".conf")]
        except OSError:
            continue
        seen = True
        for name in names[:200]:
            text = place.line_of("%s/%s" % (folder, name)) or ""
            lines = (line.strip() for line in text.splitlines())
            kept = [line for line in lines if line[:1] not in ("#", "") and any(word in line for word in MODULE_WORDS)]
            found += ["%s: %s" % (name, line[:300]) for line in kept]
    if not seen:
        raise Absent("no modprobe.d folder")
    return list(dict.fromkeys(found))[:100]


def module_parameters(place: Place) -> "dict[str, str]":
    """Read the parameters that GPU modules were loaded with; those that may not be read are left out."""
    found = {}  # type: dict[str, str]
    for module in PARAMETER_MODULES:
        base = "/sys/module/%s/parameters" % module
        names = place.names_if_any(base, 120)
        values = ((name, place.line_of("%s/%s" % (base, name))) for name in names)
        found.update(("%s.%s" % (module, name), value[:200]) for name, value in values if value)
    if not found:
        raise Absent("no GPU module shows parameters")
    return found


def kernels(place: Place) -> "list[dict[str, Any]]":
    """List the installed kernels and where each has an NVIDIA module, if it has one."""
    base = "/lib/modules"
    running = os.uname().release if hasattr(os, "uname") else ""
    found = []
    for kernel in place.names_in(base)[:40]:
        module = None
        for folder in MODULE_PLACES:
            names = place.names_if_any("%s/%s/%s" % (base, kernel, folder))
            module = next((folder for name in names if name.startswith("nvidia.ko")), None)
            if module:
                break
        found.append({"kernel": kernel, "nvidia_module": module, "is_running": kernel == running})
    return found


def settings(place: Place) -> "dict[str, str]":
    """Read the kernel's settings, as sysctl names them."""
    values = ((name, place.line_of("/proc/sys/" + name)) for name in SETTINGS)
    found = {name.replace("/", "."): value for name, value in values if value is not None}
    if not found:
        raise Absent("/proc/sys is not there")
    return found


def firmware(place: Place) -> "dict[str, str]":
    """Read maker, model and firmware of the machine; numbers that name one single machine are not asked."""
    values = ((name, place.line_of("/sys/class/dmi/id/" + name)) for name in FIRMWARE)
    found = {name: value[:200] for name, value in values if value}
    if not found:
        raise Absent("the firmware tells nothing")
    return found


def packages(place: Place) -> "list[str]":
    """Name the system packages that bring a driver, CUDA or a container runtime, from the package tool's own files."""
    for folder, ending in (("/var/lib/dpkg/info", ".list"), ("/var/lib/pacman/local", "")):
        try:
            names = os.listdir(place.path(folder))
        except OSError:
            continue
        found = [name for name in names if name.startswith(PACKAGE_WORDS) and name.endswith(ending)]
        return sorted(name[: len(name) - len(ending)].split(":")[0] for name in found)[:200]
    raise Absent("no list of packages of dpkg or pacman")


def package_log(place: Place) -> "list[str]":
    """Return the last lines in which driver, CUDA or kernel packages came, changed or went."""
    for path in PACKAGE_LOGS:
        try:
            size = os.stat(place.path(path)).st_size
            with open(place.path(path), "rb") as file:
                file.seek(max(0, size - LOG_BYTES))
                lines = file.read(LOG_BYTES).splitlines()
        except FileNotFoundError:
            continue
        told = [line for line in lines if is_change(line) and any(word in line for word in LOG_WORDS)]
        return [line[:200].decode("utf-8", "replace") for line in told[-40:]]
    raise Absent("no log of dpkg, pacman or dnf")


def is_change(line: bytes) -> bool:
    """Tell whether a line of a package log says that something came, changed or went."""
    if line[10:11] == b" ":  # dpkg: 2026-11-01 10:00:00 upgrade ...; most of its lines are steps in between
        return line.startswith(LOG_ACTIONS, 19)
    return any(word in line for word in LATER_ACTIONS)


def origin(place: Place) -> "dict[str, Any]":
    """Say whether NVIDIA's own installer was used, and whether the system waits for a restart."""
    log = (place.line_of("/var/log/nvidia-installer.log") or "").splitlines()[:12]
    waiting = place.line_of("/var/run/reboot-required.pkgs") or ""
    return {
        "run_installer": place.exists("/usr/bin/nvidia-uninstall"),
        "installer_log": [line[:200] for line in log if "version" in line.lower() or "time" in line.lower()],
        "restart_required": place.exists("/var/run/reboot-required"),
        "waiting_packages": waiting.split()[:40],
    }


def infiniband(place: Place) -> "list[dict[str, Any]]":
    """Describe the ports of fast network cards, which several machines' GPUs talk through."""
    base = "/sys/class/infiniband"
    found = []
    for device in place.names_in(base)[:32]:
        for port in place.names_in("%s/%s/ports" % (base, device))[:8]:
            path = "%s/%s/ports/%s" % (base, device, port)
            row = {"device": device, "port": port}  # type: dict[str, Any]
            row.update((key, place.line_of("%s/%s" % (path, key))) for key in ("state", "rate", "link_layer"))
            found.append(row)
    return found


def iommu(place: Place) -> "dict[str, Any]":
    """Say whether an IOMMU is at work: with it, direct copies between GPUs of a PC may fail or be slow."""
    units = place.names_in("/sys/class/iommu")
    groups = place.names_if_any("/sys/kernel/iommu_groups")
    kind = place.line_of("/sys/kernel/iommu_groups/%s/type" % groups[0]) if groups else None
    return {"units": units[:16], "groups": len(groups), "kind": kind}


QUESTIONS = (
    Call("kernel.command_line", command_line, "/proc/cmdline", LINUX, privacy="free_text"),
    Call("kernel.settings", settings, "/proc/sys", LINUX),
    Call("kernel.installed", kernels, "/lib/modules", LINUX, 3.0),
    Call("kernel.iommu", iommu, "/sys/class/iommu", LINUX),
    ReadFile("kernel.lockdown", "/sys/kernel/security/lockdown"),
    Call("driver.modprobe_lines", modprobe_lines, "modprobe.d", LINUX, privacy="free_text"),
    Call("driver.module_parameters", module_parameters, "/sys/module/*/parameters", LINUX, 3.0),
    Call("driver.packages", packages, "dpkg or pacman", LINUX, 3.0),
    Call("driver.package_log", package_log, "package log", LINUX, 3.0, "free_text"),
    Call("driver.origin", origin, "installer log", LINUX, privacy="free_text"),
    ReadFile("driver.prime_profile", "/etc/prime-discrete"),
    Call("os.firmware", firmware, "/sys/class/dmi/id", LINUX),
    Call("network.infiniband", infiniband, "/sys/class/infiniband", LINUX),
)
