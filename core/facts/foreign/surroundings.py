"""Where the text comes from: operating system, WSL, container, Jetson, interpreter; from paths, prompts and words."""

from __future__ import annotations

import re
from dataclasses import replace

from gpuproof.core.facts.foreign.cards import AMD, FROM_WORDS, OTHER, capability_of, gpu_named, vendor_of
from gpuproof.core.facts.foreign.draft import Draft
from gpuproof.core.facts.foreign.hints import places
from gpuproof.core.facts.machine import DisplayDevice, System


def read(found: str, flat: str, draft: Draft) -> None:
    """Fill what no table told; explicit fields of a tool stay."""
    _system(flat, draft)
    draft.is_jetson = draft.is_jetson or (
        any(word in flat for word in places()["jetson"]) and draft.system != "windows"
    )
    if draft.system in (None, "linux") and not draft.machine_name and draft.os_name == "":
        if draft.is_jetson or any(word in flat for word in places()["arm"]):
            draft.machine_name, draft.system = "aarch64", "linux"
        elif "x86_64" in flat or "amd64" in flat:
            draft.machine_name = "x86_64"
    if draft.is_jetson and draft.machine_name == "" and draft.system in (None, "linux"):
        draft.machine_name, draft.system = "aarch64", "linux"
    _container(found, flat, draft)
    _python(found, flat, draft)
    if not draft.gpus:
        _cards_in_prose(found, draft)
    _other_cards(found, flat, draft)


def _system(flat: str, draft: Draft) -> None:
    meant = _without(flat, "not_wsl")
    wsl = _says("wsl", meant) or re.search(r"\bwsl2?\b", meant) is not None
    if draft.system is None:
        draft.system = "linux" if wsl else _system_by_words(flat, draft)
    draft.is_wsl = draft.is_wsl or (wsl and draft.system == "linux")
    if draft.system == "macos" and not draft.machine_name:
        draft.machine_name = "arm64" if "arm64" in flat or "apple m" in flat else ""


def _system_by_words(flat: str, draft: Draft) -> System | None:
    """Paths and prompts outweigh names of systems, which stand in templates and in passing too."""
    if "macosx_" in flat and ("manylinux" in flat or "win_amd64" in flat):  # pip lists the wheels of every system
        flat = flat.replace("macosx_", "").replace("manylinux", "").replace("win_amd64", "")
    users = re.sub(r"(?<=[\w.:\-])/users/", "/", flat)  # c:/users, /mnt/c/users and /data/users are no Mac's
    seen_by_tool = draft.driver is not None or bool(draft.gpus)
    if _says("windows_paths", flat) and not _says("linux_paths", flat):
        return "windows"
    if _says("mac_paths", users) and not seen_by_tool and "/home/" not in flat:
        return "macos"
    if _says("linux_paths", flat):
        return "linux"
    if _says("windows_paths", flat) or _says("windows", flat):
        return "windows"
    if _says("linux", flat):
        return "linux"
    return "macos" if _is_about_mac(flat) and not seen_by_tool else None


def _is_about_mac(flat: str) -> bool:
    """A long document that names macOS once or twice is about something else."""
    return sum(flat.count(word) for word in places()["mac"]) * 4_000 >= max(len(flat), 1)


def _says(place: str, flat: str) -> bool:
    return any(word in flat for word in places()[place])


def _without(flat: str, denials: str) -> str:
    for phrase in places()[denials]:
        if phrase in flat:
            flat = flat.replace(phrase, "")
    return flat


def _container(found: str, flat: str, draft: Draft) -> None:
    if draft.container_kind is not None:
        return
    told = _says("container", _without(flat, "not_container")) or re.search(r"root@[0-9a-f]{12}:", flat)
    if told or _has_compose_log(found):
        kubernetes = any(word in flat for word in ("kubernetes", "kubectl", "k8s", "a pod", "the pod"))
        draft.container_kind = "kubernetes" if kubernetes else "docker"


def _has_compose_log(found: str) -> bool:
    """``app-1  | Traceback ...``: Compose puts the container's name before each line."""
    names = re.findall(r"^([\w.\-]{2,40}) {1,24}\| ", found[:100_000], re.MULTILINE)[:200]
    return len(names) > 1 and len(set(names)) < len(names)


_BITS_32 = ("32 bit (intel)", "32-bit python", "python 32", "-32\\", "(32-bit)", "'32bit'")
_PYTHON_32 = (
    r"\bpython[^.;]{0,16}(?:\.\d{1,2}){0,2}[^.;\d]{0,8}\b32[ -]?bits?\b|"
    r"\b32[ -]?bits? (?:(?:version of )?python|windows\b)|"
    r"maxsize\.bit_length\(\)[^\d]{0,24}31\b|sys\.maxsize[^\d]{0,16}2147483647\b|"
    r"calcsize\(['\"]p['\"]\)[ )*8]{0,6}[^\d]{0,16}\b32\b"
)


def _python(found: str, flat: str, draft: Draft) -> None:
    if any(word in flat for word in _BITS_32) or re.search(_PYTHON_32, flat) is not None:
        draft.python_bits = 32
    elif not draft.python_bits and ("64 bit (amd64)" in flat or "64-bit runtime" in flat):
        draft.python_bits = 64
    if not draft.python_version:
        match = re.search(
            r"\bpython(?: version)?[ :=-]{1,3}v?([23]\.\d{1,2}(?:\.\d{1,2})?)\b|[/\\]python([23]\.\d{1,2})[/\\]|"
            r"\bcp([23])(\d{1,2})-cp|[/\\]python([23])(\d{1,2})(?:-32)?[/\\]|\bpython([23]\.\d{1,2})\b",
            flat,
        )
        if match is not None:
            dotted_form = match.group(1) or match.group(2) or match.group(7)
            digits = match.group(3, 4) if match.group(3) else match.group(5, 6)
            draft.python_version = dotted_form or f"{digits[0]}.{digits[1]}"


