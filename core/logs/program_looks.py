"""Closer looks at what single programs and libraries print."""

from __future__ import annotations

import re

from gpuproof.core.logs.look import Look, as_it_is, is_fatal
from gpuproof.core.logs.model import Signal
from gpuproof.core.logs.phrases import CODEC, GPU_PROVIDER

_SLOW_S = 5.0
_BUSY, _IDLE = 30.0, 3.0  # percent


def providers(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """The first applied provider decides; a CPU provider behind it is there for single operations."""
    if re.search(r"(?i)available|supported|requested|all providers|not ", line[: found.start("list")][-60:]):
        return None
    providers = re.findall(r"(?i)(\w+?)(?:ExecutionProvider)", found.group("list"))
    if not providers:
        return None
    is_wish = _is_wish({name.lower() for name in providers})
    return ("gpu" if GPU_PROVIDER.fullmatch(providers[0]) else "cpu"), signal.decisive and not is_wish, signal.component


_VENDORS = ({"cuda", "tensorrt", "nvtensorrtrtx"}, {"rocm", "migraphx"}, {"coreml"}, {"qnn"})


def _is_wish(providers: set[str]) -> bool:
    """Tell whether a list names the providers of several vendors: no session has them, only a program's settings."""
    return sum(not vendor.isdisjoint(providers) for vendor in _VENDORS) > 1


def nodes_placed(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """``All nodes placed on [CPUExecutionProvider]``: where each operation of the model was put, at last."""
    return ("gpu" if GPU_PROVIDER.search(found.group()) else "cpu"), signal.decisive, signal.component


def providers_set(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """A list that was set: the CPU first is the CPU; a GPU first is a request, which can fall back in silence."""
    seen = providers(signal, found, line)
    if seen is None:
        return None
    return seen[0], seen[0] == "cpu", signal.component


def requested(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Look closer at requested."""
    if re.search(r"(?i)available|applied|not in|fall", line):
        return None
    return as_it_is(signal)


def layers(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """``offloaded 0/33 layers to GPU`` is the CPU; any other count is the GPU, in part or whole."""
    return ("gpu" if int(found.group("done")) > 0 else "cpu"), signal.decisive, signal.component


def count(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """``Num GPUs Available: 0``: none is decisive, some is only availability."""
    number = int(found.group("n") or found.group("n2") or 0)
    return ("gpu", False, signal.component) if number > 0 else ("cpu", True, signal.component)


def comfy_total(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """In CPU mode ComfyUI shows the machine's memory as VRAM: equal numbers."""
    same = found.group("v") == found.group("r")
    return ("cpu", False, "model") if same else ("gpu", False, "model")


def cuda_error(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """A failed call: out of memory is told apart; TensorFlow's start-up probe is judged by its own rows."""
    if re.search(r"(?i)out of memory|ALLOC_FAILED|MemoryAllocation|OUT_OF_MEMORY|failure 2\b|error 2\b", line):
        return "oom", "not a failure" not in line, signal.component
    if (
        "call to cuInit" in line
        or "NO_DEVICE" in line
        or "level=" in line
        or re.search(r"(?i)\bno error\b|cuda error(?:s)? (?:check|handling)", line)
    ):
        return None
    if "might be asynchronously" in line:
        return "error", False, signal.component
    return as_it_is(signal)


def soft_oom(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Advice and conditions are no shortage; a host allocator is not the GPU's; some failures are retried."""
    if not is_fatal(line) and re.search(
        r"(?i)\b(?:if|avoid|prevent|may|might|in case|otherwise|requirements?|to reduce|would|can cause|when)\b|\?",
        line,
    ):
        return None
    if re.search(r"(?i)driver version|\bpinned\b", line):
        return None
    if re.search(r"(?i)\b(?:CPU|host)\b", line) and not re.search(r"(?i)cuda|gpu|vram|device", line):
        return "host_oom", False, signal.component
    if re.search(r"(?i)not a failure|retry|halving|reducing batch|attempt(?:ing)? again|will try", line):
        return "oom", False, signal.component
    return as_it_is(signal)


def lib(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """A GPU library that does not load; TensorFlow, ollama and TensorRT have rows of their own for that."""
    if re.search(
        r"(?i)dynamic library|dso_loader|TF-TRT|level=(?:DEBUG|INFO|WARN)|image Python extension|CUDA_HOME"
        r"|factory|paging",
        line,
    ):
        return None
    if CODEC.search(line):
        return None
    if re.search(r"(?i)nvinfer|nvonnxparser|tensorrt", line) and not is_fatal(line):
        return "error", False, "onnx"
    if re.search(r"(?i)nvidia-ml|libcuda\.so", line):
        return "error", True, "environment"
    return signal.kind, signal.decisive, "onnx" if "onnxruntime" in line.lower() else signal.component


def tf_nodev(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Look closer at tf nodev."""
    is_probe = re.search(r"(?i)tensorflow|stream_executor|cuda_driver\.cc", line) is not None
    is_exception = re.search(r"\w(?:Error|Exception)\b", line) is not None
    is_probe = is_probe or (not is_exception and re.search(r"cuInit|_NO_DEVICE: no", line) is not None)
    return ("cpu" if is_probe else "error"), True, signal.component


def comfy_loaded(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """``loaded completely`` is printed on the CPU too, with an endless amount of usable memory."""
    if re.search(r"(?i)\binf\b|95367431640625", line):
        return None
    return "gpu", False, signal.component


def fw_precision(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Look closer at fw precision."""
    return ("error", True, signal.component) if is_fatal(line) else ("cpu", False, signal.component)


def slow(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Seconds for one step of what takes a GPU a fraction of one; supporting only, cards differ."""
    return (signal.kind, False, signal.component) if float(found.group("seconds")) >= _SLOW_S else None


def as_row(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Say what the row says."""
    return as_it_is(signal)


def ollama_offload(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Look closer at ollama offload."""
    return None if re.search(r"layers\.offload=0\b|library=\"?cpu|to cpu", line) else as_it_is(signal)


def runner_cpu(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """The CPU library is always loaded beside another; only a runner of that name is a choice."""
    return ("cpu", True, signal.component) if re.search(r"runners/cpu|runner=cpu", line) else None


def vllm_platform(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Look closer at vllm platform."""
    return "error", "infer device" in line, signal.component


def utilisation(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """A busy GPU is in use, an idle one perhaps not at that moment; between them stands nothing for sure."""
    if re.search(r"(?i)\b(?:if|should|limit|target|max\w*|up to|at least)\b|如果|建议|应", line):
        return None
    share = float(found.group("share"))
    if share <= _IDLE:
        return "cpu", False, signal.component
    return signal.kind, share >= _BUSY, signal.component
