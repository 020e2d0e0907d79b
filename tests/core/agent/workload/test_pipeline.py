"""Every way to run the network gives what the plain one gives."""

import copy

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def _no_gradients():
    import torch

    with torch.no_grad():
        yield


@pytest.fixture
def own_libraries(monkeypatch):
    from gpuproof.core.agent.workload import fused

    monkeypatch.setattr(fused, "_LIBRARY", {})
    return fused


def _low(side=12, batch=2):
    import torch

    torch.manual_seed(7)
    return torch.rand(batch, 3, side, side)


def _by_hand(network, low):
    """Return what the specification says: the body, pixels shuffled, on the enlarged input."""
    from torch.nn import functional

    enlarged = functional.interpolate(low, scale_factor=4.0, mode="nearest")
    return functional.pixel_shuffle(network.body(low), 4) + enlarged


@pytest.mark.parametrize("deep", [False, True])
def test_fusing_on_the_processor_changes_nothing_and_says_why(workload, own_libraries, deep):
    import torch

    from gpuproof.core.agent.workload.check import run_candidate
    from gpuproof.core.agent.workload.pipeline import Pipeline

    pipeline = Pipeline(workload.network, workload.preset, "cpu")
    pipeline.fuse(deep=deep)
    assert pipeline.fuser is None
    assert bool(pipeline.not_fused) == deep
    plain = run_candidate(workload.plain, workload.reference, 8)
    fused = run_candidate(pipeline, workload.reference, 8)
    assert all(torch.equal(one, other) for one, other in zip(plain, fused, strict=True))


def test_fusing_leaves_the_network_that_it_was_made_of_alone(workload, own_libraries):
    from gpuproof.core.agent.workload.layers import Convolution, Residual
    from gpuproof.core.agent.workload.pipeline import Pipeline

    Pipeline(workload.network, workload.preset, "cpu").fuse(deep=True)
    units = [unit for unit in workload.network.modules() if isinstance(unit, (Convolution, Residual))]
    assert units
    assert not any(unit.fused for unit in units)
    assert workload.network.encoder.levels[0][0].conv.in_channels == 6


@pytest.mark.parametrize(("channels", "missing"), [(8, 2), (6, 0), (3, 0), (16, 10)])
def test_a_widened_encoder_gives_the_same_for_channels_of_zeros(workload, channels, missing):
    import torch
    from torch.nn import functional

    plain = workload.network.encoder
    wide = copy.deepcopy(plain)
    assert wide.widen(channels) == missing
    assert wide.widen(channels) == 0
    torch.manual_seed(8)
    faces = torch.rand(2, 6, 96, 96)
    outputs = wide(functional.pad(faces, (0, 0, 0, 0, 0, missing)))
    expected = plain(faces)
    assert len(outputs) == len(expected)
    for one, other in zip(outputs, expected, strict=True):
        assert torch.allclose(one, other, atol=1e-5)


def test_a_widened_encoder_does_not_look_at_what_lies_in_the_new_channels(workload):
    import torch

    wide = copy.deepcopy(workload.network.encoder)
    wide.widen(8)
    torch.manual_seed(9)
    faces = torch.rand(1, 8, 96, 96)
    blank = faces.clone()
    blank[:, 6:] = 0
    assert torch.allclose(wide(faces)[-1], wide(blank)[-1], atol=1e-6)


def test_super_resolution_in_parts_is_the_whole_body(workload):
    import torch

    network = workload.network.super_resolution
    low = _low()
    expected = _by_hand(network, low)
    assert torch.allclose(network(low), expected, atol=1e-6)
    assert torch.allclose(network.start(low), network.body[1](network.body[0](low)), atol=1e-6)
    assert torch.allclose(network.features(low), network.body[:-1](low), atol=1e-6)
    assert torch.allclose(network.grow(network.features(low), low), expected, atol=1e-6)


def test_compiled_ends_give_the_same(workload, monkeypatch):
    import torch

    network = copy.deepcopy(workload.network.super_resolution)
    compiled = []
    monkeypatch.setattr(torch, "compile", lambda plain, **more: compiled.append((plain.__name__, more)) or plain)
    low = _low()
    expected = _by_hand(workload.network.super_resolution, low)
    network.compile_ends()
    assert compiled
    assert all(more == {"dynamic": False} for _, more in compiled)
    assert torch.allclose(network(low), expected, atol=1e-6)
    assert network.start(low).is_contiguous(memory_format=torch.channels_last)


def test_a_fuser_runs_every_convolution_of_super_resolution_once(workload):
    import torch

    class Plainly:
        def __init__(self):
            self.seen = []

        def convolution_prelu(self, x, layer, prelu):
            self.seen.append(layer)
            return prelu(layer(x))

        def convolution(self, x, layer):
            self.seen.append(layer)
            return layer(x)

    network = copy.deepcopy(workload.network.super_resolution)
    network.fuser = Plainly()
    low = _low()
    assert torch.allclose(network(low), _by_hand(network, low), atol=1e-6)
    assert network.fuser.seen == [unit for unit in network.body if isinstance(unit, torch.nn.Conv2d)]


def test_a_fuser_really_fused_gives_the_same_pictures(workload, own_libraries, monkeypatch):
    """With cuDNN's calls answered on the processor: the slopes, the biases and the few first channels fit."""
    import torch
    from helpers.plain_cudnn import PlainCudnn

    from gpuproof.core.agent.workload import cudnn_graph
    from gpuproof.core.agent.workload.pipeline import Pipeline

    calls = PlainCudnn()
    monkeypatch.setattr(cudnn_graph.ctypes, "CDLL", lambda name: calls)
    monkeypatch.setattr(torch.backends.cudnn, "version", lambda: 91002)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: type("Stream", (), {"cuda_stream": 5}))
    monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: False)
    times = iter(range(10_000, 0, -1))
    monkeypatch.setattr(own_libraries, "_seconds", lambda work: work() is None or next(times))
    pipeline = Pipeline(workload.network, workload.preset, "cpu", channels_last=True)
    pipeline.fuse(deep=True)
    assert pipeline.not_fused == ""
    low = _low()
    expected = _by_hand(workload.network.super_resolution, low)
    assert torch.allclose(pipeline.enhance(low), expected, atol=1e-5)
    fused, seen = pipeline.fuser.share()
    assert fused == seen == 3  # first, between, last
    assert calls.executed > workload.preset.sr_depth
