"""Asks NVML in a child of its own and puts the lines together, also when the child hung or crashed on the way.

The value: ``{"init": {"ok": true}, "system": FIELDS, "gpus": [FIELDS, ...], "problem": {...} or null}`` where a
field is ``{"v": value}`` or ``{"e": NAME, "detail": words}``.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Callable

from .place import Place
from .questions.kinds import Reply, TimedOut, reply_of

if TYPE_CHECKING:
    from .children import Child

QUESTION = "nvml.snapshot"
INIT_PATIENCE_S = 15.0  # the driver may need seconds per card where nothing keeps it loaded
GETTER_PATIENCE_S = 5.0
SONAME = "libnvidia-ml.so.1"
DEFAULT_FOLDERS = ("/lib", "/usr/lib", "/lib64", "/usr/lib64")


def start_nvml(place: Place, params: "dict[str, Any]") -> "Child | Reply":
    """Start the child, which takes longer than all other questions, or say at once why there is nothing to ask."""
    kept = []  # type: list[Child]

    def start() -> Reply:
        found = _start(place, params)
        if isinstance(found, Reply):
            return found
        kept.append(found)
        return Reply("ok")

    reply = reply_of(start)
    return kept[0] if kept else reply


def finish_nvml(started: "Child | Reply", params: "dict[str, Any]", is_cancelled: "Callable[[], bool]") -> Reply:
    """Follow the child to its end."""
    if isinstance(started, Reply):
        return started
    child = started
    return reply_of(lambda: _follow(child, params, is_cancelled))


def _start(place: Place, params: "dict[str, Any]") -> "Child | Reply":
    if not place.may_wake and sleeping_gpus(place):
        return Reply("failed", detail="the GPU is asleep and was not woken to look at it")
    if sys.platform.startswith("linux") and not loader_may_find(place):
        detail = "no libnvidia-ml.so.1 in the loader's cache or on its path"
        init = {"ok": False, "e": "LIBRARY_NOT_FOUND", "detail": detail}
        return Reply("ok", value=dict(Snapshot().value, init=init))
    from .children import Child  # what starts programs is loaded where there is a reason

    return Child("nvml_links nvml_child", child_params(params), place, flags=("-I", "-S"))


def _follow(child: "Child", params: "dict[str, Any]", is_cancelled: "Callable[[], bool]") -> Reply:
    from .children import CANCELLED, ENDED, HUNG

    snapshot = Snapshot()
    patience = params.get("nvml_patience_s")

    def patience_s() -> float:
        return float(patience or (GETTER_PATIENCE_S if snapshot.is_open else INIT_PATIENCE_S))

    for message in child.lines(patience_s, is_cancelled):
        snapshot.take(message)
    if child.outcome == CANCELLED:
        return Reply("failed", detail="cancelled")
    if child.outcome == HUNG and not snapshot.is_open:
        raise TimedOut("%s did not return: %s" % (snapshot.at, child.detail))
    if child.outcome == ENDED and not child.detail and snapshot.value["init"] is not None:
        return Reply("ok", value=snapshot.value)
    if snapshot.is_open:
        snapshot.value["problem"] = {"kind": child.outcome, "at": snapshot.at, "detail": child.detail}
        return Reply("ok", value=snapshot.value)
    return Reply("failed", detail="the NVML child ended at %s: %s" % (snapshot.at, child.detail))


def child_params(params: "dict[str, Any]") -> "dict[str, Any]":
    """Say where nvidia-ml-py is: the app's own file, the target's, or its source where the agent came by wire."""
    path = params.get("pynvml_path")
    if path:
        return {"pynvml_path": path}
    import importlib.util

    from .children import source_of

    spec = importlib.util.find_spec("pynvml")
    if spec is not None and spec.origin and os.path.isfile(spec.origin):
        return {"pynvml_path": spec.origin}
    if spec is not None:
        return {"pynvml_path": None, "pynvml_source": source_of("pynvml")}
    return {"pynvml_path": None}


def loader_may_find(place: Place) -> bool:
    """Tell whether the loader could find the library: a look at files, so that no child is started in vain."""
    try:
        cache = place.bytes_of("/etc/ld.so.cache", 16 << 20)
    except OSError:
        return True  # another C library, or another way of finding things: the child asks the loader itself
    folders = place.environ.get("LD_LIBRARY_PATH", "").split(":") + list(DEFAULT_FOLDERS)
    return SONAME.encode("ascii") in cache or any(os.path.exists(os.path.join(folder, SONAME)) for folder in folders)


def sleeping_gpus(place: Place) -> bool:
    """Tell whether every NVIDIA card of this machine is asleep by its runtime power state (Linux laptops)."""
    folder = "/sys/bus/pci/devices"
    cards = [name for name in place.names_if_any(folder) if place.line_of("%s/%s/vendor" % (folder, name)) == "0x10de"]
    displays = [card for card in cards if (place.line_of("%s/%s/class" % (folder, card)) or "").startswith("0x03")]
    states = [place.line_of("%s/%s/power/runtime_status" % (folder, card)) for card in displays]
    return bool(states) and all(state == "suspended" for state in states)


class Snapshot:
    """Collects the child's lines."""

    def __init__(self) -> None:
        self.value = {"init": None, "system": {}, "gpus": [], "problem": None}  # type: dict[str, Any]
        self.at = "start"
        self.is_open = False

    def take(self, message: Any) -> None:
        """Take one line; anything that is not one of ours is passed over."""
        if not isinstance(message, list) or len(message) < 3 or not isinstance(message[1], int):
            return
        kind, gpu, field = message[0], message[1], str(message[2])
        if kind == "begin":
            self.at = field if gpu < 0 else "%s of GPU %d" % (field, gpu)
        elif kind == "value" and len(message) == 4:
            self._keep(gpu, field, {"v": message[3]})
        elif kind == "error" and len(message) == 5:
            self._keep(gpu, field, {"e": message[3], "detail": message[4]})

    def _keep(self, gpu: int, field: str, outcome: "dict[str, Any]") -> None:
        if field == "init":
            self.is_open = "v" in outcome
            self.value["init"] = {"ok": True} if self.is_open else dict(outcome, ok=False)
        elif gpu < 0:
            self.value["system"][field] = outcome
        else:
            while len(self.value["gpus"]) <= gpu:
                self.value["gpus"].append({})
            self.value["gpus"][gpu][field] = outcome
