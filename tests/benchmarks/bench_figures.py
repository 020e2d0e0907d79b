"""Measures the benchmark's own figures on a machine with an NVIDIA GPU and writes them as JSON and as a page.

python tests/benchmarks/bench_figures.py measure --out figures.json     (on the GPU machine, about 2.5 minutes)
python tests/benchmarks/bench_figures.py render figures.json docs/benchmark-figures.md
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import statistics
import sys
import threading
import time
import traceback
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

BLOCK_S = 0.25


class Bench:
    """Everything that the sections share."""

    def __init__(self) -> None:
        import torch

        from gpuproof.core.agent.workload import check, presets, weights
        from gpuproof.core.agent.workload.accelerator import find
        from gpuproof.core.agent.workload.gpu_runner import Stock
        from gpuproof.core.agent.workload.inputs import make_inputs
        from gpuproof.core.agent.workload.pipeline import Pipeline

        torch.set_num_threads(2)
        self.accelerator = find("auto")
        self.preset = presets.PRESETS["standard"]
        self.network = weights.build_network(self.preset)
        self.inputs = make_inputs(self.preset, 256)
        self.stock = Stock(self.accelerator, self.preset, self.network, self.inputs)
        torch.set_num_threads(8)
        self.plain = Pipeline(self.network, self.preset, "cpu")
        self.reference = check.make_reference(self.plain, self.inputs.clip, self.inputs.mel, 4)
        self.limits: dict[str, object] = {}

    def variant(self, name, batch=64):
        from gpuproof.core.agent.workload.gpu_runner import Variant

        rows = {
            "naive": Variant("naive", "fp32", False, 16, micro=1),
            "fp32": Variant("fp32", "fp32", True, batch),
            "tf32": Variant("tf32", "tf32", True, batch),
            "fp16": Variant("fp16", "fp16", True, batch, autotune=True),
            "bf16": Variant("bf16", "bf16", True, batch, autotune=True),
            "fp16+graph": Variant(
                "fp16+graph", "fp16", True, batch, autotune=True, mode="graph", fused=True, deep=True
            ),
            "fp16+compile": Variant(
                "fp16+compile", "fp16", True, batch, autotune=True, mode="compile", fused=True, deep=True
            ),
        }
        return rows[name]

    def runner(self, name, io="none", batch=64):
        from gpuproof.core.agent.workload.gpu_modes import make_runner

        return make_runner(self.stock, self.variant(name, batch), io)


def measured(runner, blocks=8, block_s=BLOCK_S):
    """Return frames/s with its interval after a warm-up; long blocks keep the overlap's start and end small."""
    from gpuproof.core.agent.workload.intervals import interval

    for _ in range(3):
        runner.run_block(0.15)
    times = []
    for _ in range(blocks):
        block = runner.run_block(block_s)
        times.append(block.duration_s / block.frames)
    found = interval(times)
    return {"fps": 1.0 / found.mean_s, "half_width": found.half_width, "blocks": found.blocks}


def limits(bench):
    from gpuproof.core.agent.workload.limits import measure_limits

    bench.limits = measure_limits(bench.accelerator, 8.0, lambda: None)
    return bench.limits


RUNGS = (("naive", 16), *((name, 64) for name in ("fp32", "tf32", "fp16", "bf16", "fp16+graph", "fp16+compile")),
         ("fp16+graph", 256), ("fp16+compile", 256), ("fp16+compile", 512))  # fmt: skip


def ladder(bench):
    from gpuproof.core.agent.workload.check import compare
    from gpuproof.core.agent.workload.gpu_runner import run_on_reference

    rows = {}
    for name, batch in RUNGS:
        began = time.perf_counter()
        try:
            runner = bench.runner(name, "none", batch)
            figures = compare(bench.reference, run_on_reference(runner, bench.reference),
                              runner.variant.precision, bench.preset)  # fmt: skip
            row = {**measured(runner, 6), "check": figures}
        except Exception as problem:
            row = {"failed": repr(problem)[:300]}
        if "fps" in row:
            row["tflops"] = row["fps"] * bench.preset.gflop_per_frame / 1000
            peak = bench.limits.get(f"matmul_tflops_{runner.variant.precision}")
            row["pct_matmul"] = 100 * row["tflops"] / peak if peak else None
        row["took_s"] = time.perf_counter() - began
        rows[f"{name} batch {batch}"] = row
        print(name, batch, {k: v for k, v in row.items() if k != "check"}, flush=True)
    return rows


