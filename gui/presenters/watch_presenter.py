"""Watches a running program, or one that it starts, and says whether it uses the GPU."""

from __future__ import annotations

import shlex
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gpuproof.core.bench.model import TelemetrySample
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Text, text
from gpuproof.gui.presenters.background import Background
from gpuproof.gui.presenters.check_state import last_lines
from gpuproof.gui.presenters.programs import Program, running_programs
from gpuproof.gui.style.colours import Tone

if TYPE_CHECKING:
    from gpuproof.core.logs.model import LogVerdict
    from gpuproof.core.watch.model import Alarm, Judgement

_DRAIN_MS = 100
_PART = 1 << 14


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """What the page shows. ``watched`` says which program, while and after it is watched."""

    programs: tuple[Program, ...] = ()
    is_listing: bool = False
    is_watching: bool = False
    is_stopping: bool = False
    watched: str = ""
    judgement: Judgement | None = None
    alarms: tuple[Alarm, ...] = ()
    log: LogVerdict | None = None
    lines: tuple[str, ...] = ()
    exit_code: int | None = None
    problem: Text | None = None
    hint: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    judgement: Judgement
    alarms: tuple[Alarm, ...]
    log: LogVerdict | None = None
    exit_code: int | None = None


class WatchPresenter(QObject):
    """One watch at a time; a program that was started here ends with it."""

    state_changed = Signal(object)  # WatchState
    samples_arrived = Signal(object)  # list[TelemetrySample]
    watch_began = Signal()

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self._cancel = threading.Event()
        self._inbox: deque[TelemetrySample | str] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(_DRAIN_MS)
        self._timer.timeout.connect(self.drain)
        self.state = WatchState()

    def list_programs(self) -> None:
        """Look which programs run."""
        if not self.state.is_listing:
            self._set(replace(self.state, is_listing=True))
            self._background.start(running_programs, self._listed, self._failed)

    def watch(self, program: Program) -> None:
        """Watch a running program until it ends or until it is enough."""
        inbox, cancel = self._begin(f"{program.name} ({program.pid})")
        if cancel is not None:
            self._background.start(lambda: _watch_pid(program.pid, inbox, cancel), self._ended, self._failed)

    def start(self, command: str) -> None:
        """Start a program and watch it; its output is read as a log."""
        try:
            words = shlex.split(command, posix=sys.platform != "win32") if command.strip() else []
        except ValueError:  # such as a quotation mark without its partner
            found = text("The command is not complete: a quotation mark or a backslash is left open.")
            self._set(replace(self.state, problem=found, hint=text("Close it, as in a terminal.")))
            return
        if not words:
            self._set(
                replace(self.state, problem=text("There is no command yet."), hint=text("Type one, as in a terminal."))
            )
            return
        inbox, cancel = self._begin(command)
        if cancel is not None:
            self._background.start(lambda: _watch_command(words, inbox, cancel), self._ended, self._failed)

    def cancel(self) -> None:
        """It is enough: stop watching and judge."""
        if self.state.is_watching and not self.state.is_stopping:
            self._cancel.set()
            self._set(replace(self.state, is_stopping=True))

    @Slot()
    def drain(self) -> None:
        """Take in what has arrived."""
        samples, lines = [], self.state.lines
        while self._inbox:
            item = self._inbox.popleft()
            if isinstance(item, str):
                lines = last_lines(lines, item)
            else:
                samples.append(item)
        if samples:
            self.samples_arrived.emit(samples)
        if lines is not self.state.lines:
            self._set(replace(self.state, lines=lines))

    def _begin(self, watched: str) -> tuple[deque[TelemetrySample | str], threading.Event | None]:
        if self.state.is_watching:
            return self._inbox, None
        self._cancel = threading.Event()
        self._inbox.clear()
        self._set(WatchState(programs=self.state.programs, is_watching=True, watched=watched))
        self.watch_began.emit()
        self._timer.start()
        return self._inbox, self._cancel

    def _listed(self, programs: tuple[Program, ...]) -> None:
        self._set(replace(self.state, programs=programs, is_listing=False))

    def _ended(self, seen: _Seen) -> None:
        self._rest()
        self._set(
            replace(
                self.state,
                judgement=seen.judgement,
                alarms=seen.alarms,
                log=seen.log,
                exit_code=seen.exit_code,
            )
        )

    def _failed(self, problem: UserProblem) -> None:
        was_watching = self.state.is_watching
        self._rest()
        self._set(replace(self.state, is_listing=False, problem=problem.message, hint=problem.hint))
        if was_watching:  # the program may have ended meanwhile: the list is old
            self.list_programs()

    def _rest(self) -> None:
        self._timer.stop()
        self.drain()
        self.state = replace(self.state, is_watching=False, is_stopping=False)

    def _set(self, state: WatchState) -> None:
        self.state = state
        self.state_changed.emit(state)


def judgement_words(judgement: Judgement) -> tuple[Tone, Text]:
    """Return tone and title of what was seen."""
    known: dict[str, tuple[Tone, Text]] = {
        "gpu": ("ok", text("It uses the GPU")),
        "cpu": ("bad", text("It works on the CPU")),
        "mixed": ("warning", text("It uses GPU and CPU in turn")),
        "waits": ("unknown", text("It waits")),
        "cannot_tell": ("unknown", text("It cannot be told")),
    }
    return known[judgement.verdict]


def _watch_pid(pid: int, inbox: deque[Any], cancel: threading.Event) -> _Seen:
    from gpuproof.core.watch.model import WatchSettings
    from gpuproof.core.watch.session import check_pid

    check_pid(pid)
    return _watched(WatchSettings(pid=pid), inbox, cancel)


def _watched(settings: Any, inbox: deque[Any], cancel: threading.Event) -> _Seen:
    from gpuproof.core.watch.alarms import alarms
    from gpuproof.core.watch.judge import judge
    from gpuproof.core.watch.session import watch

    seen = watch(settings, on_sample=inbox.append, cancel=cancel)
    return _Seen(judgement=judge(seen), alarms=tuple(alarms(seen, settings)))


def _watch_command(words: list[str], inbox: deque[Any], cancel: threading.Event) -> _Seen:
    from gpuproof.core.launch.process_tree import end_tree
    from gpuproof.core.watch.command import LogTap
    from gpuproof.core.watch.model import WatchSettings

    try:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError as problem:
        raise UserProblem(
            text("The command cannot be started: {problem}", problem=problem),
            text("Give the program and its arguments, as in a terminal."),
        ) from problem
    tap = LogTap()
    pump = threading.Thread(target=_read, args=(process, tap, inbox), name="gpuproof-log", daemon=True)
    pump.start()
    try:
        seen = _watched(WatchSettings(pid=process.pid), inbox, cancel)
    finally:
        if process.poll() is None:
            end_tree(process)
        pump.join(2.0)
    return replace(seen, log=tap.verdict(), exit_code=process.poll())


def _read(process: subprocess.Popen[bytes], tap: Any, inbox: deque[Any]) -> None:
    assert process.stdout is not None
    with process.stdout as stream:
        for line in iter(lambda: stream.readline(_PART), b""):
            tap.take("out", line)
            inbox.append(line.decode("utf-8", "replace").rstrip())
