"""Reads one log and judges it: a file, a stream, or lines at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from gpuproof.core.logs.judge import judge
from gpuproof.core.logs.model import LogVerdict
from gpuproof.core.logs.scanner import Scanner
from gpuproof.core.logs.source import Log, Readable, open_log
from gpuproof.core.logs.unreadable import unreadable
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

_BINARY = 0.05  # more control characters than this and it is no text


def scan_stream(
    stream: Readable, on_verdict: Callable[[LogVerdict], None] | None = None, *, card: str | None = None
) -> LogVerdict:
    """Read a stream to its end; memory does not grow with it. ``card`` names the GPU where the log does not."""
    log = _opened(stream)
    scanner = Scanner()
    for block in log.blocks():
        scanner.feed(block)
        if on_verdict is not None:
            on_verdict(judge(scanner.seen(), card))
    verdict = replace(judge(scanner.seen(), card), lines=scanner.lines, encoding=log.encoding)
    if log.is_cut:
        note = text("The compressed log ends too early or is damaged; what comes before that was read.")
        verdict = replace(verdict, notes=(*verdict.notes, note))
    return verdict


def _opened(stream: Readable) -> Log:
    log = open_log(stream)
    if log.binary_ratio > _BINARY:
        raise UserProblem(
            text("This is not a text file."), text("Give a log: text in UTF-8, UTF-16 or GBK, plain or as .gz.")
        )
    return log


def scan_file(path: Path, *, card: str | None = None) -> LogVerdict:
    """Read one file; a file that cannot be read is the person's to mend."""
    try:
        with path.open("rb") as stream:
            return scan_stream(stream, card=card)
    except OSError as problem:
        raise unreadable(path, problem) from problem


def scan(lines: Iterable[str], card: str | None = None) -> LogVerdict:
    """Judge lines that are at hand already."""
    scanner = Scanner()
    scanner.feed("\n".join(line.rstrip("\r\n") for line in lines).encode("utf-8", "replace") + b"\n")
    return replace(judge(scanner.seen(), card), lines=scanner.lines)
