"""Bytes of a stranger to plain JSON values: strict UTF-8, no duplicate keys, no numbers that are none."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from gpuproof.core.report.budget import MAX_BYTES, check_budget, refused
from gpuproof.core.words import text

_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


def parse_object(data: bytes, limit_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """Return the one JSON object that a file holds; anything else is refused with one line."""
    check_budget(data, limit_bytes)
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


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise refused(text("This file is not opened: one of its keys stands there twice."))
    return found


def _constant(name: str) -> NoReturn:
    raise refused(text("This file is not opened: {name} is not a number that JSON knows.", name=name))
