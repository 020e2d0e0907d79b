"""Runs one side of the benchmark: the processor's, or one accelerator's. Loads torch, so only ever in a child.

Parameters: ``side`` (cpu, gpu, or several: one GPU beside others), ``device`` (auto, cuda:0, xpu:0, mps), ``preset``,
``precisions`` (empty: all that fit), ``gated`` (wait for ``go`` before each phase), ``base_monotonic``, ``again`` (cpu:
measure twice); several: ``seconds``, ``pairs_s``.
Messages: ``progress``, ``blocks``, ``preview``, ``ready``, ``phase_done``, ``devices``, ``limits``, ``placement``, and
one ``result``.
"""

import time
import warnings
from typing import Any, Dict

from .channel import Channel
from .main import JobError
from .workload.presets import PRESETS, VERSION
from .workload.reporting import Reporter, Stopped


def run(params: Dict[str, Any], channel: Channel) -> None:
    """Run the side that was asked for and send the result."""
    reporter = Reporter(channel, params)
    preset = PRESETS.get(str(params.get("preset", "quick")))
    if preset is None:
        raise JobError("bad-request", "preset %r" % params.get("preset"))
    import_s = _import_torch(reporter)
    try:
        import torch

        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            if params.get("side") == "cpu":
                result = _cpu(preset, params, reporter, import_s)
            else:
                result = _on_gpu(preset, params, reporter, import_s)
    except Stopped:
        raise JobError("cancelled", "stopped by request") from None
    reporter.flush()
    channel.send("result", workload_version=VERSION, torch=torch.__version__, **result)


def _import_torch(reporter: Reporter) -> float:
    reporter.progress("torch", 0.0)
    began = time.perf_counter()
    try:
        import torch
    except ImportError as problem:
        kind = "no-torch" if getattr(problem, "name", None) == "torch" else "torch-import"
        raise JobError(kind, str(problem)) from problem
    except OSError as problem:
        raise JobError("torch-import", str(problem)) from problem
    version = tuple(int(part) for part in torch.__version__.split("+")[0].split(".")[:2])
    if version < (2, 0):
        raise JobError("torch-too-old", torch.__version__)
    return time.perf_counter() - began


def _cpu(preset: Any, params: Dict[str, Any], reporter: Reporter, import_s: float) -> Dict[str, Any]:
    from .workload import processor
    from .workload.cpu_side import CpuSide

    began = time.perf_counter()
    side = CpuSide(preset, params, reporter)
    facts = side.prepare()
    facts["first_run"] = {"import_torch": import_s, "prepare": time.perf_counter() - began}
    phases = ("cpu", "cpu_again") if params.get("again", True) else ("cpu",)
    for phase in phases:
        reporter.gate(phase)
        if phase == "cpu":
            side.choose()
        side.measure(phase)
        reporter.say("phase_done", phase=phase)
    return dict(facts, device="cpu", name=processor.name(), variants=side.variants)


def _on_gpu(preset: Any, params: Dict[str, Any], reporter: Reporter, import_s: float) -> Dict[str, Any]:
    from .workload.accelerator import NoAccelerator

    try:
        if params.get("side") == "several":
            from .workload.several import measure_one

            return measure_one(params, reporter)
        from .workload.gpu_side import measure_gpu

        return measure_gpu(preset, params, reporter, import_s)
    except NoAccelerator as problem:
        raise JobError("no-accelerator", str(problem)) from problem
