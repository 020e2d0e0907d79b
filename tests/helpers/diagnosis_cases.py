"""The whole-machine cases of ``tests/diagnosis_cases``: ``=== label | note`` and the pasted text below it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "diagnosis_cases"


@dataclass(frozen=True)
class Case:
    """One paste; ``labels`` are the accepted first answers."""

    file: str
    labels: tuple[str, ...]
    note: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.file}: {self.labels[0]}: {self.note}"


def cases() -> list[Case]:
    """Return every case of every file."""
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        for part in path.read_text(encoding="utf-8").split("\n=== ")[1:]:
            head, _, body = part.partition("\n")
            label, _, note = head.partition("|")
            found.append(Case(path.stem, tuple(label.strip().split("/")), note.strip(), body))
    return found
