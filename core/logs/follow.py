"""A growing log: read on at its end until somebody stops, like ``tail -F``; a file that was replaced starts anew."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO

from gpuproof.core.logs.judge import judge
from gpuproof.core.logs.model import LogVerdict
from gpuproof.core.logs.scanner import Scanner
from gpuproof.core.logs.source import LINE_CAP, detect_encoding
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Text, text

LOOK_EVERY_S = 0.25
_PART = 1 << 20


class Follower:
    """Reads what was added since the last look; whole lines only, the rest waits for its end."""

    def __init__(self, path: Path, say: Callable[[Text], None]) -> None:
        self._path = path
        self._say = say
        self._file: IO[bytes] = path.open("rb")
        self._encoding = "utf-8"
        self._rest = b""
        self._verdict = ""
        self.scanner = Scanner()

    def look(self) -> None:
        """Read on to the end of the file, and say the verdict when it changed."""
        self._reopen_when_replaced()
        while part := self._file.read(_PART):
            self._take(part)
        verdict = judge(self.scanner.seen())
        if verdict.verdict != self._verdict:
            self._verdict = verdict.verdict
            self._say(text("So far: {verdict}. {why}", verdict=verdict.verdict, why=verdict.why))

    def end(self) -> LogVerdict:
        """Take a last line without its end too, and return the verdict."""
        if self._rest:
            self.scanner.feed(self._utf8(self._rest))
        self._file.close()
        return replace(judge(self.scanner.seen()), lines=self.scanner.lines, encoding=self._encoding)

    def _take(self, part: bytes) -> None:
        if self.scanner.lines == 0 and not self._rest:
            self._encoding = detect_encoding(part)
        part = self._rest + part
        cut = max(part.rfind(b"\n"), part.rfind(b"\r")) + 1
        cut += cut % 2 if self._encoding.startswith("utf-16") else 0  # a line feed is two bytes there
        self._rest = part[cut:][:LINE_CAP]
        if cut:
            self.scanner.feed(self._utf8(part[:cut]))

    def _utf8(self, part: bytes) -> bytes:
        if self._encoding == "utf-8":
            return part
        return part.decode(self._encoding, "replace").encode("utf-8", "replace")

    def _reopen_when_replaced(self) -> None:
        try:
            now, mine = self._path.stat(), os.fstat(self._file.fileno())
        except FileNotFoundError:
            return  # being rotated; the next look finds it
        if (now.st_dev, now.st_ino) != (mine.st_dev, mine.st_ino) or now.st_size < self._file.tell():
            self._file.close()
            self._file = self._path.open("rb")
            self._rest = b""


def follow_file(name: str, say: Callable[[Text], None], stop: threading.Event | None = None) -> LogVerdict:
    """Read a file and what is added to it until ``stop`` or Ctrl-C; each change of the verdict is said at once."""
    stop = stop or threading.Event()
    try:
        follower = Follower(Path(name), say)
    except OSError as problem:
        raise UserProblem(
            text("The log cannot be read: {problem}", problem=problem), text("Give the path of a readable text file.")
        ) from problem
    try:
        follower.look()
        while not stop.wait(LOOK_EVERY_S):
            follower.look()
    except KeyboardInterrupt:
        stop.set()
    return follower.end()
