"""The chain from the application down to the GPU: five links on a rail, each with icon, word and colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from gpuproof.core.diagnose.model import LinkName
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.chain import LINKS, ShownLink, link_title, state_tone, state_word
from gpuproof.gui.style import icons, speech, theme
from gpuproof.gui.views.parts import chip, column, is_return, label, retone, row

_ICONS = {"ok": "check", "warning": "warning", "broken": "cross", "unknown": "question"}
_RAIL = 64
_NODE = 34
GAP = 4  # above and below each link


class LinkButton(QAbstractButton):
    """One link; checked while its details are shown. ``moved`` carries -1 for the arrow up and 1 for down."""

    moved = Signal(int)

    def __init__(self, name: LinkName, *, is_first: bool, is_last: bool) -> None:
        super().__init__()
        self._link = ShownLink(name=name)
        self._ends = (is_first, is_last)
        self._above: ShownLink | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._title = label(link_title(name), "heading", wraps=True)
        self._chip = chip(state_word(self._link), "unknown")
        self._summary = label(literal(""), "muted", wraps=True)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(theme.px(_RAIL), theme.px(14), theme.px(14), theme.px(14))
        inside.addLayout(column(row(self._title, self._chip), self._summary, spacing=3))
        for part in (self._title, self._chip, self._summary):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.show_link(self._link, None)

    def show_link(self, link: ShownLink, above: ShownLink | None) -> None:
        """Show a link; the line upwards takes the state of the link above."""
        self._link, self._above = link, above
        speech.put(self._chip, state_word(link))
        retone(self._chip, "accent" if link.state is None and link.answers else state_tone(link.state))
        speech.put(self._summary, _summary(link))
        self.retranslate()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Move along the chain with the arrow keys; Return opens."""
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if is_return(event):
            self.click()
        elif by is None:
            super().keyPressEvent(event)
        else:
            self.moved.emit(by)

    def retranslate(self) -> None:
        """Say title, state and summary as one accessible sentence."""
        parts = (speech.say(link_title(self._link.name)), self._chip.text(), speech.say(_summary(self._link)))
        self.setAccessibleName(": ".join(parts[:2]))
        self.setAccessibleDescription(parts[2])

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint ground, rail and node; the labels paint themselves."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self._paint_rail(painter)
        self._paint_node(painter)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        colours = theme.colours()
        area = QRectF(self.rect()).adjusted(1, GAP, -1, -GAP)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2))
        else:
            painter.setPen(QPen(QColor(colours.strong_border if self.isChecked() else colours.border), 1))
        painter.setBrush(QColor(colours.surface if self.isChecked() or not self.underMouse() else colours.sunken))
        painter.drawRoundedRect(area, 12, 12)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent))
            painter.drawRoundedRect(QRectF(area.left() + 1, area.top() + 14, 4, area.height() - 28), 2, 2)

    def _paint_rail(self, painter: QPainter) -> None:
        middle, half = theme.px(_RAIL) / 2, self.height() / 2
        if not self._ends[0]:
            painter.setPen(self._line_pen(self._above, self._link))
            painter.drawLine(round(middle), 0, round(middle), round(half))
        if not self._ends[1]:
            painter.setPen(self._line_pen(self._link, self._link))
            painter.drawLine(round(middle), round(half), round(middle), self.height())

    def _line_pen(self, upper: ShownLink | None, lower: ShownLink) -> QPen:
        state = upper.state if upper is not None else None
        broken = "broken" in (state, lower.state)
        tone = "bad" if broken else state_tone(state)
        pen = QPen(QColor(theme.colours().of(tone) if state else theme.colours().border), 2.5)
        if broken:
            pen.setStyle(Qt.PenStyle.DotLine)
        return pen

    def _paint_node(self, painter: QPainter) -> None:
        colours, link = theme.colours(), self._link
        tone = "accent" if link.state is None and link.answers else state_tone(link.state)
        size = theme.px(_NODE)
        area = QRectF((theme.px(_RAIL) - size) / 2, (self.height() - size) / 2, size, size)
        painter.setPen(QPen(QColor(colours.of(tone)), 2))
        painter.setBrush(QColor(colours.soft(tone)))
        painter.drawEllipse(area)
        name = _ICONS[link.state] if link.state else self._link.name
        inset = size * 0.22
        icons.paint(painter, name, colours.of(tone), area.adjusted(inset, inset, -inset, -inset))


class ChainView(QWidget):
    """All links; up and down move between them."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._buttons: dict[LinkName, LinkButton] = {}
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        for name in LINKS:
            link_button = LinkButton(name, is_first=name == LINKS[0], is_last=name == LINKS[-1])
            link_button.clicked.connect(lambda _=False, chosen=name: self.chosen.emit(chosen))
            link_button.moved.connect(lambda by, chosen=name: self._move(chosen, by))
            self._buttons[name] = link_button
            inside.addWidget(link_button)
        inside.addStretch(1)
        speech.put(self, text("The chain from the application to the GPU"), "setAccessibleName")

    def show_links(self, links: tuple[ShownLink, ...]) -> None:
        """Show every link's present state."""
        above: ShownLink | None = None
        for link in links:
            if link.name in self._buttons:
                self._buttons[link.name].show_link(link, above)
            above = link

    def choose(self, name: LinkName | None) -> None:
        """Mark a link as the one whose details are shown; None marks none."""
        for known, made in self._buttons.items():
            made.setChecked(known == name)

    def button(self, name: LinkName) -> LinkButton:
        """Return the button of a link."""
        return self._buttons[name]

    def _move(self, name: LinkName, by: int) -> None:
        place = max(0, min(len(LINKS) - 1, LINKS.index(name) + by))
        self._buttons[LINKS[place]].setFocus(Qt.FocusReason.TabFocusReason)
        self._buttons[LINKS[place]].click()


def _summary(link: ShownLink) -> Text:
    if link.summary is not None:
        return link.summary
    if link.answers == 1:
        return text("1 answer so far")
    return text("{count} answers so far", count=link.answers) if link.answers else literal(" ")
