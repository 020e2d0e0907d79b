"""Work beside the window: plain threads whose results come back on the window's thread, and none that outlives it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

Result = TypeVar("Result")


class Background(QObject):
    """Starts work in threads. After ``close`` nothing is delivered any more."""

    _ready = Signal(object, object)
    became_idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._ready.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing is being worked on."""
        return not any(thread.is_alive() for thread in self._threads)

    def start(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[UserProblem], None],
    ) -> None:
        """Run ``work`` in a thread, then ``done`` or ``failed`` here. A bug arrives as a problem, never as silence."""
        thread = threading.Thread(target=self._work, args=(work, done, failed), name="gpuproof-work", daemon=True)
        self._threads.add(thread)
        thread.start()

    def close(self, patience_s: float) -> bool:
        """Deliver nothing more and wait for the threads; returns whether all of them ended in time."""
        with self._lock:
            self._closed = True
        give_up_at = time.monotonic() + patience_s
        for thread in tuple(self._threads):
            thread.join(max(0.0, give_up_at - time.monotonic()))
        return self.is_idle

    def _work(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[UserProblem], None]
    ) -> None:
        try:
            value: Any = work()
            then: Callable[[Any], None] = done
        except UserProblem as problem:
            value, then = problem, failed
        except Exception as bug:
            _note(bug)
            value, then = _bug(bug), failed
        with self._lock:
            if not self._closed:
                self._ready.emit(then, value)

    @Slot(object, object)
    def _deliver(self, then: Callable[[Any], None], value: Any) -> None:
        self._threads = {thread for thread in self._threads if thread.is_alive()}
        if self._closed:
            return
        then(value)
        if self.is_idle:
            self.became_idle.emit()


def _note(bug: Exception) -> None:
    import logging

    from gpuproof.core.report.privacy.crash import crash_text

    logging.getLogger(__name__).error("work beside the window failed\n%s", crash_text(bug))


def _bug(bug: Exception) -> UserProblem:
    kind = type(bug).__name__
    return UserProblem(
        text("gpuproof itself failed here: {kind}: {detail}", kind=kind, detail=str(bug)[:300]),
        text("Please report this with what you did just before; the other steps still work."),
    )
