"""Names for the processes that NVML lists; ``own_name`` is shown in reports, ``name`` (somebody else's) is masked.

Inside a container the driver may count processes as the host does, and the number then belongs to something else here:
a name is given there only for a process that really holds a GPU's device file open.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Iterator

from .place import Place
from .questions.kinds import Absent, Reply, reply_of

QUESTION = "gpu.processes"
LISTS = ("processes_compute", "processes_graphics")
# the kernel's number of the first process namespace: in it the driver's numbers are ours
FIRST_NAMESPACE = "pid:[4026531836]"
MOST = 200


def name_processes(place: Place, snapshot: "dict[str, Any]") -> Reply:
    """Return every listed process with its name, whether it is the asking user's, and its memory in bytes."""
    return reply_of(lambda: Reply("ok", value={"processes": _named(place, snapshot)}))


def _named(place: Place, snapshot: "dict[str, Any]") -> "list[dict[str, Any]]":
    is_outside = place.link_target("/proc/self/ns/pid") == FIRST_NAMESPACE
    found = []  # type: list[dict[str, Any]]
    for gpu, entry, names in _listed(snapshot):
        pid = entry.get("pid")
        if isinstance(pid, int) and len(found) < MOST:
            row = {"gpu": gpu, "pid": pid, "memory_bytes": entry.get("usedGpuMemory")}
            row.update(described(place, pid, is_outside, names))
            found.append(row)
    return found


def _listed(snapshot: "dict[str, Any]") -> "Iterator[tuple[int, dict[str, Any], dict[str, str]]]":
    gpus = snapshot.get("gpus")
    if not gpus:
        raise Absent("the driver shows no GPU")
    for gpu, fields in enumerate(gpus):
        names = fields.get("process_names", {}).get("v") or {}
        seen = set()
        for name in LISTS:
            for entry in fields.get(name, {}).get("v") or ():
                if isinstance(entry, dict) and entry.get("pid") not in seen:
                    seen.add(entry.get("pid"))
                    yield gpu, entry, names


def described(place: Place, pid: int, is_outside: bool, names: "dict[str, str]") -> "dict[str, Any]":
    """Return the name of one process and whose it is; nothing where that cannot be told for certain."""
    if sys.platform == "win32":
        return {"name": names.get(str(pid), "")}  # whose it is is not asked: it counts as somebody else's
    try:
        owner = os.stat(place.path("/proc/%d" % pid)).st_uid
    except OSError:
        return {}
    if not is_outside and not holds_gpu(place, pid):
        return {}
    is_own = owner == os.getuid()
    return {"own_name" if is_own else "name": place.line_of("/proc/%d/comm" % pid) or "", "own": is_own}


def holds_gpu(place: Place, pid: int) -> bool:
    """Tell whether a process has a GPU's device file open; another user's files cannot be seen."""
    folder = "/proc/%d/fd" % pid
    names = place.names_if_any(folder, 4096)
    targets = (place.link_target("%s/%s" % (folder, name)) or "" for name in names)
    return any(target.startswith(("/dev/nvidia", "/dev/dxg")) for target in targets)
