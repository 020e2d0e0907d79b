"""The pixels of a PNG with eight bits a channel, decoded without a library."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """Rows of bytes, ``channels`` a pixel."""

    width: int
    height: int
    channels: int
    rows: tuple[bytes, ...]

    def means(self, size: int) -> list[tuple[float, ...]]:
        """Return the mean colour of each square of so many pixels, row by row."""
        found = []
        for top in range(0, self.height, size):
            for left in range(0, self.width, size):
                parts = [
                    row[left * self.channels : (left + size) * self.channels] for row in self.rows[top : top + size]
                ]
                found.append(tuple(_mean(parts, channel, self.channels) for channel in range(min(3, self.channels))))
        return found


def read_png(data: bytes) -> Picture:
    """Decode the picture."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, head = 8, b"", b""
    while at < len(data):
        (length,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        head, packed = (body if kind == b"IHDR" else head), packed + (body if kind == b"IDAT" else b"")
        at += 12 + length
    width, height, depth, colour = struct.unpack(">IIBB", head[:10])
    assert depth == 8
    channels = {2: 3, 6: 4}[colour]
    return Picture(width, height, channels, tuple(_rows(zlib.decompress(packed), width * channels, channels)))


def _rows(raw: bytes, length: int, step: int) -> list[bytes]:
    rows, above = [], bytearray(length)
    for start in range(0, len(raw), length + 1):
        kind, line = raw[start], bytearray(raw[start + 1 : start + 1 + length])
        for i in range(length) if kind else ():
            left, up = (line[i - step] if i >= step else 0), above[i]
            corner = above[i - step] if i >= step else 0
            line[i] = (line[i] + (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]) & 255
        rows.append(bytes(line))
        above = line
    return rows


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))


def _mean(parts: list[bytes], channel: int, channels: int) -> float:
    values = b"".join(part[channel::channels] for part in parts)
    return sum(values) / len(values)
