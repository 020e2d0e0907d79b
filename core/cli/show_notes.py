"""Notes in the terminal: below the diagnosis, plainly told apart from a fault."""

from __future__ import annotations

from gpuproof.core.cli.show_remedy import show_remedy
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.diagnose.notes import Notes
from gpuproof.core.words import text


def show_notes(notes: Notes, terminal: Terminal) -> None:
    """Write each note with what was seen and what to do; nothing where there is none."""
    if notes.seen:
        terminal.say()
        terminal.say(text("Also good to know; none of it is the cause of a fault:"))
    for note in notes.seen:
        terminal.say(text("- {note}", note=note.title.render(terminal.language)))
        show_remedy(note.evidence, note.steps, terminal)
    for rule, detail in notes.crashed:
        terminal.say(text("The rule {rule} could not be run: {detail}", rule=rule, detail=detail))
