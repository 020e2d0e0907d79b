"""Notes of a machine: that one is made only of what was seen, and that it is never a finding."""

from __future__ import annotations

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.notes import notes_of
from gpuproof.core.facts.machine import Machine


def check_note(note: str, machine: Machine, is_seen: bool) -> None:
    """Assert that a machine has the note or has it not, that no rule crashed, and that nothing is found wrong."""
    notes = notes_of(machine)
    assert notes.crashed == ()
    assert (note in {found.id for found in notes.seen}) is is_seen
    assert diagnose(machine).findings == ()
