"""Limits, throttling, memory, clocks and disks."""

from __future__ import annotations

import re
from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.conditions import CpuDetails, Disk, FileSystem, Limits, MemoryState, Throttling
from gpuproof.core.facts.reading import (
    MIB,
    chosen_of,
    dict_of,
    fields_of,
    line_of,
    list_of,
    mib,
    objects,
    objects_in,
    objects_of,
    text_of,
    unreadable,
    whole,
    words,
)
from gpuproof.core.facts.unknown import Unknown, Why


def read_limits(answers: Answers) -> Limits | Unknown:
    """Read the soft limits: ``[1024, 1048576]`` is soft and hard, null is no limit."""
    found = dict_of(answers, "system.limits")
    if isinstance(found, Unknown):
        return found

    def soft(name: str) -> int | None:
        pair = found.get(name)
        return whole(pair[0]) if isinstance(pair, list) and pair else None

    def in_mib(name: str) -> float | None:
        value = soft(name)
        return None if value is None else value / MIB

    return Limits(
        open_files=soft("nofile"),
        processes=soft("nproc"),
        locked_memory_mib=in_mib("memlock"),
        address_space_mib=in_mib("as"),
        stack_mib=in_mib("stack"),
    )


def read_cpu_details(answers: Answers) -> CpuDetails | Unknown:
    """Read the clock, the caches and what holds the processor back."""
    clock, processors = fields_of(answers, "cpu.frequency"), fields_of(answers, "cpu.processors")
    caches, nodes = list_of(answers, "cpu.caches"), list_of(answers, "memory.nodes")
    sources = (dict_of(answers, "cpu.frequency"), dict_of(answers, "cpu.processors"), caches)
    if all(isinstance(source, Unknown) for source in sources):
        return next(source for source in sources if isinstance(source, Unknown))
    heat = [whole(clock.get(name)) for name in ("core_throttle_count", "package_throttle_count")]
    known = [count for count in heat if count is not None]
    return CpuDetails(
        clock_mhz=_mhz(clock.get("scaling_cur_freq")),
        clock_max_mhz=_mhz(clock.get("cpuinfo_max_freq")),
        clock_limit_mhz=_mhz(clock.get("scaling_max_freq")),
        driver=words(clock.get("scaling_driver")),
        energy_preference=words(clock.get("energy_performance_preference")),
        boost=_boost(clock),
        is_threaded={"1": True, "0": False}.get(words(processors.get("smt_active"))),
        heat_events=max(known) if known else None,
        hottest_celsius=_hottest(answers),
        caches=_caches(objects_in(caches)),
        clock_source=line_of(answers, "cpu.clock_source", 40),
        memory_nodes=None if isinstance(nodes, Unknown) else len(nodes),
        isolated=words(processors.get("isolated")),
        costly_mitigations=_mitigations(fields_of(answers, "cpu.vulnerabilities")),
    )


def _mhz(found: object) -> float | None:
    """Turn the kernel's kHz into MHz."""
    value = whole(found)
    return value / 1000 if value else None


def _boost(clock: dict[str, Any]) -> bool | None:
    if "no_turbo" in clock:
        return {"0": True, "1": False}.get(words(clock.get("no_turbo")))
    return {"1": True, "0": False}.get(words(clock.get("boost")))


def _hottest(answers: Answers) -> float | None:
    values = [whole(entry.get("millidegrees")) for entry in objects_of(answers, "cpu.temperatures")]
    known = [value / 1000 for value in values if value is not None and 0 < value < 150_000]
    return max(known) if known else None


def _caches(found: list[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"L{words(entry.get('level'))} {words(entry.get('type'))}".strip(), words(entry.get("size")))
        for entry in found
        if words(entry.get("size"))
    )


def _mitigations(found: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        f"{name}: {words(text)}" for name, text in sorted(found.items()) if words(text).startswith("Mitigation")
    )


