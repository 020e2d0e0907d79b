"""A table of words: a model of texts that speaks the present language, and a view without clutter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView

from gpuproof.core.words import Text, text
from gpuproof.gui.style import icons, speech, theme

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
_NUMBER = re.compile(r"(\d+(?:[\u202f,]\d{3})*)")


class WordTable(QAbstractTableModel):
    """Rows of ``Text`` under headings, in the order given or sorted by a column; ``numbers`` are right-aligned.

    ``warned`` are the cells, as row and column, whose words get the sign and the colour of a warning.
    """

    def __init__(
        self,
        headings: Sequence[Text],
        rows: Sequence[Sequence[Text]] = (),
        *,
        numbers: Sequence[int] = (),
        warned: Sequence[tuple[int, int]] = (),
    ) -> None:
        super().__init__()
        self._headings = tuple(headings)
        self._rows = tuple(tuple(line) for line in rows)
        self._numbers = frozenset(numbers)
        self._warned = frozenset(warned)
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None
        self._order = list(range(len(self._rows)))

    def set_rows(self, rows: Sequence[Sequence[Text]]) -> None:
        """Show other rows, in the order that was chosen before."""
        self.beginResetModel()
        self._rows = tuple(tuple(line) for line in rows)
        self._put_in_order()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, numbers by their value; -1 is the order in which the rows were given."""
        self.beginResetModel()
        self._sorted_by = (column, order) if column >= 0 else None
        self._put_in_order()
        self.endResetModel()

    def source_row(self, row: int) -> int:
        """Return where a shown row stood in the rows that were given."""
        return self._order[row]

    def _put_in_order(self) -> None:
        self._order = list(range(len(self._rows)))
        if self._sorted_by is not None:
            column, order = self._sorted_by
            self._order.sort(key=lambda row: _natural(speech.say(self._rows[row][column])))
            if order == Qt.SortOrder.DescendingOrder:
                self._order.reverse()

    def retranslate(self) -> None:
        """Say everything again."""
        self.beginResetModel()
        self._put_in_order()
        self.endResetModel()

    def rowCount(self, parent: Index = _TOP) -> int:  # noqa: N802  Qt's name
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _TOP) -> int:  # noqa: N802  Qt's name
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the words of a cell; its tooltip holds all of them where the cell is cut."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if index.column() in self._numbers else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        row, column = self._order[index.row()], index.column()
        if (row, column) in self._warned:
            if role == Qt.ItemDataRole.DecorationRole:
                return icons.pixmap("warning", theme.colours().warning, theme.px(16))
            if role == Qt.ItemDataRole.ForegroundRole:
                return QColor(theme.colours().warning)
        words = speech.say(self._rows[row][column])
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return words
        if role == Qt.ItemDataRole.ToolTipRole and words:
            return f"<span>{escape(words)}</span>"  # as rich text it wraps, and data cannot become markup
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802  Qt's name
        """Return a heading."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return speech.say(self._headings[section])
        if role == Qt.ItemDataRole.TextAlignmentRole and section in self._numbers:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


class TableView(QTableView):
    """Shows a ``WordTable`` at the height of its rows, up to a limit; the last column wraps.

    A click on a heading sorts, a third one restores the order; the menu key offers the same to the keyboard.
    """

    def __init__(self, model: WordTable, name: Text, *, most_rows: int = 8) -> None:
        super().__init__()
        self._most_rows = most_rows
        self.words = model
        model.setParent(self)
        self.setModel(model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        speech.put(self, name, "setAccessibleName")
        self._kept = -1
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)
        self.fit()

    def fit(self) -> None:
        """Take the height of the rows."""
        rows = min(self.words.rowCount(), self._most_rows)
        heights = sum(self.rowHeight(place) for place in range(rows))
        is_wider = self.horizontalHeader().length() > self.viewport().width()
        bar = self.horizontalScrollBar().sizeHint().height() if is_wider else 0
        head = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(head + max(heights, theme.px(30)) + theme.px(8) + bar)

    @Slot()
    def _keep(self) -> None:
        place = self.currentIndex().row()
        self._kept = self.words.source_row(place) if place >= 0 else -1

    @Slot()
    def _restore(self) -> None:
        """Mark the row that was marked before, wherever it stands now."""
        self.fit()
        for row in range(self.words.rowCount()):
            if self.words.source_row(row) == self._kept:
                self.selectRow(row)

    def follow_look(self) -> None:
        """Take the height of another text size."""
        self.fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  Qt's name
        """Offer the orders."""
        menu = self.order_menu()
        menu.popup(event.globalPos())

    def order_menu(self) -> QMenu:
        """Return a menu with an entry for each column and one for the order in which the rows were given."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        header, down = self.horizontalHeader(), Qt.SortOrder.DescendingOrder
        for column in range(self.words.columnCount()):
            heading = str(self.words.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole))
            action = menu.addAction(speech.say(text("Sort by {column}", column=heading)))
            is_again = header.sortIndicatorSection() == column and header.sortIndicatorOrder() != down
            order = down if is_again else Qt.SortOrder.AscendingOrder
            action.triggered.connect(partial(self._sort_by, column, order))
        menu.addSeparator()
        plain = menu.addAction(speech.say(text("As it was listed")))
        plain.triggered.connect(partial(self._sort_by, -1, Qt.SortOrder.AscendingOrder))
        return menu

    def _sort_by(self, column: int, order: Qt.SortOrder, _checked: bool = False) -> None:
        self.horizontalHeader().setSortIndicator(column, order)

    def resizeEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Wrap anew and fit."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.fit()


def _natural(words: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that puts 9 before 10, 2.9 before 2.15, and any number before words."""
    return tuple(
        (0, int(re.sub(r"[\u202f,]", "", part)), "") if _NUMBER.fullmatch(part) else (1, 0, part.casefold())
        for part in _NUMBER.split(words)
        if part
    )
