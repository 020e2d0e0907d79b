"""Hard limits of a file from a stranger, checked on the bytes before anything is parsed.

The strings are cut out first, so that brackets and commas inside them do not count; the rest is structure and numbers.
Everything runs in linear time and in C, so a hostile file costs milliseconds.
"""

from __future__ import annotations

import itertools
import re

from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Text, text

MIB = 1024 * 1024
MAX_BYTES = 8 * MIB
MAX_DEPTH = 32
MAX_NODES = 400_000
MAX_STRING_BYTES = MIB
MAX_NUMBER_CHARACTERS = 32
_SMALL_BYTES = MAX_NODES  # a value takes two bytes at least, a key five

# The end of the file ends a string too: a pattern that can fail would start again at every quote (quadratic time).
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_LONG_NUMBER = b"1" * (MAX_NUMBER_CHARACTERS + 1)
_NUMBERS_AS_ONES = bytes(ord("1") if byte in b"0123456789.eE+-" else ord(" ") for byte in range(256))
_EXPONENTS = bytes(
    ord("1") if byte in b"0123456789" else ord("e") if byte in b"eE" else ord(" ") for byte in range(256)
)
_HUGE_EXPONENT = re.compile(rb"[eE][+-]?0*[1-9][0-9]{2}")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def check_budget(data: bytes, limit_bytes: int = MAX_BYTES) -> int:
    """Refuse a file that is too large, too deep, or has too many or too long parts; return its number of keys."""
    check_size(len(data), limit_bytes)
    structure = _without_strings(data)
    keys = structure.count(b":")
    nodes = structure.count(b",") + structure.count(b"[") + structure.count(b"{")
    if max(nodes, keys) > MAX_NODES:
        raise _too_many()
    _check_depth(structure)
    _check_numbers(structure)
    if len(data) > MAX_STRING_BYTES and len(max(_STRING.findall(data), key=len, default=b"")) > MAX_STRING_BYTES:
        raise refused(
            text(
                "This file is not opened: one of its strings is longer than {limit} MiB.", limit=MAX_STRING_BYTES // MIB
            )
        )
    return keys


def count_keys(data: bytes) -> int:
    """Return how many keys the objects of a JSON text have, one that stands there twice counted twice."""
    return _without_strings(data).count(b":")


def _without_strings(data: bytes) -> bytes:
    """Cut every string out; one that nobody closed reaches to the end of the file."""
    plainer = data.replace(b"\\\\", b"__").replace(b'\\"', b"__") if b"\\" in data else data
    if plainer.count(b'"') > 4 * MAX_NODES:  # every value and every key a string: more is too many in any case
        raise _too_many()
    return b"".join(plainer.split(b'"')[::2])


def _too_many() -> UserProblem:
    return refused(text("This file is not opened: it has more than {limit} values.", limit=MAX_NODES))


def check_budget_of_parts(data: bytes) -> None:
    """Refuse the same for a reader that decodes typed parts, checks depth and range itself and skips the rest.

    A small file cannot hold too many values or too long a string, so that only its numbers are looked at.
    """
    if len(data) > _SMALL_BYTES or _LONG_NUMBER in data.translate(_NUMBERS_AS_ONES):
        check_budget(data)


def check_size(size_bytes: int, limit_bytes: int = MAX_BYTES) -> None:
    """Refuse a size over the limit; asked with the size on disk, before a file is read."""
    if size_bytes > limit_bytes:
        raise refused(
            text(
                "This file is not opened: it is {size} MiB large, and at most {limit} MiB are read.",
                size=-(-size_bytes // MIB),
                limit=limit_bytes // MIB,
            )
        )


def refused(reason: Text) -> UserProblem:
    """Return the problem of a file that is not opened: the one line, and what to do."""
    return UserProblem(
        reason, text("Expected: a report as gpuproof writes it. Ask whoever sent it to export it again.")
    )


def _check_depth(structure: bytes) -> None:
    brackets = structure.translate(None, _NOT_BRACKETS)
    if max(itertools.accumulate(map(_STEP.__getitem__, brackets)), default=0) > MAX_DEPTH:
        raise refused(text("This file is not opened: it is nested more than {limit} levels deep.", limit=MAX_DEPTH))


def _check_numbers(structure: bytes) -> None:
    if _LONG_NUMBER in structure.translate(_NUMBERS_AS_ONES):
        raise refused(
            text(
                "This file is not opened: one of its numbers has more than {limit} characters.",
                limit=MAX_NUMBER_CHARACTERS,
            )
        )
    if b"e111" in structure.translate(_EXPONENTS, b"+-") and _HUGE_EXPONENT.search(structure):
        raise refused(text("This file is not opened: one of its numbers is out of range."))
