"""One GPU of several, on a stand-in that computes on the processor; and copies between cards that are not there."""

import contextlib

import pytest

pytestmark = pytest.mark.torch


class Reporter:
    def __init__(self):
        self.said, self.blocks, self._tick = [], [], 0.0

    def gate(self, phase):
        self.said.append(("gate", phase))

    def say(self, kind, **fields):
        self.said.append((kind, fields["phase"]))

    def block(self, **fields):
        self.blocks.append(fields)

    def stop_if_asked(self):
        pass

    def now_s(self):
        self._tick += 0.05
        return self._tick


class Runner:
    variant = None

    def __init__(self, accelerator, io):
        from gpuproof.core.agent.workload.gpu_runner import Variant

        self.accelerator, self.io = accelerator, io
        self.variant = Variant("fp16", "fp16", True, 64)

    def run_block(self, seconds):
        from gpuproof.core.agent.workload.gpu_runner import Block

        return Block(64, seconds, 0.001)


@pytest.fixture
def accelerator():
    from types import SimpleNamespace

    import torch

    properties = SimpleNamespace(pci_domain_id=0, pci_bus_id=0x17, pci_device_id=0)
    module = SimpleNamespace(get_device_properties=lambda device: properties)
    return SimpleNamespace(device=torch.device("cuda:1"), title="NVIDIA Test", module=module)


@pytest.fixture
def several(monkeypatch, accelerator):
    from gpuproof.core.agent.workload import several as module

    variant = Runner(accelerator, "full").variant
    monkeypatch.setattr(module, "_prepare", lambda *_: (None, variant))
    monkeypatch.setattr(module, "make_runner", lambda stock, variant, io: Runner(accelerator, io))
    return module


def test_every_phase_waits_at_its_gate_and_times_both_modes(several, accelerator):
    reporter = Reporter()
    result = several.measure_one({"device": "cuda:1", "seconds": 0.6, "pairs_s": 0}, reporter, accelerator)
    assert reporter.said == [
        ("gate", "alone"),
        ("phase_done", "alone"),
        ("gate", "together"),
        ("phase_done", "together"),
    ]
    counted = {(row["phase"], row["io"]) for row in reporter.blocks if not row["is_warm_up"]}
    assert counted == {(phase, io) for phase in ("alone", "together") for io in ("full", "none")}
    assert [row["index"] for row in reporter.blocks] == list(range(len(reporter.blocks)))
    assert result["pci_bus"] == "00000000:17:00.0"
    assert result["pairs"] == {}


def test_a_torch_that_tells_no_address_says_none(several, accelerator):
    from types import SimpleNamespace

    accelerator.module.get_device_properties = lambda device: SimpleNamespace(uuid="x")
    assert several.pci_bus(accelerator) is None


def test_the_real_preparation_gives_a_runner_that_runs(monkeypatch):
    import torch

    from gpuproof.core.agent.workload import several as module
    from gpuproof.core.agent.workload.accelerator import Accelerator

    class OnProcessor(Accelerator):
        title, capability = "stand-in", None

        def __init__(self):
            self.device, self.kind, self.index, self.has_streams = torch.device("cpu"), "mps", 0, False
            self.module = torch.cpu

        def why_not(self, precision):
            return "not here" if precision == "fp16" else ""

    monkeypatch.setattr(torch.Tensor, "pin_memory", lambda tensor, *_: tensor)
    monkeypatch.setattr(module, "_CLIP_FRAMES", 64)
    with torch.no_grad():
        stock, variant = module._prepare(OnProcessor(), module.PRESETS["quick"])
    assert variant.precision == "fp32"
    assert variant.mode == "eager"
    assert stock.frames.shape[1:] == (720, 1280, 3)


class FakeCards:
    """Two cards: tensors "on" them stay on the processor; what cuda:1 receives may be damaged."""

    def __init__(self, monkeypatch, damage=False, fails=False):
        import torch

        real_to, real_empty = torch.Tensor.to, torch.empty
        monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
        monkeypatch.setattr(torch.cuda, "can_device_access_peer", lambda device, peer: device == 1)
        monkeypatch.setattr(torch.cuda, "synchronize", lambda device=None: None)

        def to(tensor, device):
            if fails and device == "cuda:1":
                raise RuntimeError("CUDA error: peer mapping failed\nand more")
            moved = real_to(tensor, "cpu").clone()
            if damage and device == "cuda:1":
                moved[0] += 1
            return moved

        monkeypatch.setattr(torch.Tensor, "to", to)

        def empty(*size, device=None, **more):  # whatever the device
            return real_empty(*size, **more)

        monkeypatch.setattr(torch, "empty", empty)


@contextlib.contextmanager
def _small(monkeypatch):
    from gpuproof.core.agent.workload import peers

    monkeypatch.setattr(peers, "_BYTES", 1 << 16)
    monkeypatch.setattr(peers, "_CHECKED_BYTES", 1 << 12)
    yield peers


def test_copies_are_timed_checked_and_told_with_their_way(monkeypatch):
    FakeCards(monkeypatch)
    with _small(monkeypatch) as peers:
        found = peers.measure_pairs(5.0, lambda: None)
    assert [(row["source"], row["target"], row["direct"]) for row in found["measured"]] == [
        ("cuda:0", "cuda:1", True),
        ("cuda:1", "cuda:0", False),
    ]
    assert all(row["is_right"] and row["gbs"] > 0 for row in found["measured"])


def test_a_damaged_copy_is_seen(monkeypatch):
    FakeCards(monkeypatch, damage=True)
    with _small(monkeypatch) as peers:
        found = peers.measure_pairs(5.0, lambda: None)
    assert found["measured"][0]["is_right"] is False


def test_a_pair_that_fails_ends_alone_with_its_reason(monkeypatch):
    FakeCards(monkeypatch, fails=True)
    with _small(monkeypatch) as peers:
        found = peers.measure_pairs(5.0, lambda: None)
    assert [row["problem"] for row in found["measured"]] == ["CUDA error: peer mapping failed"] * 2


def test_pairs_for_which_no_time_is_left_are_named(monkeypatch):
    FakeCards(monkeypatch)
    with _small(monkeypatch) as peers:
        assert peers.measure_pairs(-1.0, lambda: None) == {"measured": [], "left_out": [(0, 1), (1, 0)]}
