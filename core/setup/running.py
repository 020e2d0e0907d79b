"""Runs an installer with its output shown live, a cancel that ends its whole tree, and a deadline for silence."""

from __future__ import annotations

import contextlib
import os
import queue
import re
import secrets
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Literal

from gpuproof.core.launch.process_tree import MARK_VARIABLE, end_tree
from gpuproof.core.launch.surroundings import quiet_start
from gpuproof.core.setup.tools import tool_environment

Ending = Literal["done", "failed", "cancelled", "silent", "not_started"]
SILENT_FOR_S = 600.0
_TICK_S = 0.2
_TAIL_LINES = 60
_LINE_CHARACTERS = 600
_LINE_END = re.compile(rb"[\r\n]+")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRun:
    """How an installer ended, with its last lines and the processes that could not be ended."""

    ending: Ending
    tail: tuple[str, ...] = ()
    exit_status: int | None = None
    left_behind: tuple[int, ...] = ()

    @property
    def last_error(self) -> str:
        """Return the line that most likely says what went wrong."""
        errors = [line for line in self.tail if line.lower().lstrip().startswith(("error", "fatal", "× ", "x "))]
        return errors[-1] if errors else self.tail[-1] if self.tail else ""


def run_tool(
    command: Sequence[str],
    *,
    on_line: Callable[[str], None] | None = None,
    on_tick: Callable[[], bool] | None = None,
    cancel: threading.Event | None = None,
    environment: Mapping[str, str] | None = None,
    folder: str | None = None,
    silent_for_s: float = SILENT_FOR_S,
    mark: str = "",
) -> ToolRun:
    """Run it to the end. ``on_line`` gets every line of its output, ``on_tick`` is called a few times a second.

    ``on_tick`` tells whether something moves although nothing is printed, as a download without a progress bar does.
    ``environment`` holds additions to the tools' environment. The callbacks run on this thread. All its processes carry
    ``mark`` in their environment, by which they are found when this process is gone.
    """
    mark = mark or secrets.token_hex(8)
    variables = {**tool_environment(), **(environment or {}), MARK_VARIABLE: mark}
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            cwd=folder,
            env=variables,
            **quiet_start(),
        )
    except OSError as problem:
        return ToolRun(ending="not_started", tail=(f"{command[0]}: {problem.strerror}",))
    return _Following(process, mark, on_line, on_tick, cancel, silent_for_s).to_the_end()


class _Following:
    """An installer while it runs."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        mark: str,
        on_line: Callable[[str], None] | None,
        on_tick: Callable[[], bool] | None,
        cancel: threading.Event | None,
        silent_for_s: float,
    ) -> None:
        self._process = process
        self._mark = mark
        self._on_line = on_line
        self._on_tick = on_tick
        self._cancel = cancel or threading.Event()
        self._silent_for_s = silent_for_s
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._lines: queue.Queue[str | None] = queue.Queue(2000)
        self._stop = threading.Event()
        self._left: tuple[int, ...] = ()
        self._heard = self._ticked = time.monotonic()

    def to_the_end(self) -> ToolRun:
        reader = threading.Thread(target=self._read, name="installer-output", daemon=True)
        reader.start()
        ending: Ending = "failed"
        try:
            ending = self._follow()
        finally:
            if ending in ("cancelled", "silent") or self._process.poll() is None:
                self._left = end_tree(self._process, self._mark)
            self._stop.set()
            reader.join(0.5)
            if not reader.is_alive():
                with contextlib.suppress(OSError):
                    self._pipe().close()
        return ToolRun(
            ending=ending,
            tail=tuple(self._tail),
            exit_status=self._process.returncode,
            left_behind=self._left,
        )

    def _follow(self) -> Ending:
        self._heard = time.monotonic()
        while not self._cancel.is_set():
            if time.monotonic() - self._heard > self._silent_for_s:
                return "silent"
            self._tick()
            try:
                line = self._lines.get(timeout=_TICK_S)
            except queue.Empty:
                if self._process.poll() is not None:
                    return self._ended()
                continue
            if line is None:
                return self._ended()
            self._take(line)
        return "cancelled"

    def _ended(self) -> Ending:
        try:
            status = self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            return "silent"
        return "done" if status == 0 else "failed"

    def _take(self, line: str) -> None:
        self._heard = time.monotonic()
        self._tail.append(line)
        if self._on_line is not None:
            self._on_line(line)

    def _tick(self) -> None:
        now = time.monotonic()
        if self._on_tick is not None and now - self._ticked >= _TICK_S:
            self._ticked = now
            if self._on_tick():
                self._heard = now

    def _pipe(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def _read(self) -> None:
        rest = b""
        while data := self._read_some():
            *lines, rest = _LINE_END.split(rest + data)
            for line in lines:
                self._put(_shown(line))
            rest = rest[-4 * _LINE_CHARACTERS :]
        self._put(_shown(rest))
        self._put(None)

    def _read_some(self) -> bytes:
        try:
            return os.read(self._pipe().fileno(), 1 << 16)
        except (OSError, ValueError):
            return b""

    def _put(self, line: str | None) -> None:
        while line != "" and not self._stop.is_set():
            try:
                self._lines.put(line, timeout=0.1)
            except queue.Full:
                continue
            return


def _shown(line: bytes) -> str:
    words = _CONTROL.sub("", line.decode("utf-8", "replace")).rstrip()
    return "".join(c if c.isprintable() else " " for c in words)[:_LINE_CHARACTERS]
