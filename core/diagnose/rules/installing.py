"""Installing torch: wrong Python, wrong index, 32 bits; and Windows refusing to load what was installed."""

from __future__ import annotations

import re

from gpuproof.core.diagnose.asked_torch import (
    Asked,
    asked_for,
    elsewhere_words,
    goes_on_past,
    has_wheel,
    listed_versions,
    python_words,
    was_released,
)
from gpuproof.core.diagnose.context import (
    complains,
    has,
    is_available,
    quotes,
    seen,
    system_of,
    torch_build,
    torch_live,
    unknowns,
)
from gpuproof.core.diagnose.making import by_message, failed, no_message, with_evidence
from gpuproof.core.diagnose.model import CannotTell, Confidence, Passed, Rule, Verdict
from gpuproof.core.diagnose.surroundings import missing_runtime
from gpuproof.core.facts.machine import Machine, Symptom
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.words import Text, text

_LAST_OF_ONE = 13  # torch 1.13 was the last 1.x
_NOT_FOUND = (
    "install.no-version",
    "install.platform",
    "install.wrong-index",
    "install.index-refused",
    "install.conda-channels",
)
# variants that the wheel index has ever carried; anything else was never published
_PUBLISHED = frozenset(
    [
        "cu75",
        "cu80",
        "cu90",
        "cu91",
        "cu92",
        "cu100",
        "cu101",
        "cu102",
        "cu110",
        "cu111",
        "cu113",
        "cu115",
        "cu116",
        "cu117",
        "cu118",
        "cu121",
        "cu124",
        "cu126",
        "cu128",
        "cu129",
        "cu130",
        "cu132",
        "cu134",
    ]
)


def python_32bit(machine: Machine) -> Verdict:
    """Fail on a 32-bit interpreter without a torch."""
    if isinstance(machine.python, Unknown) or not machine.python.bits:
        return CannotTell(unknowns(machine.python))
    if machine.python.bits != 32 or (torch_build(machine) is not None and not has(machine, *_NOT_FOUND)):
        return Passed()
    return failed(
        "python_32bit", machine, (text("Python {version} is a 32-bit build", version=machine.python.version),)
    )


def _lines(machine: Machine) -> str:
    said = seen(machine, *_NOT_FOUND, "install.python-version", "hint.index")
    return " ".join(symptom.line.lower() for symptom in said)


def _index_fault(machine: Machine) -> Text | None:
    """Say what is wrong with the asked-for build or address, None when it may well be the Python version."""
    said = _lines(machine)
    for variant in re.findall(r"(?:\+|whl/(?:nightly/|test/)?)(cu\d{2,3})\b", said):
        if variant not in _PUBLISHED:
            return text("{variant} was never published", variant=variant)
    asked = asked_for(said)
    return (_pin_fault(machine, asked, said) if asked is not None else None) or _refused(machine)


def _pin_fault(machine: Machine, asked: Asked, said: str) -> Text | None:
    """A pin is at fault where it never was, where only its variant is missing, or where another index has it."""
    version, variant = asked.version, asked.variant
    if _was_published(asked) is False:
        return text("torch {version} was never published for {variant}", version=version, variant=variant or "PyPI")
    fits = has_wheel(machine, asked)
    if fits is False:
        return None  # no index has it for this Python
    listed = listed_versions(said)
    if variant and version in {part.split("+")[0] for part in listed}:
        if any("+" in part for part in listed):
            return text(
                "torch {version} is on that index for other variants, not for {variant}",
                version=version,
                variant=variant,
            )
        return text("the asked-for build is not on the index that was searched, which lists plain versions only")
    if fits and goes_on_past(listed, version):  # a list that is empty or ends early is the platform's doing
        return elsewhere_words(machine, asked)
    return None


def _refused(machine: Machine) -> Text | None:
    if has(machine, "install.conda-channels"):
        return text("the channels that conda searched do not have the asked-for package or version")
    if has(machine, "install.wrong-index", "install.index-refused"):
        return text("the address of the wheel index was refused or has no such version")
    return None


def _was_published(asked: Asked) -> bool | None:
    """Tell whether a release, and a variant of it, ever was; None for companions and releases before the table."""
    parts = [int(part) for part in asked.version.split(".") if part.isdigit()]
    if asked.name != "torch" or parts[:1] == [0]:
        return None  # torchvision and torchaudio have numbers of their own
    if parts[:1] == [1]:
        return False if parts[1:2] > [_LAST_OF_ONE] else None
    if was_released(asked) is False:
        return False
    from gpuproof.core.knowledge import torch_release

    release = torch_release(asked.version)
    if release is None or asked.variant in ("", "cpu"):
        return None
    return any(build.variant == asked.variant for build in release.builds)


