"""What people say around an error that changes its meaning; kept as symptoms whose id starts with ``hint.``."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import cast

from gpuproof.core.facts.foreign.symptoms import line_at
from gpuproof.core.facts.machine import Symptom

Words = dict[str, list[str]]


@lru_cache(maxsize=1)
def _tables() -> dict[str, Words]:
    table = resources.files("gpuproof.assets").joinpath("knowledge").joinpath("paste_words.json")
    return cast("dict[str, Words]", json.loads(table.read_text(encoding="utf-8")))


def places() -> Words:
    """Return the words that tell a system, a container, WSL2 or a Jetson, by place."""
    return _tables()["places"]


def find(flat: str, shown: str) -> tuple[Symptom, ...]:
    """Return the hints that stand in the text."""
    found = []
    without_headings = _blanked(flat, places()["not_mig"])
    for hint, phrases in _tables()["hints"].items():
        searched = without_headings if hint.startswith("hint.mig") else flat
        at = next((place for place in map(searched.find, phrases) if place >= 0), -1)
        if hint == "hint.colab" and any(phrase in flat for phrase in places()["not_colab"]):
            continue  # "it works on Colab" is said of another machine
        if hint == "hint.no-nvidia" and any(phrase in flat for phrase in places()["not_no_nvidia"]):
            continue  # "only integrated graphics built in" beside a card in a box of its own
        if at >= 0:
            found.append(Symptom(id=hint, line=line_at(shown, at), source="pasted text"))
    return tuple(found)


def without_template(flat: str) -> str:
    """Blank the questions of bug report forms: ``OS (e.g., Linux)`` says nothing of the machine."""
    return _blanked(flat, places()["template"])


def _blanked(flat: str, phrases: list[str]) -> str:
    """Return the text with spaces in place of the phrases, every other word at its old position."""
    for phrase in phrases:
        if phrase in flat:
            flat = flat.replace(phrase, " " * len(phrase))
    return flat
