"""Bytes of an agent's stdout in, messages out: pure, so that a pipe, a Qt process and a recording share it.

A line is one message, e.g. ``{"type": "hello", "protocol": 1, "nonce": "5f0c", "pid": 4121}``. Lines may arrive in any
pieces. Whatever is not a message becomes ``Malformed`` with a short excerpt, as libraries print when they please.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from gpuproof.core.launch.model import Message

LONGEST_LINE_BYTES = 4 << 20
_EXCERPT_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that is no message: why, and its beginning as plain text."""

    reason: str
    excerpt: str

    def __str__(self) -> str:
        return f"{self.reason}: {self.excerpt}"


class Decoder:
    """Keeps the unfinished line between reads; never holds more than one line of ``longest_line_bytes``."""

    def __init__(self, longest_line_bytes: int = LONGEST_LINE_BYTES) -> None:
        self._longest = longest_line_bytes
        self._pieces: list[bytes] = []
        self._held = 0
        self._skipping = False

    def feed(self, data: bytes) -> list[Message | Malformed]:
        """Return what the new bytes complete."""
        found: list[Message | Malformed] = []
        *complete, rest = data.split(b"\n")
        for piece in complete:
            self._hold(piece, found)
            self._end_line(found)
        self._hold(rest, found)
        return found

    def finish(self) -> list[Message | Malformed]:
        """Return what is left at the end of the stream: a last line without its newline was cut off."""
        line = b"".join(self._pieces)
        self._forget()
        if not line.strip():
            return []
        decoded = decode_line(line)
        return [decoded if isinstance(decoded, dict) else Malformed("unfinished line", decoded.excerpt)]

    def _hold(self, piece: bytes, found: list[Message | Malformed]) -> None:
        if self._skipping or not piece:
            return
        self._pieces.append(piece)
        self._held += len(piece)
        if self._held > self._longest:
            beginning = b"".join(self._pieces)[:_EXCERPT_CHARACTERS]
            found.append(Malformed(f"line longer than {self._longest} bytes", _excerpt(beginning)))
            self._forget()
            self._skipping = True

    def _end_line(self, found: list[Message | Malformed]) -> None:
        line = b"".join(self._pieces)
        self._forget()
        if line.strip():
            found.append(decode_line(line))

    def _forget(self) -> None:
        self._pieces.clear()
        self._held = 0
        self._skipping = False


def decode_line(line: bytes) -> Message | Malformed:
    """Read one line; a message is a JSON object whose ``type`` is text."""
    try:
        value = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return Malformed("not JSON", _excerpt(line))
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return Malformed("not a message", _excerpt(line))
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _excerpt(line: bytes) -> str:
    words = line[: 4 * _EXCERPT_CHARACTERS].decode("utf-8", "replace").strip()
    return "".join(character if character.isprintable() else " " for character in words)[:_EXCERPT_CHARACTERS]


def encode_line(message: dict[str, Any]) -> bytes:
    """Write one message as a line, the way the agent reads its request."""
    return json.dumps(message, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"
