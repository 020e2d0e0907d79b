"""The shape of a line: what is left of it when letters are lowered and digits masked.

Most lines of a long log repeat a shape that was seen before, and mean what the first of that shape meant. Where the
value of a digit matters, as in ``offloaded 0/33 layers to GPU``, the lines of a shape are told apart again.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gpuproof.core.logs.model import Signal

_UPPER = bytes(range(ord("A"), ord("Z") + 1))
_FROM = _UPPER + b"123456789\r"
_SHAPE = bytes.maketrans(_FROM, _UPPER.lower() + b"0" * 9 + b"\n")
_ZERO_OR_NOT = bytes.maketrans(_FROM, _UPPER.lower() + b"1" * 9 + b"\n")
_HEX = re.compile(rb"\b(?=[a-f-]*0)[0a-f]{6,}(?:-[0a-f]+)*\b|\b0[0.:,]*0\b")
_NUMBER = re.compile(rb"1[01.:,]*")
_STAMP = re.compile(rb"^[^a-z0-9]*[0-9][0-9/.:,t +-]{5,}[0-9]")
_DIGIT = re.compile(rb"[0-9]")
_NAME = re.compile(rb"\b(?=[0-9a-f-]*[0-9])(?=[0-9-]*[a-f])[0-9a-f]{8,}(?:-[0-9a-f]+)*\b")

ZERO_CHECKS = frozenset({"layers", "count", "ollama_offload"})
EXACT_CHECKS = frozenset({"slow", "comfy_total", "comfy_loaded", "cuda_error", "utilisation"})


def shape(text: bytes) -> bytes:
    """Return text lowered, every digit as 0, carriage returns as line feeds; places in it stay the same."""
    return text.translate(_SHAPE)


def zero_or_not(text: bytes) -> bytes:
    """Return the shape with every digit but 0 as 1."""
    return text.translate(_ZERO_OR_NOT)


def short_shape(line: bytes) -> bytes:
    """Return a line's shape without the length of its numbers and without hexadecimal names."""
    return _HEX.sub(b"0", line)


def short_zero_or_not(line: bytes) -> bytes:
    """Return a line of ``zero_or_not`` without the length of its numbers."""
    return _NUMBER.sub(b"1", line)


def without_time(line: bytes) -> bytes:
    """Return a line with the digits of a time or date at its beginning masked, and with hexadecimal names as one."""
    return _NAME.sub(b"0a", _STAMP.sub(lambda found: _DIGIT.sub(b"0", found.group()), line, count=1))


@lru_cache(maxsize=1024)
def digits_matter(signal: Signal) -> str:
    """Tell what of a digit can change what this signal says: ``zero`` whether it is 0, ``exact`` its value."""
    literal = _literal_digits(signal.pattern)
    if "exact" in signal.flags or signal.check in EXACT_CHECKS or literal - {"0", "[1-9]"}:
        return "exact"
    return "zero" if literal or signal.check in ZERO_CHECKS else ""


def may_hang_on_digits(signal: Signal, line: str) -> bool:
    """Tell whether a line with any other digits in it could match the signal."""
    return _loose(signal.pattern).search(line) is not None


@lru_cache(maxsize=1024)
def _loose(pattern: str) -> re.Pattern[str]:
    return re.compile(any_digits(pattern), re.ASCII)


_TOKEN = re.compile(
    r"\\.|\{[\d,]+\}|\(\?P<\w+>|\[(?:\\.|[^\]\\])*\]|(?P<denied>\(\?<?!(?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\))|\d"
)


def any_digits(pattern: str) -> str:
    """Return a pattern that matches, whatever the digits, each line that the given one matches with some digits."""
    return _TOKEN.sub(_loosened, pattern)


def _loosened(found: re.Match[str]) -> str:
    token = found.group()
    if found["denied"]:
        return "" if re.search(r"\d|\\d", token) else token
    if token.startswith("[") and not token.startswith("[^") and re.search(r"\d", token):
        return token[:-1] + r"\d]"
    return r"\d" if token.isdigit() else token


def _literal_digits(pattern: str) -> set[str]:
    """Return the digits that a pattern names, ``[1-9]`` as one."""
    seen = set()
    for found in _TOKEN.finditer(pattern):
        token = found.group()
        if found["denied"]:
            seen |= set(re.findall(r"\d", token))
        elif token == "[1-9]" or token.isdigit():
            seen.add(token)
        elif token.startswith("["):
            seen |= set(re.findall(r"\d", token.replace("0-9", "")))
    return seen
