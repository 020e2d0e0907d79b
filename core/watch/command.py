"""Runs the command of ``watch -- COMMAND``: its streams and exit code pass through, and its log is read on the way.

Where our own output is a terminal, the command gets a terminal too (not on Windows), so that progress bars and
buffering stay as they are without us.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, BinaryIO

from gpuproof.core.logs.judge import judge
from gpuproof.core.logs.model import LogVerdict
from gpuproof.core.logs.scanner import Scanner
from gpuproof.core.logs.source import LINE_CAP
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

_PART = 1 << 16
_OWN_INTERRUPT_S = 0.5  # for a command that was sent the same Ctrl-C, as by kill to a whole group, to end by itself


class LogTap:
    """Hands bytes on and lets the scanner read whole lines of them; each stream keeps its own unfinished line."""

    def __init__(self) -> None:
        self._scanner = Scanner()
        self._lock = threading.Lock()
        self._rest: dict[str, bytes] = {}

    def take(self, stream: str, part: bytes) -> None:
        """Read on in one stream."""
        part = self._rest.get(stream, b"") + part
        cut = max(part.rfind(b"\n"), part.rfind(b"\r")) + 1
        self._rest[stream] = part[cut:][-LINE_CAP:]
        if cut:
            with self._lock:
                self._scanner.feed(part[:cut])

    def verdict(self) -> LogVerdict:
        """Return the verdict on everything that was printed."""
        with self._lock:
            for rest in self._rest.values():
                if rest:
                    self._scanner.feed(rest)
            self._rest.clear()
            return judge(self._scanner.seen())


def _not_started(program: str, problem: OSError) -> UserProblem:
    hint = text("Give the program and its arguments after --")
    if isinstance(problem, FileNotFoundError):
        return UserProblem(text("There is no program {name}.", name=program), hint)
    if isinstance(problem, PermissionError):
        return UserProblem(text("{name} may not be run as a program.", name=program), hint)
    reason = problem.strerror or type(problem).__name__
    return UserProblem(text("{name} cannot be started: {reason}.", name=program, reason=reason), hint)


@contextmanager
def _handed_on(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Hand a request to end on to a command, which would be left behind without us; in the main thread alone.

    Ctrl-C reaches the command by itself and must not raise here: between the command's end and the reading of its
    exit code a KeyboardInterrupt would lose the code.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {
        signal.SIGTERM: lambda number, _: process.send_signal(number),
        signal.SIGINT: lambda number, _: _unless_at_a_terminal(process),
    }
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _unless_at_a_terminal(process: subprocess.Popen[bytes]) -> None:
    """Hand a Ctrl-C on that came from a program, to us alone; a terminal sends it to the command as well."""
    if sys.platform == "win32" or _is_in_the_foreground():
        return

    def hand_on() -> None:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)

    later = threading.Timer(_OWN_INTERRUPT_S, hand_on)
    later.daemon = True
    later.start()


def _is_in_the_foreground() -> bool:
    try:
        with open("/dev/tty", "rb", buffering=0) as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False  # no terminal at all


class Command:
    """A started command; ``wait`` returns its exit code as a shell would show it."""

    def __init__(self, words: Sequence[str], out: BinaryIO, err: BinaryIO) -> None:
        self.tap = LogTap()
        self._pumps: list[threading.Thread] = []
        ends = [_Ends(out), _Ends(err)]
        try:
            self.process = subprocess.Popen(list(words), stdout=ends[0].child, stderr=ends[1].child)
        except OSError as problem:
            raise _not_started(words[0], problem) from problem
        finally:
            for end in ends:
                end.close_child()
        for name, end, stream in (("out", ends[0], out), ("err", ends[1], err)):
            pump = threading.Thread(target=self._pump, args=(name, end.ours, stream), daemon=True)
            pump.start()
            self._pumps.append(pump)

    def wait(self) -> int:
        """Wait for the end; a signal's death is 128 and its number.

        Ctrl-C goes to the command, which decides; a request to end us (SIGTERM) is handed on to it.
        """
        with _handed_on(self.process):
            code = self.process.wait()
        for pump in self._pumps:
            pump.join(1.0)  # a background child of the command may hold the stream open for ever
        return code if code >= 0 else 128 - code

    def _pump(self, name: str, ours: int, stream: BinaryIO) -> None:
        while True:
            try:
                part = os.read(ours, _PART)
            except OSError:  # the other side of a terminal was closed
                part = b""
            if not part:
                os.close(ours)
                return
            try:
                stream.write(part)
                stream.flush()
            except (OSError, ValueError):
                pass  # our reader is gone; the command is read on so that it is not stopped by a full pipe
            self.tap.take(name, part)


class _Ends:
    """The two ends of a stream: a terminal where ours is one, else a pipe."""

    def __init__(self, stream: IO[bytes]) -> None:
        if sys.platform != "win32" and stream.isatty():
            import pty

            self.ours, self.child = pty.openpty()
            self._copy_size(stream)
        else:
            self.ours, self.child = os.pipe()

    def _copy_size(self, stream: IO[bytes]) -> None:
        import fcntl
        import termios

        try:
            size = fcntl.ioctl(stream.fileno(), termios.TIOCGWINSZ, b"\0" * 8)
            fcntl.ioctl(self.child, termios.TIOCSWINSZ, size)
        except OSError:
            return  # a terminal without a size

    def close_child(self) -> None:
        """Close the command's end here, so that its own end is the last."""
        os.close(self.child)
