"""Several GPUs: from blocks to each card's rates, and the words and doubts that follow."""

import json
from dataclasses import replace

import pytest
from helpers.benches import a_result, some_blocks

from gpuproof.core.bench.assemble import Ending
from gpuproof.core.bench.cards import read_several
from gpuproof.core.bench.document import bench_document
from gpuproof.core.bench.model import CardResult, PairResult, Rate, SeveralGpus
from gpuproof.core.bench.several_words import several_doubts, several_statements
from gpuproof.core.launch.model import Crashed, Finished

NAME = "NVIDIA Test"


def _blocks(device, phase, start_s, **more):
    return some_blocks(phase, device, "fp16", start_s, **more)


def _ending(device, bus, **more):
    return Ending(Finished(result={"device": device, "name": NAME, "pci_bus": bus, "pairs": {}, **more}))


def _rate(fps):
    return Rate(frames_per_second=fps, low=0.99 * fps, high=1.01 * fps)


def _card(device, alone=1000.0, together=1000.0, index=None, name=NAME):
    rates = [{} if fps is None else {io: _rate(fps) for io in ("full", "none")} for fps in (alone, together)]
    return CardResult(device=device, name=name, driver_index=index, alone=rates[0], together=rates[1])


def _said(*cards, **more):
    return " | ".join(str(words) for words in several_statements(SeveralGpus(cards=cards, **more)))


def _kinds(*cards, **more):
    return {doubt.kind for doubt in several_doubts(SeveralGpus(cards=cards, **more))}


def test_each_cards_rate_comes_from_its_own_counted_blocks():
    warm_up = tuple(replace(b, is_warm_up=True, duration_s=9.0) for b in _blocks("cuda:0", "alone", 0.0))
    blocks = (*warm_up, *_blocks("cuda:0", "alone", 1.0), *_blocks("cuda:1", "alone", 3.0, frames=8))
    found = read_several({d: _ending(d, None) for d in ("cuda:0", "cuda:1")}, blocks, {})
    assert [card.alone["full"].frames_per_second for card in found.cards] == pytest.approx([160.0, 80.0])
    assert "none" not in found.cards[0].alone


def test_only_blocks_while_every_card_works_count_as_together():
    slow_start = _blocks("cuda:0", "together", 0.0, count=10, frames=32)  # alone in the room for half a second
    shared = _blocks("cuda:0", "together", 1.0, count=10, frames=16)
    blocks = (*slow_start, *shared, *_blocks("cuda:1", "together", 1.0, count=10, frames=16))
    found = read_several({d: _ending(d, None) for d in ("cuda:0", "cuda:1")}, blocks, {})
    assert found.cards[0].together["full"].frames_per_second == pytest.approx(160.0)


def test_without_a_common_moment_nothing_is_claimed_of_together():
    blocks = (*_blocks("cuda:0", "together", 0.0), *_blocks("cuda:1", "together", 5.0))
    found = read_several({d: _ending(d, None) for d in ("cuda:0", "cuda:1")}, blocks, {})
    assert [card.together for card in found.cards] == [{}, {}]


def test_the_drivers_number_is_found_by_the_pci_address():
    driver = {"gpus": [{"gpu": 0, "pci_bus": "00000000:65:00.0"}, {"gpu": 1, "pci_bus": "00000000:17:00.0"}]}
    endings = {"cuda:0": _ending("cuda:0", "00000000:17:00.0"), "cuda:1": _ending("cuda:1", None)}
    assert [card.driver_index for card in read_several(endings, (), driver).cards] == [1, None]


def test_a_card_whose_child_crashed_is_named_and_the_others_stay():
    endings = {"cuda:0": _ending("cuda:0", None), "cuda:1": Ending(Crashed(detail="signal 11"))}
    found = read_several(endings, _blocks("cuda:0", "alone", 0.0), {})
    assert [card.device for card in found.cards] == ["cuda:0"]
    assert "cuda:1" in str(found.problems[0])


@pytest.mark.parametrize(("fps", "kinds"), [(930.0, set()), (850.0, {"weaker_gpu"})])
def test_a_like_card_that_is_clearly_slower_is_a_doubt(fps, kinds):
    assert _kinds(_card("cuda:0"), _card("cuda:1", alone=fps, together=fps)) == kinds


def test_a_smaller_card_beside_a_larger_one_is_named_but_no_doubt():
    cards = (_card("cuda:0"), _card("cuda:1", alone=300.0, together=300.0, name="NVIDIA Small"))
    assert _kinds(*cards) == set()
    assert "The weakest is cuda:1: 30 % of cuda:0" in _said(*cards)


@pytest.mark.parametrize(("together", "kinds"), [(930.0, set()), (600.0, {"gpus_slow_each_other"})])
def test_cards_that_slow_each_other(together, kinds):
    cards = (_card("cuda:0", together=together), _card("cuda:1", together=together))
    assert _kinds(*cards) == kinds
    assert ("do not slow each other" in _said(*cards)) == (not kinds)


def test_a_default_card_that_is_not_the_fastest_is_told_with_the_remedy():
    cards = (_card("cuda:0", alone=300.0, index=1), _card("cuda:1", index=0))
    said = _said(*cards)
    assert "takes cuda:0 (NVIDIA Test), which nvidia-smi lists as GPU 1" in said
    assert "CUDA_DEVICE_ORDER=PCI_BUS_ID and CUDA_VISIBLE_DEVICES=0" in said
    assert "stands idle" not in _said(_card("cuda:0"), _card("cuda:1"))


def test_copies_are_told_by_the_way_they_go_with_the_slowest_pair():
    pairs = (
        PairResult(source="cuda:0", target="cuda:1", direct=True, gbs=300.0, is_right=True),
        PairResult(source="cuda:1", target="cuda:0", direct=True, gbs=200.0, is_right=True),
        PairResult(source="cuda:0", target="cuda:2", direct=False, gbs=20.0, is_right=True),
        PairResult(source="cuda:2", target="cuda:0", problem="out of memory"),
    )
    said = _said(_card("cuda:0"), pairs=pairs, left_out=(("cuda:1", "cuda:2"),))
    assert "Direct copies between GPUs: 200.0 to 300.0 GB/s over 2 pairs (slowest: cuda:1 > cuda:0)" in said
    assert "the driver allows no direct way: 20.0 to 20.0 GB/s over 1 pairs" in said
    assert "cuda:2 to cuda:0 failed: out of memory" in said
    assert "1 pairs of GPUs were not measured" in said


@pytest.mark.parametrize(("is_right", "kinds"), [(True, set()), (None, set()), (False, {"peer_copy_wrong"})])
def test_a_copy_that_arrives_wrong_is_a_doubt(is_right, kinds):
    pair = PairResult(source="cuda:0", target="cuda:1", direct=True, gbs=50.0, is_right=is_right)
    assert _kinds(_card("cuda:0"), _card("cuda:1"), pairs=(pair,)) == kinds


def test_the_document_carries_figures_and_words():
    several = SeveralGpus(cards=(_card("cuda:0", index=0), _card("cuda:1", alone=500.0, together=None, index=1)))
    shown = json.loads(json.dumps(bench_document(a_result(several=several), None, "zh")))["several"]
    assert shown["weakest"] == "cuda:1"
    assert shown["default"] == "cuda:0"
    assert shown["cards"][0]["together"]["none"]["frames_per_second"] == 1000.0
    assert any("最弱的是 cuda:1" in line for line in shown["statements"])
    assert "several" not in bench_document(a_result(), None, "en")
