"""Closer looks at general forms: a device chosen, missing, refused, or fallen back from."""

from __future__ import annotations

import re

from gpuproof.core.logs.look import Look, as_it_is, component_of, is_fatal
from gpuproof.core.logs.model import Signal
from gpuproof.core.logs.phrases import CODEC, NOT_APPLIED, ZH_DENIED, ZH_NOT_APPLIED

_SOFTWARE = re.compile(r"(?i)llvmpipe|lavapipe|swiftshader|softpipe|basic render")  # "GPUs" that the CPU plays


def device_choice(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """``Using device: cuda:0``: applied; the same words inside a condition, an option or a denial are not."""
    around = _sentence(line, found.start(), found.end())
    if _is_option(line, found.start()) or ZH_DENIED.search(around) or _is_asked(line, found.end()):
        return None
    if signal.kind == "cpu":
        around = _without_clause_before(around, found.group())
    if NOT_APPLIED.search(around) or (signal.kind == "gpu" and _SOFTWARE.search(line)):
        return None
    if _OFFERED.search(around):
        return None  # what there is to choose from, not what was chosen
    if signal.kind == "gpu" and _OF_ANOTHER.search(line[: found.end()]):
        return None  # where something was saved, or what a failing call was given
    if signal.kind == "cpu" and _PUT_BACK.search(around):
        return None  # where a model waits between two uses
    if signal.kind == "cpu" and re.search(r"(?i)\blayers?\b|\bmemory (?:system|manag)", around):
        return None  # a part of the model, or where memory lies; the count of layers on the GPU decides
    if signal.kind == "gpu" and _is_argument(line, found):
        return signal.kind, False, component_of(signal, around)  # a parameter as it was given, whatever came of it
    return signal.kind, signal.decisive, component_of(signal, around)


_OF_ANOTHER = re.compile(
    r"\b\w+(?:Error|Exception)\s*:|\b(?:saved|was trained|pretrained) on (?:the )?(?:cuda|gpu|GPU)"
)
_PUT_BACK = re.compile(r"(?i)\b(?:mov|put|plac|send|sent|return|park)\w*\b[^\n]{0,60}?\bback (?:on)?to (?:the )?cpu\b")
_OFFERED = re.compile(
    r"(?i)\b(?:available|supported|known|possible|registered|allowed|valid) (?:\w+ )?"
    r"(?:platform|backend|accelerator|engine|runtime|processor)s?(?: names?)?(?: are| is)?\s*[:=]"
)
_LISTED_ARGUMENT = re.compile(r"^\s*-[A-Za-z]\w*\s*[:=]")  # "-device : cuda", as a program lists what it was given
_ARGUMENT = re.compile(r"^\W*device=['\"]\w+(?::\d+)?$")
_OTHER_ARGUMENT = re.compile(r"\b\w+=[^\s,()]+,(?:\s|$)")


def _is_argument(line: str, found: re.Match[str]) -> bool:
    """Tell whether the words are one parameter among others, as an object's representation lists them."""
    if _LISTED_ARGUMENT.search(line):
        return True
    others = line[: found.start()] + " " + line[found.end() :]
    return _ARGUMENT.search(found.group()) is not None and _OTHER_ARGUMENT.search(others) is not None


def _sentence(line: str, start: int, end: int) -> str:
    """Return the sentence around a match, cut at full stops and semicolons that a space follows."""
    before = re.split(r"[.;!。；！] ", line[max(0, start - 160) : start])[-1]
    after = re.split(r"[.;!。；！](?: |$)", line[end : end + 60])[0]
    return before + line[start:end] + after


def _without_clause_before(sentence: str, words: str) -> str:
    """Leave out a clause that says why: ``no GPU found, running on CPU``; a condition stays."""
    before, _, after = sentence.partition(words)
    if re.search(r"(?i)\b(?:if|when|unless|whether|should|please|usage)\b|--\w", before):
        return sentence
    return re.split(r"[,:：，(\[—–]|\s-+\s", before)[-1] + words + after


def _is_option(line: str, start: int) -> bool:
    """Tell whether the words are part of an option on a command line, as in ``--usecuda 1``."""
    return re.search(r"(?:^|\s)--?(?:[A-Za-z][\w-]*)?$", line[:start]) is not None


def _is_asked(line: str, end: int) -> bool:
    """Tell whether the words end in a question mark."""
    return re.match(r"[^.;!]{0,40}\?", line[end:]) is not None


_IF = re.compile(r"(?i)\b(?:if|when|should)\b")


def init_failed(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """A library that could not be set up; some programs have rows of their own that say what follows."""
    before = line[max(0, found.start() - 60) : found.end()]
    if re.search(r"level=|ggml_|xla_bridge|\bextension", line) or CODEC.search(line) or _IF.search(before):
        return None
    return as_it_is(signal)


_ZH_FATAL = re.compile(r"[^\u4e00-\u9fff]{0,40}(?:错误|报错|异常)")


def zh(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Chinese sentences: a condition, a question or advice is no report; a denial is no use."""
    is_denial = signal.kind == "cpu" and ZH_DENIED.search(found.group()) is not None
    before = re.split(r"[。！？；，]" if is_denial else r"[。！？；]", line[: found.start()])[-1][-40:]
    around = before + found.group() + re.split(r"[，。；！（(]", line[found.end() :][:20])[0]
    if ZH_NOT_APPLIED.search(around) or (signal.kind == "gpu" and ZH_DENIED.search(around)):
        return None
    if is_denial and (is_fatal(line) or "失败" in found.group() or _ZH_FATAL.match(line)):
        return "error", True, signal.component
    if re.search(r"(?:设备|名称)[^使用运行推理]{0,8}(?:NVIDIA|英伟达|GeForce)", found.group()):
        return signal.kind, False, signal.component  # a name, not a choice
    return signal.kind, signal.decisive, component_of(signal, around)


def zh_oom(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """A shortage that is only imagined, or that advice is about, is none."""
    is_imagined = re.search(
        r"如果|若|是否|避免|防止|可能|当|解决|处理|#", line[max(0, found.start() - 12) : found.start()]
    )
    return None if is_imagined else as_it_is(signal)


def option(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Look closer at option."""
    if re.search(r"(?i)offload|map_location|\bif\b|\belse\b|usage:|is_available|\[--|^\s*--|please|fall ?back", line):
        return None
    return as_it_is(signal)


def soft(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Look closer at soft."""
    if re.search(r"(?i)Attempting to deserialize|\bif\b|\bshould\b|\bcheck\b", line) or CODEC.search(line):
        return None
    return ("error" if is_fatal(line) else signal.kind), signal.decisive, signal.component


def soft_need(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Look closer at soft need."""
    return None if re.search(r"(?i)\bif\b|\?|recommend|minimum|version|toolkit|memory", line) else as_it_is(signal)


def no_gpu(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """No GPU was found: an exception ends the run, any other message lets it go on without."""
    if re.search(
        r"(?i)No CUDA GPUs are available|^\s*\w{1,4}\s+= |mediapipe|task_runner|CUDA_HOME|CUDA_PATH"
        r"|toolkit|nvcc|cmake|header|\bwhen no\b|\bif\b|\?|\btpu available|no gpu memory"
        r"|no cuda runtime|cuda extension|cuda kernel|no gpu (?:limit|usage|layers)|flash|triton|cudnn factory"
        r"|gpu functionality|cpu version|cuda version|cuda graph|cuda error|no cuda error|peer|p2p",
        line,
    ):
        return None
    if CODEC.search(line):
        return "error", True, "video_codec"
    return ("error" if is_fatal(line) else "cpu"), True, component_of(signal, line)


def fallback(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Work goes to the CPU; conditions, single operations on a Mac and offloading are something else."""
    after = re.split(r"[.;!] |, (?=(?:this|it|which|that|so|and|expect|be|the)\b)", line[found.end() :][:60])[0]
    around = line[max(0, found.start() - 100) : found.end()] + after
    if "MPS backend" in line:
        return "gpu", False, signal.component
    if re.search(
        r"(?i)offload|\b(?:can|could|would|may|might|should|please|cannot|unless|usage|instead of (?:the )?cpu)\b"
        r"|--help|\bif (?!no\b)|n't|\bnot (?:use|fall|run)|better|slower than|for node|is (?:false|disabled|off)\b"
        r"|^\s*--?\w|^\s*(?:feat|fix|chore|docs|refactor|ci)(?:\(\w+\))?!?: |cpu when\b",
        around,
    ):
        return None
    if _is_asked(line, found.end()):
        return None
    return signal.kind, signal.decisive, component_of(signal, around)


def not_compiled(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Look closer at not compiled."""
    if re.search(
        r"(?i)Torch not compiled with CUDA enabled|flash|opencv|cv2|xformers|detectron|torchvision", line
    ) or CODEC.search(line):
        return None
    return ("error" if is_fatal(line) else "cpu"), True, signal.component


def gpu_memory(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Look closer at gpu memory."""
    if re.search(
        r"(?i)out of memory|tried to allocate|fraction|limit|total capac|if reserved|currently allocated", line
    ):
        return None
    # torch counts its own memory; a peak of memory that names no GPU can be the machine's
    is_own = re.search(r"(?i)allocated|reserved|(?=.*(?:gpu|cuda|vram|显存)).*(?:peak|max)", line) is not None
    return signal.kind, is_own, signal.component


_NOT_SET = re.compile(
    r"(?i)\b(?:if|when|unless|whether|should|set|please|usage|default|add|pass|try|can|could|would|requir\w+|needs?"
    r"|at least|limit|budget|estimat\w+|expect\w+|request\w*|recommend\w*|pending|(?:de|en)cod\w+|browser"
    r"|not)\b|如果|若|请|建议|需要|要求|可选",
    re.ASCII,
)


def setting(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """A setting or a state as ``key: value``; advice, conditions and estimates around it make it none."""
    around = line[max(0, found.start() - 60) : found.start()] + "\n" + line[found.end() :][:40]
    if _NOT_SET.search(around) or _is_option(line, found.start()):
        return None
    return signal.kind, signal.decisive, component_of(signal, line[max(0, found.start() - 60) : found.end()])
