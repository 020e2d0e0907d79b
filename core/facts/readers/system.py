"""Operating system, processor, memory, power, disk."""

from __future__ import annotations

import re
from typing import Any, get_args

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.machine import Cpu, OperatingSystem, System
from gpuproof.core.facts.parts import Power
from gpuproof.core.facts.readers.other_systems import macos_power, sysctl, windows_power
from gpuproof.core.facts.reading import (
    MIB,
    dict_of,
    list_of,
    mib,
    number,
    objects,
    reason,
    text_of,
    unreadable,
    whole,
    words,
)
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.facts.version import dotted

_SYSTEMS = get_args(System)
_MACHINES = {"AMD64": "x86_64", "amd64": "x86_64", "x64": "x86_64", "ARM64": "arm64"}
# instruction sets that decide which precision and which speed a CPU run has
FLAGS = (
    "avx", "avx2", "f16c", "fma", "avx512f", "avx512_bf16", "avx512_fp16", "avx512_vnni", "avx_vnni", "amx_bf16",
    "amx_int8", "amx_tile", "asimd", "asimdhp", "bf16", "i8mm", "sve", "sve2", "hypervisor",
)  # fmt: skip
_NO_LIMIT = 1 << 60


def read_os(answers: Answers) -> OperatingSystem | Unknown:
    """Read the system from ``uname`` and its release file."""
    found = dict_of(answers, "os.identity")
    if isinstance(found, Unknown):
        return found
    system = words(found.get("system"))
    if system not in _SYSTEMS:
        return unreadable("os.identity", f"unknown system {system[:40]!r}")
    release = words(found.get("release"))
    machine = words(found.get("machine"))
    libc = words(found.get("libc")).split()
    return OperatingSystem(
        system=system,  # type: ignore[arg-type]  # checked above
        machine=_MACHINES.get(machine, machine),
        name=_name(answers, found),
        release=release,
        glibc=dotted(libc[1]) if len(libc) == 2 and libc[0] == "glibc" else None,
        is_wsl=system == "linux" and "microsoft" in release.lower(),
        is_jetson=_is_jetson(answers),
        uptime_s=_uptime(answers),
        kernel_build=_kernel_build(answers),
    )


def _uptime(answers: Answers) -> float | None:
    clock = dict_of(answers, "os.clock")
    return None if isinstance(clock, Unknown) else number(clock.get("uptime_s")) or None


def _kernel_build(answers: Answers) -> str:
    """Read ``Linux version 6.8.0-45-generic (builder@host) (gcc-13 ...) #45 SMP``, without who built it where."""
    text = text_of(answers, "os.proc_version")
    return "" if isinstance(text, Unknown) else re.sub(r"\(\S{1,80}@\S{1,80}\) ", "", text).strip()[:300]


def _name(answers: Answers, identity: dict[str, Any]) -> str:
    """Return the name as the system calls itself: the line ``PRETTY_NAME="Ubuntu 24.04.3 LTS"`` on Linux."""
    if identity.get("macos_version"):
        return f"macOS {words(identity['macos_version'])}"
    windows = dict_of(answers, "windows.version")
    if not isinstance(windows, Unknown):
        return _windows_name(windows)
    text = text_of(answers, "os.release_file")
    if isinstance(text, Unknown):
        return ""
    match = re.search(r'^PRETTY_NAME="?([^"\n]{1,200})', text, re.MULTILINE)
    return match.group(1) if match else ""


def _windows_name(found: dict[str, Any]) -> str:
    """Windows 11 still calls itself "Windows 10" in its registry; builds from 22000 on are 11."""
    name = words(found.get("ProductName"))
    build = whole(found.get("CurrentBuild")) or 0
    return name.replace("Windows 10", "Windows 11") if build >= 22000 else name


def _is_jetson(answers: Answers) -> bool:
    release = text_of(answers, "os.jetson_release")
    model = text_of(answers, "os.device_tree_model")
    return isinstance(release, str) or (isinstance(model, str) and "jetson" in model.lower())


def read_cpu(answers: Answers) -> Cpu | Unknown:
    """Read the processor; a processor of which nothing is known is Unknown with the first reason."""
    info = text_of(answers, "cpu.info")
    counts = dict_of(answers, "cpu.counts")
    if isinstance(counts, Unknown) and isinstance(info, Unknown):
        return counts
    numbers = {} if isinstance(counts, Unknown) else counts
    lines = {} if isinstance(info, Unknown) else _cpu_lines(info)
    load = text_of(answers, "cpu.load")
    return Cpu(
        model=lines.get("model name") or words(numbers.get("model")) or _model(answers) or lines.get("cpu", ""),
        physical_cores=whole(numbers.get("physical")),
        logical_cores=whole(numbers.get("logical")),
        usable_cores=_usable(answers, numbers),
        flags=_flags(lines),
        load_average=None if isinstance(load, Unknown) else number(_float(load.split()[:1])),
    )


def _model(answers: Answers) -> str:
    """Return the processor's name on Windows and macOS, and the board's on ARM boards such as Jetson."""
    windows = dict_of(answers, "windows.processor")
    if not isinstance(windows, Unknown):
        return words(windows.get("ProcessorNameString")).strip()
    board = text_of(answers, "os.device_tree_model")
    return sysctl(answers).get("machdep.cpu.brand_string") or (board.strip("\0\n ") if isinstance(board, str) else "")


