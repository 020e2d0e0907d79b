"""What people say in words of their own: a sentence tells a known thing when it has a word of each of some groups.

Sample: ``my nvidia driver cant load because of secure boot`` has a driver, a way of not loading, and Secure Boot.
The groups stand in ``assets/knowledge/said.json``; a phrase that is always written the same way belongs in
``errors.json`` or ``paste_words.json``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from gpuproof.core.facts.machine import Symptom

_PROSE = 60_000  # characters: people write before and after what they paste, not in the middle of a long log
_LONGEST = 360  # characters of a sentence; a longer one is a log or a list, and is looked at in parts
_WRAPPED = 56  # characters, from which on a line may have been broken by the width of a window
_SHOWN = 220
_MARKS = str.maketrans(dict.fromkeys("'`\"*", ""))


class Form(NamedTuple):
    """One way to say a thing: a word of each group in one sentence, and none of ``unless``."""

    id: str
    groups: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]


@lru_cache(maxsize=1)
def forms() -> tuple[Form, ...]:
    """Return the forms of the table, with the words that its groups share put in."""
    table = resources.files("gpuproof.assets").joinpath("knowledge").joinpath("said.json")
    content = json.loads(table.read_text(encoding="utf-8"))
    shared = content["words"]

    def words_of(group: list[str]) -> tuple[str, ...]:
        return tuple(word for name in group for word in shared.get(name, [name]))

    return tuple(
        Form(row["id"], tuple(words_of(group) for group in row["groups"]), words_of(row.get("unless", [])))
        for row in content["forms"]
    )


def find(found: str) -> tuple[Symptom, ...]:
    """Return one symptom for each thing that a sentence of the text says, with the sentence as its line."""
    prose = found[:_PROSE]
    plain = " ".join(prose.lower().translate(_MARKS).split())
    likely = [form for form in forms() if all(any(word.strip() in plain for word in group) for group in form.groups)]
    if not likely:
        return ()
    sentences = [(sentence, f" {sentence.lower().translate(_MARKS)} ") for sentence in _sentences(prose)]
    symptoms: dict[str, Symptom] = {}
    for form in likely:
        if form.id not in symptoms and (said := next((own for own, low in sentences if _says(form, low)), None)):
            symptoms[form.id] = Symptom(id=form.id, line=said[:_SHOWN], source="pasted text")
    return tuple(symptoms.values())


def _says(form: Form, sentence: str) -> bool:
    return all(any(word in sentence for word in group) for group in form.groups) and not any(
        word in sentence for word in form.unless
    )


def _sentences(prose: str) -> Iterator[str]:
    for paragraph in _paragraphs(prose):
        for sentence in re.split(r"(?<=[.!?;])\s+|[。！？；]", paragraph):
            words = " ".join(sentence.split())
            for start in range(0, max(1, len(words) - _LONGEST // 2), _LONGEST // 2):
                yield words[start : start + _LONGEST]


def _paragraphs(prose: str) -> Iterator[str]:
    """Lines, with those put together that a window's width broke: a long one, and the next goes on in small letters."""
    held: list[str] = []
    for line in prose.split("\n"):
        goes_on = bool(held) and len(held[-1]) >= _WRAPPED and line[:1].islower()
        if held and not goes_on:
            yield " ".join(held)
            held = []
        held.append(line)
    yield " ".join(held)
