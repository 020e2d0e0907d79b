"""The table of words that tell nothing about a person (``assets/privacy/public_words.json``)."""

from __future__ import annotations

import json
import re
from dataclasses import is_dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, get_args, get_type_hints


@lru_cache(maxsize=1)
def _table() -> dict[str, list[str]]:
    file = resources.files("gpuproof.assets").joinpath("privacy").joinpath("public_words.json")
    table: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return table


@lru_cache(maxsize=16)
def public_words(name: str) -> frozenset[str]:
    """Return one list of the table in lower case, for instance ``generic_users`` or ``public_segments``."""
    return frozenset(word.casefold() for word in _table()[name])


def is_product_word(name: str) -> bool:
    """Tell whether a name also stands in the product's own sentences or field names, which every report holds."""
    wanted = name.casefold()
    if len(wanted) > 5 or not wanted.isascii():
        return wanted in _product_text()
    return wanted in _product_words()


@lru_cache(maxsize=1)
def _product_text() -> str:
    from gpuproof.core.words import translations

    table = translations("zh")
    return " ".join([*_field_names(), *table, *table.values()]).casefold()


@lru_cache(maxsize=1)
def _product_words() -> frozenset[str]:
    return frozenset(re.split(r"[^a-z0-9]+", _product_text()))


def _field_names() -> set[str]:
    """Return the names that the file format itself is made of, through all typed parts of a report."""
    from gpuproof.core.facts.machine import Machine
    from gpuproof.core.report.model import Report

    found: set[str] = set()
    seen: set[Any] = set()
    waiting: list[Any] = [Report, Machine]
    while waiting:
        part = waiting.pop()
        if part in seen:
            continue
        seen.add(part)
        if is_dataclass(part) and isinstance(part, type):
            hints = get_type_hints(part)
            found.update(hints)
            waiting.extend(hints.values())
        options = get_args(part)
        found.update(option for option in options if isinstance(option, str))
        waiting.extend(option for option in options if not isinstance(option, (str, list)))
    return found
