"""The best model speed beside the headline: a variant that never saw whole frames is no headline."""

import pytest
from helpers.benches import CUDA, some_blocks

from gpuproof.core.bench.assemble import Ending, assemble
from gpuproof.core.bench.collect import Collector
from gpuproof.core.bench.model import BenchSettings
from gpuproof.core.launch.model import Finished

LARGE = "fp16+compile+large"


def _assembled(large_passed=True):
    collector = Collector(lambda event: None)
    collector.blocks.extend(some_blocks("gpu", CUDA, "fp16", 0.0, frames=100))
    collector.blocks.extend(some_blocks("gpu", CUDA, "fp16", 1.0, frames=200, io="none"))
    collector.blocks.extend(some_blocks("gpu", CUDA, LARGE, 2.0, frames=400, io="none"))
    variants = {
        "fp16": {"precision": "fp16", "batch": 64, "passed": True},
        LARGE: {"precision": "fp16", "batch": 256, "passed": large_passed},
    }
    limits = {"matmul_tflops_fp16": 100.0}
    message = {"type": "result", "device": CUDA, "name": "a GPU", "variants": variants, "limits": limits}
    endings = {"gpu": Ending(Finished(result=message))}
    return assemble(BenchSettings(preset="standard"), collector, endings).gpu


def test_the_largest_batch_is_the_best_model_speed_and_not_the_headline():
    gpu = _assembled()
    assert (gpu.variant, gpu.batch) == ("fp16", 64)
    assert gpu.frames_per_second == pytest.approx(1000.0)
    assert gpu.extra["fps_model"] == pytest.approx(2000.0)
    best = gpu.extra["model_best"]
    assert (best["variant"], best["batch"]) == (LARGE, 256)
    assert best["fps_model"] == pytest.approx(4000.0)
    assert best["tflops"] == pytest.approx(4000.0 * 19.373 / 1000.0)
    assert best["pct_peak_matmul"] == pytest.approx(best["tflops"])
    assert "pct_peak_conv" not in best


def test_a_wrong_result_is_no_best_model_speed():
    best = _assembled(large_passed=False).extra["model_best"]
    assert (best["variant"], best["fps_model"]) == ("fp16", pytest.approx(2000.0))