def copy_bound(bench):
    """Whole frames crossing the bus against what copies alone reach in both directions, by length of the ring."""
    from gpuproof.core.agent.workload import gpu_runner
    from gpuproof.core.agent.workload.intervals import interval
    from gpuproof.core.agent.workload.limits import _both_ways

    bound = _both_ways(bench.accelerator) * 1e9 / bench.preset.frame_bytes
    alone = bench.runner("fp16+graph", "full")
    alone.compute = lambda slot: None
    made = {
        "copies alone, same buffers": alone,
        "fp16+compile, ring of 3": bench.runner("fp16+compile", "full"),
        "fp16+graph, ring of 3": bench.runner("fp16+graph", "full"),
    }
    gpu_runner.SLOTS = 6
    made["fp16+graph, ring of 6"] = bench.runner("fp16+graph", "full")
    gpu_runner.SLOTS = 3
    times = {name: [] for name in made}
    for runner in made.values():
        runner.run_block(0.5)
    for _ in range(6):  # in turn, as the bus is not equally fast all the time
        for name, runner in made.items():
            block = runner.run_block(1.0)
            times[name].append(block.duration_s / block.frames)
    rows = {}
    for name, values in times.items():
        found = interval(values)
        fps = 1.0 / found.mean_s
        rows[name] = {"fps": fps, "half_width": found.half_width, "blocks": found.blocks, "bound_fps": bound,
                      "pct_of_bound": 100 * fps / bound}  # fmt: skip
    return rows


def repeatability(bench):
    runner = bench.runner("fp16+compile", "none")
    runs = [measured(runner, 6)["fps"] for _ in range(5)]
    return {"fps": runs, "cv_pct": 100 * statistics.stdev(runs) / statistics.fmean(runs)}


def timer(bench):
    """Compare events around a block with the span that the profiler saw, in the same block."""
    import torch

    runner = bench.runner("fp16+graph", "none")
    runner.run_block(0.2)
    steps = 20
    wanted = [torch.profiler.ProfilerActivity.CPU, torch.profiler.ProfilerActivity.CUDA]
    with torch.profiler.profile(activities=wanted) as profile:
        begin, end = bench.accelerator.new_event(), bench.accelerator.new_event()
        torch.cuda.synchronize()
        begin.record()
        runner.run_steps(steps)
        end.record()
        torch.cuda.synchronize()
    spans = [e.time_range for e in profile.events() if "CPU" not in str(e.device_type).upper()]
    seen = (max(s.end for s in spans) - min(s.start for s in spans)) / 1e6
    events = begin.elapsed_time(end) / 1000
    return {"events_s": events, "profiler_s": seen, "difference_pct": 100 * (events / seen - 1), "kernels": len(spans)}


def sampling(bench):
    """Forty blocks with and without a sampler at 10 Hz, in ABBA order; frames resident, as the bus itself varies."""
    from gpuproof.core.agent.workload.intervals import t_quantile
    from gpuproof.core.launch.model import Target
    from gpuproof.core.launch.run import run_agent

    runner = bench.runner("fp16+graph", "none")
    measured(runner, 4, 0.5)
    ratios = []
    for group in range(20):
        times = {}
        for is_on in (True, False) if group % 2 else (False, True):
            cancel, rows = threading.Event(), []
            if is_on:
                arguments = (Target("self"), "watch", {"interval_s": 0.1})
                options = {"deadline_s": 60, "on_message": rows.append, "cancel": cancel}
                thread = threading.Thread(target=run_agent, args=arguments, kwargs=options)
                thread.start()
                while sum(row.get("type") == "sample" for row in rows) < 3:
                    time.sleep(0.05)
            blocks = [runner.run_block(0.5) for _ in range(1)]
            times[is_on] = sum(b.duration_s for b in blocks) / sum(b.frames for b in blocks)
            if is_on:
                cancel.set()
                thread.join()
        ratios.append(math.log(times[True] / times[False]))
    half = t_quantile(len(ratios) - 1) * statistics.stdev(ratios) / math.sqrt(len(ratios))
    return {"cost_pct": 100 * statistics.fmean(ratios), "half_width_pct": 100 * half, "pairs": len(ratios)}


