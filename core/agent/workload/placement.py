"""Where the work really ran: devices of parameters and tensors, operators by device, kernel time by the profiler."""

import time
from typing import Any, Dict, List, Optional

import torch
from torch.utils._python_dispatch import TorchDispatchMode

# operators that move, name or make memory and compute nothing worth proving
_MOVES = (
    "copy",
    "_to_copy",
    "empty",
    "zeros",
    "pin_memory",
    "is_pinned",
    "detach",
    "record_stream",
    "lift",
    "alias",
    "view",
    "full",
    "scalar_tensor",
    "_local_scalar_dense",
    "arange",
    "clone",
    "_pin_memory",
    "set_",
    "resize",
)


class OperatorCount(TorchDispatchMode):  # type: ignore[misc]
    """Counts every operator by the device of what it returned; views and copies are not work."""

    def __init__(self) -> None:
        super().__init__()
        self.by_device: Dict[str, int] = {}
        self.elements: Dict[str, int] = {}
        self.on_cpu: Dict[str, int] = {}

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Return False: nothing is compiled while this counts, and torch's guard against it loads its compiler, 4 s."""
        return False

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run the operator and note where its result lies."""
        result = function(*args, **(kwargs or {}))
        name = str(function).split(".")[1] if "." in str(function) else str(function)
        first = result[0] if isinstance(result, (tuple, list)) and result else result
        if isinstance(first, torch.Tensor) and not name.startswith(_MOVES):
            kind = first.device.type
            self.by_device[kind] = self.by_device.get(kind, 0) + 1
            self.elements[kind] = self.elements.get(kind, 0) + first.numel()
            if kind == "cpu":
                self.on_cpu[name] = self.on_cpu.get(name, 0) + 1
        return result


def observe(runner: Any, is_quick: bool = False) -> Dict[str, Any]:
    """Observe one eager step of a runner: raw facts, no judgement. ``is_quick``: with the profiler that starts fast."""
    runner.activate()
    slot = runner.first_slot
    counter = OperatorCount()
    with counter:
        output = runner.step(slot, keep=True)
    network = runner.pipeline.network
    tensors = list(network.parameters()) + list(network.buffers())
    return dict(
        (_operator_time(runner, slot) if is_quick else None) or _kernel_time(runner, slot),
        wanted=str(runner.accelerator.device),
        parameters=_by_device(tensors),
        inputs=_by_device([slot.frames, slot.places, slot.mel]),
        outputs=_by_device([output.frames, output.low, output.high]),
        operators=counter.by_device,
        elements=counter.elements,
        cpu_operators=sorted(counter.on_cpu)[:20],
    )


def _by_device(tensors: List[Any]) -> Dict[str, int]:
    counted: Dict[str, int] = {}
    for tensor in tensors:
        counted[str(tensor.device)] = counted.get(str(tensor.device), 0) + tensor.numel()
    return counted


def _kernel_time(runner: Any, slot: Any) -> Dict[str, Any]:
    """Return the share of a step's time in which the profiler saw kernels of the device; None with the reason."""
    steps = 3
    try:
        with torch.profiler.profile(activities=_activities(runner.accelerator)) as profile:
            runner.accelerator.synchronize()
            began = time.perf_counter()
            for _ in range(steps):
                runner.step(slot)
            runner.accelerator.synchronize()
            wall_s = time.perf_counter() - began
        kernels = _device_spans(profile)
    except Exception as problem:  # profilers need rights and libraries that many machines lack
        return {"kernel_share": None, "profiler_problem": "%s: %s" % (type(problem).__name__, problem)}
    busy_s = sum(seconds for _, seconds in kernels)
    return {
        "kernel_share": min(1.0, busy_s / wall_s) if kernels else None,
        "kernel_s_per_step": busy_s / steps,
        "kernels_per_step": len(kernels) / steps,
        "profiler_problem": "" if kernels else "the profiler reported no kernel",
        "top_kernels": _top(kernels),
    }


def _operator_time(runner: Any, slot: Any) -> Optional[Dict[str, Any]]:
    """Return the same by events around every operator; None where torch no longer has that profiler.

    Loading the tracer of kernels takes 4 to 5 s at its first use, which is a fifth of a quick run.
    """
    if runner.accelerator.device.type != "cuda":
        return None
    try:
        with torch.autograd.profiler.profile(use_device="cuda", use_kineto=False) as profile:
            runner.accelerator.synchronize()
            began = time.perf_counter()
            runner.step(slot)
            runner.accelerator.synchronize()
            wall_s = time.perf_counter() - began
        rows = [(event.name, event.self_device_time_total / 1e6) for event in profile.function_events]
    except Exception:  # an interface of torch's own that has changed more than once
        return None
    timed = [(name, seconds) for name, seconds in rows if seconds > 0.0]
    if not timed:
        return None
    busy_s = sum(seconds for _, seconds in timed)
    return {
        "kernel_share": min(1.0, busy_s / wall_s),
        "kernel_s_per_step": busy_s,
        "kernels_per_step": float(len(timed)),
        "profiler_problem": "",
        "timed_by": "operators",
        "top_kernels": _top(timed),
    }


def _activities(accelerator: Any) -> List[Any]:
    wanted = [torch.profiler.ProfilerActivity.CPU]
    own = getattr(torch.profiler.ProfilerActivity, accelerator.device.type.upper(), None)
    return [*wanted, own] if own is not None else wanted


def _device_spans(profile: Any) -> List[Any]:
    spans = []
    for event in profile.events():
        if "CPU" not in str(event.device_type).upper():
            spans.append((event.name, event.time_range.elapsed_us() / 1e6))
    return spans


def _top(kernels: List[Any]) -> List[Any]:
    summed: Dict[str, float] = {}
    for name, seconds in kernels:
        summed[name] = summed.get(name, 0.0) + seconds
    total = sum(summed.values()) or 1.0
    ranked = sorted(summed.items(), key=lambda item: -item[1])[:12]
    return [[name[:120], round(seconds / total, 4)] for name, seconds in ranked]
