"""Collects what a log says about devices, block by block, in a memory that does not grow with the log.

Most of the work is done once for each shape of line, see ``shapes``: a block is divided into shapes, and only those
that are new are searched for the table's literals, and only lines with such literals are matched with patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import TypeVar

from gpuproof.core.logs import checks, lines, shapes
from gpuproof.core.logs.look import Look
from gpuproof.core.logs.model import Event, Kind, Signal
from gpuproof.core.logs.search import lines_with_literals, signals_of
from gpuproof.core.logs.signals import table

_WINDOW = 4096  # a pattern sees no more of a line than this
_PLACES = 4
_CACHE_LIMIT = 20_000
_CACHED_LENGTH = 512  # so that the caches stay near 10 MB
_MOSTLY_NEW = 4096  # a block with more new shapes than this repeats little; its silent shapes are not kept


@dataclass(slots=True)
class _Slot:
    """All that is kept of one signal: what it said, and where and in which words it was seen last."""

    event: Event
    line: int
    order: int
    raw: bytes


_Slots = tuple[_Slot, ...]
_Value = TypeVar("_Value")


class _Block:
    """One block of a log, divided into lines; carriage returns divide lines too, but are not counted."""

    def __init__(self, block: bytes, first_line: int) -> None:
        self._has_bars = b"\r" in block
        self.text = block.replace(b"\r\n", b"\n") if self._has_bars else block
        self.shape = shapes.shape(self.text)
        self.shapes = self.shape.split(b"\n")
        self.last = _last(self.shapes)
        self._lines: list[bytes] = []
        self._number = first_line
        self._counted = self._offset = 0

    @property
    def lines(self) -> list[bytes]:
        """The lines as they were written."""
        if not self._lines:
            self._lines = (self.text.replace(b"\r", b"\n") if self._has_bars else self.text).split(b"\n")
        return self._lines

    def number(self, index: int) -> int:
        """Return the number of a line in the log; ask with growing indexes."""
        if not self._has_bars:
            return self._number + index
        begin = self._offset
        self._offset += sum(map(len, islice(self.shapes, self._counted, index))) + index - self._counted
        self._number += self.text.count(b"\n", begin, self._offset)
        self._counted = index
        return self._number


class Scanner:
    """Collects the events of one log."""

    def __init__(self) -> None:
        self.lines = 0
        self._pieces = 0
        self._slots: dict[tuple[str, Kind, bool, str], _Slot] = {}
        self._silent: dict[bytes, None] = {}
        self._telling: dict[bytes, _Slots] = {}
        self._by_digits: dict[bytes, tuple[int, bool]] = {}  # mask of the signals, whether exact digits matter
        self._long: list[bytes] = []  # shapes too long to be kept beyond their block
        self._looks = _Looks(self._slots)

    def feed(self, block: bytes) -> None:
        """Take the next block of whole lines."""
        part = _Block(block, self.lines + 1)
        found = self._look_at_new(part)
        found |= {part.last[shape]: self._telling[shape] for shape in part.last.keys() & self._telling.keys()}
        for index, slots in self._look_by_digits(part).items():
            found[index] = found.get(index, ()) + slots
        if any(_hangs_on_work(slot.event) for slot in self._slots.values()):
            self._look_at_ends(part, found)
        self._note(part, found)
        self.lines += block.count(b"\n") + (not block.endswith((b"\n", b"\r")))
        self._pieces += len(part.shapes)
        self._forget()

    def seen(self) -> tuple[Event, ...]:
        """Return the last event of everything that was said so far, in the order of the log."""
        slots = sorted(self._slots.values(), key=lambda slot: slot.order)
        return tuple(
            replace(slot.event, line=slot.line, order=slot.order, text=lines.shown(lines.clean(_decoded(slot.raw))))
            for slot in slots
        )

    def _note(self, part: _Block, found: dict[int, _Slots]) -> None:
        for index in sorted(found):
            number, raw = part.number(index), part.lines[index][:_WINDOW]
            for slot in found[index]:
                slot.line, slot.order, slot.raw = number, self._pieces + index, raw

    def _look_at_new(self, part: _Block) -> dict[int, _Slots]:
        """Learn the shapes that were not seen before; return what they say at once."""
        new = part.last.keys() - self._silent.keys() - self._telling.keys() - self._by_digits.keys()
        if not new:
            return {}
        text, found = b"\n".join(new), {}
        telling = []
        for begin, mask in lines_with_literals(text):
            end = text.find(b"\n", begin)
            shape = text[begin : end if end >= 0 else len(text)]
            index = part.last[shape]
            slots = self._learn(shape, mask, part.lines[index])
            telling.append(shape)
            if slots:
                found[index] = slots
        if len(new) <= _MOSTLY_NEW:
            self._silent |= dict.fromkeys(shape for shape in new.difference(telling) if len(shape) <= _CACHED_LENGTH)
        return found

    def _learn(self, shape: bytes, mask: int, line: bytes) -> _Slots:
        """Look at the first line of a shape; the signals for which its digits matter are kept for later."""
        short = shapes.short_shape(shape[:_WINDOW])
        by_digits, is_exact = self._looks.digits_that_matter(mask, short, line)
        if by_digits:
            self._by_digits[shape] = (by_digits, is_exact)
        slots = self._looks.slots(mask & ~by_digits, short, line)
        if len(shape) > _CACHED_LENGTH:
            self._long.append(shape)
        elif slots:
            self._telling[shape] = slots
        else:
            self._silent[shape] = None
        return slots

    def _look_by_digits(self, part: _Block) -> dict[int, _Slots]:
        """Look at the lines whose shape does not tell enough."""
        found: dict[int, _Slots] = {}
        known = {shape: self._by_digits[shape] for shape in part.last.keys() & self._by_digits.keys()}
        if not known:
            return found
        zeros = shapes.zero_or_not(part.text).split(b"\n")
        for key, index in _last(zeros).items():
            mask, is_exact = known.get(part.shapes[index], (0, True))
            if not is_exact:
                found[index] = self._looks.slots(mask, shapes.short_zero_or_not(key[:_WINDOW]), part.lines[index])
        if any(is_exact for _, is_exact in known.values()):
            for line, index in _last(part.lines).items():
                mask, is_exact = known.get(part.shapes[index], (0, False))
                if is_exact:
                    found[index] = self._looks.slots(mask, shapes.without_time(line[:_WINDOW]), line)
        return found

    def _look_at_ends(self, part: _Block, found: dict[int, _Slots]) -> None:
        """Look at the last line with each sign of progress: all that matters is whether some came after an event."""
        for key, mask in _ends():
            place = part.shape.rfind(key)
            if place >= 0:
                index = part.shape.count(b"\n", 0, place)
                line = part.lines[index]
                known = self._looks.slots(mask, shapes.without_time(line[:_WINDOW]), line)
                found[index] = found.get(index, ()) + known

    def _forget(self) -> None:
        """Keep memory small; the three belong together, as a shape can be in two of them."""
        for shape in self._long:
            self._by_digits.pop(shape, None)
        self._long.clear()
        if len(self._silent) + len(self._telling) > _CACHE_LIMIT:
            self._silent.clear()
            self._telling.clear()
            self._by_digits.clear()


class _Looks:
    """What the table says about single lines, remembered by what of a line matters."""

    def __init__(self, slots: dict[tuple[str, Kind, bool, str], _Slot]) -> None:
        self._slots = slots
        self._cache: dict[tuple[int, bytes], _Slots] = {}
        self._digits: dict[tuple[int, bytes], tuple[int, bool]] = {}

    def slots(self, mask: int, key: bytes, raw: bytes) -> _Slots:
        """Return the slots that a line belongs to; lines with the same key say the same."""
        known = self._cache.get((mask, key))
        if known is None:
            known = self._match(raw[:_WINDOW], mask)
            _remember(self._cache, (mask, key), known)
        return known

    def digits_that_matter(self, mask: int, short: bytes, raw: bytes) -> tuple[int, bool]:
        """Return the signals that the digits in such lines can change, and whether more than their being 0 matters."""
        sensitive = mask & _mask_of_digits()
        if not sensitive or b"0" not in short:
            return 0, False
        known = self._digits.get((mask, short))
        if known is None:
            line = lines.clean(_decoded(raw[:_WINDOW]))
            kinds = {
                signal: shapes.digits_matter(signal)
                for signal in signals_of(sensitive)
                if shapes.may_hang_on_digits(signal, line)
            }
            bits = _bits(index for index, signal in enumerate(table()) if signal in kinds) if kinds else 0
            known = (bits, "exact" in kinds.values())
            _remember(self._digits, (mask, short), known)
        return known

    def _match(self, raw: bytes, mask: int) -> _Slots:
        line = lines.clean(_decoded(raw))
        looks = ((signal, _closest(signal, line)) for signal in signals_of(mask))
        return tuple(self._slot(signal, look) for signal, look in looks if look is not None)

    def _slot(self, signal: Signal, look: Look) -> _Slot:
        kind, decisive, component = look
        key = (signal.id, kind, decisive, component)
        slot = self._slots.get(key)
        if slot is None:
            event = Event(signal=signal, kind=kind, decisive=decisive, component=component, line=0, text="")
            slot = self._slots[key] = _Slot(event, 0, 0, b"")
        return slot


def _hangs_on_work(event: Event) -> bool:
    """Tell whether it matters if work went on after such an event."""
    return event.kind in ("error", "oom") or "then_work" in event.signal.flags


def _remember(cache: dict[tuple[int, bytes], _Value], key: tuple[int, bytes], value: _Value) -> None:
    if len(cache) >= _CACHE_LIMIT:
        cache.clear()
    if len(key[1]) <= _CACHED_LENGTH:
        cache[key] = value


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


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)  # so that \b stands between a Chinese character and a Latin one too


def _last(texts: list[bytes]) -> dict[bytes, int]:
    """Return each different text with its last place."""
    return dict(zip(texts, range(len(texts)), strict=True))


@lru_cache(maxsize=1)
def _ends() -> tuple[tuple[bytes, int], ...]:
    """The literals of progress, as they are in shapes, and their signals."""
    masks: dict[bytes, int] = {}
    for index, signal in enumerate(table()):
        for key in signal.keys if "end" in signal.flags else ():
            literal = shapes.shape(key.encode())
            masks[literal] = masks.get(literal, 0) | 1 << index
    return tuple(masks.items())


@lru_cache(maxsize=1)
def _mask_of_digits() -> int:
    """The signals that a digit can change."""
    return _bits(index for index, signal in enumerate(table()) if shapes.digits_matter(signal))


def _bits(indexes: Iterable[int]) -> int:
    return sum(1 << index for index in indexes)


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
