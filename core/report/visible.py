"""Text of a stranger, made fit to show: control and direction characters become visible and do nothing."""

from __future__ import annotations

import re
from typing import Any

# C0 and C1 controls without tab and newline, Arabic letter mark, zero-width and direction marks, embeddings,
# overrides, isolates, line and paragraph separators, the byte order mark, interlinear and tag characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


def is_plain_ascii(data: bytes) -> bool:
    """Tell whether the bytes of a JSON file can hold no hidden character: ASCII without escapes for controls."""
    return data.isascii() and not any(escape in data for escape in (b"\\u", b"\\b", b"\\f", b"\\r", b"\x7f"))


def visible(words: str) -> str:
    """Return the text with every character that acts without being seen written as ``<U+202E>``."""
    if words.isascii() and words.isprintable():
        return words
    return _UNSEEN.sub(_code_point, words.replace("\r\n", "\n"))


def visible_values(value: Any) -> Any:
    """Return JSON values in which all text, keys included, is fit to show."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(name): visible_values(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [visible_values(item) for item in value]
    return value


def _code_point(found: re.Match[str]) -> str:
    return f"<U+{ord(found.group()):04X}>"
