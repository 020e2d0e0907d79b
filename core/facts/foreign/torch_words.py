"""What torch and its users say in passing: printed versions, ``is_available()`` answers, capability warnings.

Sample lines: ``NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with ...``,
``The current PyTorch install supports CUDA capabilities sm_37 sm_50``, ``(found version 10010)``.
"""

from __future__ import annotations

import re
from dataclasses import replace

from gpuproof.core.facts.foreign.cards import gpu_named
from gpuproof.core.facts.foreign.draft import Draft
from gpuproof.core.facts.foreign.packages import tell_from_version
from gpuproof.core.facts.machine import ComputeCapability, Gpu, Symptom
from gpuproof.core.facts.version import DottedVersion, dotted

_SAYS = (
    r"|returned |returns? |is |was |gives? |gave |me |always |still |just |only |now |prints? |printed |says? |"
    r"shows? |showed |outputs? |"
    r"i get |i got |get |gets |got |it |and |but |the |result |value |of |a |to |evaluates |equals |comes |back |as |"
    r"also |function |command |call |out |print: |output: |"
    r"发现|就|返回|输出|结果|显示|得到|一直|总是|还是|仍然|仍|都|的|为|是|了|却|居然|:|："
)
_ASKING = ("install", "require", "download", "matching", "index", "whl", "find")
_STATED = r"(?i:\b(?:reports?|shows?|prints?|says|loads|loaded|imports) (?:that )?[`*]{0,3})"
_BUILD = r"([12]\.\d{1,2}\.\d{1,2}\+(?:cpu|cu\d{2,3}))(?![\w.])"
_INSTALL_WORDS = ("install", "torchvision", "torchaudio", "torchtext", "require", "download", "wheel", "index", "==")


def read(found: str, flat: str, draft: Draft) -> None:
    """Read each form; nothing here overrides what a tool's own table told."""
    _answers(flat, draft)
    _printed_version(found, flat, draft)
    _arch_words(flat, draft)
    _found_version(flat, draft)
    _toolkit(flat, draft)
    _visible_devices(found, draft)
    _places(found, draft)
    _asked_device(flat, draft)


def _answers(flat: str, draft: Draft) -> None:
    """``torch.cuda.is_available()`` and the word that follows it."""
    if draft.is_available is None and "is_available" in flat:
        for part in flat.split("is_available")[1:200]:
            said = re.match(
                r"[()\s:`'\"}\]>.?,=#\-]{0,40}(?:\d+ )?(?:in \[\d+\]: |out\[\d+\]: "
                + _SAYS
                + r")*[`'\"*:\s>=,]{0,6}(true|false)(?![a-z0-9_])",
                part,
            )
            if said is not None:
                draft.is_available = said.group(1) == "true"
                if not draft.is_available:
                    break
    _answered_elsewhere(flat, draft)
    built = re.search(r"\b(?:built with cuda|cuda\.is_built\(\))[ :=>]{1,12}(true|false|yes|no)\b", flat)
    if built is not None and draft.torch_has_cuda is None and built.group(1) in ("false", "no"):
        draft.torch_has_cuda = False
    _printed_together(flat, draft)
    count = re.search(r"device_count\(\)[)\s:`>=\-]{0,12}(?:out\[\d+\]: |returns |is )?(\d{1,2})\b", flat)
    if count is not None and draft.device_count is None:
        draft.device_count = int(count.group(1))
    none = re.search(
        r"torch\.version\.cuda[)\s:`>=\-]{0,12}(?:out\[\d+\]: |returns |is |prints )?(none|'?\d{1,2}\.\d)", flat
    )
    if none is not None and draft.torch_has_cuda is None:
        draft.torch_cuda = dotted(none.group(1).strip("'"))
        draft.torch_has_cuda = draft.torch_cuda is not None


