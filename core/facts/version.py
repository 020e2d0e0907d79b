"""Dotted versions as vendors print them: ``580.65.06`` keeps its leading zeros and still compares by number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

_DOTTED = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,5}\Z")


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class DottedVersion:
    """A driver, CUDA, cuDNN or kernel version. ``580`` equals ``580.0``; the text is kept as found."""

    text: str

    @property
    def parts(self) -> tuple[int, ...]:
        """Return the numbers without trailing zeros, the form that compares."""
        numbers = [int(part) for part in self.text.split(".")]
        while len(numbers) > 1 and numbers[-1] == 0:
            numbers.pop()
        return tuple(numbers)

    @property
    def major(self) -> int:
        """Return the first number: the branch of a driver, the family of a CUDA version."""
        return int(self.text.split(".", 1)[0])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DottedVersion) and self.parts == other.parts

    def __lt__(self, other: DottedVersion) -> bool:
        return self.parts < other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def __str__(self) -> str:
        return self.text


def dotted(found: str) -> DottedVersion | None:
    """Read a dotted version such as ``550.144.03``; None when the text is anything else."""
    cleaned = found.strip()
    return DottedVersion(cleaned) if _DOTTED.match(cleaned) else None
