"""The presenters of one window, made together and closed together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gpuproof.core.words import Language
from gpuproof.gui.presenters.background import Background
from gpuproof.gui.presenters.preferences import Preferences, system_language
from gpuproof.gui.style import speech

if TYPE_CHECKING:
    from gpuproof.gui.presenters.check_presenter import MakeCheckup

CLOSE_PATIENCE_S = 30.0  # a set-up that is cancelled puts everything back first


class Context(QObject):
    """What pages share."""

    files_changed = Signal()

    def __init__(
        self, preferences: Preferences, language: Language | None, make_checkup: MakeCheckup | None = None
    ) -> None:
        super().__init__()
        self.make_checkup = make_checkup
        self.preferences = preferences
        self.background = Background(self)
        self._made: list[QObject] = []
        speech.choose(preferences.language or language or system_language())

    def add(self, presenter: QObject) -> None:
        """Keep a presenter; its ``cancel`` is called when the window closes."""
        presenter.setParent(self)
        self._made.append(presenter)

    def close(self) -> bool:
        """Ask everything that runs to stop, and wait for it; returns whether all of it ended in time."""
        for presenter in self._made:
            cancel = getattr(presenter, "cancel", None)
            if cancel is not None:
                cancel()
        ended = self.background.close(CLOSE_PATIENCE_S)
        self.deleteLater()
        return ended

    def remember(self, path: Path) -> None:
        """Remember a report that was opened."""
        self.preferences.remember_file(path)
        self.files_changed.emit()
