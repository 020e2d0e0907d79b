"""Reads the part of YAML that compose files are written in: nested mappings, lists, plain and quoted words, flow lists.

No anchors, tags or block texts: what is not understood is kept as the word that stands there. The text is a
stranger's: size and depth are bounded, and nothing in it is run.
"""

from __future__ import annotations

import re

Node = str | list["Node"] | dict[str, "Node"]
MAX_CHARACTERS = 1 << 20
MAX_DEPTH = 40
_KEY = re.compile(r"""("[^"\n]{0,200}"|'[^'\n]{0,200}'|[^\s#:\[\]{},"'][^:#\n]{0,200}?)\s{0,20}:(?:\s+|$)""")


def read_simple_yaml(text: str) -> Node:
    """Return the document; ValueError when it is too large or too deep."""
    if len(text) > MAX_CHARACTERS:
        raise ValueError("the file is too large")
    lines = []
    for line in text.splitlines():
        bare = _without_comment(line)
        if bare.strip() and bare.strip() not in ("---", "..."):
            lines.append((len(bare) - len(bare.lstrip(" ")), bare.strip()))
    node, _ = _block(lines, 0, 0)
    return node


def _without_comment(line: str) -> str:
    """Cut a comment; a ``#`` inside of quotes or without a space before it is none."""
    for match in re.finditer(r"(?:^|\s)#", line[:2000]):
        before = line[: match.start()]
        if before.count('"') % 2 == 0 and before.count("'") % 2 == 0:
            return before.rstrip()
    return line.rstrip()


def _block(lines: list[tuple[int, str]], at: int, depth: int) -> tuple[Node, int]:
    """Read the block that begins at a line: a list when it begins with a dash, else a mapping or one word."""
    if depth > MAX_DEPTH:
        raise ValueError("the file is nested too deeply")
    if at >= len(lines):
        return "", at
    indent, first = lines[at]
    if first == "-" or first.startswith("- "):
        return _list(lines, at, indent, depth)
    if _KEY.match(first):
        return _mapping(lines, at, indent, depth)
    return _scalar(first), at + 1


def _list(lines: list[tuple[int, str]], at: int, indent: int, depth: int) -> tuple[Node, int]:
    items: list[Node] = []
    while at < len(lines) and lines[at][0] == indent and (lines[at][1] == "-" or lines[at][1].startswith("- ")):
        rest = lines[at][1][1:].lstrip()
        if rest:
            # "- driver: nvidia" begins a mapping whose other keys stand under the first one
            lines[at] = (indent + len(lines[at][1]) - len(rest), rest)
        else:
            at += 1
        item, at = _block(lines, at, depth + 1)
        items.append(item)
    return items, at


def _mapping(lines: list[tuple[int, str]], at: int, indent: int, depth: int) -> tuple[Node, int]:
    found: dict[str, Node] = {}
    while at < len(lines) and lines[at][0] == indent:
        match = _KEY.match(lines[at][1])
        if match is None:
            at += 1
            continue
        key, rest = str(_scalar(match.group(1))), lines[at][1][match.end() :].strip()
        at += 1
        if rest:
            found[key] = _scalar(rest)
        elif at < len(lines) and (lines[at][0] > indent or (lines[at][0] == indent and lines[at][1].startswith("-"))):
            found[key], at = _block(lines, at, depth + 1)
        else:
            found[key] = ""
        while at < len(lines) and lines[at][0] > indent:
            at += 1  # the rest of something that is not understood
    return found, at


def _scalar(word: str) -> Node:
    if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'":
        return word[1:-1]
    if word.startswith("[") and word.endswith("]"):
        return [part for piece in word[1:-1].split(",") if (part := piece.strip().strip("\"'"))]
    return word
