"""cuDNN's graphs on a stand-in for its library that computes what the descriptors say."""

from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.torch

KINDS = ("make", "set", "finalize", "get")


@pytest.fixture
def calls(monkeypatch):
    import torch
    from helpers.plain_cudnn import PlainCudnn

    from gpuproof.core.agent.workload import cudnn_graph

    made = PlainCudnn()
    asked = []
    monkeypatch.setattr(cudnn_graph.ctypes, "CDLL", lambda name: asked.append(name) or made)
    monkeypatch.setattr(torch.backends.cudnn, "version", lambda: 91002)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: SimpleNamespace(cuda_stream=5))
    made.asked = asked
    with torch.no_grad():
        yield made


@pytest.fixture
def library(calls):
    from gpuproof.core.agent.workload.cudnn_graph import Library

    return Library()


def _tensors(transposed=False, channels=8, out_channels=4, stride=1, side=6):
    import torch

    def last(*sizes):
        return torch.randn(*sizes).contiguous(memory_format=torch.channels_last)

    torch.manual_seed(1)
    weight = last(channels, out_channels, 3, 3) if transposed else last(out_channels, channels, 3, 3)
    given = [last(2, channels, side, side), weight, last(1, out_channels, 1, 1)]
    sides = side * 2 if transposed else (side - 1) // stride + 1
    return given, torch.empty(2, out_channels, sides, sides).contiguous(memory_format=torch.channels_last)


def _graph(library, steps, transposed=False, stride=1, most=4):
    from gpuproof.core.agent.workload.cudnn_graph import Convolved, FusedConvolution

    given, out = _tensors(transposed, stride=stride)
    what = Convolved(stride, 1, transposed, steps)
    return FusedConvolution(library, what, given, out, most), given, out


@pytest.mark.parametrize(
    ("version", "name"), [(91002, "libcudnn.so.9"), (90100, "libcudnn.so.9"), (8902, "libcudnn.so.8")]
)
def test_the_library_is_asked_for_by_the_version_that_torch_has_loaded(calls, monkeypatch, version, name):
    import torch

    from gpuproof.core.agent.workload.cudnn_graph import Library

    monkeypatch.setattr(torch.backends.cudnn, "version", lambda: version)
    assert Library().handle == 7
    assert calls.asked == [name]


def test_on_windows_the_library_has_its_own_name(calls, monkeypatch):
    from gpuproof.core.agent.workload import cudnn_graph

    monkeypatch.setattr(cudnn_graph, "os", SimpleNamespace(name="nt"))
    cudnn_graph.Library()
    assert calls.asked == ["cudnn64_9.dll"]


def test_a_library_that_gives_no_handle_is_refused_with_the_status(calls):
    from gpuproof.core.agent.workload.cudnn_graph import CudnnError, Library

    calls.refuse["create"] = 1
    with pytest.raises(CudnnError, match="cuDNN answered 3000 to create"):
        Library()


@pytest.mark.parametrize("stride", [1, 2])
def test_a_convolution_with_its_bias_is_what_torch_computes(library, stride):
    import torch
    from torch.nn import functional

    from gpuproof.core.agent.workload.cudnn_graph import ADD

    graph, given, out = _graph(library, ((ADD, 2),), stride=stride)
    graph.run(graph.plans[0], given, out)
    expected = functional.conv2d(given[0], given[1], given[2].flatten(), stride, 1)
    assert torch.allclose(out, expected, atol=1e-5)


def test_a_transposed_convolution_with_relu_is_what_torch_computes(library):
    import torch
    from torch.nn import functional

    from gpuproof.core.agent.workload.cudnn_graph import ADD, RELU

    graph, given, out = _graph(library, ((ADD, 2), (RELU, None)), transposed=True, stride=2)
    graph.run(graph.plans[1], given, out)
    grown = functional.conv_transpose2d(given[0], given[1], given[2].flatten(), 2, 1, 1)
    assert torch.allclose(out, torch.relu(grown), atol=1e-5)


def test_plans_that_cannot_be_built_are_passed_over(library, calls):
    from gpuproof.core.agent.workload.cudnn_graph import ADD

    calls.proposals, calls.unsupported = 6, {0, 2}
    graph, _, _ = _graph(library, ((ADD, 2),), most=3)
    places = [calls.alive[plan.descriptor].values[401][0].place for plan in graph.plans]
    assert places == [1, 3, 4]
    assert {plan.workspace_bytes for plan in graph.plans} == {64}


def test_no_plan_at_all_is_an_empty_list(library, calls):
    from gpuproof.core.agent.workload.cudnn_graph import ADD

    calls.proposals = 0
    assert _graph(library, ((ADD, 2),))[0].plans == []


def test_more_proposals_than_places_are_read_up_to_the_last_place(library, calls):
    from gpuproof.core.agent.workload.cudnn_graph import ADD

    calls.proposals = 100
    calls.cudnnBackendGetAttribute = _claiming(calls, 100)
    assert len(_graph(library, ((ADD, 2),), most=100)[0].plans) == 24


def _claiming(calls, count_said):
    own = calls.cudnnBackendGetAttribute

    def get(made, name, value_type, asked, count, array):
        status = own(made, name, value_type, asked, count, array)
        count._obj.value = count_said
        return status

    return get


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_at_any_call_leaves_no_descriptor_behind(calls, kind):
    from gpuproof.core.agent.workload.cudnn_graph import ADD, RELU, CudnnError, Library

    library = Library()
    _graph(library, ((ADD, 2), (RELU, None)))[0].close()
    needed = calls.counted[kind]
    assert needed
    for number in range(1, needed + 1):
        calls.counted[kind], calls.refuse = 0, {kind: number}
        try:
            graph = _graph(library, ((ADD, 2), (RELU, None)))[0]
        except CudnnError:
            pass
        else:
            assert len(graph.plans) < 2  # refused where plans are built: those before it are kept
            graph.close()
        assert calls.alive == {}
    assert calls.wrongly_destroyed == []


def test_a_run_gives_its_pack_of_pointers_back_also_when_it_is_refused(library, calls):
    from gpuproof.core.agent.workload.cudnn_graph import ADD, CudnnError

    graph, given, out = _graph(library, ((ADD, 2),))
    before = set(calls.alive)
    graph.run(graph.plans[0], given, out)
    assert set(calls.alive) == before
    for kind in ("make", "set", "finalize", "stream", "execute"):
        calls.refuse = {kind: calls.counted[kind] + 1}
        with pytest.raises(CudnnError):
            graph.run(graph.plans[0], given, out)
        assert set(calls.alive) == before
    graph.close()
    assert calls.alive == {}
    assert calls.wrongly_destroyed == []
