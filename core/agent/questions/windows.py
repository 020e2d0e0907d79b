"""Windows: its build, adapters, driver model, page file and memory, from the registry and the system's own calls."""

from __future__ import annotations

import re
import sys
from typing import Any

from ..place import Place
from .kinds import Absent, Call, Denied, RunCommand

WINDOWS = ("windows",)
CURRENT = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
GRAPHICS = r"SYSTEM\CurrentControlSet\Control\GraphicsDrivers"
ADAPTERS = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
MEMORY = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management"
PROCESSOR = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
VERSION_VALUES = ("ProductName", "DisplayVersion", "CurrentBuild", "UBR", "InstallationType")
# nvlddmkm is NVIDIA's driver in the kernel; Display reports that a driver was reset
EVENTS = "*[System[Provider[@Name='nvlddmkm' or @Name='Display']]]"
MAX_ADAPTERS = 32


def registry() -> Any:
    """Return the registry module; other systems have none."""
    if sys.platform == "win32":
        import winreg

        return winreg
    raise Absent("only Windows has a registry")


def values(key: str, names: "tuple[str, ...]") -> "dict[str, Any]":
    """Read some values of a key below HKEY_LOCAL_MACHINE; missing ones are left out."""
    winreg = registry()
    found = {}
    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
        for name in names:
            try:
                value = winreg.QueryValueEx(opened, name)[0]
            except FileNotFoundError:
                continue
            found[name] = value if isinstance(value, (int, str, list)) else str(value)
    return found


def version(place: Place) -> "dict[str, Any]":
    """Read name and build of this Windows."""
    return values(CURRENT, VERSION_VALUES)


def processor(place: Place) -> "dict[str, Any]":
    """Read the processor's name."""
    return values(PROCESSOR, ("ProcessorNameString",))


def scheduling(place: Place) -> "dict[str, Any]":
    """Read hardware-accelerated GPU scheduling (HwSchMode 2 is on) and the time a driver may be busy (TdrDelay)."""
    return values(GRAPHICS, ("HwSchMode", "TdrDelay", "TdrLevel"))


def adapters(place: Place) -> "list[dict[str, Any]]":
    """List display adapters with the driver version as Windows counts it: 32.0.15.8129 is NVIDIA's 581.29."""
    winreg = registry()
    found = []
    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, ADAPTERS) as opened:
        for index in range(min(winreg.QueryInfoKey(opened)[0], MAX_ADAPTERS)):
            name = winreg.EnumKey(opened, index)
            if name.isdigit():
                found.append(adapter(ADAPTERS + "\\" + name))
    return found


def adapter(key: str) -> "dict[str, Any]":
    """Describe one adapter."""
    names = ("DriverDesc", "DriverVersion", "DriverDate", "MatchingDeviceId", "HardwareInformation.qwMemorySize")
    found = values(key, names)
    return {
        "name": found.get("DriverDesc"),
        "driver_version": found.get("DriverVersion"),
        "driver_date": found.get("DriverDate"),
        "device_id": found.get("MatchingDeviceId"),
        "memory_bytes": found.get("HardwareInformation.qwMemorySize"),
    }


def page_file(place: Place) -> "dict[str, Any]":
    """Read how the page file is configured: ``?:\\pagefile.sys`` is automatic, an empty list is none."""
    return values(MEMORY, ("PagingFiles", "ExistingPageFiles"))


def memory(place: Place) -> "dict[str, int]":
    """Ask Windows for memory and the commit limit, which WinError 1455 is about."""
    import ctypes

    fields = ("total", "available", "commit_limit", "commit_available", "virtual", "virtual_free", "extended")

    class Status(ctypes.Structure):
        """MEMORYSTATUSEX."""

        _fields_ = [("length", ctypes.c_uint32), ("load", ctypes.c_uint32)] + [
            (name, ctypes.c_uint64) for name in fields
        ]

    status = Status(length=ctypes.sizeof(Status))
    if not kernel32().GlobalMemoryStatusEx(ctypes.byref(status)):
        raise OSError("GlobalMemoryStatusEx failed")
    return {name: getattr(status, name) for name in fields[:4]}


