"""Several GPUs with scripted children: one alone at a time, then all at once, then the copies."""

import threading
import time

import pytest

from gpuproof.core.bench.children import Run
from gpuproof.core.bench.collect import Collector
from gpuproof.core.bench.model import BenchSettings
from gpuproof.core.bench.several import measure_several, several_devices
from gpuproof.core.launch.model import Cancelled, Crashed, Finished, Target

DEVICES = ("cuda:0", "cuda:1", "cuda:2")


class Cards:
    """Stands in for ``run_agent``; keeps who measured what, and who measured at the same time."""

    def __init__(self, crash=None, clock_s=0.0):
        self.crash, self.clock_s = crash, clock_s
        self.log, self.params = [], {}
        self._lock = threading.Lock()
        self._together = threading.Barrier(len(DEVICES) - (1 if crash else 0), timeout=5)

    def __call__(self, target, job, params, *, deadline_s, on_message, cancel, environment, inbox):
        device = params["device"]
        self.params[device] = params
        for phase in ("alone", "together", "peers")[: 3 if params["pairs_s"] else 2]:
            on_message({"type": "ready", "phase": phase})
            while inbox.empty():
                if cancel.wait(0.002):
                    return Cancelled()
            inbox.get()
            with self._lock:
                self.log.append((phase, device))
            if device == self.crash:
                return Crashed(detail="signal 11")
            if phase == "together":
                self._together.wait()  # raises unless every living card is let through
            else:
                self._blocks(device, phase, on_message)
            on_message({"type": "phase_done", "phase": phase})
        pairs = {"measured": [{"source": "cuda:0", "target": "cuda:1", "direct": True, "gbs": 50.0}], "left_out": []}
        return Finished(result={"device": device, "name": "NVIDIA Test", "pairs": pairs if params["pairs_s"] else {}})

    def _blocks(self, device, phase, on_message):
        row = {
            "device": device, "phase": phase, "variant": "fp16", "io": "none", "is_warm_up": False, "frames": 64,
            "duration_s": 0.1, "submit_s": None, "stages_s": [],
        }  # fmt: skip
        rows = [dict(row, index=n, started_s=self.clock_s + 0.1 * n) for n in range(4)]
        on_message({"type": "blocks", "blocks": rows})


@pytest.fixture
def measure(monkeypatch):
    def measured(cards, target=None, cancel=None):
        import gpuproof.core.launch.run as run_module

        monkeypatch.setattr(run_module, "run_agent", cards)
        collector = Collector(lambda event: None)
        run = Run(
            target=target or Target("self"), settings=BenchSettings(), collector=collector,
            began_s=time.monotonic(), cancel=cancel or threading.Event(),
        )  # fmt: skip
        found = measure_several(run, DEVICES)
        return found, collector

    return measured


def test_cards_are_measured_one_by_one_and_then_all_at_once(measure):
    cards = Cards()
    found, collector = measure(cards)
    assert cards.log[:3] == [("alone", device) for device in DEVICES]
    assert set(cards.log[3:6]) == {("together", device) for device in DEVICES}
    assert cards.log[6:] == [("peers", "cuda:0")]
    assert [card.alone["none"].frames_per_second for card in found.cards] == pytest.approx([640.0] * 3)
    assert [pair.gbs for pair in found.pairs] == [50.0]
    assert len([block for block in collector.blocks if block.phase == "alone"]) == 4 * len(DEVICES)


def test_only_the_first_card_copies(measure):
    cards = Cards()
    measure(cards)
    assert [bool(cards.params[device]["pairs_s"]) for device in DEVICES] == [True, False, False]


def test_a_card_that_crashes_leaves_the_others_to_finish(measure):
    found, _ = measure(Cards(crash="cuda:1"))
    assert [card.device for card in found.cards] == ["cuda:0", "cuda:2"]
    assert "signal 11" in str(found.problems[0])
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("bench-")]


def test_cancel_ends_every_child_and_claims_nothing(measure):
    cancel = threading.Event()
    cancel.set()
    found, _ = measure(Cards(), cancel=cancel)
    assert found is None
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("bench-")]


def test_blocks_of_another_machine_are_put_on_our_clock(measure):
    cards = Cards(clock_s=9e6)
    _, collector = measure(cards, target=Target("ssh", "host"))
    assert cards.params["cuda:0"]["base_monotonic"] == 0.0
    assert max(block.started_s for block in collector.blocks) < 60.0


@pytest.mark.parametrize(
    ("usable", "device", "expected"),
    [
        (["cuda:0", "cuda:1"], "auto", ("cuda:0", "cuda:1")),
        (["cuda:0", "cuda:1"], "cuda:1", ()),
        (["cuda:0"], "auto", ()),
        (["cuda:0", "mps"], "auto", ()),
        (None, "auto", ()),
    ],
)
def test_several_means_more_than_one_and_none_chosen(usable, device, expected):
    messages = {} if usable is None else {"devices": {"usable": usable}}
    assert several_devices(BenchSettings(device=device), messages) == expected
