"""Fields for other values than the detected ones. The answer above then says that it was asked with them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QVBoxLayout

from gpuproof.core.checkup import CheckupState
from gpuproof.core.words import Text, text
from gpuproof.gui.presenters.what_if_presenter import WhatIfPresenter, WhatIfState
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.parts import button, label, row
from gpuproof.gui.views.problem_strip import ProblemStrip

_FIELDS: tuple[tuple[str, Text, Text], ...] = (
    ("gpu", text("GPU"), text("for example RTX 5090, or none")),
    ("driver", text("Driver"), text("for example 580.65.06, or none")),
    ("system", text("System"), text("linux, windows, macos or wsl")),
    ("machine", text("Processor type"), text("x86_64, aarch64 or arm64")),
    ("python", text("Python"), text("for example 3.12")),
    ("torch", text("torch to keep"), text("for example ==2.5.1")),
)


class WhatIfCard(QFrame):
    """Six fields; empty ones stand for what was detected."""

    def __init__(
        self, presenter: WhatIfPresenter, core: Callable[[], CheckupState], app: Callable[[], str | None]
    ) -> None:
        super().__init__()
        self._presenter, self._core, self._app = presenter, core, app
        self.setProperty("role", "card")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(*[theme.px(20)] * 4)
        inside.setSpacing(theme.px(12))
        inside.addWidget(label(text("What if?"), "heading"))
        inside.addWidget(
            label(
                text("Another card, driver or system: empty fields stand for what was detected."), "muted", wraps=True
            )
        )
        self.problem = ProblemStrip()
        inside.addWidget(self.problem)
        inside.addLayout(self._grid())
        self.ask_button = button(text("&Ask with these values"), self._ask, icon="recommend")
        self.forget_button = button(text("Back to the &detected values"), self._forget, kind="quiet")
        inside.addLayout(row(self.ask_button, self.forget_button, None))
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def show_state(self, state: WhatIfState) -> None:
        """Show what was wrong with a value, if anything."""
        self.forget_button.setEnabled(state.answer is not None or state.problem is not None)
        self.problem.hide()
        if state.problem is not None:
            self.problem.show_problem(state.problem, state.hint)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(8))
        self.fields: dict[str, QLineEdit] = {}
        for place, (name, words, example) in enumerate(_FIELDS):
            field = QLineEdit()
            speech.put(field, words, "setAccessibleName")
            speech.put(field, example, "setPlaceholderText")
            field.returnPressed.connect(self._ask)
            self.fields[name] = field
            grid.addWidget(label(words, "small"), 2 * (place // 3), place % 3)
            grid.addWidget(field, 2 * (place // 3) + 1, place % 3)
        return grid

    def _ask(self) -> None:
        values = {name: field.text() for name, field in self.fields.items()}
        self._presenter.ask(self._core().machine, self._app(), values)

    def _forget(self) -> None:
        for field in self.fields.values():
            field.clear()
        self._presenter.forget()
