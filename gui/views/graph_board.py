"""All graphs of a run: one timer redraws one graph per tick, a slower one renews the words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from gpuproof.core.bench.model import BenchEvent
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.graph_texts import FRAMES, GRAPHS, GraphSpec, phase_words, time_range
from gpuproof.gui.presenters.live_run import LiveRun
from gpuproof.gui.style import icons, speech, theme
from gpuproof.gui.views.graph_card import GraphCard
from gpuproof.gui.views.parts import button, label, row

REDRAW_HZ = 10
WORDS_MS = 700
_NARROWEST = 262  # of a graph


class GraphBoard(QWidget):
    """Feed it events; it redraws each graph ten times a second and only where something is new."""

    save_asked = Signal(str)  # png, svg, csv
    words_renewed = Signal()

    def __init__(self, large: GraphSpec = FRAMES, small: Sequence[GraphSpec] = GRAPHS) -> None:
        super().__init__()
        self.run = LiveRun()
        self.gpu: int | None = None
        self._hover_s: float | None = None
        self._is_paused = False
        self.cards = [GraphCard(large, is_large=True), *(GraphCard(spec) for spec in small)]
        self._next = 0
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.px(12))
        inside.addLayout(self._tools())
        self.large = QHBoxLayout()
        self.large.setSpacing(theme.px(12))
        self.large.addWidget(self.cards[0], 3)
        inside.addLayout(self.large)
        self._columns = 0
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.px(12))
        inside.addLayout(self._grid)
        self.fit(3 * theme.px(_NARROWEST))
        for made in self.cards:
            made.graph.hovered.connect(self._hover)
        self._redraw = QTimer(self)
        self._redraw.setInterval(round(1000 / REDRAW_HZ / len(self.cards)))
        self._redraw.timeout.connect(self.draw_next)
        self._words = QTimer(self)
        self._words.setInterval(WORDS_MS)
        self._words.timeout.connect(self.renew_words)

    def begin(self) -> None:
        """Empty everything and start to draw."""
        self.run = LiveRun()
        self.gpu = None
        self._choice.clear()
        self._choice.hide()
        for made in self.cards:
            made.forget()
        self._redraw.start()
        self._words.start()
        speech.put(self._title, text("Live graphs"))
        speech.put(self._phase, literal(""))

    @property
    def is_drawing(self) -> bool:
        """Tell whether a run is being drawn."""
        return self._redraw.isActive()

    def take(self, events: Sequence[BenchEvent]) -> None:
        """Remember what has happened; it is drawn at the next tick."""
        for event in events:
            self.run.take(event)

    def finish(self) -> None:
        """Draw everything once more and rest."""
        self._redraw.stop()
        self._words.stop()
        self.draw_all()
        speech.put(self._title, text("Graphs of the run"))

    def draw_all(self) -> None:
        """Draw every graph and the words now."""
        for _ in self.cards:
            self.draw_next()
        self.renew_words()

    @Slot()
    def draw_next(self) -> None:
        """Redraw the next graph in turn, so that no tick is long."""
        if self._is_paused:
            return
        if self.gpu is None and self.run.gpus:
            self._offer_gpus()
        made = self.cards[self._next]
        self._next = (self._next + 1) % len(self.cards)
        made.graph.set_time_range(*time_range(self.run.end_s, is_over=not self.is_drawing))
        made.draw(self.run, self.gpu)
        if made is self.cards[0]:
            self._shade()

    @Slot()
    def renew_words(self) -> None:
        """Write the newest values and the phases."""
        if len(self.run.gpus) > self._choice.count():
            self._offer_gpus()
        for made in self.cards:
            made.show_words(self.run, self.gpu, self._hover_s, is_live=self.is_drawing)
        self._say_when()
        self.words_renewed.emit()

    def _say_when(self) -> None:
        """Say the time under the mouse, else the phase of a run that goes on."""
        if self._hover_s is not None:
            speech.put(self._phase, text("at {seconds} s", seconds=f"{self._hover_s:.1f}"))
        elif self.run.phases and self.is_drawing:
            speech.put(self._phase, phase_words(self.run.phases[-1].name))
        else:
            speech.put(self._phase, literal(""))

    @Slot()
    def toggle_pause(self) -> None:
        """Hold the picture still, or let it go on; the run itself goes on either way."""
        self._is_paused = not self._is_paused
        icons.put_icon(self.pause_button, "play" if self._is_paused else "pause")
        speech.put(self.pause_button, text("Go on drawing") if self._is_paused else text("Pause the graphs"),
                   "setAccessibleName")  # fmt: skip

    def reset_zoom(self) -> None:
        """Show every graph's whole range."""
        for made in self.cards:
            made.graph.reset_zoom()

    def save(self, kind: str, path: Path) -> Text | None:
        """Write the graphs as png, svg or csv; returns what went wrong, if anything."""
        from gpuproof.gui.presenters.save_graphs import csv_of, svg_of

        try:
            if kind == "csv":
                path.write_text(csv_of(self.run), encoding="utf-8")
            elif kind == "svg":
                path.write_text(svg_of(self.run, [made.spec for made in self.cards], self.gpu), encoding="utf-8")
            elif not self.grab().save(str(path), "PNG"):
                raise OSError(str(path))
        except OSError as problem:
            return text("The file could not be written: {reason}", reason=problem.strerror or str(problem))
        return None

    def stop(self) -> None:
        """Take the plots down."""
        self._redraw.stop()
        self._words.stop()
        for made in self.cards:
            made.graph.stop()

    def _tools(self) -> QHBoxLayout:
        self._title, self._phase = label(text("Live graphs"), "heading"), label(literal(""), "muted")
        self._choice = QComboBox()
        speech.put(self._choice, text("Which GPU is drawn"), "setAccessibleName")
        self._choice.currentIndexChanged.connect(self._choose_gpu)
        self._choice.hide()
        self.pause_button = button(literal(""), self.toggle_pause, icon="pause", kind="quiet",
                                   says=text("Pause the graphs"))  # fmt: skip
        zoom = button(literal(""), self.reset_zoom, icon="zoom-out", kind="quiet", says=text("Show the whole run"))
        saves = [
            button(literal(kind.upper()), partial(self.save_asked.emit, kind), kind="quiet",
                   says=text("Save the graphs as {kind}", kind=kind.upper()))
            for kind in ("png", "svg", "csv")
        ]  # fmt: skip
        return row(self._title, self._phase, None, self._choice, self.pause_button, zoom,
                   *saves, spacing=4)  # fmt: skip

    def fit(self, width: int) -> None:
        """Arrange the small graphs in as many columns as the width has room for."""
        columns = max(1, min(3, width // theme.px(_NARROWEST)))
        if columns == self._columns:
            return
        self._columns = columns
        for place, made in enumerate(self.cards[1:]):
            self._grid.addWidget(made, place // columns, place % columns)
        for column in range(3):
            self._grid.setColumnStretch(column, int(column < columns))

    def _shade(self) -> None:
        spans = [(phase.start_s, phase.end_s, phase.name == "gpu") for phase in self.run.phases]
        for made in self.cards:
            made.graph.shade(spans)
        for made in self.cards:
            if made.spec.key == "clocks":
                made.graph.mark([mark.at_s for mark in self.run.throttled if mark.gpu == self.gpu])

    def _offer_gpus(self) -> None:
        for gpu in self.run.gpus[self._choice.count() :]:
            self._choice.addItem(f"GPU {gpu}")
        self._choice.setVisible(self._choice.count() > 1)
        if self.gpu is None:
            self.gpu = self.run.gpus[0]

    @Slot(int)
    def _choose_gpu(self, place: int) -> None:
        if 0 <= place < len(self.run.gpus):
            self.gpu = self.run.gpus[place]
            for made in self.cards[1:]:
                made.forget()
            if not self._redraw.isActive():
                self.draw_all()

    @Slot(object)
    def _hover(self, at_s: float | None) -> None:
        self._hover_s = at_s
        self._say_when()
        for made in self.cards:
            made.graph.show_cursor(at_s)
            made.show_words(self.run, self.gpu, at_s, is_live=self.is_drawing)
