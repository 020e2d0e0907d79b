"""The first pass over a log: one Aho-Corasick search for the literals of the whole table.

The value of each literal is a bit mask of the signals that may match a line with it. Text is searched as a Latin-1
view of its UTF-8 bytes, which costs no decoding.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from gpuproof.core.logs.model import Signal
from gpuproof.core.logs.shapes import shape
from gpuproof.core.logs.signals import table

# rare in logs, and together in every literal of the table; the second last begins most Chinese words in UTF-8
FIRST_LETTERS = "vgcfmpk\xe6x"


@lru_cache(maxsize=1)
def automaton() -> Any:
    """Return the search for all literals, in the form that lines have as shapes."""
    import ahocorasick

    masks: dict[str, int] = {}
    for index, signal in enumerate(table()):
        for key in () if "end" in signal.flags else signal.keys:
            literal = anchor(shape(key.encode("utf-8")).decode("latin-1"))
            masks[literal] = masks.get(literal, 0) | 1 << index
    made = ahocorasick.Automaton()
    for literal, mask in masks.items():
        made.add_word(literal, mask)
    made.make_automaton()
    return made


def anchor(key: str) -> str:
    """Return the part of a literal that is searched for: from one of few first letters to its end.

    The automaton goes through the first letters of all literals for every letter of the log, so that a dozen of them
    make it twice as fast as thirty; a line too many only costs a second look.
    """
    for letter in FIRST_LETTERS:
        place = key.find(letter)
        if 0 <= place <= len(key) - 3:
            return key[place:]
    return key


def lines_with_literals(text: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each line begins that has a literal in it, and the mask of the signals to look at."""
    end = begin = mask = 0
    for place, found in automaton().iter(text.decode("latin-1")):
        if place < end:
            mask |= found
            continue
        if mask:
            yield begin, mask
        begin = text.rfind(b"\n", 0, place) + 1
        end = text.find(b"\n", place)
        end = len(text) if end < 0 else end
        mask = found
    if mask:
        yield begin, mask


def signals_of(mask: int) -> list[Signal]:
    """Return the signals whose bits are set, in the table's order."""
    rows, chosen = table(), []
    while mask:
        lowest = mask & -mask
        chosen.append(rows[lowest.bit_length() - 1])
        mask ^= lowest
    return chosen
