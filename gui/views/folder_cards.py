"""A folder of reports on the page: a table for each machine, card and preset, and the files that are none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QFrame, QVBoxLayout

from gpuproof.core.report.folder import Folder
from gpuproof.core.words import literal, text
from gpuproof.gui.presenters.folder_texts import FolderGroup, groups_of, refused_rows, summary_words
from gpuproof.gui.views.finding_card import bullet
from gpuproof.gui.views.parts import card, data_label, label
from gpuproof.gui.views.table import TableView, WordTable


def add_folder(
    inside: QVBoxLayout, folder: Path, baseline: Path | None, table: Folder, opened: Callable[[Path], object]
) -> None:
    """Fill a column; ``opened`` is called with the report of a row that is activated."""
    frame, column = card()
    column.addWidget(data_label(literal(str(folder)), "heading"))
    column.addWidget(data_label(summary_words(table)))
    if baseline is not None:
        column.addWidget(data_label(text("Baseline: {file}", file=baseline.name), "small"))
    column.addWidget(label(text("Return or a double click opens the report of a row."), "small", wraps=True))
    inside.addWidget(frame)
    for group in groups_of(table, has_baseline=baseline is not None):
        inside.addWidget(_group_card(group, folder, opened))
    if table.refused:
        inside.addWidget(_refused_card(table))


def _group_card(group: FolderGroup, folder: Path, opened: Callable[[Path], object]) -> QFrame:
    frame, inside = card()
    inside.addWidget(data_label(group.title, "heading"))
    for words in group.steps:
        inside.addLayout(bullet(words, "info", "accent"))
    model = WordTable(group.headings, group.rows, numbers=group.numbers, warned=group.marked)
    view = TableView(model, group.title, most_rows=12)
    view.activated.connect(partial(_open_row, model, group, folder, opened))
    inside.addWidget(view)
    return frame


def _open_row(
    model: WordTable, group: FolderGroup, folder: Path, opened: Callable[[Path], object], index: QModelIndex
) -> None:
    opened(folder / group.files[model.source_row(index.row())])


def _refused_card(table: Folder) -> QFrame:
    frame, inside = card()
    inside.addWidget(label(text("Not read"), "heading"))
    model = WordTable((text("File"), text("Reason")), refused_rows(table))
    inside.addWidget(TableView(model, text("Not read"), most_rows=6))
    return frame
