"""What only Windows and macOS answer: registry values, ``sysctl`` lines, ``system_profiler``."""

from __future__ import annotations

import json
import re
from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.parts import Power, WindowsFacts
from gpuproof.core.facts.reading import (
    dict_of,
    fields_of,
    flag,
    list_of,
    mib,
    objects_in,
    objects_of,
    text_of,
    whole,
    words,
)
from gpuproof.core.facts.unknown import Unknown, Why

_SCHEMES = {
    "381b4222-f694-41f0-9685-ff5bb260df2e": "Balanced",
    "8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c": "High performance",
    "a1841308-3541-4fab-bc81-f71556f20b4a": "Power saver",
    "e9a42b02-d5df-448d-aa00-03f14749eb61": "Ultimate performance",
}


def sysctl(answers: Answers) -> dict[str, str]:
    """Read macOS's lines such as ``machdep.cpu.brand_string: Apple M2``; empty on other systems."""
    text = text_of(answers, "macos.sysctl")
    if isinstance(text, Unknown):
        return {}
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}


def windows_power(answers: Answers) -> Power | None:
    """Read battery and scheme: ``Power Scheme GUID: 381b4222-...  (Balanced)``; None on other systems.

    The scheme's name comes in the language of that Windows, its number does not.
    """
    status, scheme = dict_of(answers, "windows.power"), text_of(answers, "windows.power_scheme")
    if isinstance(status, Unknown) and isinstance(scheme, Unknown):
        return None
    match = re.search(r"\(([^()\n]{1,60})\)\s*$", scheme) if isinstance(scheme, str) else None
    on_battery = None if isinstance(status, Unknown) else flag(status.get("on_battery"))
    known = next(
        (name for number, name in _SCHEMES.items() if isinstance(scheme, str) and number in scheme.lower()), ""
    )
    return Power(on_battery=on_battery, profile=known or (match.group(1) if match else None))


def macos_power(answers: Answers) -> Power | None:
    """Read ``Now drawing from 'Battery Power'``; None on other systems."""
    text = text_of(answers, "macos.power")
    if isinstance(text, Unknown):
        return None
    heat = text_of(answers, "macos.heat")
    limit = re.search(r"CPU_Speed_Limit\s{0,8}=\s{0,4}(\d{1,3})\b", heat) if isinstance(heat, str) else None
    return Power(
        on_battery="'Battery Power'" in text if "InternalBattery" in text else None,
        speed_limit_percent=int(limit.group(1)) if limit else None,
    )


def macos_adapters(answers: Answers) -> list[dict[str, Any]] | Unknown:
    """Read the graphics chips of ``system_profiler SPDisplaysDataType -json``; older files hold its whole text."""
    text = text_of(answers, "macos.displays")
    found: Any = list_of(answers, "macos.displays")
    if isinstance(text, str):
        document = json.loads(text)
        found = document.get("SPDisplaysDataType") if isinstance(document, dict) else None
    if isinstance(found, Unknown):
        return found
    return [
        {
            "vendor": entry.get("spdisplays_vendor"),
            "name": entry.get("sppci_model"),
            "device_id": entry.get("spdisplays_device-id"),
        }
        for entry in objects_in(found)
    ]


def read_windows(answers: Answers) -> WindowsFacts | Unknown:
    """Read what only Windows has; ABSENT on other systems."""
    version = dict_of(answers, "windows.version")
    if isinstance(version, Unknown):
        identity = dict_of(answers, "os.identity")
        other = not isinstance(identity, Unknown) and identity.get("system") != "windows"
        return Unknown(Why.ABSENT, "this is not Windows", "os.identity") if other else version
    memory, graphics = fields_of(answers, "windows.memory"), fields_of(answers, "windows.graphics")
    present = fields_of(answers, "windows.runtime_libraries")
    mode = whole(graphics.get("HwSchMode"))
    return WindowsFacts(
        build=whole(version.get("CurrentBuild")),
        hardware_scheduling=None if mode is None else mode == 2,
        page_file=_page_file(fields_of(answers, "windows.page_file")),
        commit_limit_mib=mib(memory.get("commit_limit")),
        commit_available_mib=mib(memory.get("commit_available")),
        adapters=_adapters(answers),
        wsl_version=_wsl(answers, 0),
        wsl_kernel=_wsl(answers, 1),
        long_paths=_switch(answers, "windows.file_system", "LongPathsEnabled"),
        code_page=whole(fields_of(answers, "windows.code_pages").get("ansi")),
        is_isolated=_switch(answers, "windows.isolation", "EnableVirtualizationBasedSecurity"),
        driver_events=_events(answers),
        missing_runtime_libraries=tuple(sorted(name for name, there in present.items() if there is False)),
    )


def _wsl(answers: Answers, line: int) -> str:
    """Read ``WSL version: 2.3.26.0``, then ``Kernel version: 5.15.167.4-1``; every language keeps that order."""
    text = text_of(answers, "windows.wsl_version")
    found = (
        re.findall(r"[:\uff1a]\s{0,4}(\d{1,4}(?:\.\d{1,6}){1,4}(?:-\d{1,6})?)\s*$", text, re.M)
        if isinstance(text, str)
        else []
    )
    return str(found[line]) if len(found) > line else ""


def _switch(answers: Answers, question: str, name: str) -> bool | None:
    """Read a value of the registry that is 0 or 1; one that is not there is off, as Windows takes it."""
    found = dict_of(answers, question)
    return None if isinstance(found, Unknown) else whole(found.get(name)) == 1


def _events(answers: Answers) -> tuple[str, ...]:
    return tuple(
        " ".join(words(entry.get(key)) for key in ("time", "provider", "id", "data")).strip()
        for entry in objects_of(answers, "windows.driver_events")
    )


def _page_file(found: dict[str, Any]) -> str | None:
    """``?:\\pagefile.sys`` is chosen by Windows; ``C:\\pagefile.sys 16384 32768`` has a smallest and a largest size."""
    files = found.get("PagingFiles")
    if not isinstance(files, list):
        return None
    texts = [entry for entry in files if isinstance(entry, str) and entry.strip()]
    if not texts:
        return "none"
    return "automatic" if any(entry.startswith("?:") for entry in texts) else "; ".join(texts)[:300]


def _adapters(answers: Answers) -> tuple[tuple[str, str], ...]:
    entries = objects_of(answers, "windows.adapters")
    return tuple((words(entry.get("name")), words(entry.get("driver_version"))) for entry in entries)
