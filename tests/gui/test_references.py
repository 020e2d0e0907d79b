"""PySide6 6.12.0 loses a reference to None with each painted plot and aborts (``none_dealloc``) on Python 3.10/3.11."""

from __future__ import annotations

import sys

import numpy
import pyqtgraph
import PySide6
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

REDRAWS = 300


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal there")
def test_a_live_plot_loses_no_references_to_none(qtbot: QtBot) -> None:
    plot = pyqtgraph.PlotWidget()
    qtbot.addWidget(plot)
    plot.resize(400, 200)
    plot.show()
    curve = plot.plot(pen=pyqtgraph.mkPen(width=1))
    seconds = numpy.arange(50.0)
    QApplication.processEvents()
    before = sys.getrefcount(None)
    for redraw in range(REDRAWS):
        curve.setData(seconds, seconds * (redraw % 7))
        plot.repaint()
    assert sys.getrefcount(None) > before - REDRAWS // 3


def test_the_qt_that_is_installed_is_below_the_one_that_aborts() -> None:
    assert tuple(int(part) for part in PySide6.__version__.split(".")[:2]) < (6, 12)
