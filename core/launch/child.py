"""One agent process with its three pipes: everything that arrives is put in a bounded queue, in order.

Pipes are read and written by threads, as a pipe that nobody reads blocks the child, and select() does not know pipes
on Windows. The threads end with the pipes; one that stays behind on a pipe held open by a hung process is a daemon.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from typing import IO, Any

from gpuproof.core.launch.decode import Decoder, Malformed, encode_line
from gpuproof.core.launch.model import Message
from gpuproof.core.launch.process_tree import end_tree
from gpuproof.core.launch.starting import Start
from gpuproof.core.launch.surroundings import child_environment, quiet_start

Arrival = tuple[Message | Malformed, int] | None  # with its size in bytes; None: stdout has ended
_READ_BYTES = 1 << 16
_STDERR_LINES = 60
_STDERR_LINE_CHARACTERS = 500
_WAITING = 512  # arrivals that may wait; then the child waits for us


class Child:
    """A started agent. ``close`` must be called; it leaves no process behind, or says which."""

    def __init__(self, start: Start, mark: str, changes: Mapping[str, str | None] | None = None) -> None:
        self.mark = mark
        self._stop = threading.Event()
        self._arrivals: queue.Queue[Arrival] = queue.Queue(_WAITING)
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        self._folder = _private_folder()
        try:
            self._process = subprocess.Popen(
                start.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd=self._folder or os.path.abspath(os.sep),
                env=child_environment(mark, {**start.changes, **(changes or {})}),
                **quiet_start(),
            )
        except OSError:
            self._remove_folder()
            raise
        self._threads = [
            threading.Thread(target=work, name=f"agent-{work.__name__}", daemon=True)
            for work in (self._read_messages, self._read_stderr, self._write)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def stderr_tail(self) -> tuple[str, ...]:
        """Return the last lines of stderr, each cut to a bounded length."""
        return tuple(self._stderr)

    def send(self, message: dict[str, Any]) -> None:
        """Queue one line for the child's stdin; never blocks."""
        self._outgoing.put(encode_line(message))

    def send_bytes(self, data: bytes) -> None:
        """Queue raw bytes for the child's stdin; never blocks."""
        self._outgoing.put(data)

    def next_arrival(self, timeout_s: float) -> Arrival:
        """Return what arrived next; raises ``queue.Empty`` after the timeout."""
        return self._arrivals.get(timeout=timeout_s)

    def exit_status(self) -> int | None:
        """Return the exit status, None while it runs; minus the signal's number on POSIX."""
        return self._process.poll()

    def wait(self, timeout_s: float) -> int | None:
        """Wait for the exit for at most this long."""
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def close(self, *, search_for_more: bool) -> tuple[int, ...]:
        """End what still runs, release pipes and folder; returns the ids of processes that could not be ended.

        ``search_for_more`` also looks for descendants after the child itself has ended.
        """
        left: tuple[int, ...] = ()
        if search_for_more or self._process.poll() is None:
            left = end_tree(self._process, self.mark)
        self._stop.set()
        self._outgoing.put(None)
        for thread in self._threads:
            thread.join(0.05 if left else 0.5)
        self._close_pipes()
        self._remove_folder()
        return left

    def _close_pipes(self) -> None:
        # a pipe that a thread is still reading must stay open: its number could be given to another file
        for thread, pipe in zip(self._threads, self._pipes(), strict=True):
            if not thread.is_alive():
                with contextlib.suppress(OSError):
                    pipe.close()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
        process = self._process
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdin is not None
        return process.stdout, process.stderr, process.stdin

    def _remove_folder(self) -> None:
        if not self._folder:
            return
        try:
            os.rmdir(self._folder)
        except OSError:  # something was left in it
            import shutil

            shutil.rmtree(self._folder, ignore_errors=True)

    def _read_messages(self) -> None:
        pipe, decoder = self._pipes()[0], Decoder()
        while data := _read(pipe):
            found = decoder.feed(data)
            for item in found:
                self._arrived((item, len(data) // len(found)))
        for item in decoder.finish():
            self._arrived((item, 0))
        self._arrived(None)

    def _arrived(self, arrival: Arrival) -> None:
        while not self._stop.is_set():
            try:
                self._arrivals.put(arrival, timeout=0.1)
            except queue.Full:
                continue
            return

    def _read_stderr(self) -> None:
        pipe, rest = self._pipes()[1], b""
        while data := _read(pipe):
            *lines, rest = (rest + data).split(b"\n")
            self._stderr.extend(_shown(line) for line in lines[-_STDERR_LINES:])
            rest = rest[-4 * _STDERR_LINE_CHARACTERS :]
        if rest.strip():
            self._stderr.append(_shown(rest))

    def _write(self) -> None:
        pipe = self._pipes()[2]
        while (data := self._outgoing.get()) is not None:
            view = memoryview(data)
            try:
                while view:
                    view = view[os.write(pipe.fileno(), view) :]
            except OSError:  # the child has closed its stdin or is gone; its end is seen elsewhere
                return


def _private_folder() -> str:
    """Return a new empty folder; empty text on a full disk, where looking at the machine must still work."""
    given = next((os.environ[name] for name in ("TMPDIR", "TEMP", "TMP") if os.environ.get(name)), "")
    try:
        if sys.platform == "win32" or (given and not os.path.isabs(given)):
            import tempfile  # its search for a folder is slow to load, and needed there alone

            return tempfile.mkdtemp(prefix="gpuproof-")
        folder = os.path.join(given or "/tmp", f"gpuproof-{os.urandom(8).hex()}")
        os.mkdir(folder, 0o700)
    except OSError:
        return ""
    return folder


def _read(pipe: IO[bytes]) -> bytes:
    try:
        return os.read(pipe.fileno(), _READ_BYTES)
    except (OSError, ValueError):
        return b""


def _shown(line: bytes) -> str:
    words = line[: 4 * _STDERR_LINE_CHARACTERS].decode("utf-8", "replace").rstrip()
    return "".join(c if c.isprintable() or c == "\t" else "�" for c in words)[:_STDERR_LINE_CHARACTERS]
