"""Help: the documentation, readable without a network. Links lead inside; addresses elsewhere are only shown."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QTextBrowser, QWidget

from gpuproof.core.words import literal, text
from gpuproof.gui.presenters.help_pages import FIRST, link_target, read_page
from gpuproof.gui.style import lengths, speech, theme
from gpuproof.gui.views.page import Page
from gpuproof.gui.views.parts import button, data_label, row

_ABOVE = 70  # the heading of a place stands this far above its label


class HelpPage(Page):
    """Shows one page of the documentation at a time."""

    def __init__(self) -> None:
        super().__init__(text("Help"), text("Everything stands here, without a network."))
        self._name = FIRST
        self._past: list[str] = []
        self.browser = QTextBrowser()
        self.browser.setOpenLinks(False)
        self.browser.setOpenExternalLinks(False)
        lengths.hold(self.browser, least_height=420)
        self.browser.document().setDocumentMargin(theme.px(18))
        self.browser.anchorClicked.connect(self._follow)
        speech.put(self.browser, text("Documentation"), "setAccessibleName")
        self.back_button = button(text("&Back"), self.back, icon="back")
        self.home_button = button(text("&Contents"), self.show_contents, icon="home", kind="quiet")
        self._address = data_label(literal(""), "small")
        self.body.addLayout(row(self.back_button, self.home_button, self._address))
        self.body.addWidget(self.browser, 1)
        self.open(FIRST)

    def open(self, link: str) -> None:
        """Open a page by its name, with or without a place in it; names that are no page change nothing."""
        name, place = link_target(link)
        if name and name != self._name:
            if read_page(name, speech.language()) is None:
                return
            self._past.append(self._name)
            self._name = name
        self._show()
        if place and self.browser.find(place):
            bar = self.browser.verticalScrollBar()
            bar.setValue(bar.value() + self.browser.cursorRect().top() - theme.px(_ABOVE))

    def back(self) -> None:
        """Open the page before."""
        if self._past:
            self._name = self._past.pop()
            self._show()

    def show_contents(self) -> None:
        """Open the first page."""
        self.open(FIRST)

    def first_focus(self) -> QWidget | None:
        """Start in the text."""
        return self.browser

    def retranslate(self) -> None:
        """Show the page in the other language."""
        self._show()

    def follow_look(self) -> None:
        """Take the palette's colours for links."""
        self._show()

    def _show(self) -> None:
        colours = theme.colours()
        self.browser.document().setDefaultStyleSheet(f"a {{ color: {colours.accent}; }}")
        self.browser.setMarkdown(read_page(self._name, speech.language()) or "")
        self._space_out()
        speech.put_data(self._address, "")
        self.back_button.setEnabled(bool(self._past))

    def _space_out(self) -> None:
        """Give paragraphs and headings room; Qt sets Markdown without any."""
        block = self.browser.document().begin()
        while block.isValid():
            form = block.blockFormat()
            if block.textList() is None and not form.nonBreakableLines():
                form.setTopMargin(theme.px(14 if form.headingLevel() else 2))
                form.setBottomMargin(theme.px(6))
                QTextCursor(block).setBlockFormat(form)
            block = block.next()

    def _follow(self, link: QUrl) -> None:
        if link.scheme() in ("http", "https"):
            speech.put(self._address, text("Elsewhere: {address}", address=link.toString()))
        else:
            self.open(link.toString())
