"""The accelerator's side on a stand-in that computes on the processor: no GPU is needed to see what it says."""

import contextlib
import time

import pytest

pytestmark = pytest.mark.torch


class Event:
    def __init__(self, **_):
        self.at_s = 0.0

    def record(self, *_):
        self.at_s = time.perf_counter()

    def elapsed_time(self, end):
        return (end.at_s - self.at_s) * 1000.0

    def synchronize(self):
        pass


class Stream:
    def wait_event(self, event):
        pass


class Module:
    Event = Event
    Stream = Stream

    @staticmethod
    def stream(stream):
        return contextlib.nullcontext()


@pytest.fixture
def accelerator():
    import torch

    from gpuproof.core.agent.workload.accelerator import Accelerator

    class StandIn(Accelerator):
        title = "stand-in"
        capability = (7, 5)

        def __init__(self):
            self.device = torch.device("cpu")
            self.kind = "cuda"
            self.index = 0
            self.module = Module
            self.is_tested = False
            self.has_streams = True

        def synchronize(self):
            pass

        def empty_cache(self):
            pass

        def free_bytes(self):
            return 10 << 30

        def memory(self):
            return {}

        def reset_peak(self):
            pass

    return StandIn()


@pytest.fixture
def stock(workload, accelerator, monkeypatch):
    import torch

    from gpuproof.core.agent.workload.gpu_runner import Stock

    monkeypatch.setattr(torch.Tensor, "pin_memory", lambda tensor, *_: tensor)
    made = Stock(accelerator, workload.preset, workload.network, workload.inputs)
    made.is_pinned = False
    return made


@pytest.fixture(autouse=True)
def _no_gradients():
    import torch

    with torch.no_grad():
        yield


def _variant(**changes):
    from gpuproof.core.agent.workload.gpu_runner import Variant

    return Variant("fp32", "fp32", True, 16)._replace(**changes)


def test_overlapped_frames_come_back_composed(workload, stock):
    from gpuproof.core.agent.workload.gpu_runner import Runner

    runner = Runner(stock, _variant(), "full")
    block = runner.run_steps(1)
    assert block.frames == 16
    difference = (runner.first_slot.back.int() - workload.reference.output.frames.int()).abs()
    assert int(difference.max()) <= 1
    assert 0 < runner.checksum() < 2**32


def test_resident_frames_give_the_same_pictures_again_and_again(workload, stock):
    from gpuproof.core.agent.workload.gpu_runner import Runner, tensor_bytes

    runner = Runner(stock, _variant(), "none")
    runner.run_steps(1)
    first = tensor_bytes(runner.first_slot.frames)
    runner.run_steps(1)
    assert tensor_bytes(runner.first_slot.frames) == first


def test_what_is_observed_of_an_honest_run_names_its_device(workload, stock):
    from gpuproof.core.agent.workload.gpu_runner import Runner
    from gpuproof.core.agent.workload.placement import observe

    seen = observe(Runner(stock, _variant(), "none"))
    assert set(seen["parameters"]) == {"cpu"}
    assert set(seen["operators"]) == {"cpu"}
    assert "convolution" in " ".join(seen["cpu_operators"])
    assert seen["kernel_share"] is None
    assert seen["profiler_problem"]


def test_every_stage_is_timed_in_the_serial_pass(workload, stock):
    from gpuproof.core.agent.workload.gpu_runner import Runner
    from gpuproof.core.agent.workload.pipeline import STAGES

    stages = Runner(stock, _variant(), "full").serial_stages(1)
    assert set(stages) == {*STAGES, "upload", "download"}
    assert all(seconds > 0 for seconds in stages.values())


@pytest.mark.parametrize(
    ("batch", "micro", "expected"),
    [(64, 0, (32, 0)), (32, 0, (16, 0)), (16, 0, (16, 8)), (16, 8, (16, 4)), (16, 1, None)],
)
def test_out_of_memory_halves_the_batch_and_then_the_part(batch, micro, expected):
    from gpuproof.core.agent.workload.gpu_side import smaller

    found = smaller(_variant(batch=batch, micro=micro))
    assert (None if found is None else (found.batch, found.micro)) == expected


def test_the_estimate_grows_with_the_batch_and_shrinks_with_the_precision():
    from gpuproof.core.agent.workload.memory import estimate_mib
    from gpuproof.core.agent.workload.presets import PRESETS

    preset = PRESETS["standard"]
    assert estimate_mib(preset, "fp32", 64) > estimate_mib(preset, "fp32", 16) > estimate_mib(preset, "fp16", 16)


@pytest.mark.parametrize(
    ("capability", "precision", "reason"),
    [
        ((7, 0), "fp16", ""),
        ((6, 1), "fp16", "fp16_needs_7_0"),
        ((8, 0), "bf16", ""),
        ((7, 5), "bf16", "bf16_needs_8_0"),
        ((7, 5), "tf32", "tf32_needs_8_0"),
        ((5, 0), "fp32", ""),
    ],
)
def test_a_precision_is_tried_where_the_hardware_has_it(accelerator, capability, precision, reason):
    type(accelerator).capability = capability
    assert accelerator.why_not(precision) == reason


def test_out_of_memory_is_recognised_by_type_and_by_words():
    import torch

    from gpuproof.core.agent.workload.accelerator import is_out_of_memory

    assert is_out_of_memory(torch.cuda.OutOfMemoryError("x"))
    assert is_out_of_memory(RuntimeError("MPS backend out of memory"))
    assert not is_out_of_memory(RuntimeError("illegal memory access"))


def test_a_device_that_is_not_there_is_named():
    from gpuproof.core.agent.workload.accelerator import NoAccelerator, find

    with pytest.raises(NoAccelerator, match="cuda:7 is not there"):
        find("cuda:7")