def kernel32() -> Any:
    """Return Windows' own library; other systems have none."""
    import ctypes

    libraries = getattr(ctypes, "windll", None)
    if libraries is None:
        raise Absent("only Windows is asked this way")
    return libraries.kernel32


def power(place: Place) -> "dict[str, Any]":
    """Ask Windows whether it runs on battery."""
    import ctypes

    status = (ctypes.c_ubyte * 12)()
    if not kernel32().GetSystemPowerStatus(ctypes.byref(status)):
        raise OSError("GetSystemPowerStatus failed")
    has_battery = not status[1] & 128 and status[1] != 255
    return {"on_battery": status[0] == 0 if has_battery else None}


def file_system(place: Place) -> "dict[str, Any]":
    """Read whether paths of more than 260 characters are allowed: without it large packages do not unpack."""
    return values(r"SYSTEM\CurrentControlSet\Control\FileSystem", ("LongPathsEnabled",))


def isolation(place: Place) -> "dict[str, Any]":
    """Read whether the system isolates itself with its hypervisor, which costs some speed."""
    return values(r"SYSTEM\CurrentControlSet\Control\DeviceGuard", ("EnableVirtualizationBasedSecurity",))


def code_pages(place: Place) -> "dict[str, int]":
    """Ask for the code pages of programs and of the console; 65001 is UTF-8, 936 is simplified Chinese."""
    library = kernel32()
    return {"ansi": int(library.GetACP()), "console": int(library.GetOEMCP())}


def driver_events(place: Place) -> "list[dict[str, str]]":
    """Return the newest events of NVIDIA's kernel driver and of the display: a driver that was reset is 4101."""
    from ..commands import decoded, run

    program = place.program("wevtutil")
    if program is None:
        raise Absent("wevtutil is not installed")
    status, out, err = run([program, "qe", "System", "/q:" + EVENTS, "/c:30", "/rd:true", "/f:xml"], place, 4.0)
    if status != 0:
        raise Denied(" ".join(decoded(err or out).split())[:200])
    return events_in(decoded(out))


def events_in(text: str) -> "list[dict[str, str]]":
    """Take the events apart; the computer's name, which stands in each of them, is left out."""
    found = []
    for event in re.findall(r"<Event\b.{0,8000}?</Event>", text, re.DOTALL)[:30]:
        patterns = (
            ("provider", r"<Provider Name=['\"]([^'\"]{1,80})['\"]"),
            ("id", r"<EventID[^>]{0,60}>(\d{1,6})</EventID>"),
            ("time", r"<TimeCreated SystemTime=['\"]([0-9TZ:.\-]{1,40})['\"]"),
        )
        matches = ((name, re.search(pattern, event)) for name, pattern in patterns)
        row = {name: match.group(1) for name, match in matches if match}
        data = re.findall(r"<Data(?: Name=['\"][^'\"]{0,60}['\"])?>([^<]{1,300})</Data>", event)
        row["data"] = " ".join(" ".join(part.split()) for part in data)[:300]
        found.append(row)
    return found


QUESTIONS = (
    Call("windows.version", version, "registry CurrentVersion", WINDOWS),
    Call("windows.processor", processor, "registry CentralProcessor", WINDOWS),
    Call("windows.graphics", scheduling, "registry GraphicsDrivers", WINDOWS),
    Call("windows.adapters", adapters, "registry display adapters", WINDOWS, 3.0),
    Call("windows.page_file", page_file, "registry Memory Management", WINDOWS),
    Call("windows.memory", memory, "GlobalMemoryStatusEx", WINDOWS),
    Call("windows.power", power, "GetSystemPowerStatus", WINDOWS),
    Call("windows.file_system", file_system, "registry FileSystem", WINDOWS),
    Call("windows.code_pages", code_pages, "GetACP, GetOEMCP", WINDOWS),
    Call("windows.isolation", isolation, "registry DeviceGuard", WINDOWS),
    Call("windows.driver_events", driver_events, "event log System", WINDOWS, 5.0, "free_text"),
    RunCommand("windows.wsl_version", ("wsl", "--version"), WINDOWS, 5.0),
    RunCommand("windows.power_scheme", ("powercfg", "/getactivescheme"), WINDOWS, 4.0),
)
