"""A growing log: read on at its end until somebody stops, like ``tail -F``; a file that was replaced starts anew.

A pipe is followed too: each part is judged as it comes, until the pipe ends.
"""

from __future__ import annotations

import codecs
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Protocol

from gpuproof.core.logs.judge import judge
from gpuproof.core.logs.model import LogVerdict
from gpuproof.core.logs.scanner import Scanner
from gpuproof.core.logs.source import LINE_CAP, detect_encoding
from gpuproof.core.logs.unreadable import unreadable
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

LOOK_EVERY_S = 0.25
_PART = 1 << 20
OnChange = Callable[[LogVerdict], None]


class Pipe(Protocol):
    """Hands out what is there, waiting only for the first byte; empty at the end."""

    def read1(self, size: int, /) -> bytes:
        """Return up to so many bytes."""
        ...


class GrowingLog:
    """Takes parts of a log as they come; whole lines only are judged, the rest waits for its end."""

    def __init__(self, on_change: OnChange, card: str | None = None) -> None:
        self._on_change = on_change
        self._card = card
        self._encoding = "utf-8"
        self._is_settled = False  # by the first byte that is not ASCII
        self._rest = b""
        self._verdict = ""
        self._scanner = Scanner()

    def take(self, part: bytes) -> None:
        """Read the whole lines of what was added."""
        part = self._rest + part
        if not self._is_settled and (b"\0" in part or not part.isascii()):
            self._encoding, self._is_settled = _encoding_of(part), True
        cut = max(part.rfind(b"\n"), part.rfind(b"\r")) + 1
        cut += cut % 2 if self._encoding.startswith("utf-16") else 0  # a line feed is two bytes there
        self._rest = part[cut:][:LINE_CAP]
        if cut:
            self._scanner.feed(self._utf8(part[:cut]))

    def tell(self) -> None:
        """Tell the verdict when it changed."""
        verdict = judge(self._scanner.seen(), self._card)
        if verdict.verdict != self._verdict:
            self._verdict = verdict.verdict
            self._on_change(verdict)

    def start_anew(self) -> None:
        """Forget half a line: what comes next is another file."""
        self._rest = b""

    def end(self) -> LogVerdict:
        """Take a last line without its end too, and return the verdict."""
        if self._rest:
            self._scanner.feed(self._utf8(self._rest))
        return replace(judge(self._scanner.seen(), self._card), lines=self._scanner.lines, encoding=self._encoding)

    def _utf8(self, part: bytes) -> bytes:
        if self._encoding == "utf-8":
            return part
        return part.decode(self._encoding, "replace").encode("utf-8", "replace")


def _encoding_of(part: bytes) -> str:
    """Return the encoding, UTF-16 with its byte order, as later parts have no mark."""
    found = detect_encoding(part)
    if found == "utf-16":
        return "utf-16-be" if part.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"
    return found


class Follower:
    """Reads what was added to a file since the last look."""

    def __init__(self, path: Path, on_change: OnChange, card: str | None = None) -> None:
        self._path = path
        self._file: IO[bytes] = path.open("rb")
        self._log = GrowingLog(on_change, card)
        self._refuse_packed()

    def look(self) -> None:
        """Read on to the end of the file, and tell the verdict when it changed."""
        self._reopen_when_replaced()
        while part := self._file.read(_PART):
            self._log.take(part)
        self._log.tell()

    def end(self) -> LogVerdict:
        """Return the verdict."""
        self._file.close()
        return self._log.end()

    def _refuse_packed(self) -> None:
        if self._file.read(2) == b"\x1f\x8b":
            self._file.close()
            raise UserProblem(text("A compressed log does not grow."), text("Leave --follow out to read it."))
        self._file.seek(0)

    def _reopen_when_replaced(self) -> None:
        try:
            now, mine = self._path.stat(), os.fstat(self._file.fileno())
        except FileNotFoundError:
            return  # being rotated; the next look finds it
        if (now.st_dev, now.st_ino) != (mine.st_dev, mine.st_ino) or now.st_size < self._file.tell():
            self._file.close()
            self._file = self._path.open("rb")
            self._log.start_anew()


def follow_file(
    name: str, on_change: OnChange, stop: threading.Event | None = None, *, card: str | None = None
) -> LogVerdict:
    """Read a file and what is added to it until ``stop`` or Ctrl-C; each change of the verdict is told at once."""
    stop = stop or threading.Event()
    path = Path(name)
    try:
        follower = Follower(path, on_change, card)
        try:
            follower.look()
            while not stop.wait(LOOK_EVERY_S):
                follower.look()
        except KeyboardInterrupt:
            stop.set()
        return follower.end()
    except OSError as problem:
        raise unreadable(path, problem) from problem


def follow_pipe(pipe: Pipe, on_change: OnChange, *, card: str | None = None) -> LogVerdict:
    """Read a pipe to its end or Ctrl-C; each change of the verdict is told at once."""
    log = GrowingLog(on_change, card)
    try:
        while part := pipe.read1(_PART):
            log.take(part)
            log.tell()
    except KeyboardInterrupt:
        pass  # the verdict on what was read is what the person asked for
    return log.end()
