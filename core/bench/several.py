"""Measures every GPU of a machine beside the others: one child a card, first one by one, then all at the same moment.

Raw blocks join the session's blocks (phases ``alone`` and ``together``), so that each figure can be recomputed.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Mapping
from typing import Any

from gpuproof.core.bench.assemble import Ending
from gpuproof.core.bench.cards import read_several
from gpuproof.core.bench.child import Child
from gpuproof.core.bench.collect import Collector
from gpuproof.core.bench.model import BenchSettings, SeveralGpus
from gpuproof.core.launch.model import LOCAL, Message, Target

_SECONDS = {"quick": 0.6, "standard": 2.0, "4k": 2.0}  # per card, phase and mode
_PAIRS_S = {"quick": 3.0, "standard": 8.0, "4k": 8.0}
_DEADLINE_S = 300.0


def several_devices(settings: BenchSettings, gpu_messages: Mapping[str, Message]) -> tuple[str, ...]:
    """Return the devices to compare: none when one was chosen or torch can use only one."""
    usable = gpu_messages.get("devices", {}).get("usable")
    if settings.device != "auto" or not isinstance(usable, list):
        return ()
    cuda = tuple(str(device) for device in usable if str(device).startswith("cuda:"))
    return cuda if len(cuda) > 1 else ()


def measure_several(
    target: Target,
    settings: BenchSettings,
    devices: tuple[str, ...],
    collector: Collector,
    began_s: float,
    cancel: threading.Event,
) -> SeveralGpus | None:
    """Measure; None when it was cancelled. A card whose child fails is named in ``problems``, the others go on."""
    session = _Several(target, settings, devices, collector, began_s, cancel)
    try:
        session.follow()
    finally:
        session.end()
    if cancel.is_set():
        return None
    return read_several(session.endings, collector.blocks, collector.kept["watch"].get("gpus") or {})


class _Several:
    def __init__(
        self,
        target: Target,
        settings: BenchSettings,
        devices: tuple[str, ...],
        collector: Collector,
        began_s: float,
        cancel: threading.Event,
    ) -> None:
        self._cancel = cancel
        self._began_s = began_s
        self._is_local = target.kind in LOCAL
        self._behind_s: float | None = None  # another machine's clock, which all its children share, minus ours
        self._collector = collector
        self._arrivals: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._ready: dict[str, str] = {}
        self._measuring: set[str] = set()
        self.endings: dict[str, Ending] = {}
        self._children = {device: Child(device, self._arrivals) for device in devices}
        for device, child in self._children.items():
            pairs_s = _PAIRS_S[settings.preset] if device == devices[0] else 0.0
            params = {
                "side": "several",
                "device": device,
                "seconds": _SECONDS[settings.preset],
                "pairs_s": pairs_s,
                "gated": True,
                "base_monotonic": began_s if self._is_local else 0.0,
            }
            child.start(target, "bench", params, _DEADLINE_S, {})
        self._enter("several")

    def follow(self) -> None:
        """Pass messages on and open gates until every child has ended."""
        while any(child.is_alive for child in self._children.values()) and not self._cancel.is_set():
            try:
                device, arrival = self._arrivals.get(timeout=0.05)
            except queue.Empty:
                continue
            if isinstance(arrival, Ending):
                self.endings[device] = arrival
                self._children[device].is_alive = False
                self._measuring.discard(device)
            else:
                self._heard(device, arrival)
            self._open_gates()

    def end(self) -> None:
        """End every child that still runs."""
        for child in self._children.values():
            child.cancel.set()
        for child in self._children.values():
            child.join()

    def _heard(self, device: str, message: Message) -> None:
        kind = message.get("type")
        if kind == "ready":
            self._ready[device] = str(message.get("phase"))
        elif kind == "phase_done":
            self._measuring.discard(device)
        elif kind == "blocks":
            self._collector.take("gpu", self._on_our_clock(message), self._now_s())

    def _on_our_clock(self, message: Message) -> Message:
        if self._is_local:
            return message
        rows = [row for row in message.get("blocks") or () if isinstance(row, dict)]
        starts = [row.get("started_s") for row in rows]
        if self._behind_s is None:
            known = [start for start in starts if isinstance(start, (int, float))]
            self._behind_s = known[0] - self._now_s() if known else 0.0
        moved = [{**row, "started_s": float(row.get("started_s") or 0.0) - self._behind_s} for row in rows]
        return {**message, "blocks": moved}

    def _open_gates(self) -> None:
        """One card at a time while they are measured alone; then all together; then the copies."""
        alive = [device for device, child in self._children.items() if child.is_alive]
        if self._measuring or any(device not in self._ready for device in alive):
            return
        alone = [device for device in alive if self._ready[device] == "alone"]
        if alone:
            self._open(alone[:1], "alone")
        elif alive:
            self._open(alive, self._ready[alive[-1]])

    def _open(self, devices: list[str], phase: str) -> None:
        self._enter(phase)
        for device in devices:
            self._measuring.add(device)
            del self._ready[device]
            self._children[device].go()

    def _enter(self, phase: str) -> None:
        self._collector.enter(phase, self._now_s())

    def _now_s(self) -> float:
        return time.monotonic() - self._began_s
