"""Puts a report on paper: the system's own print dialog, then the same pages as the PDF's."""

from __future__ import annotations

import importlib.util
import json

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize
from PySide6.QtWidgets import QWidget

from gpuproof.core.words import Text, text
from gpuproof.gui.style import speech


def can_print() -> bool:
    """Tell whether this Qt has its printing part; some distributions package it apart or leave it away."""
    return importlib.util.find_spec("PySide6.QtPrintSupport") is not None


def ask_and_print(parent: QWidget, layout_json: bytes) -> Text | None:
    """Let a person choose a printer, and print; nothing happens when they cancel. Returns why it cannot be done."""
    try:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter
    except ImportError as problem:  # the module is there, a library that it needs is not
        return text("Printing is not possible here: {reason}", reason=problem)

    from gpuproof.gui.paper.document import RESOLUTION, paint_document

    printer = QPrinter()
    printer.setResolution(RESOLUTION)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageMargins(QMarginsF(16, 15, 16, 15), QPageLayout.Unit.Millimeter)
    printer.setDocName("gpuproof")
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle(speech.say(text("Print the report")))
    was_accepted = dialog.exec() == QPrintDialog.DialogCode.Accepted
    dialog.deleteLater()
    if was_accepted:
        printer.setResolution(RESOLUTION)
        paint_document(printer, json.loads(layout_json))
    return None
