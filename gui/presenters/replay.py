"""Plays a saved run into the graphs: the same blocks and samples in the same order, in its own time or faster."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Slot

from gpuproof.core.bench.model import BenchEvent, BenchResult, Block, Progress, TelemetrySample
from gpuproof.core.words import text
from gpuproof.gui.presenters.check_presenter import CheckPresenter

TICK_MS = 50


def events_of(result: BenchResult) -> tuple[tuple[float, BenchEvent], ...]:
    """Return what happened with the time at which it was known: a block is known when it ends."""
    known: list[tuple[float, BenchEvent]] = [
        (block.started_s + block.duration_s, block) for block in result.blocks if isinstance(block, Block)
    ]
    known += [(sample.at_s, sample) for sample in result.telemetry if isinstance(sample, TelemetrySample)]
    return tuple(sorted(known, key=lambda pair: pair[0]))


class Replay(QObject):
    """One replay at a time; ``speed`` 0 shows everything at once."""

    def __init__(self, presenter: CheckPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._events: tuple[tuple[float, BenchEvent], ...] = ()
        self._next = 0
        self._speed = 1.0
        self._began = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def is_running(self) -> bool:
        """Tell whether a replay goes on."""
        return self._timer.isActive()

    def start(self, speed: float = 1.0) -> None:
        """Play the run of the present state."""
        result = self._presenter.state.core.result
        if result is None or self._presenter.state.is_busy:
            return
        self._events, self._next, self._speed = events_of(result), 0, speed
        self._presenter.run_began.emit()
        self._began = time.monotonic()
        if speed <= 0:
            self._emit_until(float("inf"))
            self._end()
            return
        self._presenter.update(replace(self._presenter.state, is_replaying=True, progress=self._progress(0.0)))
        self._timer.start()

    def cancel(self) -> None:
        """Show the rest at once and stop."""
        if self.is_running:
            self._timer.stop()
            self._emit_until(float("inf"))
            self._end()

    @Slot()
    def _tick(self) -> None:
        at_s = (time.monotonic() - self._began) * self._speed
        self._emit_until(at_s)
        if self._next >= len(self._events):
            self._timer.stop()
            self._end()
        else:
            self._presenter.update(replace(self._presenter.state, progress=self._progress(at_s)))

    def _emit_until(self, at_s: float) -> None:
        start = self._next
        while self._next < len(self._events) and self._events[self._next][0] <= at_s:
            self._next += 1
        if self._next > start:
            self._presenter.events_arrived.emit([event for _, event in self._events[start : self._next]])

    def _end(self) -> None:
        self._presenter.update(replace(self._presenter.state, is_replaying=False, progress=None))

    def _progress(self, at_s: float) -> Progress:
        end_s = self._events[-1][0] if self._events else 1.0
        return Progress(
            phase="replay",
            words=text("Replaying the saved run"),
            fraction=min(1.0, at_s / max(0.1, end_s)),
            remaining_s=max(0.0, (end_s - at_s) / self._speed),
        )
