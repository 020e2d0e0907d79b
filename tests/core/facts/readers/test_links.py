"""NVLink, topology and peer access as facts."""

from __future__ import annotations

from typing import Any

from helpers import recordings
from helpers.constructed import nvml, nvml_error, nvml_gpu
from helpers.recordings import answers, no, ok

from gpuproof.core.facts.gpu import GpuPair
from gpuproof.core.facts.readers import read_machine
from gpuproof.core.facts.readers.links import ranges, read_gpu_pairs
from gpuproof.core.facts.unknown import Unknown, Why

SWITCHED = [{"link": n, "active": True, "version": 4, "remote_type": 2, "speed_mbps": 26562} for n in range(18)]


def a_gpu(bus: str, **fields: Any) -> dict[str, Any]:
    return nvml_gpu("NVIDIA H200", (9, 0), 141, pci={"busId": f"00000000:{bus}:00.0"}, **fields)


def a_way(other: int, level: Any = 40, read: Any = 0, **more: Any) -> list[dict[str, Any]]:
    return [{"gpu": other, "level": level, "read": read, "write": read, "nvlink": 0, "atomics": 5, **more}]


def pairs_of(*gpus: dict[str, Any], peers: dict[str, Any] | None = None) -> tuple[GpuPair, ...]:
    given = [nvml("580.95.05", 13000, *gpus)]
    if peers is not None:
        given.append(ok("torch.peers", peers))
    found = read_gpu_pairs(answers(*given))
    assert not isinstance(found, Unknown)
    return found


def test_two_gpus_behind_switches_have_as_many_links_as_both_have_to_the_switches() -> None:
    first, second = pairs_of(
        a_gpu("06", nvlinks=SWITCHED, peers=a_way(1)), a_gpu("07", nvlinks=SWITCHED[:17], peers=a_way(0))
    )
    assert (first.first, first.second, second.first, second.second) == (0, 1, 1, 0)
    assert (first.topology, first.nvlinks, first.p2p_read, first.p2p_atomics) == ("NODE", 17, "ok", "not_supported")


def test_links_from_card_to_card_count_by_the_address_of_the_other_end() -> None:
    to_second = {"link": 0, "active": True, "remote_type": 0, "remote": "00000000:07:00.0"}
    to_third = {"link": 1, "active": True, "remote_type": 0, "remote": "00000000:08:00.0"}
    down = {"link": 2, "active": False}
    first, *_ = pairs_of(
        a_gpu("06", nvlinks=[to_second, to_third, down], peers=a_way(1)), a_gpu("07", nvlinks=[], peers=a_way(0))
    )
    assert first.nvlinks == 1


def test_cards_that_have_no_links_have_none_and_cards_that_could_not_be_asked_are_not_known() -> None:
    none, *_ = pairs_of(
        a_gpu("06", nvlinks="ERROR:NOT_SUPPORTED", peers=a_way(1, 50, 1)), a_gpu("07", nvlinks="ERROR:NOT_SUPPORTED")
    )
    assert (none.nvlinks, none.topology, none.p2p_read) == (0, "SYS", "chipset_not_supported")
    lost, *_ = pairs_of(a_gpu("06", nvlinks="ERROR:GPU_IS_LOST", peers=a_way(1)), a_gpu("07"))
    assert lost.nvlinks is None


def test_an_error_in_the_place_of_a_value_is_no_fact() -> None:
    found, *_ = pairs_of(a_gpu("06", peers=a_way(1, "NOT_SUPPORTED", "UNKNOWN")), a_gpu("07"))
    assert (found.topology, found.p2p_read) == (None, None)


def test_cudas_word_is_put_to_the_pair_by_address_as_its_order_may_differ() -> None:
    peers = {
        "addresses": ["0000:07:00", "0000:06:00"],
        "pairs": [{"first": 0, "second": 1, "allowed": False}, {"first": 1, "second": 0, "allowed": True}],
    }
    first, second = pairs_of(a_gpu("06", peers=a_way(1)), a_gpu("07", peers=a_way(0)), peers=peers)
    assert (first.torch_peer_access, second.torch_peer_access) == (True, False)


def test_a_torch_that_gives_no_addresses_says_nothing_of_a_pair() -> None:
    peers = {"addresses": ["", ""], "pairs": [{"first": 0, "second": 1, "allowed": True}]}
    first, _ = pairs_of(a_gpu("06", peers=a_way(1)), a_gpu("07", peers=a_way(0)), peers=peers)
    assert first.torch_peer_access is None


def test_one_gpu_has_no_pairs_and_a_driver_that_does_not_answer_none_that_are_known() -> None:
    assert pairs_of(a_gpu("06")) == ()
    found = read_gpu_pairs(answers(nvml_error("DRIVER_NOT_LOADED")))
    assert isinstance(found, Unknown)
    assert found.why is Why.FAILED
    denied = read_gpu_pairs(answers(no("nvml.snapshot", "timed_out", "no answer in 15 s")))
    assert isinstance(denied, Unknown)
    assert denied.why is Why.TIMED_OUT


def test_a_gpu_names_its_nearest_memory_and_processors_and_its_fabric() -> None:
    gpu = a_gpu(
        "06",
        nvlinks=SWITCHED[:1],
        memory_affinity=[2],
        cpu_affinity=[0xFFFF0000FFFF, 1],
        fabric={"state": 2, "status": 0},
    )
    machine = read_machine(answers(nvml("580.95.05", 13000, gpu)))
    assert not isinstance(machine.gpus, Unknown)
    (found,) = machine.gpus
    assert (found.numa_node, found.cpu_affinity, found.fabric_state) == (1, "0-15,32-47,64", "in_progress")
    assert (found.nvlinks[0].speed_mb_s, found.nvlinks[0].remote, found.nvlinks[0].is_active) == (
        26562.0,
        "switch",
        True,
    )


def test_two_recorded_h200_are_linked_by_eighteen_links_through_their_switches() -> None:
    machine = recordings.machine("h200x2-agent")
    assert not isinstance(machine.gpus, Unknown)
    assert not isinstance(machine.gpu_pairs, Unknown)
    for gpu in machine.gpus:
        assert len([link for link in gpu.nvlinks if link.is_active]) == 18
        assert {(link.version, link.remote, link.speed_mb_s) for link in gpu.nvlinks} == {("4.0", "switch", 26562.0)}
        assert {link.remote_address for link in gpu.nvlinks} == {""}
        assert (gpu.cpu_affinity, gpu.numa_node, gpu.fabric_state) == ("0-31", 0, "completed")
    first, second = machine.gpu_pairs
    assert (first.topology, first.nvlinks, first.p2p_read, first.torch_peer_access) == ("PHB", 18, "ok", True)
    assert (second.first, second.second, second.p2p_nvlink) == (1, 0, "ok")


def test_garbage_in_a_link_is_no_fact() -> None:
    gpu = a_gpu(
        "06", nvlinks=[{"link": 0, "active": 1, "version": -5, "remote_type": 77, "speed_mbps": 0, "replays": "x"}]
    )
    machine = read_machine(answers(nvml("580.95.05", 13000, gpu)))
    assert not isinstance(machine.gpus, Unknown)
    (link,) = machine.gpus[0].nvlinks
    assert (link.is_active, link.version, link.remote, link.speed_mb_s, link.replays) == (None, None, "", None, None)


def test_numbers_are_written_as_ranges() -> None:
    assert (ranges([]), ranges([3]), ranges([0, 1, 2, 5])) == ("", "3", "0-2,5")
