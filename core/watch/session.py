"""Runs the sampler beside a program until the time is over, the program ends, or somebody stops it."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Callable
from pathlib import Path

from gpuproof.core.bench.model import TelemetrySample
from gpuproof.core.launch.model import Crashed, Message, Target, TimedOut, WorkerError
from gpuproof.core.launch.run import run_agent
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.watch.collect import Collector
from gpuproof.core.watch.model import Observation, WatchSettings
from gpuproof.core.watch.prometheus import write_metrics
from gpuproof.core.words import text

_FOREVER_S = 10 * 365 * 86400.0
_METRICS_EVERY_S = 1.0


def check_pid(pid: int) -> None:
    """Refuse a process id that no program has."""
    if pid <= 0 or not _exists(pid):
        raise UserProblem(
            text("There is no process {pid}.", pid=pid),
            text("Choose a program that runs now, or let gpuproof start one: gpuproof watch -- COMMAND"),
        )


def _exists(pid: int) -> bool:
    import psutil

    return bool(psutil.pid_exists(pid))


def watch(
    settings: WatchSettings,
    *,
    on_sample: Callable[[TelemetrySample], None] | None = None,
    cancel: threading.Event | None = None,
    pynvml_path: str | None = None,
) -> Observation:
    """Sample until the end and return what was seen; raises ``CouldNotFinish`` when the sampler itself failed.

    ``pynvml_path`` is another file than the app's own copy of pynvml.
    """
    collector = Collector(is_wsl=is_wsl(), started_here=settings.started_here)
    cancel = cancel or threading.Event()
    relay = _Relay(collector, settings, on_sample, cancel)
    params = {
        "pid": settings.pid,
        "interval_s": settings.interval_s,
        "gpus": list(settings.gpus) if settings.gpus is not None else None,
        "duration_s": settings.seconds,
        "stop_with_process": settings.pid is not None,
        **({"pynvml_path": pynvml_path} if pynvml_path else {}),
    }
    deadline_s = _FOREVER_S if settings.seconds is None else settings.seconds + 30.0
    outcome = run_agent(Target("self"), "watch", params, deadline_s=deadline_s, on_message=relay.take, cancel=cancel)
    if relay.absent is not None:
        raise relay.absent
    relay.write_metrics(final=True)
    seen = collector.observation()
    if isinstance(outcome, Crashed | TimedOut | WorkerError) and not seen.samples:
        detail = outcome.detail if isinstance(outcome, Crashed | WorkerError) else "no answer"
        raise CouldNotFinish(text("The sampler failed: {problem}", problem=detail))
    return seen


class _Relay:
    """Passes messages on to the collector, the listener and the metrics file."""

    def __init__(
        self,
        collector: Collector,
        settings: WatchSettings,
        on_sample: Callable[[TelemetrySample], None] | None,
        cancel: threading.Event,
    ) -> None:
        self.absent: UserProblem | None = None  # a GPU was asked for that is not there
        self._cancel = cancel
        self._gpus = settings.gpus or ()
        self._collector = collector
        self._path = Path(settings.prometheus) if settings.prometheus else None
        self._on_sample = on_sample
        self._newest: dict[int | None, TelemetrySample] = {}
        self._written_s = 0.0

    def take(self, message: Message) -> None:
        if message.get("type") == "gpus":
            self._refuse_absent(message.get("count"))
        sample = self._collector.take(message)
        if sample is None:
            return
        self._newest[sample.gpu] = sample
        if self._on_sample is not None:
            self._on_sample(sample)
        self.write_metrics(final=False)

    def _refuse_absent(self, count: object) -> None:
        absent = [gpu for gpu in self._gpus if isinstance(count, int) and not 0 <= gpu < count]
        if absent:
            self.absent = UserProblem(
                text(
                    "There is no GPU {gpu} here; the driver shows {count}, counted from 0.", gpu=absent[0], count=count
                ),
                text("Leave --gpu out to watch all of them."),
            )
            self._cancel.set()

    def write_metrics(self, *, final: bool) -> None:
        """Write the metrics file once a second, and at the end."""
        if self._path is None or (not final and time.monotonic() - self._written_s < _METRICS_EVERY_S):
            return
        self._written_s = time.monotonic()
        write_metrics(self._path, list(self._newest.values()))


def is_wsl() -> bool:
    """Tell whether this is WSL, where the driver names no processes."""
    return "microsoft" in platform.release().lower() or os.path.exists("/dev/dxg")
