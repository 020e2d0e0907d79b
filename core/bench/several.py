"""Measures every GPU of a machine beside the others: one child a card, first one by one, then all at the same moment.

Raw blocks join the session's blocks (phases ``alone`` and ``together``), so that each figure can be recomputed.
"""

from __future__ import annotations

from collections.abc import Mapping

from gpuproof.core.bench.assemble import Ending
from gpuproof.core.bench.cards import read_several
from gpuproof.core.bench.children import Children, Run
from gpuproof.core.bench.model import BenchSettings, SeveralGpus
from gpuproof.core.launch.model import Message

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


def measure_several(run: Run, devices: tuple[str, ...]) -> SeveralGpus | None:
    """Measure; None when it was cancelled. A card whose child fails is named in ``problems``, the others go on."""
    session = _Several(run, devices)
    try:
        session.follow()
    finally:
        session.end()
    if run.cancel.is_set():
        return None
    return read_several(session.endings, run.collector.blocks, run.collector.kept["watch"].get("gpus") or {})


class _Several:
    def __init__(self, run: Run, devices: tuple[str, ...]) -> None:
        self._run = run
        self._children = Children(run, _DEADLINE_S)
        self._behind_s: float | None = None  # another machine's clock, which all its children share, minus ours
        self._ready: dict[str, str] = {}
        self._measuring: set[str] = set()
        self.endings: dict[str, Ending] = {}
        preset = run.settings.preset
        for device in devices:
            params = {
                "side": "several",
                "device": device,
                "seconds": _SECONDS[preset],
                "pairs_s": _PAIRS_S[preset] if device == devices[0] else 0.0,
                "gated": True,
                "base_monotonic": run.began_s if run.is_local else 0.0,
            }
            self._children.start(device, "bench", params, {})
        self._enter("several")

    def follow(self) -> None:
        """Pass messages on and open gates until every child has ended."""
        for device, arrival in self._children.arrivals():
            if isinstance(arrival, Ending):
                self.endings[device] = arrival
                self._measuring.discard(device)
            else:
                self._heard(device, arrival)
            self._open_gates()

    def end(self) -> None:
        """End every child that still runs."""
        self._children.end()

    def _heard(self, device: str, message: Message) -> None:
        kind = message.get("type")
        if kind == "ready":
            self._ready[device] = str(message.get("phase"))
        elif kind == "phase_done":
            self._measuring.discard(device)
        elif kind == "blocks":
            self._run.collector.take("gpu", self._on_our_clock(message), self._run.now_s())

    def _on_our_clock(self, message: Message) -> Message:
        if self._run.is_local:
            return message
        rows = [row for row in message.get("blocks") or () if isinstance(row, dict)]
        starts = [row.get("started_s") for row in rows]
        if self._behind_s is None:
            known = [start for start in starts if isinstance(start, (int, float))]
            self._behind_s = known[0] - self._run.now_s() if known else 0.0
        moved = [{**row, "started_s": float(row.get("started_s") or 0.0) - self._behind_s} for row in rows]
        return {**message, "blocks": moved}

    def _open_gates(self) -> None:
        """One card at a time while they are measured alone; then all together; then the copies."""
        alive = self._children.alive()
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
            self._children.go(device)

    def _enter(self, phase: str) -> None:
        self._run.collector.enter(phase, self._run.now_s())
