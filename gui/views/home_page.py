"""The first page: what can be done here, and the latest reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QWidget

from gpuproof.core.words import Text, text
from gpuproof.gui.style import theme
from gpuproof.gui.views.action_tile import ActionTile
from gpuproof.gui.views.page import Page
from gpuproof.gui.views.parts import Place, button, card, column, icon_label, label
from gpuproof.gui.views.problem_strip import ProblemStrip

Open = Callable[[str], object]


class HomePage(Page):
    """Opens the wizard or one of the tools; ``open_page`` gets the page's name, or ``open`` for a report file."""

    def __init__(self, open_page: Open) -> None:
        super().__init__(
            text("Is your GPU doing the work?"),
            text(
                "gpuproof inspects the whole stack, names the one thing that is wrong, and proves it when all is well."
            ),
        )
        self._open = open_page
        self.problem = ProblemStrip()
        self.body.addWidget(self.problem)
        self.notice = Place()  # for what was noticed at the start
        self.body.addWidget(self.notice)
        self.body.addWidget(self._hero())
        self.body.addLayout(self._tiles())
        self._recent_title = label(text("Recent reports"), "heading")
        self._recent = Place(spacing=8)
        self.body.addSpacing(theme.px(8))
        self.body.addWidget(self._recent_title)
        self.body.addWidget(self._recent)
        self.body.addStretch(1)
        self.show_recent(())

    def show_recent(self, tiles: Sequence[QWidget]) -> None:
        """Show the recent reports."""
        inside = self._recent.renew()
        if not tiles:
            inside.addWidget(label(text("None yet. The first check writes one."), "muted"))
        for tile in tiles:
            inside.addWidget(tile)

    def show_notice(self, notice: QWidget) -> None:
        """Hold a notice; whoever gave it shows and hides ``notice``."""
        self.notice.renew().addWidget(notice)
        self.notice.hide()

    def first_focus(self) -> QWidget | None:
        """Start with the main thing."""
        return self.check_button

    def _hero(self) -> QFrame:
        frame, inside = card(margin=26)
        self.check_button = button(text("Check this computer"), lambda: self._open("start"), icon="play",
                                   kind="primary")  # fmt: skip
        words = column(
            label(text("Check this computer"), "heading"),
            label(
                text("Five steps, a few minutes. Nothing is changed and nothing leaves this computer unless you ask."),
                "muted",
                wraps=True,
            ),
            spacing=4,
        )
        across = QHBoxLayout()
        across.setSpacing(theme.px(18))
        across.addWidget(icon_label("gpu", "accent", 40))
        across.addLayout(words, 1)
        across.addWidget(self.check_button)
        inside.addLayout(across)
        return frame

    def _tiles(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(theme.px(14))
        made: list[tuple[str, str, Text, Text]] = [
            ("open", "open", text("Open a report"), text("Read a saved check, replay its graphs, see the verdict.")),
            ("paste", "paste", text("Diagnose text or a log"),
             text("Paste what a terminal or a program printed; get the cause.")),
            ("watch", "watch", text("Watch a program"), text("Is that running program really using the GPU?")),
            ("compare", "compare", text("Compare two reports"), text("What changed, and is it faster or slower?")),
        ]  # fmt: skip
        self.tiles: dict[str, ActionTile] = {}
        for place, (page, icon, title, words) in enumerate(made):
            tile = ActionTile(icon, title, words, partial(self._open, page))
            self.tiles[page] = tile
            grid.addWidget(tile, place // 2, place % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        return grid
