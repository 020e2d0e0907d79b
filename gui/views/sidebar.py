"""The list on the left: home, the five steps with how they stand, the tools, and language and look at the foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.steps import WIZARD, StepLook, look_of
from gpuproof.gui.style import icons, lengths, speech, theme
from gpuproof.gui.views.parts import PushButton, button, column, label, row

if TYPE_CHECKING:
    from gpuproof.gui.presenters.check_state import CheckState

NAMES: dict[str, Text] = {
    "home": text("Home"),
    "start": text("Start"),
    "inspect": text("Inspect"),
    "recommend": text("Recommend"),
    "benchmark": text("Benchmark"),
    "report": text("Report"),
    "paste": text("Diagnose text"),
    "watch": text("Watch"),
    "compare": text("Compare"),
    "help": text("Help"),
}
_LOOK_ICONS: dict[StepLook, tuple[str, str]] = {
    "waiting": ("", "muted"),
    "running": ("pending", "accent"),
    "done": ("check", "ok"),
    "attention": ("warning", "warning"),
    "problem": ("cross", "bad"),
}
_LOOK_WORDS: dict[StepLook, Text] = {
    "waiting": text("not yet"),
    "running": text("running"),
    "done": text("done"),
    "attention": text("needs attention"),
    "problem": text("problem found"),
}


class Entry(PushButton):
    """One place to go to."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setProperty("kind", "nav")
        self._name, self._look = name, ""
        speech.put(self, NAMES[name])
        icons.put_icon(self, name)
        self._mark = QLabel()
        self._mark.setTextFormat(Qt.TextFormat.PlainText)
        self._mark.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 0, theme.px(10), 0)
        inside.addStretch(1)
        inside.addWidget(self._mark)
        self.retranslate()

    def show_look(self, look: StepLook) -> None:
        """Show how the step stands, as a mark and for a screen reader as a word."""
        if look == self._look:
            return
        self._look = look
        name, role = _LOOK_ICONS[look]
        self._mark.setVisible(bool(name))
        if name:
            icons.put_icon(self._mark, name, role, 16)
        self.retranslate()

    def retranslate(self) -> None:
        """Say name and look together."""
        name = speech.say(NAMES[self._name])
        look = _LOOK_WORDS.get(self._look)  # type: ignore[call-overload]  # "" before the first look
        self.setAccessibleName(f"{name}, {speech.say(look)}" if look is not None else name)


class Sidebar(QFrame):
    """Emits the page that was chosen; shows which one is open."""

    chosen = Signal(str)
    language_asked = Signal()
    look_asked = Signal()
    text_size_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self._entries: dict[str, Entry] = {}
        inside = QVBoxLayout(self)
        inside.setContentsMargins(theme.px(14), theme.px(20), theme.px(14), theme.px(14))
        inside.setSpacing(theme.px(2))
        inside.addLayout(self._brand())
        inside.addSpacing(theme.px(16))
        self._add(inside, ("home",))
        inside.addSpacing(theme.px(14))
        self._check_title = self._section(text("CHECK"))
        inside.addWidget(self._check_title)
        self._add(inside, WIZARD)
        inside.addSpacing(theme.px(14))
        inside.addWidget(self._section(text("TOOLS")))
        self._add(inside, ("paste", "watch", "compare", "help"))
        inside.addStretch(1)
        inside.addLayout(self._foot())
        lengths.hold(self, least_width=216)
        self.show_page("home")

    def show_page(self, name: str) -> None:
        """Mark a page as open."""
        for known, entry in self._entries.items():
            entry.setChecked(known == name)

    def show_state(self, state: CheckState) -> None:
        """Show how each step stands, and whether they are those of an opened report."""
        speech.put(self._check_title, text("OPENED REPORT") if state.is_opened else text("CHECK"))
        for step in WIZARD:
            self._entries[step].show_look(look_of(state, step))

    def entry(self, name: str) -> Entry:
        """Return the button of a page."""
        return self._entries[name]

    def _add(self, inside: QVBoxLayout, names: tuple[str, ...]) -> None:
        for name in names:
            entry = Entry(name)
            entry.clicked.connect(lambda _=False, chosen=name: self.chosen.emit(chosen))
            self._entries[name] = entry
            inside.addWidget(entry)

    def _brand(self) -> QHBoxLayout:
        picture = QLabel()
        picture.setTextFormat(Qt.TextFormat.PlainText)
        icons.put_icon(picture, "gpuproof", "text", 30)
        line = row(picture, label(literal("gpuproof"), "brand"), None, spacing=10)
        line.setContentsMargins(theme.px(8), 0, 0, 0)
        return line

    def _section(self, words: Text) -> QLabel:
        made = label(words, "section")
        made.setContentsMargins(theme.px(10), 0, 0, theme.px(4))
        return made

    def _foot(self) -> QVBoxLayout:
        other = text("中文")  # each language is offered in its own words
        self.language_button = button(other, self.language_asked.emit, icon="language", kind="foot",
                                      says=text("Switch to Chinese"))  # fmt: skip
        self.look_button = button(literal(""), self.look_asked.emit, icon="moon", kind="foot",
                                  says=text("Switch between light and dark"))  # fmt: skip
        self.text_button = button(literal(""), self.text_size_asked.emit, icon="text-size", kind="foot",
                                  says=text("Change the size of the text"))  # fmt: skip
        return column(row(self.language_button, None, self.text_button, self.look_button, spacing=2))
