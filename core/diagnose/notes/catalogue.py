"""Every rule that makes a note."""

from __future__ import annotations

from gpuproof.core.diagnose.notes import cards, machine, running, software, windows
from gpuproof.core.diagnose.notes.model import NoteRule

NOTE_RULES: tuple[NoteRule, ...] = (
    *running.NOTE_RULES,
    *machine.NOTE_RULES,
    *cards.NOTE_RULES,
    *software.NOTE_RULES,
    *windows.NOTE_RULES,
)
