"""Lines of ``inspect`` about links, programs and the state of the machine."""

from __future__ import annotations

from collections.abc import Iterable

from helpers.machines import a_gpu, a_machine

from gpuproof.core.cli.show_details import condition_lines, gpu_lines, pair_lines
from gpuproof.core.facts.conditions import CpuDetails, DriverOrigin, FileSystem, MemoryState, Throttling
from gpuproof.core.facts.gpu import GpuPair, GpuProcess, NvLink
from gpuproof.core.facts.installation import FilesCheck
from gpuproof.core.facts.parts import Power
from gpuproof.core.words import Text


def english(words: Text) -> str:
    return words.render("en")


def shown(lines: Iterable[tuple[Text, Text]]) -> dict[str, str]:
    return {label.render("en").strip(): value.render("en") for label, value in lines}


LINKS = tuple(
    NvLink(index=n, is_active=n < 17, remote="switch", speed_mb_s=26562.0 if n < 17 else None) for n in range(18)
)


def test_a_gpu_says_its_links_its_neighbours_and_who_uses_it() -> None:
    gpu = a_gpu(
        nvlinks=LINKS,
        cpu_affinity="0-31",
        numa_node=0,
        fabric_state="in_progress",
        processes=(GpuProcess(pid=7, name="python3", memory_mib=1200.4, is_own=True),),
    )
    assert shown(gpu_lines(gpu)) == {
        "NVLink": "17 of 18 links up, 452 GB/s each way",
        "fabric": "in_progress",
        "nearest to it": "processors 0-31, memory node 0",
        "used by": "python3 (process 7): 1200 MiB",
    }


def test_somebody_elses_program_and_one_without_a_name_say_so() -> None:
    other = a_gpu(processes=(GpuProcess(pid=8, name="blender", is_own=False),))
    assert shown(gpu_lines(other))["used by"] == "blender (process 8) of another user: ?"
    assert shown(gpu_lines(a_gpu(processes=(GpuProcess(pid=9),))))["used by"] == "? (process 9): ?"
    assert shown(gpu_lines(a_gpu(fabric_state="completed"))) == {}


def pairs(**both: object) -> tuple[GpuPair, ...]:
    return tuple(GpuPair(first=a, second=b, **both) for a, b in ((0, 1), (1, 0)))  # type: ignore[arg-type]


def test_two_gpus_that_reach_each_other_alike_are_one_line() -> None:
    machine = a_machine(gpu_pairs=pairs(topology="NODE", nvlinks=18, p2p_read="ok"))
    assert shown(pair_lines(machine, english)) == {"GPU 0 and 1": "NVLink, 18 links; direct access"}


def test_what_cuda_says_counts_more_than_what_the_driver_could_do() -> None:
    machine = a_machine(gpu_pairs=pairs(topology="SYS", nvlinks=0, p2p_read="ok", torch_peer_access=False))
    assert shown(pair_lines(machine, english)) == {
        "GPU 0 and 1": "from one processor to another (SYS); no direct access: CUDA refuses what the driver would allow"
    }


def test_directions_that_differ_are_two_lines_and_nothing_known_is_said() -> None:
    there, _ = pairs(topology="PHB", p2p_read="chipset_not_supported")
    machine = a_machine(gpu_pairs=(there, GpuPair(first=1, second=0)))
    assert shown(pair_lines(machine, english)) == {
        "GPU 0 to 1": "through the processor's PCIe bridge (PHB); no direct access: "
        "the driver does not allow it with this chipset",
        "GPU 1 to 0": "connected in a way that is not known; direct access is not known",
    }


def test_conditions_that_matter_are_said() -> None:
    machine = a_machine(
        memory_available_mib=2048.0,
        memory_state=MemoryState(swap_total_mib=4096.0, swap_used_mib=1024.0, oom_kills=3),
        file_systems=(FileSystem(use="shared_memory", kind="tmpfs", total_mib=64.0, free_mib=63.0),),
        throttling=Throttling(periods=200, throttled_periods=50, throttled_s=12.4),
        power=Power(on_battery=True),
        cpu_details=CpuDetails(clock_max_mhz=5200.0, clock_limit_mhz=1800.0),
        driver_origin=DriverOrigin(restart_required=True),
        files_check=FilesCheck(checked=4, missing=("a.so", "b.so"), wrong_size=("c.so: 1 of 2 bytes", "d")),
    )
    assert shown(condition_lines(machine)) == {
        "free memory": "2.0 GiB",
        "swap in use": "1.0 of 4.0 GiB",
        "out of memory": "3 programs were ended for it since the start",
        "shared memory": "63 MiB of 64 MiB free (tmpfs)",
        "processor quota": "used up in 25 % of the periods, 12 s waited",
        "power": "on battery",
        "processor clock": "up to 1800 of 5200 MHz",
        "restart": "the system waits for a restart",
        "damaged files": "a.so, b.so, c.so: 1 of 2 bytes ...",
    }


def test_a_machine_of_which_nothing_was_asked_has_no_lines() -> None:
    assert "damaged files" not in shown(condition_lines(a_machine()))
