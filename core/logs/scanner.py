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
from gpuproof.core.logs.model import Event, Kind, Seen, Signal
from gpuproof.core.logs.signals import table

_WINDOW = 4096  # a pattern sees no more of a line than this
_CACHE_LIMIT = 20_000
_NUMBERS = re.compile(rb"[1-9][0-9.:,]*")


@lru_cache(maxsize=1)
def _automaton() -> Any:
    import ahocorasick

    masks: dict[str, int] = {}
    for index, signal in enumerate(table()):
        for key in () if "end" in signal.flags else signal.keys:
            literal = rare_end(key.encode("utf-8").decode("latin-1"))
            masks[literal] = masks.get(literal, 0) | 1 << index
    automaton = ahocorasick.Automaton()
    for literal, mask in masks.items():
        automaton.add_word(literal, mask)
    automaton.make_automaton()
    return automaton


def rare_end(key: str) -> str:
    """Return the end of a literal from its rarest letter on, four letters or more.

    The automaton costs most where a letter of the log may begin a literal, so that few and rare first letters make
    it faster; a line too many only costs a second look.
    """
    places = range(max(1, len(key) - 3))
    return key[min(places, key=lambda place: _COMMON.find(key[place]) + (4 if len(key) - place < 6 else 0)) :]


# letters, digits and marks of logs from rare to common; what is not listed is rarer still
_COMMON = "qzjxk%+[wvbygpfmu_c'(\"=hdl/-.:r7896543s2tn1oia0e "


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


class Scanner:
    """Collects the events of one log, block by block; memory does not grow with the log."""

    def __init__(self) -> None:
        self.lines = 0
        self._slots: dict[tuple[str, Kind, bool, str], _Slot] = {}
        self._order = 0
        self._cache: dict[tuple[int, bytes], tuple[_Slot, ...]] = {}

    def feed(self, block: bytes) -> None:
        """Take the next block of whole lines."""
        begin, end, mask, counted, number = 0, -1, 0, 0, self.lines + 1
        lower = block.lower()
        bar, bar_mask = _last_full_bar(lower)
        for place, found in _automaton().iter(lower.decode("latin-1")):
            if place < end:
                mask |= found
                continue
            if mask:
                self._look(block[begin:end], mask, number)
            begin, end = _line_at(block, place)
            if 0 <= bar < begin:
                self._look_at(block, bar, bar_mask)
                bar = -1
            number += block.count(b"\n", counted, begin)
            counted, mask = begin, found
        if mask:
            self._look(block[begin:end], mask, number)
        if bar >= 0:
            self._look_at(block, bar, bar_mask)
        self.lines += block.count(b"\n") + (not block.endswith(b"\n"))

    def _look_at(self, block: bytes, place: int, mask: int) -> None:
        begin, end = _line_at(block, place)
        self._look(block[begin:end], mask, self.lines + 1 + block.count(b"\n", 0, begin))

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
            self._cache[key] = slots
        for slot in slots:
            slot.count += 1
            slot.line, slot.order, slot.raw = number, self._order, short

    def _match(self, raw: bytes, mask: int, number: int) -> tuple[_Slot, ...]:
        line = lines.clean(_decoded(raw))
        slots = []
        for signal in _chosen(mask):
            found = _compiled(signal.pattern).search(line)
            if found is None:
                continue
            seen = checks.look(signal, found, line)
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


def _chosen(mask: int) -> list[Signal]:
    rows, chosen = table(), []
    while mask:
        lowest = mask & -mask
        chosen.append(rows[lowest.bit_length() - 1])
        mask ^= lowest
    return chosen


def _last_full_bar(block: bytes) -> tuple[int, int]:
    """Return where the last full progress bar of a block is, and its signals; of all of them only the last matters."""
    place = block.rfind(b"100%|")
    return place, _end_mask() if place >= 0 else 0


@lru_cache(maxsize=1)
def _end_mask() -> int:
    return sum(1 << index for index, signal in enumerate(table()) if "end" in signal.flags)


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
