"""The random numbers are numpy's, bit for bit, without numpy."""

import pytest

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("seed", [0, 1, 20261120, 2**32 - 1])
def test_the_stream_is_numpys(seed):
    import numpy

    from gpuproof.core.agent.workload.stream import RandomStream

    stream = RandomStream(seed)
    expected = numpy.random.RandomState(seed).random_sample(1001)
    assert stream.one() == expected[0]
    assert stream.doubles(1000).tolist() == expected[1:].tolist()


def test_pythons_own_twister_gives_the_same_numbers():
    import numpy

    from gpuproof.core.agent.workload.stream import RandomStream, python_twister

    twister = python_twister(7)
    assert [twister.random() for _ in range(5)] == numpy.random.RandomState(7).random_sample(5).tolist()
    slow = RandomStream(7)
    slow._is_fast = False
    assert slow.doubles(5).tolist() == numpy.random.RandomState(7).random_sample(5).tolist()


def test_a_torch_that_draws_otherwise_is_noticed(monkeypatch):
    from gpuproof.core.agent.workload import stream

    monkeypatch.setattr(stream, "_raw", lambda generator, count: stream.torch.zeros(count, dtype=stream.torch.int64))
    assert not stream.RandomStream(7)._is_fast


def test_numbers_do_not_depend_on_how_many_are_asked_for_at_once(monkeypatch):
    from gpuproof.core.agent.workload import stream

    whole = stream.RandomStream(3).doubles(100).tolist()
    monkeypatch.setattr(stream, "_CHUNK", 7)
    assert stream.RandomStream(3).doubles(100).tolist() == whole
