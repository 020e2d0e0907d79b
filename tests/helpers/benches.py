"""Diagnoses and results of benchmarks for tests; each is good, so that a test names only what differs."""

from dataclasses import replace

from gpuproof.core.bench.model import BenchResult, BenchSettings, Block, DeviceResult, Ratio, TelemetrySample
from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.words import literal

CUDA = "cuda:0"


def a_diagnosis(**changes):
    healthy = Diagnosis(
        cause="healthy", title=literal("ok"), confidence="certain", primary=None, findings=(), unknown=(),
        ask_next=None, chain=(),
    )  # fmt: skip
    return replace(healthy, **changes)


def a_device(**changes):
    check = {"passed": True, "failed": [], "mean_difference": 0.07, "max_difference": 0.6}
    good = DeviceResult(
        device=CUDA, name="NVIDIA Test", variant="fp16", frames_per_second=1000.0, low=995.0, high=1005.0,
        stages={"face_encoding": 0.2, "alignment": 0.1, "reconstruction": 0.7}, batch=64,
        variants={"fp16": {"precision": "fp16", "batch": 64, "passed": True, "check": check}},
        extra={"is_tested": True, "kind": "cuda", "blocks": 12, "pct_peak_matmul": 20.0},
    )  # fmt: skip
    return replace(good, **changes)


def some_blocks(phase, device, variant, start_s, count=10, frames=16, duration_s=0.1, io="full", submit_s=None):
    return tuple(
        Block(
            device=device, phase=phase, variant=variant, index=index, is_warm_up=False, frames=frames, io=io,
            duration_s=duration_s, started_s=start_s + index * duration_s, submit_s=submit_s,
        )
        for index in range(count)
    )  # fmt: skip


def some_samples(busy_percent=80.0, idle_percent=0.0, memory_mib=2000.0, process_mib=1500.0, **more):
    """Return rows every 0.1 s over 0..9 s: the processor's phase until 3 and from 6, the GPU's between."""
    rows = []
    for tick in range(90):
        at_s = tick / 10
        is_gpu = 3.0 <= at_s < 6.0
        rows.append(
            TelemetrySample(
                at_s=at_s, gpu=0, utilisation_percent=busy_percent if is_gpu else idle_percent,
                memory_used_mib=memory_mib if is_gpu else 500.0, process_memory_mib=process_mib if is_gpu else None,
                power_w=300.0 if is_gpu else 100.0, **more,
            )
        )  # fmt: skip
    return tuple(rows)


PLACEMENT = {
    "wanted": CUDA, "parameters": {CUDA: 50}, "inputs": {CUDA: 5}, "outputs": {CUDA: 5}, "operators": {"cuda": 300},
    "elements": {"cuda": 10**9}, "cpu_operators": [], "kernel_share": 0.9, "profiler_problem": "",
}  # fmt: skip


def a_result(**changes):
    blocks = (
        *some_blocks("cpu", "cpu", "fp32", 0.0, count=30),
        *some_blocks("gpu", CUDA, "fp16", 3.0, count=30, frames=100),
        *some_blocks("cpu_again", "cpu", "fp32", 6.0, count=30),
    )
    cpu = a_device(device="cpu", name="Test CPU", variant="fp32", frames_per_second=50.0, low=49.0, high=51.0)
    good = BenchResult(
        settings=BenchSettings(preset="quick"), gpu=a_device(), cpu=cpu, speedup=Ratio(ratio=20.0, low=19.0, high=21.0),
        placement=dict(PLACEMENT), blocks=blocks, telemetry=some_samples(), limits={"copy_up_pinned_gbs": 50.0},
    )  # fmt: skip
    return replace(good, **changes)
