"""Bytes of a log of any size, in blocks of whole lines and as UTF-8: plain or gzip, UTF-8, UTF-16 or GBK.

A line longer than ``LINE_CAP`` is cut there and the rest is skipped, so that one 100 MB line costs its cap.
"""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Protocol

BLOCK = 1 << 20
LINE_CAP = 1 << 16
_PROBE = 1 << 16


_GZIP = 31  # wbits of zlib: the gzip form
_DAMAGED = (EOFError, zlib.error)
_CONTROLS = bytes((*range(9), *range(14, 27), *range(28, 32)))  # what no text has; escape, tab and line ends are others


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
    is_cut: bool = False  # the compressed stream ended early or was damaged; known after reading

    def blocks(self) -> Iterator[bytes]:
        """Yield blocks that end at a line's end (the last may not), as UTF-8."""
        yield from _whole_lines(_utf8(self._raw(), self.encoding))

    def _raw(self) -> Iterator[bytes]:
        if self._head:
            yield self._head
        try:
            while block := self._stream.read(BLOCK):
                yield block
        except _DAMAGED:
            self.is_cut = True


def open_log(stream: IO[bytes] | Readable) -> Log:
    """Look at the beginning of a stream: unpack gzip, find the encoding."""
    head, is_cut = _read_up_to(stream, _PROBE), False
    if head[:2] == b"\x1f\x8b":
        stream = _Unpacked(head, stream)
        head, is_cut = _unpacked_head(stream)
    encoding = detect_encoding(head)
    return Log(encoding, stream, head, _binary_ratio(head[:4096], encoding), is_cut)


def _unpacked_head(stream: Readable) -> tuple[bytes, bool]:
    """Return the first bytes of a packed log, as far as they can be had, and whether it ended early."""
    head = b""
    try:
        while len(head) < _PROBE and (part := stream.read(4096)):
            head += part
    except _DAMAGED:
        return head, True
    return head, False


def _binary_ratio(sample: bytes, encoding: str) -> float:
    if encoding not in ("utf-8", "gb18030"):
        return 0.0
    return (len(sample) - len(sample.translate(None, _CONTROLS))) / max(1, len(sample))


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


class _Unpacked:
    """Unpacks gzip, also of several members, and hands out all that an unfinished one has; zeros behind it are none."""

    def __init__(self, head: bytes, packed: Readable) -> None:
        self._rest, self._packed = head, packed
        self._member = zlib.decompressobj(_GZIP)

    def read(self, size: int, /) -> bytes:
        """Return up to so many unpacked bytes; empty at the end, ``EOFError`` where the end is missing."""
        while True:
            if self._member.eof:
                if not self._next_member():
                    return b""
            elif not self._rest and not self._more():
                raise EOFError
            part = self._member.decompress(self._rest, size)
            self._rest = self._member.unconsumed_tail
            if part:
                return part

    def _next_member(self) -> bool:
        self._rest = self._member.unused_data.lstrip(b"\0")
        while not self._rest:
            if not self._more():
                return False
            self._rest = self._rest.lstrip(b"\0")
        self._member = zlib.decompressobj(_GZIP)
        return True

    def _more(self) -> bool:
        self._rest = self._packed.read(_PROBE)
        return bool(self._rest)


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