def _answered_elsewhere(flat: str, draft: Draft) -> None:
    """``I get False from torch.cuda.is_available()``, and a program's own ``CUDA available: False``."""
    if draft.is_available is not None or "available" not in flat:
        return
    said = re.search(
        r"\b(true|false)[`'\"]{0,2} (?:from|for|when|on|in|by|with|at|as)\b[\w ']{0,40}[`'\"]{0,3}"
        r"torch\.cuda\.is_available",
        flat,
    )
    said = said or re.search(
        r"\b(?:returns?|prints?|gives?|get|got|outputs?) [`'\"]?(true|false)[`'\":.]{0,3} {0,2}[`'\"]?"
        r"(?:print\()?torch\.cuda\.is_available",
        flat,
    )
    said = said or re.search(
        r"\b(?:cuda|gpu)(?: is|_is)?[ _-]available\b[()`'\"?]{0,4} ?[:=] ?(true|false|yes|no)\b", flat
    )
    if said is not None:
        draft.is_available = said.group(1) in ("true", "yes")


def _printed_together(flat: str, draft: Draft) -> None:
    """``print(torch.__version__, torch.version.cuda, torch.cuda.is_available())`` answers ``2.1.0+cu121 12.1 True``."""
    if "is_available" not in flat or "__version__" not in flat or draft.is_available is not None:
        return
    said = re.search(r"\b([12]\.\d{1,2}\.\d{1,2}[\w.+]{0,24}) (none |\d{1,2}\.\d )?(true|false)\b", flat)
    if said is not None:
        draft.torch_version = draft.torch_version or said.group(1)
        draft.is_available = said.group(3) == "true"
        if said.group(2) and draft.torch_has_cuda is None:
            draft.torch_cuda = dotted(said.group(2).strip())
            draft.torch_has_cuda = draft.torch_cuda is not None


def _imported_is_another(flat: str, draft: Draft) -> None:
    """What ``torch.__version__`` printed outranks what pip lists, where the two name different builds."""
    listed = draft.packages.get(("torch", "pip"))
    printed = re.search(
        r"torch\.__version__[)\s:`'\"=>\-]{0,12}(?:out\[\d+\]: |is |prints |gives |returns )?['\"`]?"
        r"(\d\.\d{1,2}\.\d{1,2}\+\w{2,12})",
        flat,
    )
    if listed is None or printed is None or "+" not in listed.version or listed.version.lower() == printed.group(1):
        return
    draft.torch_version, draft.torch_cuda, draft.torch_has_cuda = printed.group(1), None, None
    tell_from_version(draft.torch_version, draft)


def _printed_version(found: str, flat: str, draft: Draft) -> None:
    if "torch.__version__" in flat:
        _imported_is_another(flat, draft)
    if not draft.torch_version and "(you have " in flat:  # xFormers names the torch it was built for, then this one
        own = re.search(r"\bpytorch [\w.+]{3,24} with cuda \d{3,4} \(you have ([12]\.\d{1,2}\.[\w.+]{1,20})\)", flat)
        draft.torch_version = own.group(1) if own is not None else ""
    if not draft.torch_version:
        match = re.search(
            r"(?:torch\.__version__|pytorch version|torch version|torch:|pytorch:|using torch|torch is)"
            r"[)\s:`'\"=>\-]{0,12}(?:out\[\d+\]: |is |prints |returns |gives )?['\"`]?v?(\d\.\d{1,2}(?:\.\d{1,2})?[\w.+]{0,24})",  # noqa: E501
            flat,
        )
        if match is not None:
            draft.torch_version = match.group(1).rstrip(".")
    if not draft.torch_version:
        draft.torch_version = _named_with_its_build(found)
    if not draft.torch_version and ("+cu" in flat or "+cpu" in flat or "+git" in flat):
        draft.torch_version = _lone_version(found)
    if draft.torch_has_cuda is None and draft.torch_version:
        tell_from_version(draft.torch_version, draft)
    named = re.search(r"\b(?:py)?torch(?:,| is|:)? ?\(?(?:the )?cu(\d{2,3})\b", flat)
    if named is not None and draft.torch_has_cuda is None and not draft.torch_version:
        tell_from_version(f"+cu{named.group(1)}", draft)


def _named_with_its_build(found: str) -> str:
    """``torch==2.0.1+cpu`` in a sentence about what is there, not in a command that asks for it."""
    for line in found.split("\n"):
        if "+c" not in line or len(line) > 600:
            continue
        stated = "" if not any(word in line.lower() for word in _ASKING) else _STATED
        match = re.search(stated + r"(?i:\b(?:py)?torch)(?:==| |: )[`*]{0,3}v?" + _BUILD, line)
        if match is not None:
            return match.group(1).lower()
    return ""


