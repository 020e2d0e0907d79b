"""What only Windows and macOS answer: registry values, ``sysctl`` lines, ``system_profiler``."""

from __future__ import annotations

import json
import re
from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.parts import Power, WindowsFacts
from gpuproof.core.facts.reading import dict_of, flag, list_of, mib, objects, text_of, whole, words
from gpuproof.core.facts.unknown import Unknown, Why


def sysctl(answers: Answers) -> dict[str, str]:
    """Read macOS's lines such as ``machdep.cpu.brand_string: Apple M2``; empty on other systems."""
    text = text_of(answers, "macos.sysctl")
    if isinstance(text, Unknown):
        return {}
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}


def windows_power(answers: Answers) -> Power | None:
    """Read battery and scheme: ``Power Scheme GUID: 381b4222-...  (Balanced)``; None on other systems."""
    status, scheme = dict_of(answers, "windows.power"), text_of(answers, "windows.power_scheme")
    if isinstance(status, Unknown) and isinstance(scheme, Unknown):
        return None
    match = re.search(r"\(([^()\n]{1,60})\)\s*$", scheme) if isinstance(scheme, str) else None
    on_battery = None if isinstance(status, Unknown) else flag(status.get("on_battery"))
    return Power(on_battery=on_battery, profile=match.group(1) if match else None)


def macos_power(answers: Answers) -> Power | None:
    """Read ``Now drawing from 'Battery Power'``; None on other systems."""
    text = text_of(answers, "macos.power")
    if isinstance(text, Unknown):
        return None
    return Power(on_battery="'Battery Power'" in text if "InternalBattery" in text else None)


def macos_adapters(answers: Answers) -> list[dict[str, Any]] | Unknown:
    """Read the graphics chips of ``system_profiler SPDisplaysDataType -json``."""
    text = text_of(answers, "macos.displays")
    if isinstance(text, Unknown):
        return text
    document = json.loads(text)
    found = document.get("SPDisplaysDataType") if isinstance(document, dict) else None
    return [
        {
            "vendor": entry.get("spdisplays_vendor"),
            "name": entry.get("sppci_model"),
            "device_id": entry.get("sppci_device_id"),
        }
        for entry in objects(found if isinstance(found, list) else [])
    ]


def read_windows(answers: Answers) -> WindowsFacts | Unknown:
    """Read what only Windows has; ABSENT on other systems."""
    version = dict_of(answers, "windows.version")
    if isinstance(version, Unknown):
        identity = dict_of(answers, "os.identity")
        other = not isinstance(identity, Unknown) and identity.get("system") != "windows"
        return Unknown(Why.ABSENT, "this is not Windows", "os.identity") if other else version
    memory, graphics = _dict(answers, "windows.memory"), _dict(answers, "windows.graphics")
    present = _dict(answers, "windows.runtime_libraries")
    mode = whole(graphics.get("HwSchMode"))
    return WindowsFacts(
        build=whole(version.get("CurrentBuild")),
        hardware_scheduling=None if mode is None else mode == 2,
        page_file=_page_file(_dict(answers, "windows.page_file")),
        commit_limit_mib=mib(memory.get("commit_limit")),
        commit_available_mib=mib(memory.get("commit_available")),
        adapters=_adapters(answers),
        missing_runtime_libraries=tuple(sorted(name for name, there in present.items() if there is False)),
    )


def _dict(answers: Answers, question: str) -> dict[str, Any]:
    found = dict_of(answers, question)
    return {} if isinstance(found, Unknown) else found


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
    found = list_of(answers, "windows.adapters")
    entries = [] if isinstance(found, Unknown) else objects(found)
    return tuple((words(entry.get("name")), words(entry.get("driver_version"))) for entry in entries)