def cheats(bench):
    """Three cheats, really played; each must come out refuted."""
    import torch
    from helpers.benches import a_result

    from gpuproof.core.agent.workload.pipeline import Pipeline
    from gpuproof.core.agent.workload.placement import observe
    from gpuproof.core.bench.placement import weigh_placement

    def on_cpu(runner):
        runner.pipeline = Pipeline(bench.network, bench.preset, "cpu")
        slot = runner.first_slot
        moved = {name: getattr(slot, name).cpu() for name in ("frames", "rows", "places", "mel")}
        runner._slots = [slot._replace(**moved)]
        return runner

    def fallen_back(runner):
        inner, cpu = runner.pipeline.decode, Pipeline(bench.network, bench.preset, "cpu")

        def decode(aligned, skips):
            try:
                raise torch.cuda.OutOfMemoryError("injected")
            except RuntimeError:
                low = cpu.decode(aligned.float().cpu(), [skip.float().cpu() for skip in skips])
                return low.to(aligned.device, aligned.dtype)

        assert inner is not None
        runner.pipeline.decode = decode
        return runner

    def fresh():
        from gpuproof.core.agent.workload.gpu_runner import Runner

        bench.stock._pipelines.clear()
        return Runner(bench.stock, bench.variant("fp32", 16), "full")

    found = {"honest": weigh_placement(a_result(placement=observe(fresh()))).verdict}
    found["forgotten_move"] = weigh_placement(a_result(placement=observe(on_cpu(fresh())))).verdict
    stop = threading.Event()

    def spin():
        left = torch.rand(4096, 4096, device="cuda")
        while not stop.is_set():
            left @ left
            torch.cuda.synchronize()

    thread = threading.Thread(target=spin)
    thread.start()
    try:
        found["gpu_spins_on_something_else"] = weigh_placement(a_result(placement=observe(on_cpu(fresh())))).verdict
    finally:
        stop.set()
        thread.join()
    found["fallback_after_oom"] = weigh_placement(a_result(placement=observe(fallen_back(fresh())))).verdict
    return found


def cpu_side(bench):
    """Plain torch eager (NCHW, whole window) against the way that the tuning chooses from, interleaved."""
    import torch

    from gpuproof.core.agent.workload import presets, processor, weights
    from gpuproof.core.agent.workload.inputs import make_inputs
    from gpuproof.core.agent.workload.pipeline import Pipeline

    torch.set_num_threads(processor.usable_physical_cores())
    preset = presets.PRESETS["quick"]
    network, made = weights.build_network(preset), make_inputs(preset, 16)
    ways = {"plain": (Pipeline(network, preset, "cpu"), 16)}
    last = Pipeline(network, preset, "cpu", channels_last=True)
    ways.update({f"channels_last micro {micro}": (last, micro) for micro in (2, 4, 8, 16)})
    times = {name: [] for name in ways}
    for _ in range(5):
        for name, (pipeline, micro) in ways.items():
            began = time.perf_counter()
            pipeline.step(made.clip.frames[:16].clone(), made.clip.places[:16], made.mel, micro)
            times[name].append(time.perf_counter() - began)
    found = {name: 16 / statistics.median(values[1:]) for name, values in times.items()}
    return {"fps": found, "best_over_plain": max(found.values()) / found["plain"]}