def _lone_version(found: str) -> str:
    """Find ``2.0.1+cpu`` standing where it is not part of an install command or of another package."""
    for line in found.split("\n"):
        if "+c" not in line or len(line) > 400:
            continue
        match = re.search(r"(?<![\w.=-])" + _BUILD, line)
        if match is not None and not any(word in line.lower() for word in _INSTALL_WORDS):
            return match.group(1)
    return ""


def _arch_words(flat: str, draft: Draft) -> None:
    if "capability" in flat:
        for name, major, minor in re.findall(
            r"([\w./ ()\-]{3,60}) with cuda capability sm_(\d{1,2})(\d) is not compatible", flat
        )[:8]:
            _learn(name.rsplit("userwarning", 1)[-1].strip(" .:"), int(major), int(minor), draft)
        for name, major, minor in re.findall(
            r"found gpu ?\d{1,2} ([\w ./()\-]{3,60}) which is of (?:cuda capability|compute capability \(cc\)) (\d{1,2})\.(\d)",  # noqa: E501
            flat,
        )[:8]:
            _learn(name, int(major), int(minor), draft)
        supported = re.search(r"supports cuda capabilities ((?:sm_\d{2,3}a?|compute_\d{2,3}|[\s,'\[\]])+)", flat)
        if supported is not None:
            draft.arch_list = _archs(supported.group(1))
    if not draft.arch_list and (
        "which supports hardware cc" in flat or "cuda capability supported by this version" in flat
    ):
        built = re.findall(r"- (\d{1,2})\.(\d) which supports hardware cc", flat)[:40]
        span = re.search(r"supported by this version of pytorch is \(?(\d{1,2})\.(\d)\)? - \(?(\d{1,2})\.(\d)", flat)
        built = built or ([span.group(1, 2), span.group(3, 4)] if span is not None else [])
        draft.arch_list = tuple(f"sm_{major}{minor}" for major, minor in built)
    if not draft.arch_list and "arch_list" in flat:
        listed = re.search(r"arch_list\(\)[)\s:`>]{0,10}(\[[^\]]{4,300}\])", flat)
        if listed is not None:
            draft.arch_list = _archs(listed.group(1))
    _capability_words(flat, draft)


def _capability_words(flat: str, draft: Draft) -> None:
    """The card's own number: torch's, NVIDIA's samples' and a person's."""
    capability = re.search(
        r"get_device_capability\([\w':]{0,12}\)[)\s:`>=\-]{0,12}(?:out\[\d+\]: )?\((\d{1,2}), (\d)\)", flat
    )
    for name, major, minor in re.findall(
        r"_cudadeviceproperties\(name='([^']{3,60})', major=(\d{1,2}), minor=(\d)", flat
    )[:8]:
        _learn(name, int(major), int(minor), draft)
    capability = capability or re.search(
        r"\bcapability major/minor version number[ :=]{1,4}(\d{1,2})\.(\d)\b|"
        r"\bcomputecapability[._]major[ :=]{1,4}(\d{1,2})\b[^:=]{0,80}computecapability[._]minor[ :=]{1,4}(\d)\b",
        flat,
    )
    capability = capability or re.search(
        r"\b(?:cuda|compute) capability(?: is| of| =|:|=>?)*[ =>:(]{1,4}(\d{1,2})\.(\d)(?![.\d])", flat
    )
    if capability is not None and not any(gpu.compute_capability for gpu in draft.gpus):
        major, minor = [part for part in capability.groups() if part is not None][:2]
        _learn("", int(major), int(minor), draft)


def _archs(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"(?:sm|compute)_\d{2,3}a?", words)))


