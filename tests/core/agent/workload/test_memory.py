"""Batches that fit the free memory, at both sides of each edge and where it is not known."""

import pytest

pytestmark = pytest.mark.torch  # its package's neighbours are loaded with torch

PRESET_NAMES = ("quick", "standard", "4k")


def _needed(preset, precision, batch):
    """Return the bytes that must be free for this batch."""
    from gpuproof.core.agent.workload.memory import estimate_mib

    return estimate_mib(preset, precision, batch) * 2**20 / 0.8


@pytest.fixture(params=PRESET_NAMES)
def preset(request):
    from gpuproof.core.agent.workload.presets import PRESETS

    return PRESETS[request.param]


def test_unknown_free_memory_is_no_reason_to_shrink_and_none_to_grow(preset):
    from gpuproof.core.agent.workload.memory import fitting_batch, largest_batch

    assert fitting_batch(preset, None) == preset.gpu_batch
    assert largest_batch(preset, preset.gpu_batch, None) == preset.gpu_batch


def test_the_batch_is_halved_just_below_what_it_needs(preset):
    from gpuproof.core.agent.workload.memory import fitting_batch

    needed = _needed(preset, "fp32", preset.gpu_batch)
    assert fitting_batch(preset, int(needed) + 1) == preset.gpu_batch
    assert fitting_batch(preset, int(needed) - 1) == max(16, preset.gpu_batch // 2)


def test_the_batch_is_never_less_than_a_window(preset):
    from gpuproof.core.agent.workload.memory import fitting_batch

    assert fitting_batch(preset, 0) == 16
    assert fitting_batch(preset, 1) == 16


def test_the_largest_batch_is_four_times_as_large_where_that_fits(preset):
    from gpuproof.core.agent.workload.memory import largest_batch

    batch = preset.gpu_batch
    needed = _needed(preset, "fp16", 4 * batch)
    assert largest_batch(preset, batch, int(needed) + 1) == 4 * batch
    assert largest_batch(preset, batch, int(needed) - 1) == batch
    assert largest_batch(preset, batch, 0) == batch


def test_whole_windows_come_out_whatever_is_free(preset):
    from gpuproof.core.agent.workload.memory import fitting_batch, largest_batch

    for gib in range(0, 200, 3):
        batch = fitting_batch(preset, gib << 30)
        largest = largest_batch(preset, batch, gib << 30)
        assert batch % 16 == 0
        assert largest in (batch, 4 * batch, 8 * batch)
        assert largest <= 1024  # rows that a pipeline can index
