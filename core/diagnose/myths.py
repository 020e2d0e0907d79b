"""Answered myths: short explanations that findings link to, from ``assets/knowledge/myths.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from gpuproof.core.words import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Myth:
    """A belief that misleads people, what is true, and the causes whose findings link to it."""

    id: str
    belief: Text
    answer: Text
    causes: tuple[str, ...]
    source: str


@lru_cache(maxsize=1)
def myths() -> tuple[Myth, ...]:
    """Return every answered myth."""
    table = resources.files("gpuproof.assets").joinpath("knowledge").joinpath("myths.json")
    return tuple(
        Myth(
            id=row["id"],
            belief=Text(row["belief"]),
            answer=Text(row["answer"]),
            causes=tuple(row["causes"].split()),
            source=row["source"],
        )
        for row in json.loads(table.read_text(encoding="utf-8"))["myths"]
    )


def myths_for(cause: str) -> tuple[Myth, ...]:
    """Return the myths that a finding of this cause links to."""
    return tuple(myth for myth in myths() if cause in myth.causes)
