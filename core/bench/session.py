"""One benchmark session: a child per side and one for telemetry; both sides prepare together, never measure at once.

Order CPU, GPU, CPU again. The processor's child runs with every GPU hidden, so it is the control run of the proof.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from gpuproof.core.bench.assemble import Ending, assemble
from gpuproof.core.bench.children import Children, Run
from gpuproof.core.bench.collect import Collector
from gpuproof.core.bench.model import BenchEvent, BenchResult, BenchSettings, SeveralGpus
from gpuproof.core.bench.problems import raise_when_nothing_ran
from gpuproof.core.bench.several import measure_several, several_devices
from gpuproof.core.launch.model import Message, Target

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
    collector = Collector(on_event)
    run = Run(target=target, settings=settings, collector=collector, began_s=time.monotonic(), cancel=cancel)
    session = _Session(run)
    try:
        session.follow()
    finally:
        session.end()
    raise_when_nothing_ran(target, session.endings)
    several = session.compare_gpus()
    return assemble(settings, collector, session.endings, several)


class _Session:
    def __init__(self, run: Run) -> None:
        self._run = run
        self._children = Children(run, DEADLINES_S[run.settings.preset])
        self.endings: dict[str, Ending] = {}
        self._ready: dict[str, str] = {}
        self._measuring: str | None = None
        wants_gpu = run.settings.device != "cpu"
        run.collector.has_gpu = wants_gpu
        if wants_gpu:
            self._start_side("gpu", {})
        if run.settings.with_cpu or not wants_gpu:
            self._start_side("cpu", GPU_HIDDEN)

    def follow(self) -> None:
        """Pass messages on and open gates until both sides have ended."""
        for side, arrival in self._children.arrivals(not_awaited="watch"):
            if isinstance(arrival, Ending):
                self._ended(side, arrival)
            else:
                self._heard(side, arrival)
            self._open_gates()

    def end(self) -> None:
        """End every child that still runs and take what had arrived."""
        self._children.end()
        for side, arrival in self._children.left_over():
            if isinstance(arrival, Ending):
                self.endings.setdefault(side, arrival)
            elif not self._run.cancel.is_set():
                self._run.collector.take(side, arrival, self._run.now_s())

    def compare_gpus(self) -> SeveralGpus | None:
        """Measure every GPU beside the others where there are several; None where there are not."""
        ending = self.endings.get("gpu")
        devices = several_devices(self._run.settings, self._run.collector.kept["gpu"])
        if ending is None or ending.result is None or not devices or self._run.cancel.is_set():
            return None
        return measure_several(self._run, devices)

    def _start_side(self, side: str, environment: Mapping[str, str | None]) -> None:
        settings = self._run.settings
        params = {
            "side": side,
            "device": settings.device,
            "preset": settings.preset,
            "precisions": list(settings.precisions),
            "gated": True,
            "base_monotonic": self._run.began_s if self._run.is_local else None,
        }
        self._children.start(side, "bench", params, environment)

    def _heard(self, side: str, message: Message) -> None:
        kind = message.get("type")
        if kind == "ready":
            self._ready[side] = str(message.get("phase"))
        elif kind == "phase_done":
            self._measuring = None
        elif kind == "hello" and side == ("gpu" if self._run.settings.device != "cpu" else "cpu"):
            self._start_telemetry(message.get("pid"))
        self._run.collector.take(side, message, self._run.now_s())

    def _start_telemetry(self, pid: Any) -> None:
        params = {
            "pid": pid,
            "interval_s": _TELEMETRY_INTERVAL_S,
            "base_monotonic": self._run.began_s if self._run.is_local else None,
        }
        self._children.start("watch", "watch", params, {})

    def _ended(self, side: str, ending: Ending) -> None:
        self.endings[side] = ending
        if side == self._measuring:
            self._measuring = None
        if side == "gpu" and ending.result is None:
            self._run.collector.has_gpu = False

    def _open_gates(self) -> None:
        """Let one side measure when every side that is alive has prepared."""
        alive = [side for side in self._children.alive() if side != "watch"]
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
        self._run.collector.enter(phase, self._run.now_s())
        self._children.go(side)
