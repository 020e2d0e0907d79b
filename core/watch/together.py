"""Watches from a thread beside the one that waits, so that Ctrl-C ends the watch and not the answer."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from gpuproof.core.bench.model import TelemetrySample
from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.launch.model import Target
from gpuproof.core.logs.model import LogVerdict
from gpuproof.core.problems import UserProblem
from gpuproof.core.watch.alarms import alarms
from gpuproof.core.watch.command import Command
from gpuproof.core.watch.joint import join
from gpuproof.core.watch.judge import judge
from gpuproof.core.watch.model import Alarm, JointVerdict, Judgement, Observation, WatchSettings
from gpuproof.core.watch.session import watch

OnSample = Callable[[TelemetrySample], None]
OnTimeOver = Callable[[Judgement], None]
_LOOK_S = 0.2
_AFTER_END_S = 5.0


class Watching:
    """A watch that runs in a thread of its own."""

    def __init__(
        self, settings: WatchSettings, on_sample: OnSample | None = None, on_time_over: OnTimeOver | None = None
    ) -> None:
        self._on_time_over = on_time_over
        self._cancel = threading.Event()
        # not Thread.join: Python 3.11 takes a thread for ended when Ctrl-C interrupts its join (bpo-45274)
        self._done = threading.Event()
        self._seen: Observation | None = None
        self._problem: BaseException | None = None
        threading.Thread(target=self._run, args=(settings, on_sample), name="watch", daemon=True).start()

    def wait(self, timeout_s: float | None = None) -> Observation:
        """Return what was seen once it is over; Ctrl-C or the time-out ends it early and keeps what was seen."""
        try:
            waited = 0.0
            while not self._done.wait(_LOOK_S) and (timeout_s is None or waited < timeout_s):
                waited += _LOOK_S
        except KeyboardInterrupt:
            pass  # the person has seen enough: the verdict follows
        self._cancel.set()
        self._done.wait()
        if self._problem is not None:
            raise self._problem
        return self._seen or Observation()

    def _run(self, settings: WatchSettings, on_sample: OnSample | None) -> None:
        try:
            self._seen = watch(settings, on_sample=on_sample, cancel=self._cancel)
            if self._on_time_over is not None and _is_time_over(settings, self._seen):
                self._on_time_over(judge(self._seen))
        except BaseException as problem:  # raised again in the thread that waits
            self._problem = problem
        finally:
            self._done.set()


def _is_time_over(settings: WatchSettings, seen: Observation) -> bool:
    """Tell whether the watch ended by its time, and not because the program ended."""
    last_s = max((sample.at_s for sample in seen.samples), default=0.0)
    return settings.seconds is not None and last_s >= settings.seconds - 2 * settings.interval_s


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedCommand:
    """A command that ended, and everything that was learnt of it."""

    pid: int
    exit_code: int
    seen: Observation
    judged: Judgement
    alarms: tuple[Alarm, ...]
    log: LogVerdict
    joint: JointVerdict


def watch_command(
    words: Sequence[str],
    settings: WatchSettings,
    *,
    out: BinaryIO,
    err: BinaryIO,
    on_sample: OnSample | None = None,
    on_time_over: OnTimeOver | None = None,
    diagnose_target: bool = True,
) -> WatchedCommand:
    """Start a command, watch it to its end, read its log on the way, and judge all three views together."""
    command = Command(words, out, err)
    settings = replace(settings, pid=command.process.pid, started_here=True)
    watching = Watching(settings, on_sample, on_time_over)
    exit_code = command.wait()
    seen = watching.wait(_AFTER_END_S)
    judged, log = judge(seen), command.tap.verdict()
    diagnosis = diagnosis_of(words) if diagnose_target else None
    return WatchedCommand(
        pid=command.process.pid,
        exit_code=exit_code,
        seen=seen,
        judged=judged,
        alarms=alarms(seen, settings),
        log=log,
        joint=join(judged, log, diagnosis),
    )


def diagnosis_of(words: Sequence[str]) -> Diagnosis | None:
    """Diagnose the Python that the command runs in, without starting torch; None when it cannot be asked."""
    from gpuproof.core.diagnose import diagnose
    from gpuproof.core.facts.readers import read_machine
    from gpuproof.core.launch.inspect import inspect_target

    try:
        return diagnose(read_machine(inspect_target(target_of(words), import_torch=False)))
    except UserProblem:
        return None


def target_of(words: Sequence[str]) -> Target:
    """Return the Python of a command such as ``/venv/bin/python app.py``; else the one that we run in."""
    import shutil

    found = shutil.which(words[0])
    if found is None or not Path(words[0]).name.lower().startswith("python"):
        return Target("self")
    return Target("self") if found == sys.executable else Target("python", found)
