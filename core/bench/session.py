"""One benchmark session: a child per side and one for telemetry; both sides prepare together, never measure at once.

Order CPU, GPU, CPU again. The processor's child runs with every GPU hidden, so it is the control run of the proof.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from gpuproof.core.bench.assemble import Ending, assemble
from gpuproof.core.bench.child import Child
from gpuproof.core.bench.collect import Collector
from gpuproof.core.bench.model import BenchEvent, BenchResult, BenchSettings, SeveralGpus
from gpuproof.core.bench.problems import raise_when_nothing_ran
from gpuproof.core.bench.several import measure_several, several_devices
from gpuproof.core.launch.model import LOCAL, Job, Message, Target

GPU_HIDDEN: Mapping[str, str | None] = {
    "CUDA_VISIBLE_DEVICES": "",
    "HIP_VISIBLE_DEVICES": "",
    "ROCR_VISIBLE_DEVICES": "",
    "ZE_AFFINITY_MASK": "",
}
DEADLINES_S = {"quick": 240.0, "standard": 1200.0, "4k": 3600.0}
_TELEMETRY_INTERVAL_S = 0.1


def run_benchmark(
    target: Target,
    settings: BenchSettings,
    *,
    on_event: Callable[[BenchEvent], None],
    cancel: threading.Event,
) -> BenchResult:
    """Measure; events arrive on the caller's thread. Raises ``UserProblem`` when nothing could run at all."""
    session = _Session(target, settings, on_event, cancel)
    try:
        session.follow()
    finally:
        session.end()
    raise_when_nothing_ran(target, session.endings)
    several = session.compare_gpus()
    return assemble(settings, session.collector, session.endings, several)


class _Session:
    def __init__(
        self, target: Target, settings: BenchSettings, on_event: Callable[[BenchEvent], None], cancel: threading.Event
    ) -> None:
        self._target = target
        self._settings = settings
        self._cancel = cancel
        self._began = time.monotonic()
        self._arrivals: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.collector = Collector(on_event)
        self.endings: dict[str, Ending] = {}
        self._ready: dict[str, str] = {}
        self._children: dict[str, Child] = {}
        self._measuring: str | None = None
        self._phases_done: set[str] = set()
        wants_gpu = settings.device != "cpu"
        self.collector.has_gpu = wants_gpu
        if wants_gpu:
            self._start_side("gpu", {})
        if settings.with_cpu or not wants_gpu:
            self._start_side("cpu", GPU_HIDDEN)

    def now_s(self) -> float:
        """Return the session's time."""
        return time.monotonic() - self._began

    def follow(self) -> None:
        """Pass messages on and open gates until both sides have ended."""
        while any(child.is_alive for side, child in self._children.items() if side != "watch"):
            if self._cancel.is_set():
                return
            try:
                side, arrival = self._arrivals.get(timeout=0.05)
            except queue.Empty:
                continue
            if isinstance(arrival, Ending):
                self._ended(side, arrival)
            else:
                self._heard(side, arrival)
            self._open_gates()

    def end(self) -> None:
        """End every child that still runs and take what had arrived."""
        for child in self._children.values():
            child.cancel.set()
        for child in self._children.values():
            child.join()
        while not self._arrivals.empty():
            side, arrival = self._arrivals.get()
            if isinstance(arrival, Ending):
                self.endings.setdefault(side, arrival)
            elif not self._cancel.is_set():
                self.collector.take(side, arrival, self.now_s())

    def compare_gpus(self) -> SeveralGpus | None:
        """Measure every GPU beside the others where there are several; None where there are not."""
        ending = self.endings.get("gpu")
        devices = several_devices(self._settings, self.collector.kept["gpu"])
        if ending is None or ending.result is None or not devices or self._cancel.is_set():
            return None
        return measure_several(
            self._target, self._settings, devices, self.collector, began_s=self._began, cancel=self._cancel
        )

    def _start_side(self, side: str, environment: Mapping[str, str | None]) -> None:
        params = {
            "side": side,
            "device": self._settings.device,
            "preset": self._settings.preset,
            "precisions": list(self._settings.precisions),
            "gated": True,
            "base_monotonic": self._began if self._target.kind in LOCAL else None,
        }
        self._start(side, "bench", params, environment)

    def _start(self, side: str, job: Job, params: dict[str, Any], environment: Mapping[str, str | None]) -> None:
        child = Child(side, self._arrivals)
        self._children[side] = child
        child.start(self._target, job, params, DEADLINES_S[self._settings.preset], environment)

    def _heard(self, side: str, message: Message) -> None:
        kind = message.get("type")
        if kind == "ready":
            self._ready[side] = str(message.get("phase"))
        elif kind == "phase_done":
            self._phases_done.add(str(message.get("phase")))
            self._measuring = None
        elif kind == "hello" and side == ("gpu" if self._settings.device != "cpu" else "cpu"):
            self._start_telemetry(message.get("pid"))
        self.collector.take(side, message, self.now_s())

    def _start_telemetry(self, pid: Any) -> None:
        params = {
            "pid": pid,
            "interval_s": _TELEMETRY_INTERVAL_S,
            "base_monotonic": self._began if self._target.kind in LOCAL else None,
        }
        self._start("watch", "watch", params, {})

    def _ended(self, side: str, ending: Ending) -> None:
        self.endings[side] = ending
        self._children[side].is_alive = False
        if side == self._measuring:
            self._measuring = None
        if side == "gpu" and ending.result is None:
            self.collector.has_gpu = False

    def _open_gates(self) -> None:
        """Let one side measure when every side that is alive has prepared."""
        alive = [side for side in ("cpu", "gpu") if side in self._children and self._children[side].is_alive]
        if self._measuring is not None or any(side not in self._ready for side in alive):
            return
        if self._ready.get("cpu") == "cpu" and "cpu" in alive:
            self._open("cpu", "cpu")
        elif "gpu" in alive:
            self._open("gpu", "gpu")
        elif "cpu" in alive:
            self._open("cpu", "cpu_again")

    def _open(self, side: str, phase: str) -> None:
        self._measuring = side
        del self._ready[side]
        self.collector.enter(phase, self.now_s())
        self._children[side].go()
