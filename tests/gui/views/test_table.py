"""Tables of words: sorted by value, put back, turned by the keyboard, and never with markup in a tip."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from gpuproof.core.words import literal, text
from gpuproof.gui.style import theme
from gpuproof.gui.views.table import TableView, WordTable

ROWS = [("2.9.1", "14.9 MiB"), ("2.15.0", "1\u202f676 MiB"), ("2.10.0", "3.98 MiB")]


@pytest.fixture
def table(qapp: QApplication) -> Iterator[TableView]:
    theme.apply(qapp, "light")
    rows = [tuple(literal(cell) for cell in row) for row in ROWS]
    holder = QWidget()
    holder.resize(600, 300)
    made = TableView(WordTable((text("Name"), text("Memory")), rows, numbers=(1,)), text("Running programs"))
    made.setParent(holder)
    made.show()
    yield made
    holder.deleteLater()
    qapp.setStyleSheet("")


def _column(table: TableView, column: int) -> list[str]:
    model = table.words
    return [str(model.data(model.index(row, column))) for row in range(model.rowCount())]


def test_rows_stand_as_they_were_given_until_somebody_sorts(table: TableView) -> None:
    assert _column(table, 0) == ["2.9.1", "2.15.0", "2.10.0"]


def test_versions_and_figures_are_sorted_by_their_value(table: TableView) -> None:
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert _column(table, 0) == ["2.9.1", "2.10.0", "2.15.0"]
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert _column(table, 1) == ["1\u202f676 MiB", "14.9 MiB", "3.98 MiB"]
    assert [table.words.source_row(row) for row in range(3)] == [1, 0, 2]


def test_new_rows_keep_the_chosen_order_and_it_can_be_undone(table: TableView) -> None:
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    table.words.set_rows([(literal("b"), literal("1")), (literal("a"), literal("2"))])
    assert _column(table, 0) == ["a", "b"]
    table.order_menu().actions()[-1].trigger()
    assert _column(table, 0) == ["b", "a"]


def test_the_menu_sorts_and_turns_the_order_when_asked_again(table: TableView) -> None:
    table.order_menu().actions()[0].trigger()
    assert _column(table, 0) == ["2.9.1", "2.10.0", "2.15.0"]
    table.order_menu().actions()[0].trigger()
    assert _column(table, 0) == ["2.15.0", "2.10.0", "2.9.1"]


def test_numbers_stand_at_the_right_with_their_heading(table: TableView) -> None:
    role = Qt.ItemDataRole.TextAlignmentRole
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    assert table.words.data(table.words.index(0, 1), role) == right
    assert table.words.headerData(1, Qt.Orientation.Horizontal, role) == right
    assert table.words.data(table.words.index(0, 0), role) != right


def test_a_tip_shows_markup_as_it_is(table: TableView) -> None:
    table.words.set_rows([(literal("<b>x</b>"), literal(""))])
    assert "&lt;b&gt;" in table.words.data(table.words.index(0, 0), Qt.ItemDataRole.ToolTipRole)
