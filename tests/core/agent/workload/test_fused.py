"""A layer is run by a graph of cuDNN only where that was faster; every refusal leaves torch's own way."""

import itertools
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture
def calls(monkeypatch):
    import torch
    from helpers.plain_cudnn import PlainCudnn

    from gpuproof.core.agent.workload import cudnn_graph, fused

    made = PlainCudnn()
    monkeypatch.setattr(fused, "_LIBRARY", {})
    monkeypatch.setattr(cudnn_graph.ctypes, "CDLL", lambda name: made)
    monkeypatch.setattr(torch.backends.cudnn, "version", lambda: 91002)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: SimpleNamespace(cuda_stream=5))
    monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: False)
    with torch.no_grad():
        yield made


class Stopwatch:
    """Runs what it is to time and answers with the next of its times; the first of a form is the plain way's."""

    def __init__(self, *times):
        self.times = itertools.cycle(times)
        self.count = 0

    def __call__(self, work):
        self.count += 1
        work()
        return next(self.times)


@pytest.fixture
def timed(monkeypatch):
    from gpuproof.core.agent.workload import fused

    def answer(*times):
        watch = Stopwatch(*times)
        monkeypatch.setattr(fused, "_seconds", watch)
        return watch

    return answer


@pytest.fixture
def fuser(calls):
    from gpuproof.core.agent.workload.fused import new_fuser

    made, why_not = new_fuser()
    assert why_not == ""
    return made


def _conv(inputs=8, outputs=4, kernel=3, stride=1, padding=1, seed=3):
    import torch

    torch.manual_seed(seed)
    return torch.nn.Conv2d(inputs, outputs, kernel, stride, padding)


def _transposed(inputs=8, outputs=4, kernel=3, stride=2, padding=1, more=1):
    import torch

    torch.manual_seed(4)
    return torch.nn.ConvTranspose2d(inputs, outputs, kernel, stride, padding, more)


def _x(channels=8, side=6, batch=2):
    import torch

    torch.manual_seed(5)
    return torch.randn(batch, channels, side, side)


def _prelu(width=4):
    import torch

    prelu = torch.nn.PReLU(width)
    prelu.weight.copy_(torch.linspace(0.1, 0.9, width))
    return prelu


def _plainly(x, layer, prelu=None):
    import torch

    if prelu is not None:
        return prelu(layer(x))
    return torch.relu(layer(x)) if isinstance(layer, torch.nn.ConvTranspose2d) else layer(x)


def _by(fuser, x, layer, prelu=None):
    import torch

    if prelu is not None:
        return fuser.convolution_prelu(x, layer, prelu)
    if isinstance(layer, torch.nn.ConvTranspose2d):
        return fuser.transposed_relu(x, layer)
    return fuser.convolution(x, layer)


def _close(one, other):
    import torch

    return one.shape == other.shape and bool(torch.allclose(one, other, atol=1e-5))


@pytest.mark.parametrize("channels", [8, 16, 6, 3, 1])
@pytest.mark.parametrize("form", ["convolution", "prelu", "transposed"])
def test_the_fused_way_gives_the_same_with_many_and_few_channels(fuser, calls, timed, form, channels):
    timed(2.0, 1.0, 1.5)
    layer = _transposed(channels) if form == "transposed" else _conv(channels)
    prelu = _prelu() if form == "prelu" else None
    x = _x(channels)
    first, second = _by(fuser, x, layer, prelu), _by(fuser, x, layer, prelu)
    expected = _plainly(x, layer, prelu)
    assert _close(first, expected)
    assert _close(second, expected)
    assert calls.executed == 2 + 2  # one timing of each plan, then twice the chosen one
    assert fuser.share() == (1, 1)


def test_the_fastest_of_the_plans_is_kept(fuser, calls, timed):
    calls.proposals = 3
    timed(2.0, 1.5, 0.5, 1.0)
    layer, x = _conv(), _x()
    fuser.convolution(x, layer)
    (chosen,) = fuser._forms.values()
    assert calls.alive[chosen.plan.descriptor].values[401][0].place == 1


def test_a_graph_that_is_not_faster_is_not_used_and_given_back(fuser, calls, timed):
    timed(1.0, 1.0, 3.0)
    layer, x = _conv(), _x()
    assert _close(fuser.convolution(x, layer), layer(x))
    executed = calls.executed
    fuser.convolution(x, layer)
    assert calls.executed == executed == 2
    assert fuser.share() == (0, 1)
    assert calls.alive == {}


def test_layers_of_the_same_form_share_the_choice_and_keep_their_own_weights(fuser, timed):
    watch = timed(2.0, 1.0, 1.5)
    one, other, x = _conv(seed=1), _conv(seed=2), _x()
    assert _close(fuser.convolution(x, one), one(x))
    assert _close(fuser.convolution(x, other), other(x))
    assert watch.count == 3
    assert fuser.share() == (1, 1)


