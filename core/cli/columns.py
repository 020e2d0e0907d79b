"""Columns for the terminal that stay straight with Chinese words, whose characters are two columns wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width(words: str) -> int:
    """Return how many columns words take."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def table_lines(rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), indent: int = 2) -> list[str]:
    """Return one line a row, each column as wide as its widest cell; ``right``: columns that end flush."""
    widths = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            _space(cell, size) + cell if number in right else cell + _space(cell, size)
            for number, (cell, size) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(" " * indent + "  ".join(cells).rstrip())
    return lines


def _space(cell: str, size: int) -> str:
    return " " * (size - width(cell))