def profilers(bench):
    """The quick run's operator events against the kernels that the tracer sees, on the same step."""
    from gpuproof.core.agent.workload.gpu_runner import Runner
    from gpuproof.core.agent.workload.placement import observe

    runner = Runner(bench.stock, bench.variant("fp32", 16), "none")
    runner.run_steps(2)
    found = {}
    for name, is_quick in (("operators", True), ("kernels", False), ("operators again", True)):
        began = time.perf_counter()
        seen = observe(runner, is_quick)
        found[name] = {"share": seen["kernel_share"], "s_per_step": seen.get("kernel_s_per_step"),
                       "timed_by": seen.get("timed_by", "kernels"), "took_s": time.perf_counter() - began}  # fmt: skip
    return found


def faults(bench):
    """Every planted fault of the self-check, played on this GPU: each must fail the comparison."""
    from gpuproof.core.agent.workload.check import compare
    from gpuproof.core.agent.workload.gpu_runner import run_on_reference

    runner = bench.runner("fp32", "none", 16)
    honest = run_on_reference(runner, bench.reference)
    shifted = honest.frames.roll(1, 2)
    swapped = honest.frames.flip(-1)
    repeated = honest.frames.clone()
    repeated[1:] = repeated[:-1].clone()
    noisy = honest.frames.clone()
    noisy[:, ::2] = 255 - noisy[:, ::2]
    played = {
        "honest": honest,
        "moved by a column": honest._replace(frames=shifted),
        "a frame mirrored": honest._replace(frames=swapped),
        "a frame late": honest._replace(frames=repeated),
        "every other line inverted": honest._replace(frames=noisy),
        "two frames exchanged": honest._replace(high=honest.high[[1, 0, *range(2, 16)]]),
        "network output of zeros": honest._replace(low=honest.low * 0, high=honest.high * 0),
        "not a number": honest._replace(high=honest.high * float("nan")),
        "sound a frame late": run_on_reference(runner, bench.reference._replace(mel=bench.reference.mel.roll(1, 0))),
    }
    for name, change in CHANGES.items():
        bench.stock._pipelines.clear()
        altered = bench.runner("fp32", "none", 16)
        change(altered.pipeline.network)
        played[name] = run_on_reference(altered, bench.reference)
    bench.stock._pipelines.clear()
    return {
        name: bool(compare(bench.reference, output, "fp32", bench.preset)["passed"]) for name, output in played.items()
    }


def _no_slopes(network):
    for module in network.super_resolution.body[1::2]:
        module.weight.zero_()


CHANGES = {
    "a block missing": lambda network: network.alignment.blocks.__delitem__(-1),
    "positions zeroed": lambda network: network.alignment.positions.zero_(),
    "slopes of PReLU zeroed": _no_slopes,
}
SECTIONS = (limits, profilers, ladder, copy_bound, timer, sampling, repeatability, cheats, faults, cpu_side)


def measure(out: Path, only: tuple[str, ...]) -> None:
    import torch

    began = time.perf_counter()
    with torch.no_grad():
        bench = Bench()
        figures = {
            "made_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "gpu": bench.accelerator.title,
            "torch": torch.__version__,
            "python": platform.python_version(),
            "preset": bench.preset.name,
        }
        for section in SECTIONS:
            if only and section.__name__ not in only:
                continue
            try:
                figures[section.__name__] = section(bench)
            except Exception:
                figures[section.__name__] = {"failed": traceback.format_exc(limit=4)[-600:]}
            print(
                f"{time.perf_counter() - began:.0f} s",
                section.__name__,
                str(figures[section.__name__])[:600],
                flush=True,
            )
            out.write_text(json.dumps(figures, indent=1), encoding="utf-8")
            torch.cuda.empty_cache()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    measuring = commands.add_parser("measure")
    measuring.add_argument("--out", type=Path, required=True)
    measuring.add_argument("--only", action="append", default=[], metavar="SECTION")
    rendering = commands.add_parser("render")
    rendering.add_argument("figures", type=Path)
    rendering.add_argument("page", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "measure":
        measure(arguments.out, tuple(arguments.only))
    else:
        from figures_page import page

        arguments.page.write_text(page(json.loads(arguments.figures.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