def _learn(name: str, major: int, minor: int, draft: Draft) -> None:
    """Torch itself named the card's capability: it outranks what the name stands for."""
    capability = ComputeCapability(major, minor)
    shown = name.upper() if name else "GPU"
    for place, gpu in enumerate(draft.gpus):
        if gpu.name.lower() == name or gpu.compute_capability in (capability, None):
            draft.gpus[place] = replace(gpu, compute_capability=capability)
            return
    gpu_named(shown, draft)
    if draft.gpus and draft.gpus[-1].name == shown:
        draft.gpus[-1] = replace(draft.gpus[-1], compute_capability=capability)
    else:
        draft.gpus.append(Gpu(index=len(draft.gpus), name=shown, compute_capability=capability))


def _found_version(flat: str, draft: Draft) -> None:
    """``found version 10010``: the newest CUDA of the driver as 1000 x major + 10 x minor."""
    virtual = re.search(r"\b__cuda=(\d{1,2}\.\d)", flat)  # conda's word for the driver's newest CUDA
    if virtual is not None and draft.driver_cuda is None:
        draft.driver_cuda = DottedVersion(virtual.group(1))
    match = re.search(r"found version (\d{4,5})\b", flat)
    if match is not None and draft.driver_cuda is None:
        number = int(match.group(1))
        draft.driver_cuda = DottedVersion(f"{number // 1000}.{number % 1000 // 10}")


def _toolkit(flat: str, draft: Draft) -> None:
    for version in re.findall(r"cuda compilation tools, release (\d{1,2}\.\d)", flat)[:4]:
        draft.toolkits.append(DottedVersion(version))


def _visible_devices(found: str, draft: Draft) -> None:
    """An assignment of CUDA_VISIBLE_DEVICES in a shell, in Python or in a printed environment."""
    if "_VISIBLE_DEVICES" not in found:
        return
    pattern = re.compile(
        r"((?:CUDA|NVIDIA|HIP)_VISIBLE_DEVICES)['\"]?\]?\s{0,3}(?:=|:|,|is set to|set to)\s{0,3}(['\"]?)([\w,\-/.]{0,60}?)(\2)(?=[\s'\"`;)&}\]]|$)",  # noqa: E501
        re.MULTILINE,
    )
    for line in found.split("\n"):
        if "_VISIBLE_DEVICES" not in line or len(line) > 600 or "changing env variable" in line:
            continue
        match = pattern.search(line)
        if match is not None and match.group(3).lower() not in ("none", "not", "unset", "n/a", "null"):
            value = _value_of(match)
            if value is not None:
                draft.environment.setdefault(match.group(1), value)


def _asked_device(flat: str, draft: Draft) -> None:
    """``torch.device("cuda:3")`` in the person's own code beside a list of visible cards."""
    if draft.environment.get("CUDA_VISIBLE_DEVICES"):
        asked = re.findall(r"(?:torch\.device\(|\.to\(|\.cuda\(|device ?= ?)['\"]cuda:(\d{1,2})", flat)[:50]
        if asked:
            line = f"cuda:{max(asked, key=int)}"
            draft.symptoms.append(Symptom(id="hint.device-index", line=line, source="pasted text"))


def _value_of(match: re.Match[str]) -> str | None:
    """``NAME= python x.py`` sets it empty; ``NAME:`` in a program's list of variables says that it is not set."""
    quote, value = match.group(2), match.group(3).strip()
    if quote:
        return value
    by_colon = ":" in match.group(0)[len(match.group(1)) :].split(value or "\0")[0]
    if not value and by_colon:
        return None
    is_device = re.match(r"-?\d|gpu|mig|cuda|none|void|nodevfiles|all|\s*$", value, re.IGNORECASE) is not None
    return value if is_device else ("" if " " in match.group(0) else value)


def _places(found: str, draft: Draft) -> None:
    """pip's ``Location: ...`` beside ``torch.__file__`` of another folder: what is installed is not what is imported."""  # noqa: E501
    if "Location: " not in found or "torch.__file__" not in found:
        return
    installed = re.search(r"Location: (\S{3,200}?site-packages|\S{3,200}?dist-packages)", found)
    imported = re.search(r"['\"\s]([^\s'\"]{3,200}?)[/\\]torch[/\\]__init__\.py", found)
    if installed is not None and imported is not None and installed.group(1) != imported.group(1):
        draft.torch_copies.append(f"installed at {installed.group(1)}")
