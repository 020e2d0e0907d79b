"""Which variants are measured, and with frames that cross the bus or lie on the device already."""

from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.torch


def _side(preset, speeds, model_only=(), failed=()):
    """Return a side that has tried these variants, and the list of what it then measures."""
    from gpuproof.core.agent.workload.gpu_side import GpuSide
    from gpuproof.core.agent.workload.presets import PRESETS

    reporter = SimpleNamespace(progress=lambda *_, **__: None)
    side = GpuSide(PRESETS[preset], {}, reporter, accelerator=None)
    for name, fps in speeds.items():
        side.variants[name] = {
            "passed": name not in failed, "probe_fps": fps, "variant": {"is_model_only": name in model_only},
        }  # fmt: skip
    measured = []
    side._measure = lambda name, io, is_headline: measured.append((name, io, is_headline))
    return side, measured


def test_a_model_only_variant_is_measured_resident_alone_and_is_never_the_headline():
    speeds = {"fp32": 10.0, "fp16": 20.0, "large": 99.0}
    side, measured = _side("standard", speeds, model_only=("large",))
    side._measure_headlines()
    assert measured == [
        ("fp16", "full", True), ("fp16", "none", True), ("fp32", "full", False), ("fp32", "none", False),
        ("large", "none", False),
    ]  # fmt: skip
    assert [name for name, figures in side.variants.items() if figures.get("is_best")] == ["fp16"]


def test_a_wrong_variant_is_not_measured_however_fast():
    side, measured = _side("standard", {"fp32": 10.0, "fp16": 90.0}, failed=("fp16",))
    side._measure_headlines()
    assert {name for name, _, _ in measured} == {"fp32"}


def test_a_quick_run_measures_the_best_and_plain_fp32_only():
    side, measured = _side("quick", {"naive": 1.0, "fp32": 10.0, "fp16": 20.0, "tf32": 15.0})
    side._measure_headlines()
    assert measured == [("fp16", "full", True), ("fp16", "none", True), ("fp32", "full", False)]


def test_nothing_right_is_nothing_measured():
    side, measured = _side("quick", {"fp32": 10.0}, failed=("fp32",))
    side._measure_headlines()
    assert measured == []
    assert "is_best" not in side.variants["fp32"]


def test_a_model_only_variant_alone_is_measured_without_a_headline():
    side, measured = _side("standard", {"large": 99.0}, model_only=("large",))
    side._measure_headlines()
    assert measured == [("large", "none", False)]
    assert "is_best" not in side.variants["large"]
