"""What went wrong, where it belongs: found, expected, what to do; and a button to try again where that helps."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.check_state import StepProblem
from gpuproof.gui.presenters.steps import WizardStep
from gpuproof.gui.style import icons, speech, theme
from gpuproof.gui.style.colours import Tone
from gpuproof.gui.views.parts import button, column, data_label, icon_label, retone


class ProblemStrip(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, again: Callable[[], object] | None = None) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self.setProperty("tone", "bad")
        self._icon = icon_label("warning", "bad", 22)
        self._message, self._hint = data_label(role="heading"), data_label()
        across = QHBoxLayout(self)
        across.setContentsMargins(*[theme.px(16)] * 4)
        across.setSpacing(theme.px(12))
        across.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(column(self._message, self._hint, spacing=4), 1)
        if again is not None:
            across.addWidget(button(text("Try again"), again, icon="again"))
        self.hide()

    def show_problem(self, message: Text, hint: Text | None, tone: Tone = "bad") -> None:
        """Show a problem; the accessible name says it in full."""
        speech.put(self._message, message)
        speech.put(self._hint, hint if hint is not None else literal(""))
        self._hint.setVisible(hint is not None)
        icons.put_icon(self._icon, "warning" if tone == "bad" else "info", tone, 22)
        speech.put(self, message, "setAccessibleName")
        retone(self, tone)
        self.show()

    def show_at(self, step: WizardStep, problem: StepProblem | None) -> None:
        """Show what went wrong at this step; what went wrong at another one is shown there."""
        if problem is None or problem.at != step:
            self.hide()
        else:
            self.show_problem(problem.message, problem.hint, "unknown" if problem.was_cancelled else "bad")

    def message(self) -> str:
        """Return the words as shown."""
        return self._message.text()
