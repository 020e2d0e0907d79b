"""Known messages in any text: phrases of ``assets/knowledge/errors.json``, found by plain search (always linear)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import Any

from gpuproof.core.facts.foreign.clean import flatten
from gpuproof.core.facts.machine import Symptom

_NEAR = 220  # characters on each side in which a companion or an excluding phrase counts
_TRIES = 40
_LONG = 20_000  # characters, from which a look at the words alone saves time
_SHOWN = 220


@lru_cache(maxsize=1)
def error_rows() -> tuple[dict[str, Any], ...]:
    """Return the rows of the table of messages."""
    table = resources.files("gpuproof.assets").joinpath("knowledge").joinpath("errors.json")
    return tuple(json.loads(table.read_text(encoding="utf-8"))["errors"])


@lru_cache(maxsize=1)
def error_row_by_id() -> dict[str, dict[str, Any]]:
    """Return the rows by id."""
    return {row["id"]: row for row in error_rows()}


def find(found: str, flat: str = "", source: str = "pasted text") -> tuple[Symptom, ...]:
    """Return one symptom for each known message that stands in the text, with the words around it as its line."""
    flat = flat or flatten(found)
    words = frozenset(flat.split(" ")) if len(flat) > _LONG else frozenset()
    hits = [(row, at) for row in error_rows() if (at := _first_hit(row, flat, words)) >= 0]
    if "nvrm: " in flat and (joined := _without_kernel_prefix(flat)) != flat:
        return (*_made(hits, found, flat, source), *_from_kernel_log(joined, {row["id"] for row, _ in hits}, source))
    return _made(hits, found, flat, source)


def _from_kernel_log(joined: str, known: set[str], source: str) -> tuple[Symptom, ...]:
    rows = [row for row in error_rows() if row["id"] not in known]
    hits = [(row, at) for row in rows if (at := _first_hit(row, joined, frozenset())) >= 0]
    return _made(hits, joined, joined, source)


def _made(hits: list[tuple[dict[str, Any], int]], found: str, flat: str, source: str) -> tuple[Symptom, ...]:
    shown = in_its_case(found, flat) if hits else flat
    return tuple(
        Symptom(id=row["id"], line=line_at(shown, at, row.get("shown", _SHOWN)), source=source) for row, at in hits
    )


def _without_kernel_prefix(flat: str) -> str:
    """A sentence of the kernel log goes on over lines that each begin with ``[ 38.034] NVRM: ``."""
    return re.sub(r"(?:\[ ?\d{1,9}\.\d{1,9}\] )?(?:nvidia )?nvrm: (?=[a-z])", "", flat)


def in_its_case(found: str, flat: str) -> str:
    """Return the text as it was written, with the positions of the flattened one; that one where they differ."""
    plain = " ".join(found.split())
    return plain if len(plain) == len(flat) else flat


def _first_hit(row: dict[str, Any], flat: str, words: frozenset[str]) -> int:
    companions, excluded = row.get("with", ()), row.get("unless", ())
    for at, length in _hits(row["contains"], flat, words):
        if not companions and not excluded:
            return at
        near = flat[max(0, at - _NEAR) : at + length + _NEAR]
        if companions and not any(phrase in near for phrase in companions):
            continue
        if not any(phrase in near for phrase in excluded):
            return at
    return -1


def _hits(phrases: list[str], flat: str, words: frozenset[str]) -> Iterator[tuple[int, int]]:
    for phrase in _spelt(phrases):
        if words and not words.issuperset(phrase.split(" ")[1:-1]):
            continue  # its inner words stand between spaces: a text without one of them cannot hold the phrase
        at = flat.find(phrase)
        for _ in range(_TRIES):
            if at < 0:
                break
            yield at, len(phrase)
            at = flat.find(phrase, at + len(phrase))


def _spelt(phrases: list[str]) -> Iterator[str]:
    """Each phrase, and the form without its apostrophe that tools and people write too (``wasnt``)."""
    for phrase in phrases:
        yield phrase
        if "n't" in phrase:
            yield phrase.replace("n't", "nt")


def line_at(flat: str, at: int, length: int = _SHOWN) -> str:
    """Return the words around a hit, cut at word borders; white space was collapsed, so this is one line."""
    start = max(0, at - _SHOWN // 4)
    if start:
        start = flat.find(" ", start, at) + 1 or at
    end = min(len(flat), start + length)
    return flat[start:end].rsplit(" ", 1)[0] if end < len(flat) else flat[start:end]
