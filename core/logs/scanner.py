"""The two passes over a log: a literal search over whole blocks, then the patterns on the few lines it found.

The literals of the whole table form one Aho-Corasick automaton; the value of each is a bit mask of the signals that
may match a line with it. Blocks are searched as Latin-1 views of their UTF-8 bytes, which costs no decoding. Lines
that differ only in their numbers are looked at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from gpuproof.core.logs import checks, lines
from gpuproof.core.logs.look import Look
from gpuproof.core.logs.model import Event, Kind, Seen, Signal
from gpuproof.core.logs.signals import table

_WINDOW = 4096  # a pattern sees no more of a line than this
_PLACES = 4
_CACHE_LIMIT = 20_000
_CACHED_LENGTH = 512  # so that the cache stays near 10 MB
_NUMBERS = re.compile(rb"[1-9][0-9.:,]*")


@lru_cache(maxsize=1)
def _automaton() -> Any:
    import ahocorasick

    masks: dict[str, int] = {}
    for index, signal in enumerate(table()):
        for key in () if "end" in signal.flags else signal.keys:
            literal = anchor(key.encode("utf-8").decode("latin-1"))
            masks[literal] = masks.get(literal, 0) | 1 << index
    automaton = ahocorasick.Automaton()
    for literal, mask in masks.items():
        automaton.add_word(literal, mask)
    automaton.make_automaton()
    return automaton


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


# rare in logs, and together in every literal of the table; the second last begins most Chinese words in UTF-8
FIRST_LETTERS = "vgcfmpk\xe6x"


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@dataclass(slots=True)
class _Slot:
    """All that is kept of one signal: its first event, and where and how it was seen last."""

    first: Event
    count: int
    line: int
    order: int
    raw: bytes


class _LineCounter:
    """Line numbers of growing places in a block, each part of the block counted once."""

    def __init__(self, block: bytes, first: int) -> None:
        self._block, self._number, self._counted = block, first, 0

    def number(self, place: int) -> int:
        self._number += self._block.count(b"\n", self._counted, place)
        self._counted = max(self._counted, place)
        return self._number


class Scanner:
    """Collects the events of one log, block by block; memory does not grow with the log."""

    def __init__(self) -> None:
        self.lines = 0
        self._slots: dict[tuple[str, Kind, bool, str], _Slot] = {}
        self._order = 0
        self._cache: dict[tuple[int, bytes], tuple[_Slot, ...]] = {}

    def feed(self, block: bytes) -> None:
        """Take the next block of whole lines."""
        lower, not_work = block.lower(), ~_work_mask()
        at = _LineCounter(block, self.lines + 1)
        begin, end, mask = 0, 0, 0
        done = _last_full_bar(lower)  # signals of finished work, and where they were last
        for place, found in _automaton().iter(lower.decode("latin-1")):
            if place < end:
                mask |= found
            elif not found & not_work:
                done[found] = place
            else:
                if mask:
                    self._look(block[begin:end], mask, at.number(begin))
                if done:
                    done = self._look_at_work(block, done, place, at)
                begin, end = _line_at(block, place)
                mask = found
        if mask:
            self._look(block[begin:end], mask, at.number(begin))
        self._look_at_work(block, done, len(block), at)
        self.lines += block.count(b"\n") + (not block.endswith(b"\n"))

    def _look_at_work(self, block: bytes, done: dict[int, int], until: int, at: _LineCounter) -> dict[int, int]:
        """Look at the finished work before a place; returns what lies behind it."""
        for place, mask in sorted((place, mask) for mask, place in done.items() if place < until):
            begin, end = _line_at(block, place)
            self._look(block[begin:end], mask, at.number(begin))
        return {mask: place for mask, place in done.items() if place >= until}

    def seen(self) -> tuple[Seen, ...]:
        """Return what was found so far, in the order of the last event of each signal."""
        found = []
        for slot in sorted(self._slots.values(), key=lambda slot: slot.order):
            text = lines.shown(lines.clean(_decoded(slot.raw)))
            last = replace(slot.first, line=slot.line, order=slot.order, text=text)
            found.append(Seen(first=slot.first, last=last, count=slot.count))
        return tuple(found)

    def _look(self, raw: bytes, mask: int, number: int) -> None:
        self._order += 1
        short = raw if len(raw) <= _WINDOW else raw[:_WINDOW]
        key = (mask, short if mask & _exact_mask() else _NUMBERS.sub(b"1", short))
        slots = self._cache.get(key)
        if slots is None:
            slots = self._match(short, mask, number)
            if len(self._cache) >= _CACHE_LIMIT:
                self._cache.clear()
            if len(key[1]) <= _CACHED_LENGTH:
                self._cache[key] = slots
        for slot in slots:
            slot.count += 1
            slot.line, slot.order, slot.raw = number, self._order, short

    def _match(self, raw: bytes, mask: int, number: int) -> tuple[_Slot, ...]:
        line = lines.clean(_decoded(raw))
        slots = []
        for signal in _chosen(mask):
            seen = _closest(signal, line)
            if seen is None:
                continue
            kind, decisive, component = seen
            slots.append(self._slot(signal, kind, decisive, component, line, number, raw))
        return tuple(slots)

    def _slot(
        self, signal: Signal, kind: Kind, decisive: bool, component: str, line: str, number: int, raw: bytes
    ) -> _Slot:
        key = (signal.id, kind, decisive, component)
        slot = self._slots.get(key)
        if slot is None:
            first = Event(
                signal=signal,
                kind=kind,
                decisive=decisive,
                component=component,
                line=number,
                text=lines.shown(line),
                order=self._order,
            )
            slot = self._slots[key] = _Slot(first, 0, number, self._order, raw)
        return slot


def _closest(signal: Signal, line: str) -> Look | None:
    """Return what a signal says in a line; of several places the first that is not about a helper model."""
    seen = None
    for count, found in enumerate(_compiled(signal.pattern).finditer(line)):
        here = checks.look(signal, found, line)
        if here is not None and here[2] != "helper":
            return here
        seen = seen or here
        if count >= _PLACES:
            break
    return seen


def _chosen(mask: int) -> list[Signal]:
    rows, chosen = table(), []
    while mask:
        lowest = mask & -mask
        chosen.append(rows[lowest.bit_length() - 1])
        mask ^= lowest
    return chosen


def _last_full_bar(block: bytes) -> dict[int, int]:
    """Return where the last full progress bar of a block is; of all of them only the last matters."""
    place = block.rfind(b"100%|")
    return {_end_mask(): place} if place >= 0 else {}


@lru_cache(maxsize=1)
def _end_mask() -> int:
    return sum(1 << index for index, signal in enumerate(table()) if "end" in signal.flags)


@lru_cache(maxsize=1)
def _work_mask() -> int:
    """The signals of finished work, of which only the last before another signal matters."""
    return sum(1 << index for index, signal in enumerate(table()) if signal.kind == "work")


@lru_cache(maxsize=1)
def _exact_mask() -> int:
    """The signals whose meaning hangs on a number."""
    return sum(1 << index for index, signal in enumerate(table()) if "exact" in signal.flags)


def _line_at(block: bytes, place: int) -> tuple[int, int]:
    """Return where the line around a place begins and ends; carriage returns divide lines too."""
    begin = block.rfind(b"\n", 0, place) + 1
    begin = max(begin, block.rfind(b"\r", begin, place) + 1)
    end = block.find(b"\n", place)
    end = len(block) if end < 0 else end
    inner = block.find(b"\r", place, end)
    return begin, inner if inner >= 0 else end


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
