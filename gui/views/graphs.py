"""The one place that knows pyqtgraph: a graph of stepped series with fixed ranges, shaded phases and a hover readout.

Choices that keep it cheap: pen width 1, no antialias, corners of steps made beforehand, ranges that change rarely,
and a redraw only when something new arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPen, QWheelEvent
from PySide6.QtWidgets import QGraphicsItem, QSizePolicy, QVBoxLayout, QWidget

from gpuproof.core.words import Text
from gpuproof.gui.presenters.tracks import Track
from gpuproof.gui.style import speech, theme

pyqtgraph.setConfigOptions(antialias=False, useOpenGL=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One series of a graph: its name, the field of ``Colours`` that it is drawn in, and whether it is dashed."""

    key: str
    name: Text
    colour: str
    is_dashed: bool = False


class SecondsAxis(pyqtgraph.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Writes times as 40 s, and as 2:30 where the graph is longer than two minutes."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: N802  its name
        """Return the words of the ticks."""
        if self.range[1] <= 120 or spacing < 1:
            return [f"{value:g} s" for value in values]
        return [f"{int(value) // 60}:{int(value) % 60:02d}" for value in values]


class ValueAxis(pyqtgraph.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Writes values as figures are written everywhere: thousands apart."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: N802  its name
        """Return the words of the ticks."""
        return [f"{value:,.6g}".replace(",", "\u202f") for value in values]


class Graph(QWidget):
    """One plot area. Times are seconds since the session began; the ranges are given, never guessed by the plot."""

    hovered = Signal(object)  # the time under the mouse in seconds, or None

    def __init__(self, lines: Sequence[Line], name: Text) -> None:
        super().__init__()
        self.lines = tuple(lines)
        self._revisions: dict[str, int] = {}
        self._range = (0.0, 60.0)
        self._top = 1.0
        axes = {"bottom": SecondsAxis(orientation="bottom"), "left": ValueAxis(orientation="left")}
        self._plot: Any = pyqtgraph.PlotWidget(background=None, enableMenu=False, axisItems=axes)
        self._item: Any = self._plot.getPlotItem()
        self._curves: dict[str, Any] = {}
        self._regions: list[Any] = []
        self._spans: tuple[tuple[float, float, bool], ...] = ()
        self._cursor: Any = pyqtgraph.InfiniteLine(angle=90, movable=False)
        self._marks: Any = pyqtgraph.ScatterPlotItem(size=7, symbol="t", pxMode=True)
        self._set_up()
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._plot)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        speech.put(self, name, "setAccessibleName")
        speech.put(self._plot, name, "setAccessibleName")
        self.follow_look()

    def draw(self, tracks: dict[str, Track | None]) -> bool:
        """Draw what is new; returns whether anything was."""
        changed = False
        for line in self.lines:
            track = tracks.get(line.key)
            if track is None or self._revisions.get(line.key) == track.revision:
                continue
            self._revisions[line.key] = track.revision
            times, values = track.steps(max(300, self.width() * 2))
            self._curves[line.key].setData(times, values, connect="finite" if np.isnan(values).any() else "all")
            changed = True
        return changed

    def set_time_range(self, start_s: float, end_s: float) -> None:
        """Fix the visible times; a person's zoom stays until ``reset_zoom``."""
        if (start_s, end_s) != self._range:
            self._range = (start_s, end_s)
            self._item.setXRange(start_s, end_s, padding=0)

    def set_top(self, top: float) -> None:
        """Fix the upper end of the values."""
        if top != self._top:
            self._top = top
            self._item.setYRange(0, top, padding=0.05)

    def reset_zoom(self) -> None:
        """Show the whole given range again."""
        self._item.setXRange(*self._range, padding=0)
        self._item.setYRange(0, self._top, padding=0.05)

    def shade(self, spans: Sequence[tuple[float, float, bool]]) -> None:
        """Shade stretches of time; the flag picks the stronger of two shades."""
        if self._spans == tuple(spans):
            return
        self._spans = tuple(spans)
        while len(self._regions) > len(spans):
            self._item.removeItem(self._regions.pop())
        while len(self._regions) < len(spans):
            region = pyqtgraph.LinearRegionItem(movable=False)
            region.setZValue(-20)
            for edge in region.lines:
                edge.setPen(None)
            self._item.addItem(region, ignoreBounds=True)
            self._regions.append(region)
        for region, (start_s, end_s, is_strong) in zip(self._regions, spans, strict=True):
            colour = QColor(theme.colours().shade)
            colour.setAlpha(34 if is_strong else 14)
            region.setBrush(colour)
            region.setRegion((start_s, end_s))

    def mark(self, times: Sequence[float]) -> None:
        """Put small triangles at the top where something was held back."""
        self._marks.setData(list(times), [self._top * 0.96] * len(times))

    def forget(self) -> None:
        """Empty the graph for a new run."""
        self._revisions.clear()
        for curve in self._curves.values():
            curve.setData([], [])
        self.shade(())
        self.mark(())

    def show_cursor(self, at_s: float | None) -> None:
        """Show the hover line at a time; None hides it."""
        self._cursor.setVisible(at_s is not None)
        if at_s is not None:
            self._cursor.setValue(at_s)

    def follow_look(self) -> None:
        """Take pens and text from the palette that is on."""
        colours = theme.colours()
        self._plot.setBackground(QColor(colours.surface))
        font = QFont()
        font.setPixelSize(theme.px(11))
        for name in ("left", "bottom"):
            axis = self._item.getAxis(name)
            axis.setPen(QPen(QColor(colours.border), 1))
            axis.setTextPen(QColor(colours.muted))
            axis.setTickFont(font)
        self._item.getAxis("left").setWidth(theme.px(46))
        self._item.getAxis("bottom").setHeight(theme.px(20))
        for line in self.lines:
            pen = QPen(QColor(str(getattr(colours, line.colour))), 1)
            pen.setCosmetic(True)
            if line.is_dashed:
                pen.setStyle(Qt.PenStyle.DashLine)
            self._curves[line.key].setPen(pen)
        spans, self._spans = self._spans, ()
        self.shade(spans)
        cursor = QPen(QColor(colours.muted), 1)
        cursor.setCosmetic(True)  # one pixel wide, not one second
        self._cursor.setPen(cursor)
        self._marks.setBrush(QColor(colours.warning))
        self._marks.setPen(None)

    def stop(self) -> None:
        """Take the plot down before Qt does; later events find nothing to draw on."""
        self._plot.scene().sigMouseMoved.disconnect(self._mouse_moved)
        self._item.clear()
        self._plot.close()

    def _set_up(self) -> None:
        item = self._item
        item.hideButtons()
        item.setClipToView(False)
        for name in ("left", "bottom"):  # drawing the ticks takes longer than all curves: keep the picture
            item.getAxis(name).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        item.getViewBox().disableAutoRange()
        item.getViewBox().setDefaultPadding(0)
        item.getAxis("left").enableAutoSIPrefix(False)
        item.getAxis("bottom").enableAutoSIPrefix(False)
        for line in self.lines:
            curve = pyqtgraph.PlotCurveItem(skipFiniteCheck=True)
            self._curves[line.key] = curve
            item.addItem(curve, ignoreBounds=True)
        item.addItem(self._marks, ignoreBounds=True)
        self._cursor.setVisible(False)
        item.addItem(self._cursor, ignoreBounds=True)
        item.setXRange(*self._range, padding=0)
        item.setYRange(0, self._top, padding=0.05)
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.scene().sigMouseMoved.connect(self._mouse_moved)
        self._plot.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Let the wheel scroll the page; with Ctrl it zooms. Without the mouse over it nothing is read out."""
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        if isinstance(event, QWheelEvent) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _mouse_moved(self, place: QPointF) -> None:
        box = self._item.getViewBox()
        inside = box.sceneBoundingRect().contains(place)
        self.hovered.emit(float(box.mapSceneToView(place).x()) if inside else None)