def read_throttling(answers: Answers) -> Throttling | Unknown:
    """Read ``nr_periods``, ``nr_throttled`` and ``throttled_usec`` (v1: ``throttled_time`` in ns)."""
    texts = [text_of(answers, name) for name in ("cpu.cgroup_stat", "cpu.cgroup_stat_v1")]
    for text in texts:
        pairs = dict(line.split(None, 1) for line in text.splitlines() if " " in line) if isinstance(text, str) else {}
        if whole(pairs.get("nr_periods")):
            periods, throttled = whole(pairs["nr_periods"]), whole(pairs.get("nr_throttled"))
            micro, nano = whole(pairs.get("throttled_usec")), whole(pairs.get("throttled_time"))
            seconds = micro / 1e6 if micro is not None else (nano or 0) / 1e9
            return Throttling(periods=periods or 0, throttled_periods=throttled or 0, throttled_s=seconds)
    if any(isinstance(text, str) for text in texts):
        return Unknown(Why.ABSENT, "no processor quota is set", "cpu.cgroup_stat")
    return texts[0] if isinstance(texts[0], Unknown) else unreadable("cpu.cgroup_stat", "no periods")


def read_memory_state(answers: Answers) -> MemoryState | Unknown:
    """Read swapping, commitments, out-of-memory kills and pressure."""
    info = text_of(answers, "memory.info")
    if isinstance(info, Unknown):
        return info
    counters = fields_of(answers, "memory.counters")

    def line(key: str) -> float | None:
        match = re.search(rf"^{key}:\s{{1,20}}(\d{{1,15}}) kB", info, re.MULTILINE)
        return int(match.group(1)) / 1024 if match else None

    total, free = line("SwapTotal"), line("SwapFree")
    return MemoryState(
        swap_total_mib=total,
        swap_used_mib=None if total is None or free is None else total - free,
        locked_mib=line("Mlocked"),
        commit_limit_mib=line("CommitLimit"),
        committed_mib=line("Committed_AS"),
        container_used_mib=_bytes_in(answers, "memory.cgroup_current") or _bytes_in(answers, "memory.cgroup_used_v1"),
        oom_kills=_oom_kills(answers, counters),
        swapped_in_pages=whole(counters.get("pswpin")),
        transparent_huge_pages=chosen_of(answers, "memory.huge_pages") or None,
        waiting_for_memory_percent=_waiting(answers, "memory"),
        waiting_for_disk_percent=_waiting(answers, "io"),
        waiting_for_cpu_percent=_waiting(answers, "cpu"),
    )


def _bytes_in(answers: Answers, question: str) -> float | None:
    text = text_of(answers, question)
    return int(text) / MIB if isinstance(text, str) and text.strip().isdigit() and len(text) < 25 else None


def _oom_kills(answers: Answers, counters: dict[str, Any]) -> int | None:
    for question in ("memory.cgroup_events", "memory.cgroup_oom_v1"):
        text = text_of(answers, question)
        match = re.search(r"^oom_kill (\d{1,9})$", text, re.MULTILINE) if isinstance(text, str) else None
        if match:
            return int(match.group(1))
    return whole(counters.get("oom_kill"))


def _waiting(answers: Answers, resource: str) -> float | None:
    """Read ``some avg10=1.53 avg60=...``."""
    match = re.search(r"some avg10=(\d{1,3}(?:\.\d{1,4})?)", words(fields_of(answers, "system.pressure").get(resource)))
    return float(match.group(1)) if match else None


def read_file_systems(answers: Answers) -> tuple[FileSystem, ...] | Unknown:
    """Read the file systems by their use."""
    found = list_of(answers, "disk.file_systems")
    if isinstance(found, Unknown):
        return found
    return tuple(
        FileSystem(
            use=words(entry.get("use")),
            kind=words(entry.get("kind")),
            total_mib=mib(entry.get("total_bytes")),
            free_mib=mib(entry.get("free_bytes")),
            free_files=whole(entry.get("free_files")),
            is_read_only=entry.get("read_only") is True,
            is_no_exec=entry.get("no_exec") is True,
        )
        for entry in objects(found)
    )


def read_disks(answers: Answers) -> tuple[Disk, ...] | Unknown:
    """Read the disks; a virtual one often calls itself turning and is not."""
    found = list_of(answers, "disk.devices")
    if isinstance(found, Unknown):
        return found
    return tuple(
        Disk(
            name=words(entry.get("name")),
            size_mib=mib(entry.get("bytes")),
            is_turning={"1": True, "0": False}.get(words(entry.get("rotational"))),
        )
        for entry in objects(found)
    )
