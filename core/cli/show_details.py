"""Lines of ``gpuproof inspect`` about links between GPUs, the programs on them, and the conditions of the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gpuproof.core.facts.gpu import Gpu, GpuPair
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import Text, literal, text

Line = tuple[Text, Text]
_SHOWN_PROCESSES = 8


def gpu_lines(gpu: Gpu) -> Iterator[Line]:
    """Say which links are up, what lies nearest, and who uses the GPU."""
    if gpu.nvlinks:
        active = [link for link in gpu.nvlinks if link.is_active]
        speed = sum(link.speed_mb_s or 0 for link in active) / 1000
        yield text("  NVLink"), text(
            "{active} of {all} links up, {speed} GB/s each way",
            active=len(active), all=len(gpu.nvlinks), speed=f"{speed:.0f}" if speed else "?",
        )  # fmt: skip
    if gpu.fabric_state not in (None, "none", "completed"):
        yield text("  fabric"), literal(str(gpu.fabric_state))
    if gpu.cpu_affinity:
        node = "?" if gpu.numa_node is None else gpu.numa_node
        yield text("  nearest to it"), text("processors {cpus}, memory node {node}", cpus=gpu.cpu_affinity, node=node)
    for process in gpu.processes[:_SHOWN_PROCESSES]:
        memory = "?" if process.memory_mib is None else f"{process.memory_mib:.0f} MiB"
        name = process.name or "?"
        if process.is_own is False:
            who = text("{name} (process {pid}) of another user: {memory}", name=name, pid=process.pid, memory=memory)
        else:
            who = text("{name} (process {pid}): {memory}", name=name, pid=process.pid, memory=memory)
        yield text("  used by"), who


def pair_lines(machine: Machine, rendered: Callable[[Text], str]) -> Iterator[Line]:
    """Say how each pair of GPUs is connected; both directions in one line where they are alike."""
    pairs = () if isinstance(machine.gpu_pairs, Unknown) else machine.gpu_pairs
    by_ends = {(pair.first, pair.second): pair for pair in pairs}
    for (first, second), pair in by_ends.items():
        back = by_ends.get((second, first))
        alike = back is not None and _way(back) == _way(pair)
        if alike and first > second:
            continue
        label = text("GPU {first} and {second}", first=first, second=second)
        yield label if alike else text("GPU {first} to {second}", first=first, second=second), _words_of(pair, rendered)


def _way(pair: GpuPair) -> tuple[object, ...]:
    return pair.topology, pair.nvlinks, pair.p2p_read, pair.p2p_write, pair.torch_peer_access


def _words_of(pair: GpuPair, rendered: Callable[[Text], str]) -> Text:
    allowed = pair.torch_peer_access
    if allowed is None and pair.p2p_read is not None:
        allowed = pair.p2p_read == "ok"
    links = text("NVLink, {count} links", count=pair.nvlinks)
    way = rendered(links if pair.nvlinks else _topology(pair.topology))
    if allowed is None:
        return text("{way}; direct access is not known", way=way)
    if allowed:
        return text("{way}; direct access", way=way)
    return text("{way}; no direct access: {why}", way=way, why=rendered(_refusal(pair.p2p_read)))


def _topology(found: str | None) -> Text:
    match found:
        case "internal":
            return text("on one board")
        case "PIX":
            return text("through one PCIe switch (PIX)")
        case "PXB":
            return text("through several PCIe switches (PXB)")
        case "PHB":
            return text("through the processor's PCIe bridge (PHB)")
        case "NODE":
            return text("through several PCIe bridges of one processor (NODE)")
        case "SYS":
            return text("from one processor to another (SYS)")
        case _:
            return text("connected in a way that is not known")


def _refusal(found: str | None) -> Text:
    match found:
        case "chipset_not_supported":
            return text("the driver does not allow it with this chipset")
        case "gpu_not_supported":
            return text("the driver does not allow it with these cards")
        case "topology_not_supported":
            return text("the way between them does not allow it")
        case "disabled_by_setting":
            return text("a setting of the driver switches it off")
        case "ok":
            return text("CUDA refuses what the driver would allow")
        case _:
            return text("the driver does not support it here")


def condition_lines(machine: Machine) -> Iterator[Line]:
    """Say what a program finds here beside the GPU; what is as usual is left out."""
    yield from _memory(machine)
    yield from _disk(machine)
    throttling, power, details = machine.throttling, machine.power, machine.cpu_details
    if not isinstance(throttling, Unknown) and throttling.throttled_periods:
        yield (
            text("processor quota"),
            text(
                "used up in {share} % of the periods, {seconds} s waited",
                share=round(100 * throttling.throttled_periods / max(1, throttling.periods)),
                seconds=round(throttling.throttled_s),
            ),
        )
    if not isinstance(power, Unknown) and power.on_battery:
        yield text("power"), text("on battery")
    if not isinstance(details, Unknown) and details.clock_max_mhz and details.clock_limit_mhz:
        yield (
            text("processor clock"),
            text(
                "up to {limit} of {most} MHz", limit=round(details.clock_limit_mhz), most=round(details.clock_max_mhz)
            ),
        )
    origin, files = machine.driver_origin, machine.files_check
    if not isinstance(origin, Unknown) and origin.restart_required:
        yield text("restart"), text("the system waits for a restart")
    if not isinstance(files, Unknown) and (files.missing or files.wrong_size):
        broken = (*files.missing, *files.wrong_size)
        yield text("damaged files"), literal(", ".join(broken[:3]) + (" ..." if len(broken) > 3 else ""))
    elif not isinstance(files, Unknown):
        yield text("torch's files"), text("{count} libraries are as they were installed", count=files.checked)


def _memory(machine: Machine) -> Iterator[Line]:
    available, state = machine.memory_available_mib, machine.memory_state
    if not isinstance(available, Unknown):
        yield text("free memory"), literal(f"{available / 1024:.1f} GiB")
    if isinstance(state, Unknown):
        return
    if state.swap_used_mib and state.swap_total_mib:
        total = f"{state.swap_total_mib / 1024:.1f}"
        yield text("swap in use"), text("{used} of {all} GiB", used=f"{state.swap_used_mib / 1024:.1f}", all=total)
    if state.oom_kills:
        yield text("out of memory"), text("{count} programs were ended for it since the start", count=state.oom_kills)


def _disk(machine: Machine) -> Iterator[Line]:
    names = {
        "prefix": text("disk of this Python"), "temporary": text("temporary files"),
        "shared_memory": text("shared memory"), "home": text("home folder"),
    }  # fmt: skip
    systems = () if isinstance(machine.file_systems, Unknown) else machine.file_systems
    for system in systems:
        if system.use in names and system.free_mib is not None and system.total_mib is not None:
            yield (
                names[system.use],
                text(
                    "{free} of {all} free ({kind})",
                    free=_size(system.free_mib),
                    all=_size(system.total_mib),
                    kind=system.kind or "?",
                ),
            )


def _size(mebibytes: float) -> str:
    return f"{mebibytes:.0f} MiB" if mebibytes < 1024 else f"{mebibytes / 1024:.1f} GiB"
