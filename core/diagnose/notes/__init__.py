"""Notes: what an inspection saw that slows a program down or may end it later, and is never the root cause.

They stand beside the diagnosis and never among its findings: a machine with notes alone is healthy. What nobody
looked at gives no note.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpuproof.core.diagnose.notes.model import Note, NoteRule

if TYPE_CHECKING:
    from gpuproof.core.facts.machine import Machine

__all__ = ["Note", "NoteRule", "Notes", "notes_of"]


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes, those that may end a program first, and the rules that could not be run: (id, why)."""

    seen: tuple[Note, ...] = ()
    crashed: tuple[tuple[str, str], ...] = ()


def notes_of(machine: Machine) -> Notes:
    """Return every note of a machine; a rule that raises does not take the others with it."""
    from gpuproof.core.diagnose.notes.catalogue import NOTE_RULES

    seen: list[Note] = []
    crashed: list[tuple[str, str]] = []
    for rule in NOTE_RULES:
        try:
            seen += [Note.of(rule, found) for found in (rule.look(machine),) if found is not None]
        except Exception as problem:
            crashed.append((rule.id, f"{type(problem).__name__}: {problem}"))
    return Notes(tuple(sorted(seen, key=lambda note: note.severity != "warning")), tuple(crashed))