def _cpu_lines(info: str) -> dict[str, str]:
    """Return the first processor's lines, e.g. ``model name : Intel(R) Xeon(R) Processor``."""
    pairs = (line.partition(":") for line in info.split("\n\n", 1)[0].splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _flags(lines: dict[str, str]) -> tuple[str, ...]:
    present = set((lines.get("flags") or lines.get("Features") or "").split())
    return tuple(flag for flag in FLAGS if flag in present)


def _usable(answers: Answers, numbers: dict[str, Any]) -> float | None:
    """Return the smaller of affinity and container quota: ``200000 100000`` is two processors' worth."""
    usable = number(numbers.get("affinity")) or number(numbers.get("logical"))
    quota = text_of(answers, "cpu.cgroup_quota")
    limit = None
    if isinstance(quota, str):
        parts = quota.split()
        period = _float(parts[1:2]) or 100000.0
        limit = (_float(parts[:1]) or 0.0) / period or None
    old = text_of(answers, "cpu.cgroup_quota_v1")
    if limit is None and isinstance(old, str) and (_float(old.split()[:1]) or -1.0) > 0:
        limit = (_float(old.split()[:1]) or 0.0) / 100000.0
    return min(usable, limit) if usable and limit else usable or limit


def _float(parts: list[str]) -> float | None:
    try:
        return float(parts[0]) if parts else None
    except ValueError:
        return None


def _memory_line(answers: Answers, key: str) -> float | Unknown:
    """Read a line such as ``MemTotal:       131981020 kB`` (the kernel's kB are KiB)."""
    text = text_of(answers, "memory.info")
    if isinstance(text, Unknown):
        return text
    match = re.search(rf"^{key}:\s{{1,20}}(\d{{1,15}}) kB", text, re.MULTILINE)
    return int(match.group(1)) / 1024 if match else unreadable("memory.info", f"no line {key}")


def read_memory_total(answers: Answers) -> float | Unknown:
    """Return the machine's memory, whatever system it is."""
    return _memory(answers, "MemTotal", "total")


def read_memory_available(answers: Answers) -> float | Unknown:
    """Return the memory that programs can still get."""
    return _memory(answers, "MemAvailable", "available")


def _memory(answers: Answers, line: str, key: str) -> float | Unknown:
    size = sysctl(answers).get("hw.memsize", "")
    if key == "total" and size.isdigit():
        return int(size) / MIB
    other = dict_of(answers, "windows.memory")
    if isinstance(other, Unknown):
        found = _memory_line(answers, line)
        return other if isinstance(found, Unknown) and found.why is Why.NOT_ASKED else found
    value = mib(other.get(key))
    return unreadable("windows.memory", f"no {key}") if value is None else value


def read_memory_limit(answers: Answers) -> float | Unknown:
    """Return a container's limit; ``max`` and the kernel's huge number are no limit."""
    for question in ("memory.cgroup_limit", "memory.cgroup_limit_v1"):
        text = text_of(answers, question)
        if isinstance(text, str) and text.strip().isdigit() and int(text.strip()[:25]) < _NO_LIMIT:
            return int(text.strip()) / MIB
    asked = answers.get("memory.cgroup_limit")
    return reason(asked) if asked is None else Unknown(Why.ABSENT, "no limit is set", "memory.cgroup_limit")


def read_disk_free(answers: Answers) -> float | Unknown:
    """Return free MiB where the inspected Python is installed."""
    found = dict_of(answers, "disk.space")
    if isinstance(found, Unknown):
        return found
    prefix = found.get("prefix")
    value = mib(prefix.get("free")) if isinstance(prefix, dict) else None
    return unreadable("disk.space", "no free space for the prefix") if value is None else value


def read_power(answers: Answers) -> Power | Unknown:
    """Read chargers, power profile and frequency governor."""
    supplies = list_of(answers, "power.supplies")
    profile, governor = text_of(answers, "power.profile"), text_of(answers, "cpu.governor")
    elsewhere = windows_power(answers) or macos_power(answers)
    if elsewhere is not None:
        return elsewhere
    if isinstance(supplies, Unknown) and isinstance(profile, Unknown) and isinstance(governor, Unknown):
        return supplies
    return Power(
        on_battery=None if isinstance(supplies, Unknown) else _on_battery(objects(supplies)),
        profile=None if isinstance(profile, Unknown) else profile.strip() or None,
        governor=None if isinstance(governor, Unknown) else governor.strip() or None,
    )


def _on_battery(supplies: list[dict[str, Any]]) -> bool | None:
    """A battery of a mouse has the scope Device and does not count."""
    own = [supply for supply in supplies if supply.get("scope") != "Device"]
    batteries = [supply for supply in own if supply.get("type") == "Battery"]
    chargers = [supply for supply in own if supply.get("type") in ("Mains", "USB")]
    if not batteries:
        return None
    if any(charger.get("online") == "1" for charger in chargers):
        return False
    return any(battery.get("status") == "Discharging" for battery in batteries)


def read_secure_boot(answers: Answers) -> bool | Unknown:
    """Read whether the firmware demands signed modules."""
    answer = answers.get("os.secure_boot")
    if answer is None or answer.status != "ok":
        return reason(answer)
    return answer.value if isinstance(answer.value, bool) else unreadable("os.secure_boot", "no truth value")