def _asked_in_vain(machine: Machine) -> Verdict:
    """An extra index that never was is passed over in silence: pip then takes PyPI's wheel."""
    command = seen(machine, "hint.index")
    asked = re.findall(r"whl/(?:nightly/|test/)?(cu\d{2,3})\b", " ".join(symptom.line.lower() for symptom in command))
    never = [variant for variant in asked if variant not in _PUBLISHED]
    if never and complains(machine) and is_available(machine) is not True:
        shown = text("{variant} was never published", variant=never[0])
        return failed("wrong_index", machine, (shown, *quotes(command)), "likely")
    return no_message(machine)


def wrong_index(machine: Machine) -> Verdict:
    """Fail when the index or the combination cannot have the wheel, whatever the Python."""
    said = seen(machine, *_NOT_FOUND)
    if not said:
        return _asked_in_vain(machine)
    if not isinstance(machine.python, Unknown) and machine.python.bits == 32:
        return Passed()
    fault = _index_fault(machine)
    if fault is not None:
        return failed("wrong_index", machine, (fault, *quotes(said)), "likely")
    return Passed()


def python_no_wheel(machine: Machine) -> Verdict:
    """Fail when no wheel of the asked-for torch exists for this Python."""
    stated = seen(machine, "install.python-version")
    said = seen(machine, *_NOT_FOUND)
    in_words = seen(machine, "install.python-said")
    if in_words and not said and not stated and is_available(machine) is not True:
        return failed("python_no_wheel", machine, quotes(in_words), "possible")
    if not said and not stated:
        return no_message(machine)
    bits = 0 if isinstance(machine.python, Unknown) else machine.python.bits
    if bits == 32 or is_available(machine) is True:
        return Passed()
    if stated and said:
        return by_message("python_no_wheel", machine, (*stated, *said), "certain")
    if said and _index_fault(machine) is None:
        return _for_this_python(machine, said)
    return Passed() if said else CannotTell((Unknown(Why.NOT_ASKED, "pip's own answer", "pip"),))


def _for_this_python(machine: Machine, said: tuple[Symptom, ...]) -> Verdict:
    """The tables decide where release and Python are known; else the Python is the likeliest of the reasons."""
    asked = asked_for(_lines(machine))
    fits = has_wheel(machine, asked) if asked is not None else None
    if asked is not None and fits is False:
        return failed("python_no_wheel", machine, (python_words(machine, asked), *quotes(said)), "certain")
    sure: Confidence = "possible" if fits or isinstance(machine.python, Unknown) else "likely"
    return failed("python_no_wheel", machine, quotes(said), sure)


def windows_dll(machine: Machine) -> Verdict:
    """Fail when Windows names a DLL that cannot be loaded, or torch's runtime is missing; not on the page file."""
    said = seen(machine, "windows.dll", "windows.dll-named", "windows.dll-import")
    missing = tuple(text("{library} is not in System32", library=name) for name in missing_runtime(machine))
    if has(machine, "windows.pagefile"):
        return Passed()
    if said:
        return with_evidence(by_message("windows_dll", machine, said), missing)
    live = torch_live(machine)
    if missing and live is not None and not live.imported:  # a Python may bring its own: only a failure counts
        return failed("windows_dll", machine, missing, "likely", id="windows-dll.runtime")
    return no_message(machine)


def windows_pagefile(machine: Machine) -> Verdict:
    """Fail on WinError 1455: the commit limit, not the DLL that the message names."""
    said = seen(machine, "windows.pagefile")
    allocator = seen(machine, "windows.cpu-allocator")
    if allocator and not said and system_of(machine) == "windows":
        return failed("windows_pagefile", machine, quotes(allocator), "possible")
    return by_message("windows_pagefile", machine, said) if said else no_message(machine)


RULES = (
    Rule(id="python.64-bit", cause="python_32bit", link="torch", check=python_32bit),
    Rule(id="install.index", cause="wrong_index", link="torch", check=wrong_index),
    Rule(id="install.python", cause="python_no_wheel", link="torch", check=python_no_wheel),
    Rule(id="windows.dll", cause="windows_dll", link="torch", check=windows_dll),
    Rule(id="windows.page-file", cause="windows_pagefile", link="torch", check=windows_pagefile),
)
