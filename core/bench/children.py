"""The children of one benchmark run: started by name, listened to in one place, and ended together."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gpuproof.core.bench.assemble import Ending
from gpuproof.core.bench.child import Child
from gpuproof.core.bench.collect import Collector
from gpuproof.core.bench.model import BenchSettings
from gpuproof.core.launch.model import LOCAL, Job, Message, Target

_LOOK_EVERY_S = 0.05  # how soon a cancel is noticed while no child says anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What all children of one run share; ``began_s`` is this process's monotonic clock when it began."""

    target: Target
    settings: BenchSettings
    collector: Collector
    began_s: float
    cancel: threading.Event

    @property
    def is_local(self) -> bool:
        """Tell whether the children read the same clock as this process."""
        return self.target.kind in LOCAL

    def now_s(self) -> float:
        """Return the time since the run began."""
        return time.monotonic() - self.began_s


class Children:
    """Starts the children and keeps which of them are alive."""

    def __init__(self, run: Run, deadline_s: float) -> None:
        self._run = run
        self._deadline_s = deadline_s
        self._arrivals: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._children: dict[str, Child] = {}

    def start(self, name: str, job: Job, params: dict[str, Any], environment: Mapping[str, str | None]) -> None:
        """Start one more child."""
        child = Child(name, self._arrivals)
        self._children[name] = child
        child.start(self._run.target, job, params, self._deadline_s, environment)

    def alive(self) -> list[str]:
        """Return the names of the children that have not ended, in the order of their start."""
        return [name for name, child in self._children.items() if child.is_alive]

    def go(self, name: str) -> None:
        """Open the gate that a child waits at."""
        self._children[name].go()

    def arrivals(self, *, not_awaited: str = "") -> Iterator[tuple[str, Message | Ending]]:
        """Yield what the children say, until all but the one that is not awaited have ended or the run is cancelled."""
        while any(name != not_awaited for name in self.alive()) and not self._run.cancel.is_set():
            try:
                name, arrival = self._arrivals.get(timeout=_LOOK_EVERY_S)
            except queue.Empty:
                continue
            if isinstance(arrival, Ending):
                self._children[name].is_alive = False
            yield name, arrival

    def end(self) -> None:
        """End every child that still runs."""
        for child in self._children.values():
            child.cancel.set()
        for child in self._children.values():
            child.join()

    def left_over(self) -> Iterator[tuple[str, Message | Ending]]:
        """Yield what has arrived and was not heard yet; after ``end`` nothing is added to it."""
        while not self._arrivals.empty():
            yield self._arrivals.get()