_CARD = (
    r"\b((?:nvidia )?(?:geforce |quadro |tesla |titan )?(?:rtx pro|rtx|gtx|gt|mx|tesla|quadro rtx|quadro|titan) ?-?"
    r"[akmptv]?\d{2,4}[a-z]{0,2}(?: ?(?:ti|super|ada|laptop|mobile|max-q|d))?|"
    r"(?:nvidia |tesla )(?:[ahlbv]\d{1,3}s?|t4|p100|p40|m60|k80|k40|gb200|gh200|gb10)\b|"
    r"\bgeforce [1-5]0[5-9]0 ?(?:ti|super)?\b|(?<![\w.:])(?:20[678]0|[3-5]0[5-9]0) ?(?:ti|super)?(?![\w.:])|"
    r"\b(?:h100|h200|a100|b200|v100|gb200|gh200|p100|p40|k80|m40|m60|l40s?|rtx ?[2-5]0[5-9]0)\b|"
    r"\bnvidiatesla(?:p100|t4|k80|v100)|jetson (?:agx |xavier |orin |nano|tx2)+)"
)


_SERIES = re.compile(
    r"\b(?:geforce |nvidia )?(?:rtx ?|gtx ?)?([2-5])0(?:00|xx)?[ -]?(?:series|系|xx\b)|\brtx ?([2-5])0(?:xx)?\b",
    re.IGNORECASE | re.ASCII,
)
_OF_SERIES = {"2": "GeForce RTX 2080", "3": "GeForce RTX 3080", "4": "GeForce RTX 4080", "5": "GeForce RTX 5080"}


def _cards_in_prose(found: str, draft: Draft) -> None:
    """A card that a person names, or its series; used only when no tool's output named one."""
    names: list[str] = []
    looked_at: set[str] = set()
    series = _SERIES.search(found[:60000])
    found = _SERIES.sub(" ", found[:60000]) if series is not None else found
    for match in re.finditer(_CARD, found[:60000], re.IGNORECASE | re.ASCII):
        name = " ".join(match.group(1).split()).strip("- ")
        if name in looked_at:
            continue
        looked_at.add(name)
        if capability_of(name) is not None and not any(_same(name, other) for other in names):
            names.append(name)
        if len(names) == 4:
            break
    if not names and series is not None:
        names.append(_OF_SERIES[series.group(1) or series.group(2)])
    for name in names:
        gpu_named(name, draft)
    draft.gpus = [replace(gpu, missing=(FROM_WORDS,)) for gpu in draft.gpus]


def _same(one: str, other: str) -> bool:
    def plain(name: str) -> str:
        low = name.lower()
        for word in ("nvidia", "geforce", "tesla", "-", " ", "laptop", "mobile"):
            low = low.replace(word, "")
        return low

    return plain(one) in plain(other) or plain(other) in plain(one)


def _other_cards(found: str, flat: str, draft: Draft) -> None:
    if draft.other_cards:
        return
    match = re.search(
        r"(?<!with )\b((?:amd )?radeon (?:rx |pro |vii|graphics|rx)[\w ]{0,12}|\brx ?(?:[5-9]\d{3}|[45][5-9]0|vega)(?: ?xtx?| ?gre)?\b|\bgfx\d{3,4}\b|"  # noqa: E501
        r"amd instinct mi\d{2,3}|\bmi(?:50|60|100|210|250x?|300x)\b|amd (?:gpu|card|graphics|hardware|video|windows|显卡|独显)|(?<!with )radeon|"  # noqa: E501
        r"\b(?:amd )?(?:5[567]00|6[4-9][05]0|7[6-9]00|90[67]0) ?xtx?\b|a卡)",
        flat,
    )
    if match is not None and vendor_of(match.group(1)) in (AMD, 0):
        gpu_named("AMD " + match.group(1).replace("amd ", "").upper(), draft)
    virtual = re.search(
        r"vmware svga|virtualbox graphics|red hat, inc\. (?:qxl|virtio)|cirrus logic|hyper-v virtual vga", flat
    )
    if virtual is not None:
        draft.other_cards.append(DisplayDevice(address="", vendor_id=OTHER, device_id=0, name=virtual.group(0)))
    if any(word in flat for word in ("nvidia corporation", "geforce", "rtx", "gtx", "quadro", "tesla")) or draft.gpus:
        return
    if re.search(r"(?<!no )(?<!an )(?<!without )\bnvidia (?:gpu|card|graphics)", flat):
        return  # the integrated one is beside it
    intel = re.search(
        r"\b(intel(?:®|\(r\)|\(?r?\)?) (?:corporation )?[\w ]{0,24}"
        r"(?:iris|(?:uhd|hd|xe) graphics|arc a)[\w()\- ]{0,24}|iris xe|"
        r"intel (?:core )?i[3579](?:-\w{4,7})? graphics|intel graphics|intel integrated|integrated graphics)",
        flat,
    )
    if intel is not None:
        gpu_named("Intel " + intel.group(1).replace("intel ", ""), draft)
