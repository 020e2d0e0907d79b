"""Closer looks at a matching line, where a pattern alone would be wrong; named in the table's ``check`` field."""

from __future__ import annotations

import re
from collections.abc import Callable

from gpuproof.core.logs.model import Kind, Signal

Look = tuple[Kind, bool, str]  # kind, decisive, component
Check = Callable[[Signal, "re.Match[str]", str], "Look | None"]

# words around a device name that make it a request, a condition, an option's help or another thing than the model
_NOT_APPLIED = re.compile(
    r"(?i)\boffload|map_location|\bif\b|\bwhether\b|\busage:|--help|\bchoose (?:from|between)\b|\bplease\b|n't\b"
    r"|\bdefault: |\bshould\b|\btry(?:ing)? to\b|\bcan(?:not)?\b|\bcould\b|\bunable\b|\bfail|\bnot\b|\bno\b|\bneeds?\b"
    r"|\brequested\b|\brequires?\b|\bsupports?\b|\brecommend|\bwant\b|\bhow to\b|\bpip install\b|\?|\bwithout\b"
    r"|\bmust\b|\bself\.|\bdef \w+\(|^\s*(?:File \"|#|>>> |import |from |return )|\bwould\b|\bmight\b|\bmay\b|\bwhen\b"
)
_ZH_NOT_APPLIED = re.compile(r"如果|是否|若|请|建议|可以|可选|需要|推荐|怎么|如何|为什么|吗|？|\?|能否|应该|尝试|准备")
_ZH_DENIED = re.compile(r"未|无法|不能|没有|不支持|不可用|失败|没")
# parts of an application that run on the CPU by design or by choice
_HELPER = re.compile(
    r"(?i)\b(vae|clip|text[ _]?encoder\w*|t5\w*|tokeni[sz]er|vad|pyannote|safety[ _]checker|embedd?ings?"
    r"|vision[ _]?tower|image[ _]?encoder|post-?process\w*|pre-?process\w*|demucs|denoiser|face[ _-]?(?:detect\w*|analy\w*|parser)"
    r"|landmarks?|mediapipe|tf_?lite|xnnpack|preview|generator|data ?loader|sampler|random|noise|rng|seed)\b"
)
_CODEC = re.compile(r"(?i)\b(?:ffmpeg|nvenc|nvdec|cuvid|encod\w+|decod\w+|hwaccel|video reader|decord|vaapi)\b")
_GPU_PROVIDER = re.compile(r"(?i)(?:cuda|tensorrt|nvtensorrtrtx|dml|rocm|migraphx|coreml|webgpu|qnn)\w*")
_FATAL = re.compile(r"\b\w*(?:Error|Exception)\b\s*[:(]|\bERROR\b|\bFATAL\b|\bCRITICAL\b|\braise \b|\[E\b|level=ERROR")


