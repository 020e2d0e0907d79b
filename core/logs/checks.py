"""Closer looks at a matching line, where a pattern alone would be wrong; named in the table's ``check`` field."""

from __future__ import annotations

import re
from collections.abc import Callable

from gpuproof.core.logs.model import Kind, Signal
from gpuproof.core.logs.phrases import CODEC, FATAL, GPU_PROVIDER, HELPER, NOT_APPLIED, ZH_DENIED, ZH_NOT_APPLIED

_SLOW_S = 5.0

Look = tuple[Kind, bool, str]  # kind, decisive, component
Check = Callable[[Signal, "re.Match[str]", str], "Look | None"]


def look(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Return what the line says after the closer look; None when it is no signal after all."""
    if not signal.check:
        return signal.kind, signal.decisive, signal.component
    return _CHECKS[signal.check](signal, found, line)


def is_fatal(line: str) -> bool:
    """Tell whether the line itself is an exception or an error-level message."""
    return FATAL.search(line) is not None


def _as_it_is(signal: Signal) -> Look:
    return signal.kind, signal.decisive, signal.component


def _component(signal: Signal, words: str) -> str:
    if CODEC.search(words):
        return "video_codec"
    return "helper" if HELPER.search(words) else signal.component


def _device_choice(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """``Using device: cuda:0``: applied; the same words inside a condition, an option or a denial are not."""
    around = _sentence(line, found.start(), found.end())
    if NOT_APPLIED.search(around) or ZH_DENIED.search(around):
        return None
    return signal.kind, signal.decisive, _component(signal, around)


def _sentence(line: str, start: int, end: int) -> str:
    """Return the sentence around a match, cut at full stops and semicolons that a space follows."""
    before = re.split(r"[.;!。；！] ", line[max(0, start - 160) : start])[-1]
    after = re.split(r"[.;!。；！](?: |$)", line[end : end + 60])[0]
    return before + line[start:end] + after


def _zh(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Chinese sentences: a condition, a question or advice is no report; a denial is no use."""
    around = line[: found.end()][-60:] + line[found.end() :][:20]
    if ZH_NOT_APPLIED.search(around) or (signal.kind == "gpu" and ZH_DENIED.search(around)):
        return None
    if signal.kind == "cpu" and ZH_DENIED.search(found.group()) and (is_fatal(line) or "失败" in found.group()):
        return "error", True, signal.component
    if re.search(r"(?:设备|名称)[^使用运行推理]{0,8}(?:NVIDIA|英伟达|GeForce)", found.group()):
        return signal.kind, False, signal.component  # a name, not a choice
    return signal.kind, signal.decisive, _component(signal, around)


def _providers(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """The first applied provider decides; a CPU provider behind it is there for single operations."""
    if re.search(r"(?i)available|supported|requested|all providers|not ", line[: found.start("list")][-60:]):
        return None
    providers = re.findall(r"(?i)(\w+?)(?:ExecutionProvider)", found.group("list"))
    if not providers:
        return None
    return ("gpu" if GPU_PROVIDER.fullmatch(providers[0]) else "cpu"), signal.decisive, signal.component


def _providers_set(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """A list that was set: the CPU first is the CPU; a GPU first is a request, which can fall back in silence."""
    seen = _providers(signal, found, line)
    if seen is None:
        return None
    return seen[0], seen[0] == "cpu", signal.component


def _requested(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    if re.search(r"(?i)available|applied|not in|fall", line):
        return None
    return _as_it_is(signal)


def _layers(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """``offloaded 0/33 layers to GPU`` is the CPU; any other count is the GPU, in part or whole."""
    return ("gpu" if int(found.group("done")) > 0 else "cpu"), signal.decisive, signal.component


def _count(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """``Num GPUs Available: 0``: none is decisive, some is only availability."""
    number = int(found.group("n") or found.group("n2") or 0)
    return ("gpu", False, signal.component) if number > 0 else ("cpu", True, signal.component)


def _comfy_total(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """In CPU mode ComfyUI shows the machine's memory as VRAM: equal numbers."""
    same = found.group("v") == found.group("r")
    return ("cpu", False, "model") if same else ("gpu", False, "model")


def _cuda_error(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """A failed call: out of memory is told apart; TensorFlow's start-up probe is judged by its own rows."""
    if re.search(r"(?i)out of memory|ALLOC_FAILED|MemoryAllocation|OUT_OF_MEMORY|failure 2\b|error 2\b", line):
        return "oom", "not a failure" not in line, signal.component
    if (
        "cuInit" in line
        or "NO_DEVICE" in line
        or "level=" in line
        or re.search(r"(?i)\bno error\b|cuda error(?:s)? (?:check|handling)", line)
    ):
        return None
    if "might be asynchronously" in line:
        return "error", False, signal.component
    return _as_it_is(signal)


def _soft_oom(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Advice and conditions are no shortage; a host allocator is not the GPU's; some failures are retried."""
    if not is_fatal(line) and re.search(
        r"(?i)\b(?:if|avoid|prevent|may|might|in case|to reduce|would|can cause|when)\b|\?", line
    ):
        return None
    if re.search(r"(?i)\b(?:CPU|host)\b", line) and not re.search(r"(?i)cuda|gpu|vram|device", line):
        return "host_oom", False, signal.component
    if re.search(r"(?i)not a failure|retry|halving|reducing batch|attempt(?:ing)? again|will try", line):
        return "oom", False, signal.component
    return _as_it_is(signal)


def _option(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    if re.search(r"(?i)offload|map_location|\bif\b|\belse\b|usage:|is_available|\[--|^\s*--|please|fall ?back", line):
        return None
    return _as_it_is(signal)


def _soft(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    if re.search(r"(?i)Attempting to deserialize|\bif\b|\bshould\b|\bcheck\b", line) or CODEC.search(line):
        return None
    return _as_it_is(signal)


def _soft_need(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    return None if re.search(r"(?i)\bif\b|\?|recommend|minimum|version|toolkit|memory", line) else _as_it_is(signal)


def _no_gpu(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """No GPU was found: an exception ends the run, any other message lets it go on without."""
    if re.search(
        r"(?i)No CUDA GPUs are available|mediapipe|task_runner|CUDA_HOME|CUDA_PATH"
        r"|toolkit|nvcc|cmake|header|\bwhen no\b|\bif\b|\?|\btpu available|no gpu memory"
        r"|no cuda runtime|cuda extension|cuda kernel|no gpu (?:limit|usage|layers)|flash|triton|cudnn factory"
        r"|gpu functionality|cpu version|cuda version|cuda graph|cuda error|no cuda error|peer|p2p",
        line,
    ):
        return None
    if CODEC.search(line):
        return "error", True, "video_codec"
    return ("error" if is_fatal(line) else "cpu"), True, _component(signal, line)


def _fallback(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Work goes to the CPU; conditions, single operations on a Mac and offloading are something else."""
    around = line[max(0, found.start() - 100) : found.end() + 60]
    if "MPS backend" in line:
        return "gpu", False, signal.component
    if re.search(
        r"(?i)offload|\b(?:can|could|would|may|might|should|please|cannot|unless|usage|instead of (?:the )?cpu)\b"
        r"|--help|\bif (?!no\b)|n't|\bnot (?:use|fall|run)|\?|better|slower than|for node|is (?:false|disabled|off)\b"
        r"|^\s*--?\w",
        around,
    ):
        return None
    return signal.kind, signal.decisive, _component(signal, around)


def _gpu_memory(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    if re.search(
        r"(?i)out of memory|tried to allocate|fraction|limit|total capac|if reserved|currently allocated", line
    ):
        return None
    is_own = re.search(r"(?i)allocated|reserved|peak|max", line) is not None  # torch counts its own memory
    return signal.kind, is_own, signal.component


def _not_compiled(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    if re.search(
        r"(?i)Torch not compiled with CUDA enabled|flash|opencv|cv2|xformers|detectron|torchvision", line
    ) or CODEC.search(line):
        return None
    return ("error" if is_fatal(line) else "cpu"), True, signal.component


def _lib(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """A GPU library that does not load; TensorFlow, ollama and TensorRT have rows of their own for that."""
    if re.search(
        r"(?i)dynamic library|TF-TRT|level=(?:DEBUG|INFO|WARN)|image Python extension|CUDA_HOME|factory|paging", line
    ):
        return None
    if CODEC.search(line):
        return None
    if re.search(r"(?i)nvinfer|nvonnxparser|tensorrt", line) and not is_fatal(line):
        return "error", False, "onnx"
    if re.search(r"(?i)nvidia-ml|libcuda\.so", line):
        return "error", True, "environment"
    return signal.kind, signal.decisive, "onnx" if "onnxruntime" in line.lower() else signal.component


def _tf_nodev(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    is_probe = re.search(r"(?i)tensorflow|stream_executor|cuda_driver\.cc", line) is not None
    is_exception = re.search(r"\w(?:Error|Exception)\b", line) is not None
    is_probe = is_probe or (not is_exception and re.search(r"cuInit|_NO_DEVICE: no", line) is not None)
    return ("cpu" if is_probe else "error"), True, signal.component


def _comfy_loaded(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """``loaded completely`` is printed on the CPU too, with an endless amount of usable memory."""
    if re.search(r"(?i)\binf\b|95367431640625", line):
        return None
    return "gpu", False, signal.component


def _fw_precision(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    return ("error", True, signal.component) if is_fatal(line) else ("cpu", False, signal.component)


def _slow(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Seconds for one step of what takes a GPU a fraction of one; supporting only, cards differ."""
    return (signal.kind, False, signal.component) if float(found.group("seconds")) >= _SLOW_S else None


def _as_row(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    return _as_it_is(signal)


def _ollama_offload(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    return None if re.search(r"layers\.offload=0\b|library=\"?cpu|to cpu", line) else _as_it_is(signal)


def _runner_cpu(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """The CPU library is always loaded beside another; only a runner of that name is a choice."""
    return ("cpu", True, signal.component) if re.search(r"runners/cpu|runner=cpu", line) else None


def _vllm_platform(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    return "error", "infer device" in line, signal.component


_CHECKS: dict[str, Check] = {
    "device_choice": _device_choice,
    "zh": _zh,
    "providers": _providers,
    "providers_set": _providers_set,
    "requested": _requested,
    "layers": _layers,
    "count": _count,
    "comfy_total": _comfy_total,
    "cuda_error": _cuda_error,
    "soft_oom": _soft_oom,
    "option": _option,
    "soft": _soft,
    "no_gpu": _no_gpu,
    "soft_need": _soft_need,
    "fallback": _fallback,
    "gpu_memory": _gpu_memory,
    "not_compiled": _not_compiled,
    "lib": _lib,
    "tf_nodev": _tf_nodev,
    "comfy_loaded": _comfy_loaded,
    "fw_precision": _fw_precision,
    "slow": _slow,
    "ggml_buffer": _as_row,
    "ollama_offload": _ollama_offload,
    "ollama_cpu": _as_row,
    "runner_cpu": _runner_cpu,
    "vllm_platform": _vllm_platform,
}

NAMES = frozenset(_CHECKS)
