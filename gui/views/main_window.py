"""The window: the list on the left, the pages on the right, and the keys that work everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text
from gpuproof.gui.context import Context
from gpuproof.gui.shell import Shell
from gpuproof.gui.style import icons, lengths, speech, theme
from gpuproof.gui.views.home_page import HomePage
from gpuproof.gui.views.page import Page
from gpuproof.gui.views.sidebar import NAMES, Sidebar

if TYPE_CHECKING:
    from gpuproof.gui.views.assembly import Assembly

ORDER = ("home", "start", "inspect", "recommend", "benchmark", "report", "paste", "watch", "compare", "help")

_KINDS = text("Reports, cases and recordings (*.json *.gpuproof *.gz);;All files (*)")


class MainWindow(QWidget):
    """All that is in the window. Builds a page when it is first opened."""

    page_opened = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._pages: dict[str, Page] = {}
        self._makers: dict[str, Callable[[], Page]] = {}
        self._wizard: Assembly | None = None
        self._page_name = "home"
        self.sidebar = Sidebar()
        self.stack = QStackedWidget()
        self._lay_out()
        self.home = HomePage(self.open_page)
        self._add("home", self.home)
        self.sidebar.chosen.connect(self.open_page)
        self.sidebar.language_asked.connect(self.switch_language)
        self.sidebar.look_asked.connect(self.switch_look)
        self.sidebar.text_size_asked.connect(self.next_text_size)
        self._bind_keys()
        self._show_look_icon()

    def put_on_top(self, strip: QWidget) -> None:
        """Put a strip above the pages."""
        self._right.insertWidget(0, strip)

    def focus_first(self) -> None:
        """Give the keyboard to the main thing on the first page."""
        first = self._pages["home"].first_focus()
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def close(self) -> bool:
        """Close the window that this is the content of."""
        top = self.window()
        return super().close() if top is self else top.close()

    def load_rest(self) -> None:
        """Load what the first paint did not need: the wizard's presenters and the makers of the other pages."""
        from gpuproof.gui.views.assembly import Assembly

        self._wizard = Assembly(self._context, self)
        self._makers = self._wizard.makers()
        self._wizard.look_around()

    def open_page(self, name: str) -> None:
        """Open a page by name; it is built when it is opened for the first time."""
        if name == "open":
            self._ask_for_report()
            return
        page = self.page(name)
        self.sidebar.show_page(name)
        self.stack.setCurrentWidget(page)
        self._page_name = name
        self.page_opened.emit(name)
        self.retranslate()
        first = page.first_focus()
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_help(self, link: str) -> None:
        """Open the help at a place, such as findings.md#cpu_wheel."""
        from gpuproof.gui.views.help_page import HelpPage

        self.open_page("help")
        shown = self.page("help")
        if isinstance(shown, HelpPage):
            shown.open(link)

    def page(self, name: str) -> Page:
        """Return a page, building it when there is none yet."""
        if name not in self._pages:
            if not self._makers:
                self.load_rest()
            self._add(name, self._makers[name]())
        return self._pages[name]

    def to_top(self) -> None:
        """Scroll every page to its beginning."""
        for page in self._pages.values():
            page.to_top()

    @property
    def page_name(self) -> str:
        """Return the name of the open page."""
        return self._page_name

    def retranslate(self) -> None:
        """Say in the title which page is open."""
        self.window().setWindowTitle(f"{speech.say(NAMES[self._page_name])} – gpuproof")

    def open_report_file(self, path: Path, *, replay: bool = False) -> None:
        """Open a report; with ``replay`` its run is played in the benchmark step."""
        if self._wizard is None:
            self.load_rest()
        assert self._wizard is not None
        self._wizard.open_report(path, replay=replay)

    def show_problem(self, problem: UserProblem) -> None:
        """Say on the home page why something could not be opened."""
        self.home.problem.show_problem(problem.message, problem.hint)
        self.open_page("home")

    def switch_language(self) -> None:
        """Speak the other language at once."""
        speech.choose("zh" if speech.language() == "en" else "en")
        self._context.preferences.language = speech.language()
        speech.repeat(self)

    def switch_look(self) -> None:
        """Change between light and dark."""
        self._context.preferences.look = "dark" if theme.colours().name == "light" else "light"
        self._apply_look()

    def next_text_size(self) -> None:
        """Take the next text size, and the first again after the largest."""
        sizes = theme.TEXT_SIZES
        larger = [size for size in sizes if size > theme.scale() + 0.01]
        self._context.preferences.text_scale = larger[0] if larger else sizes[0]
        self._apply_look()

    def follow_look(self) -> None:
        """Repaint everything in the palette that is on now."""
        icons.repeat(self)
        self._show_look_icon()
        for widget in self.findChildren(QWidget):
            follow = getattr(widget, "follow_look", None)
            if follow is not None:
                follow()
            widget.update()

    def take_down(self) -> None:
        """Stop timers and let go of the pages."""
        if self._wizard is not None:
            self._wizard.take_down()

    def _apply_look(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        look = self._context.preferences.look
        name = theme.system_theme() if look == "system" else look
        before = theme.scale()
        theme.apply(application, name, self._context.preferences.text_scale)
        lengths.rescale(self, before, theme.scale())
        top = self.window()
        if isinstance(top, Shell):
            top.fit_text(theme.scale())
        self.follow_look()

    def _show_look_icon(self) -> None:
        icons.put_icon(self.sidebar.look_button, "moon" if theme.colours().name == "light" else "sun")

    def _lay_out(self) -> None:
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.sidebar)
        self._right = QVBoxLayout()
        self._right.setSpacing(0)
        self._right.addWidget(self.stack, 1)
        across.addLayout(self._right, 1)

    def _add(self, name: str, page: Page) -> None:
        self._pages[name] = page
        self.stack.addWidget(page)

    def _bind_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+PgDown": lambda: self._move(1),
            "Ctrl+PgUp": lambda: self._move(-1),
            "F1": lambda: self.open_page("help"),
            "Esc": self._escape,
            "Ctrl+O": self._ask_for_report,
            "Ctrl+Q": self.close,
            "Ctrl+L": self.switch_language,
            "Ctrl+D": self.switch_look,
            "Ctrl++": self.next_text_size,
            "Alt+Home": lambda: self.open_page("home"),
        }
        for keys_pressed, act in keys.items():
            QShortcut(QKeySequence(keys_pressed), self).activated.connect(lambda act=act: act())

    def _move(self, by: int) -> None:
        place = ORDER.index(self.page_name) + by
        if 0 <= place < len(ORDER):
            self.open_page(ORDER[place])

    def _escape(self) -> None:
        if self._wizard is not None:
            self._wizard.ask_to_stop()

    def _ask_for_report(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        chosen, _ = QFileDialog.getOpenFileName(
            self,
            speech.say(text("Open a report")),
            "",
            speech.say(_KINDS),
        )
        if chosen:
            self.open_report_file(Path(chosen))
