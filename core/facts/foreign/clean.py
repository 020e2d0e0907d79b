"""Pasted bytes to plain lines: encodings, ANSI colours, quoting and typographic marks are undone, nothing is judged."""

from __future__ import annotations

import re

MAXIMUM_BYTES = 32 * 1024 * 1024
_MARKS = {
    0xA0: " ", 0x200B: None, 0x200C: None, 0x200D: None, 0xFEFF: None, 0x3000: " ",
    0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2032: "'",
    0xFF1A: ":", 0xFF08: "(", 0xFF09: ")", 0xFF0C: ",", 0x2011: "-", 0x2013: "-", 0x2212: "-",
}  # fmt: skip
_ENTITIES = (("&gt;", ">"), ("&lt;", "<"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&"), ("&nbsp;", " "))


def decode(raw: bytes) -> str:
    """Decode UTF-8, UTF-16 (with or without its mark, as PowerShell writes it) and a Chinese console's GBK."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    head = raw[:4096]
    if head.count(b"\x00") > len(head) // 4:
        little = head[1::2].count(0) >= head[0::2].count(0)
        return raw.decode("utf-16-le" if little else "utf-16-be", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        if _is_gbk(raw, problem.start):
            return raw.decode("gb18030", errors="replace")
        return raw.decode("utf-8", errors="replace")


def _is_gbk(raw: bytes, start: int) -> bool:
    """Tell Chinese text by its bytes, which come in high pairs; ``start``: the first that is no UTF-8.

    A lone accented letter of Western text has no pair, and what follows good UTF-8 is a damaged end of it.
    """
    if not raw[:start].isascii():
        return False
    sample = raw[start : start + 4096]
    high = len(sample.translate(None, bytes(range(0x80))))
    in_pairs = 2 * len(re.findall(rb"[\xb0-\xf7][\xa1-\xfe]|\xa1[\xa1-\xfe]|\xa3[\xa1-\xfe]", sample))
    return high >= 4 and in_pairs >= 0.8 * high


def clean(found: str) -> str:
    """Return the text with plain line ends and marks, without colours and without mail or Markdown quoting."""
    if "\x1b" in found:
        found = re.sub(r"\x1b(?:\[[0-9;?]{0,32}[A-Za-z]|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\))", "", found)
    found = found.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").replace("\t", "    ")
    if not found.isascii():
        found = found.translate(_MARKS)
    if "&" in found:
        for entity, character in _ENTITIES:
            found = found.replace(entity, character)
    if "\n>" in found or found.startswith(">"):
        found = "\n".join(map(_without_quoting, found.split("\n")))
    return found


def _without_quoting(line: str) -> str:
    """``> > text`` is quoted text; ``>>> import torch`` is a Python prompt and stays."""
    for _ in range(8):
        if line == ">" or line.startswith("> "):
            line = line[2:]
        elif line.startswith(">") and not line.startswith(">>"):
            line = line[1:]
        else:
            return line
    return line


def flatten(found: str) -> str:
    """Return the text in lower case with every run of white space as one space, so that wraps do not hide a phrase."""
    return " ".join(found.lower().split())
