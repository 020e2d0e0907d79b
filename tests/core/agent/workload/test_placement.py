"""Which profiler a quick run uses, and what it falls back to."""

from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.torch


def _runner(kind):
    """Return a runner of one small step, on the processor, that says its device is of this kind."""
    import torch

    def step(slot, keep=False):
        out = slot.frames * 2.0 + 1.0
        return SimpleNamespace(frames=out, low=out, high=out)

    given = torch.ones(4, 4)
    device = SimpleNamespace(type=kind)
    return SimpleNamespace(
        activate=lambda: None, step=step, first_slot=SimpleNamespace(frames=given, places=given, mel=given),
        pipeline=SimpleNamespace(network=torch.nn.Linear(2, 2)),
        accelerator=SimpleNamespace(device=device, synchronize=lambda: None),
    )  # fmt: skip


def _fail(*_, **__):
    raise TypeError("no such argument: use_device")


@pytest.mark.parametrize("kind", ["cpu", "cuda"])
def test_a_quick_look_falls_back_to_the_tracer_where_events_cannot_be_had(monkeypatch, kind):
    import torch

    from gpuproof.core.agent.workload import placement

    asked = []
    monkeypatch.setattr(torch.autograd.profiler, "profile", _fail)
    monkeypatch.setattr(placement, "_kernel_time", lambda runner, slot: asked.append(1) or {"kernel_share": 0.5})
    seen = placement.observe(_runner(kind), is_quick=True)
    assert asked == [1]
    assert seen["kernel_share"] == 0.5
    assert "timed_by" not in seen
    assert seen["operators"] == {"cpu": 2}
    assert seen["cpu_operators"] == ["add", "mul"]
