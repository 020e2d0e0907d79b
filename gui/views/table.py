"""A table of words: a model of texts that speaks the present language, and a view without clutter."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from gpuproof.core.words import Text
from gpuproof.gui.style import speech, theme

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class WordTable(QAbstractTableModel):
    """Rows of ``Text`` under headings."""

    def __init__(self, headings: Sequence[Text], rows: Sequence[Sequence[Text]] = ()) -> None:
        super().__init__()
        self._headings = tuple(headings)
        self._rows = tuple(tuple(line) for line in rows)

    def set_rows(self, rows: Sequence[Sequence[Text]]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = tuple(tuple(line) for line in rows)
        self.endResetModel()

    def retranslate(self) -> None:
        """Say everything again."""
        self.beginResetModel()
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
        words = speech.say(self._rows[index.row()][index.column()])
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return words
        if role == Qt.ItemDataRole.ToolTipRole and words:
            return f"<span>{escape(words)}</span>"  # as rich text it wraps, and data cannot become markup
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802  Qt's name
        """Return a heading."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return speech.say(self._headings[section])
        return None


class TableView(QTableView):
    """Shows a ``WordTable`` at the height of its rows, up to a limit; the last column wraps."""

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
        speech.put(self, name, "setAccessibleName")
        model.modelReset.connect(self.fit)
        self.fit()

    def fit(self) -> None:
        """Take the height of the rows."""
        rows = min(self.words.rowCount(), self._most_rows)
        heights = sum(self.rowHeight(place) for place in range(rows))
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + max(heights, theme.px(30)) + theme.px(8))

    def resizeEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Wrap anew and fit."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.fit()
