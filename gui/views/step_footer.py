"""The foot of a wizard step: back, run again, on to the next step. Going back never loses anything."""

from __future__ import annotations

from collections.abc import Callable

from gpuproof.core.words import Text, text
from gpuproof.gui.presenters.check_state import CheckState
from gpuproof.gui.views.page import Page
from gpuproof.gui.views.parts import button


class StepFooter:
    """Fills a page's footer; the page emits nothing itself, the window listens to ``back`` and ``onward``."""

    def __init__(
        self, page: Page, *, again: Callable[[], object] | None = None, again_words: Text | None = None,
        onward_words: Text | None = None,
    ) -> None:  # fmt: skip
        self.back_button = button(text("&Back"), icon="back")
        self.onward_button = button(onward_words or text("&Next"), kind="primary")
        self.again_button = button(again_words or text("Run again"), again, icon="again") if again is not None else None
        page.footer.addWidget(self.back_button)
        page.footer.addStretch(1)
        if self.again_button is not None:
            page.footer.addWidget(self.again_button)
        page.footer.addWidget(self.onward_button)
        page.show_footer()

    def lead(self, back: Callable[[], object], onward: Callable[[], object]) -> None:
        """Say where the two buttons lead."""
        self.back_button.clicked.connect(lambda _=False: back())
        self.onward_button.clicked.connect(lambda _=False: onward())

    def show_state(self, state: CheckState, *, can_go_on: bool) -> None:
        """Enable what can be done now."""
        self.onward_button.setEnabled(can_go_on)
        if self.again_button is not None:
            self.again_button.setEnabled(not state.is_busy)
            self.again_button.setVisible(not state.is_opened)
