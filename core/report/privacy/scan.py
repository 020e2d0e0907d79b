"""The second look: searches the finished bytes for what must not be in them, and refuses.

It shares no code with the replacer on purpose. Where the replacer matches spellings forward, this undoes every
escaping it knows and looks for the plain words.
"""

from __future__ import annotations

import html
import re
import unicodedata
import urllib.parse
from collections.abc import Iterable
from dataclasses import dataclass

from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.words import text

_FORMS = {
    "credential in a URL": r"[a-z0-9]://(?!\[removed\]@)[^\s/@:\"'<>\\]+:[^\s/@\"'<>\\]*@",
    "token": r"\bhf_[a-z0-9]{8,}|\bgh[pousr]_[a-z0-9]{10,}|\bgithub_pat_\w{10,}|\bakia[0-9a-z]{12,}|\bglpat-[\w-]{10,}"
    r"|-----begin [a-z ]*private key",
    "hardware address": r"(?<![\w:-])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![\w:-])",
    "unique number of a GPU": r"\bgpu-(?!0{8})[0-9a-f]{8}-[0-9a-f]{4}-",
    "home folder": r"(?:/home/|/users/|:[\\/]{1,2}users[\\/]{1,2})"
    r"(?!(?:(?:user|dir|file|host)-[0-9a-f]{0,9}|[a-z]+-[0-9a-f]{10})(?![0-9a-z])|[.\[{<$%*…]|[0x.-]{6,}(?![\w.-]))([\w.-]{3,})",
    "private network address": r"(?<![\w.])(?:192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}(?![\w]|\.\d)",
}
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})|\\x([0-9a-f]{2})", re.I)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that must not leave: what it is, and its length (never the thing itself)."""

    kind: str
    length: int


def scan(data: bytes, names: Iterable[str] = (), *, allowed_homes: frozenset[str] = frozenset()) -> tuple[Hit, ...]:
    """Return what the bytes hold of the names, in any spelling, and of the forms that no shared file may hold."""
    views = _views(data.decode("utf-8", "replace"))
    hits = [Hit("name", len(name)) for name in names if any(_holds(view, name) for view in views)]
    for kind, form in _FORMS.items():
        for found in re.finditer(form, views[-1]):
            if kind != "home folder" or found.group(1) not in allowed_homes:
                hits.append(Hit(kind, len(found.group())))
    return tuple(dict.fromkeys(hits))


def refuse_hits(hits: tuple[Hit, ...]) -> None:
    """Raise when the scan found something; the message names the kind alone."""
    if hits:
        kinds = ", ".join(sorted({hit.kind for hit in hits}))
        raise CouldNotFinish(
            text(
                "Nothing was saved: the finished file would still have shown a private detail ({kinds}).", kinds=kinds
            ),
            text("Please tell the makers of gpuproof which part of the preview shows it."),
        )


def _views(words: str) -> list[str]:
    plain = unicodedata.normalize("NFC", words).casefold()
    unescaped = _ESCAPED.sub(lambda found: chr(int(found.group(1) or found.group(2), 16)), plain)
    unquoted = urllib.parse.unquote(html.unescape(unescaped)).replace("\\\\", "\\").replace("\\/", "/")
    both = unicodedata.normalize("NFC", urllib.parse.unquote(unquoted)).casefold()
    return [plain, both]


def _holds(view: str, name: str) -> bool:
    wanted = unicodedata.normalize("NFC", name).casefold()
    if wanted.isdigit():
        return re.search(rf"(?<![a-z0-9.]){wanted}(?![a-z0-9]|\.\d)", view) is not None
    if len(wanted) > 5 or not wanted.isascii():
        return wanted in view
    return re.search(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])", view) is not None
