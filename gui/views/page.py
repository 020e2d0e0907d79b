"""What all pages share: a title, a scrolled body of limited width, and a footer with the next thing to do."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from gpuproof.core.words import Text
from gpuproof.gui.style import lengths, theme
from gpuproof.gui.views.parts import label

WIDEST = 1240
_MARGIN = 32


class _Ground(QWidget):
    """Takes the height that its width asks for; the layout's own least height counts words as if they wrapped early."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Return the least width, and no height."""
        return QSize(super().minimumSizeHint().width(), 1)


class Page(QWidget):
    """One page of the stack. Subclasses fill ``body`` and ``footer`` and show states; they decide nothing.

    ``width_changed`` carries the width that the body can have without scrolling sideways.
    """

    width_changed = Signal(int)

    def __init__(self, title: Text, subtitle: Text) -> None:
        super().__init__()
        self.setObjectName("page")
        self._title = label(title, "title")
        self._subtitle = label(subtitle, "subtitle", wraps=True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._notice_place = outer
        self.scroll_area = self._scroll_area()
        outer.addWidget(self.scroll_area, 1)
        self._footer_frame = QFrame()
        self._footer_frame.setProperty("role", "footer")
        self.footer = QHBoxLayout(self._footer_frame)
        self.footer.setContentsMargins(theme.px(32), theme.px(12), theme.px(32), theme.px(12))
        self.footer.setSpacing(theme.px(10))
        outer.addWidget(self._footer_frame)
        self._footer_frame.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Tell parts that arrange themselves by width."""
        super().resizeEvent(event)
        self.width_changed.emit(
            event.size().width() - 2 * theme.px(_MARGIN) - self.scroll_area.verticalScrollBar().width()
        )

    def show_footer(self) -> None:
        """Show the footer; pages without a next step leave it away."""
        self._footer_frame.show()

    def to_top(self) -> None:
        """Scroll to the beginning: what stands there is new."""
        self.scroll_area.verticalScrollBar().setValue(0)

    def top(self, widget: QWidget) -> None:
        """Put a notice above everything, across the whole width."""
        self._notice_place.insertWidget(0, widget)

    def first_focus(self) -> QWidget | None:
        """Return what gets the keyboard when the page opens; None leaves it where it is."""
        return None

    def title_label(self) -> QLabel:
        """Return the label of the title."""
        return self._title

    def _scroll_area(self) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        ground = _Ground()
        ground.setObjectName("body")
        across = QHBoxLayout(ground)
        across.setContentsMargins(theme.px(_MARGIN), theme.px(28), theme.px(_MARGIN), theme.px(28))
        middle = QWidget()
        lengths.hold(middle, most_width=WIDEST)
        self.body = QVBoxLayout(middle)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(theme.px(16))
        self.body.addWidget(self._title)
        self.body.addWidget(self._subtitle)
        across.addStretch(1)
        across.addWidget(middle, 1000)
        across.addStretch(1)
        area.setWidget(ground)
        return area
