"""One graph in its card: title, newest value, legend, and what the series really are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gpuproof.core.words import literal, text
from gpuproof.gui.presenters.graph_texts import GraphSpec, figure, round_top
from gpuproof.gui.presenters.live_run import LiveRun
from gpuproof.gui.presenters.tracks import Track
from gpuproof.gui.style import lengths, speech, theme
from gpuproof.gui.views.graphs import Graph, Line
from gpuproof.gui.views.parts import label, row

_SILENT_S = 3.0  # of a run: after that a series that said nothing is said to be empty


class Swatch(QWidget):
    """A short piece of a line, as it is drawn in the graph."""

    def __init__(self, colour: str, *, is_dashed: bool) -> None:
        super().__init__()
        self._colour, self._is_dashed = colour, is_dashed
        lengths.hold(self, width=20, height=12)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw it."""
        painter = QPainter(self)
        pen = QPen(QColor(str(getattr(theme.colours(), self._colour))), 2)
        if self._is_dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(0, self.height() // 2, self.width(), self.height() // 2)
        painter.end()


class GraphCard(QFrame):
    """Draws one ``GraphSpec`` from a ``LiveRun``."""

    def __init__(self, spec: GraphSpec, *, is_large: bool = False) -> None:
        super().__init__()
        self.spec = spec
        self._highest = 0.0
        self.setProperty("role", "card")
        lines = [Line(key=one.name, name=one.words, colour=one.colour, is_dashed=one.is_dashed) for one in spec.series]
        self.graph = Graph(lines, spec.title)
        lengths.hold(self.graph, height=200 if is_large else 116)
        self._value = label(literal("–"), "heading", wraps=True)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(theme.px(16), theme.px(12), theme.px(12), theme.px(10))
        inside.setSpacing(theme.px(4))
        inside.addLayout(
            row(label(spec.title, "heading", wraps=True), self._value, label(spec.unit, "small"), spacing=6)
        )
        inside.addLayout(self._legend())
        inside.addWidget(self.graph)
        explains = label(spec.explains, "small", wraps=True)
        explains.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        inside.addWidget(explains)
        self._empty = label(text("No values: nothing of this kind was seen."), "small", wraps=True)
        self._empty.hide()
        inside.addWidget(self._empty)
        inside.addStretch(1)
        if spec.top is not None:
            self.graph.set_top(spec.top)

    def draw(self, run: LiveRun, gpu: int | None) -> bool:
        """Draw what is new of a run."""
        tracks = self.tracks(run, gpu)
        self._fit_top(tracks)
        return self.graph.draw(tracks)

    def tracks(self, run: LiveRun, gpu: int | None) -> dict[str, Track | None]:
        """Return the series of this graph."""
        return {one.name: run.track(one.name, gpu if one.of_gpu else None) for one in self.spec.series}

    def show_words(self, run: LiveRun, gpu: int | None, at_s: float | None, *, is_live: bool) -> None:
        """Write the value under the mouse, else the newest of a live run, else the highest of one that is over.

        A sensor that fell silent in a live run has none.
        """
        tracks = [track for track in self.tracks(run, gpu).values() if track is not None]
        if at_s is not None:
            values = [figure(track.value_at(at_s)) for track in tracks]
        elif is_live:
            values = [figure(track.latest if self.spec.of_sensor else track.newest) for track in tracks]
        else:
            values = [figure(track.highest if track.newest is not None else None) for track in tracks]
        seen = "  /  ".join(value for value in values if value != "–") or "–"
        is_highest = at_s is None and not is_live and seen != "–"
        speech.put(self._value, text("max {values}", values=seen) if is_highest else literal(seen))
        self._empty.setVisible(not values and run.end_s > _SILENT_S)
        not_yet, never = text("No values yet."), text("No values: nothing of this kind was seen.")
        speech.put(self._empty, not_yet if is_live else never)

    def forget(self) -> None:
        """Begin anew."""
        self._highest = 0.0
        self.graph.forget()
        if self.spec.top is None:
            self.graph.set_top(round_top(0.0))
        speech.put_data(self._value, "–")

    def _fit_top(self, tracks: dict[str, Track | None]) -> None:
        if self.spec.top is not None:
            return
        highest = max([self._highest, *(track.highest for track in tracks.values() if track is not None)])
        if highest > self._highest:
            self._highest = highest
            self.graph.set_top(round_top(highest))

    def _legend(self) -> QHBoxLayout:
        line = row(spacing=6)
        for one in self.spec.series:
            line.addWidget(Swatch(one.colour, is_dashed=one.is_dashed))
            line.addWidget(label(one.words, "small"))
            line.addSpacing(theme.px(8))
        line.addStretch(1)
        return line
