"""Bytes of a log of any size, in blocks of whole lines and as UTF-8: plain or gzip, UTF-8, UTF-16 or GBK.

A line longer than ``LINE_CAP`` is cut there and the rest is skipped, so that one 100 MB line costs its cap.
"""

from __future__ import annotations

import codecs
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Protocol, cast

BLOCK = 1 << 20
LINE_CAP = 1 << 16
_PROBE = 1 << 16


class Readable(Protocol):
    """Anything that hands out bytes."""

    def read(self, size: int, /) -> bytes:
        """Return up to so many bytes; empty at the end."""
        ...


@dataclass(slots=True)
class Log:
    """An opened log: its blocks can be read once; ``encoding`` is known from the start."""

    encoding: str
    _stream: Readable
    _head: bytes
    binary_ratio: float = 0.0

    def blocks(self) -> Iterator[bytes]:
        """Yield blocks that end at a line's end (the last may not), as UTF-8."""
        yield from _whole_lines(_utf8(self._raw(), self.encoding))

    def _raw(self) -> Iterator[bytes]:
        if self._head:
            yield self._head
        while block := self._stream.read(BLOCK):
            yield block


def open_log(stream: IO[bytes] | Readable) -> Log:
    """Look at the beginning of a stream: unpack gzip, find the encoding."""
    head = _read_up_to(stream, _PROBE)
    if head[:2] == b"\x1f\x8b":
        unpacked = gzip.GzipFile(fileobj=cast(IO[bytes], _Joined(head, stream)))
        head, stream = unpacked.read(_PROBE), unpacked
    encoding = detect_encoding(head)
    control = sum(head[:4096].count(bytes([byte])) for byte in range(9)) if encoding in ("utf-8", "gb18030") else 0
    return Log(encoding, stream, head, control / max(1, len(head[:4096])))


def _read_up_to(stream: Readable, size: int) -> bytes:
    """Read until so many bytes are there or the stream ends; a pipe hands out less at a time."""
    parts: list[bytes] = []
    missing = size
    while missing > 0:
        part = stream.read(missing)
        if not part:
            break
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


@dataclass(slots=True)
class _Joined:
    """Puts bytes that were read for a look back before the stream."""

    head: bytes
    rest: Readable

    def read(self, size: int = -1, /) -> bytes:
        if self.head:
            part, self.head = (self.head, b"") if size < 0 else (self.head[:size], self.head[size:])
            return part
        return self.rest.read(BLOCK if size < 0 else size)


def detect_encoding(head: bytes) -> str:
    """Tell UTF-16 (with or without a mark), UTF-8 and GBK apart by the first bytes of a file."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    sample = head[: len(head) // 2 * 2]
    if sample:
        odd, even = sample[1::2].count(0), sample[0::2].count(0)
        if max(odd, even) > len(sample) // 5:  # every second byte of Latin text is zero
            return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8" if _decodes(head, "utf-8") or not _decodes(head, "gb18030") else "gb18030"


def _decodes(head: bytes, encoding: str) -> bool:
    """Tell whether the bytes are of this encoding; a character cut at the end is no fault."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _utf8(raw: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding == "utf-8":
        yield from raw
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for block in raw:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", True).encode("utf-8", "replace")


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    rest, is_skipping = b"", False
    for piece in blocks:
        block = piece
        if is_skipping:
            end = _line_end(block)
            if end < 0:
                continue
            block, is_skipping = block[end:], False
        block = rest + block if rest else block
        cut = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        rest = block[cut:]
        if cut:
            yield block[:cut]
        if len(rest) > LINE_CAP:
            yield rest[:LINE_CAP]
            rest, is_skipping = b"", True
    if rest:
        yield rest


def _line_end(block: bytes) -> int:
    found = [place for place in (block.find(b"\n"), block.find(b"\r")) if place >= 0]
    return min(found, default=-1)
