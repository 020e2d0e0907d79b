"""Bytes of a stranger to plain JSON values: strict UTF-8, no duplicate keys, no numbers that are none."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from gpuproof.core.report.budget import MAX_BYTES, check_budget, count_keys, refused
from gpuproof.core.words import text

_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


def parse_object(data: bytes, limit_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """Return the one JSON object that a file holds; anything else is refused with one line."""
    keys = check_budget(data, limit_bytes)
    quick = _quickly(data, keys)
    if quick is not None:
        return quick
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_constant)
        if _SURROGATE_ESCAPE.search(data):
            json.dumps(found, ensure_ascii=False).encode()  # a lone surrogate cannot be encoded
    except UnicodeError:
        raise refused(text("This file is not opened: its text is not valid UTF-8.")) from None
    except (ValueError, RecursionError):
        raise refused(text("This file is not opened: it is not JSON, or it was cut off.")) from None
    if not isinstance(found, dict):
        raise refused(text("This file is not opened: it holds no JSON object."))
    return found


def _quickly(data: bytes, keys: int) -> dict[str, Any] | None:
    """Parse strictly and fast; None: it is for the slow way to say what is wrong.

    ``keys`` is how many the file has: fewer in what was parsed, counted the same way, mean that one stands there twice.
    """
    import msgspec

    try:
        found = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    return found if count_keys(msgspec.json.encode(found)) == keys else None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise refused(text("This file is not opened: one of its keys stands there twice."))
    return found


def _constant(name: str) -> NoReturn:
    raise refused(text("This file is not opened: {name} is not a number that JSON knows.", name=name))