def look(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Return what the line says after the closer look; None when it is no signal after all."""
    if not signal.check:
        return signal.kind, signal.decisive, signal.component
    return _CHECKS[signal.check](signal, found, line)


def is_fatal(line: str) -> bool:
    """Tell whether the line itself is an exception or an error-level message."""
    return _FATAL.search(line) is not None


def _as_it_is(signal: Signal) -> Look:
    return signal.kind, signal.decisive, signal.component


def _component(signal: Signal, words: str) -> str:
    if _CODEC.search(words):
        return "video_codec"
    return "helper" if _HELPER.search(words) else signal.component


def _device_choice(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """``Using device: cuda:0``: applied; the same words inside a condition, an option or a denial are not."""
    around = line[: found.end()][-160:] + line[found.end() :][:40]
    if _NOT_APPLIED.search(around) or _ZH_DENIED.search(around):
        return None
    return signal.kind, signal.decisive, _component(signal, around)


def _zh(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Chinese sentences: a condition, a question or advice is no report; a denial is no use."""
    around = line[: found.end()][-60:] + line[found.end() :][:20]
    if _ZH_NOT_APPLIED.search(around) or (signal.kind == "gpu" and _ZH_DENIED.search(around)):
        return None
    if signal.kind == "cpu" and is_fatal(line) and _ZH_DENIED.search(found.group()):
        return "error", True, signal.component
    return signal.kind, signal.decisive, _component(signal, around)


def _providers(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """The first applied provider decides; a CPU provider behind it is there for single operations."""
    if re.search(r"(?i)available|supported|requested|all providers|not ", line[: found.start("list")][-60:]):
        return None
    providers = re.findall(r"(?i)(\w+?)(?:ExecutionProvider)", found.group("list"))
    if not providers:
        return None
    return ("gpu" if _GPU_PROVIDER.fullmatch(providers[0]) else "cpu"), signal.decisive, signal.component


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
    if "cuInit" in line or "level=" in line or re.search(r"(?i)\bno error\b|cuda error(?:s)? (?:check|handling)", line):
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
    if re.search(r"(?i)not a failure|retry|attempt(?:ing)? again|will try", line):
        return "oom", False, signal.component
    return _as_it_is(signal)


def _option(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    if re.search(r"(?i)offload|map_location|\bif\b|\belse\b|usage:|is_available|\[--|^\s*--|please|fall ?back", line):
        return None
    return _as_it_is(signal)


def _soft(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    if re.search(r"(?i)Attempting to deserialize|\bif\b|\bshould\b|\bcheck\b", line) or _CODEC.search(line):
        return None
    return _as_it_is(signal)


def _no_gpu(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """No GPU was found: an exception ends the run, any other message lets it go on without."""
    if re.search(
        r"(?i)CUDA_HOME|CUDA_PATH|toolkit|nvcc|cmake|header|\bwhen no\b|\bif\b|\?|\btpu available|no gpu memory"
        r"|no cuda runtime|cuda extension|cuda kernel|no gpu (?:limit|usage|layers)|flash|triton|cudnn factory"
        r"|cuda version|cuda graph|cuda error|no cuda error|peer|p2p",
        line,
    ):
        return None
    if _CODEC.search(line):
        return "error", True, "video_codec"
    return ("error" if is_fatal(line) else "cpu"), True, signal.component


def _fallback(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Work goes to the CPU; conditions, single operations on a Mac and offloading are something else."""
    around = line[max(0, found.start() - 100) : found.end() + 60]
    if "MPS backend" in line:
        return "gpu", False, signal.component
    if re.search(
        r"(?i)offload|\b(?:can|could|would|may|might|should|please|cannot|unless|usage|instead of (?:the )?cpu)\b"
        r"|--help|\bif (?!no\b)|n't|\bnot (?:use|fall|run)|\?|better|slower than",
        around,
    ):
        return None
    return signal.kind, signal.decisive, _component(signal, around)


def _gpu_memory(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    if re.search(r"(?i)out of memory|tried to allocate|fraction|limit|total capac|if reserved", line):
        return None
    return _as_it_is(signal)


def _not_compiled(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    if re.search(r"(?i)flash|opencv|cv2|xformers|detectron|torchvision", line) or _CODEC.search(line):
        return None
    return ("error" if is_fatal(line) else "cpu"), True, signal.component


def _lib(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """A GPU library that does not load; TensorFlow, ollama and TensorRT have rows of their own for that."""
    if re.search(
        r"(?i)dynamic library|TF-TRT|level=(?:DEBUG|INFO|WARN)|image Python extension|CUDA_HOME|factory", line
    ):
        return None
    if re.search(r"(?i)nvinfer|nvonnxparser|tensorrt", line) and not is_fatal(line):
        return "error", False, "onnx"
    if re.search(r"(?i)nvidia-ml|libcuda\.so", line):
        return "error", True, "environment"
    return signal.kind, signal.decisive, "onnx" if "onnxruntime" in line.lower() else signal.component


def _tf_nodev(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    is_probe = re.search(r"(?i)cuInit|tensorflow|stream_executor|cuda_driver\.cc", line) is not None
    return ("cpu" if is_probe else "error"), True, signal.component


def _comfy_loaded(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """``loaded completely`` is printed on the CPU too, with an endless amount of usable memory."""
    if re.search(r"(?i)\binf\b|95367431640625", line):
        return None
    return "gpu", False, signal.component


def _fw_precision(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    return ("error", True, signal.component) if is_fatal(line) else ("cpu", False, signal.component)


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
    "requested": _requested,
    "layers": _layers,
    "count": _count,
    "comfy_total": _comfy_total,
    "cuda_error": _cuda_error,
    "soft_oom": _soft_oom,
    "option": _option,
    "soft": _soft,
    "no_gpu": _no_gpu,
    "fallback": _fallback,
    "gpu_memory": _gpu_memory,
    "not_compiled": _not_compiled,
    "lib": _lib,
    "tf_nodev": _tf_nodev,
    "comfy_loaded": _comfy_loaded,
    "fw_precision": _fw_precision,
    "ggml_buffer": _as_row,
    "ollama_offload": _ollama_offload,
    "ollama_cpu": _as_row,
    "runner_cpu": _runner_cpu,
    "vllm_platform": _vllm_platform,
}