def test_another_padding_stride_batch_or_end_is_another_form(fuser, timed):
    timed(2.0, 1.0, 1.5)
    x, prelu = _x(), _prelu()
    for layer in (_conv(), _conv(padding=0), _conv(stride=2), _transposed(), _transposed(more=0)):
        assert _close(_by(fuser, x, layer), _plainly(x, layer))
    layer = _conv()
    assert _close(fuser.convolution_prelu(x, layer, prelu), prelu(layer(x)))
    assert _close(fuser.convolution(_x(batch=3), layer), layer(_x(batch=3)))
    assert fuser.share() == (7, 7)


def test_nothing_is_timed_while_a_graph_is_captured(fuser, calls, timed, monkeypatch):
    import torch

    watch = timed(2.0, 1.0, 1.5)
    layer, x = _conv(), _x()
    monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: True)
    assert _close(fuser.convolution(x, layer), layer(x))
    assert (watch.count, calls.counted["make"], fuser.share()) == (0, 0, (0, 0))
    monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: False)
    fuser.convolution(x, layer)
    monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: True)
    executed = calls.executed
    assert _close(fuser.convolution(x, layer), layer(x))  # what was chosen before is captured
    assert calls.executed == executed + 1


@pytest.mark.parametrize("kind", ["make", "set", "finalize", "get", "stream", "execute"])
def test_a_refusal_at_any_call_leaves_the_plain_way_and_no_descriptor(calls, timed, kind):
    from gpuproof.core.agent.workload.fused import new_fuser

    timed(2.0, 1.0, 1.5)
    layer, x = _conv(), _x()
    new_fuser()[0].convolution(x, layer)
    calls.alive.clear()
    needed = calls.counted[kind] - 1  # without the run that was asked for
    for number in range(1, needed + 1):
        calls.counted[kind], calls.refuse = 0, {kind: number}
        fuser = new_fuser()[0]
        assert _close(fuser.convolution(x, layer), layer(x)), number
        assert fuser.share() == (0, 1), number
        assert calls.alive == {}, number
    assert calls.wrongly_destroyed == []


def test_a_refused_form_is_not_tried_again(fuser, calls, timed):
    timed(2.0, 1.0, 1.5)
    calls.refuse = {"make": 1}
    layer, x = _conv(), _x()
    fuser.convolution(x, layer)
    tried = calls.counted["make"]
    calls.refuse = {}
    fuser.convolution(x, layer)
    assert calls.counted["make"] == tried


def _refuse_to_load(name):
    raise OSError(f"{name}: cannot open shared object file")


def _no_version():
    raise RuntimeError("cuDNN version incompatibility: torch was compiled against another")


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("file", "OSError: libcudnn.so.9: cannot open"),
        ("handle", "CudnnError: cuDNN answered 3000 to create"),
        ("function", "AttributeError"),
        ("version", "RuntimeError: cuDNN version incompatibility"),
    ],
)
def test_without_a_library_there_is_a_reason(calls, monkeypatch, broken, words):
    import torch

    from gpuproof.core.agent.workload import cudnn_graph
    from gpuproof.core.agent.workload.fused import new_fuser

    calls.refuse = {"create": 1} if broken == "handle" else {}
    if broken in ("file", "function"):
        load = _refuse_to_load if broken == "file" else lambda name: SimpleNamespace()
        monkeypatch.setattr(cudnn_graph.ctypes, "CDLL", load)
    if broken == "version":
        monkeypatch.setattr(torch.backends.cudnn, "version", _no_version)
    fuser, why_not = new_fuser()
    assert fuser is None
    assert why_not.startswith(words)
    assert new_fuser() == (None, why_not)


def test_the_library_is_loaded_once_for_all_fusers(calls):
    from gpuproof.core.agent.workload.fused import new_fuser

    first, second = new_fuser()[0], new_fuser()[0]
    assert first is not second
    assert calls.counted["create"] == 1


@pytest.mark.parametrize("kernel", [1, 3, 4, 7])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1])
def test_the_empty_output_has_torchs_own_shape(kernel, stride, padding):
    import torch

    from gpuproof.core.agent.workload.fused import _empty_output

    with torch.no_grad():
        for height, width, more in itertools.product((7, 8), (9, 12), (0, 1)):
            x = torch.empty(2, 3, height, width)
            layers = [torch.nn.Conv2d(3, 5, kernel, stride, padding)]
            if more < stride and padding < kernel:
                layers.append(torch.nn.ConvTranspose2d(3, 5, kernel, stride, padding, more))
            for layer in layers:
                out = _empty_output(x, layer)
                assert out.shape == layer(x).shape, (layer, x.shape)
                assert out.is_contiguous(memory_format=torch.channels_last)


def test_a_time_is_per_call_and_the_first_call_is_not_counted(monkeypatch):
    import torch

    from gpuproof.core.agent.workload.fused import _seconds

    done = []

    class Event:
        def __init__(self, enable_timing):
            assert enable_timing

        def record(self):
            self.at = len(done)

        def elapsed_time(self, end):
            return float(end.at - self.at)  # a millisecond for each call

        def synchronize(self):
            pass

    monkeypatch.setattr(torch.cuda, "Event", Event)
    assert _seconds(lambda: done.append(1)) == pytest.approx(0.001)
    assert len(done) == 6
