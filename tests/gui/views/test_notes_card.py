"""Notes on the screen: below the findings of their link, and plainly no fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.machines import a_machine
from helpers.recordings import machine as recorded
from PySide6.QtWidgets import QLabel

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.notes import notes_of
from gpuproof.gui.presenters.chain import judged
from gpuproof.gui.views.command_box import CommandBox
from gpuproof.gui.views.notes_card import notes_card

CAPTURE = Path(__file__).resolve().parents[2] / "captures" / "throttled-container.json"


def _words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel))


@pytest.mark.parametrize(("read_only", "is_shown"), [(False, True), (True, False)])
def test_a_card_holds_every_note_and_commands_for_one_s_own_machine(
    qtbot: Any, read_only: bool, is_shown: bool
) -> None:
    notes = notes_of(recorded("throttled-container")).seen
    card = notes_card(notes, read_only=read_only)
    qtbot.addWidget(card)
    words = _words(card)
    assert "none of it is the cause of a fault" in words
    assert all(str(note.title) in words for note in notes)
    assert bool(card.findChildren(CommandBox)) is is_shown


def test_each_note_stands_at_its_link() -> None:
    machine = recorded("throttled-container")
    links = {link.name: [note.id for note in link.notes] for link in judged(diagnose(machine), machine)}
    assert "running.shared-memory" in links["application"]
    assert links["gpu"] == []
    assert all(link.notes == () for link in judged(diagnose(a_machine()), a_machine()))
    assert all(link.notes == () for link in judged(diagnose(machine)))


def test_a_file_that_somebody_sent_shows_its_notes(open_window: Any, qtbot: Any) -> None:
    opened = open_window()
    opened.window.open_page("paste")
    page, presenter = opened.window.page("paste"), opened.assembly.paste
    presenter.judge_file(CAPTURE)
    qtbot.waitUntil(lambda: presenter.state.diagnosis is not None)
    assert [note.id for note in presenter.state.notes][:2] == ["running.shared-memory", "running.quota"]
    assert "little shared memory" in _words(page)
