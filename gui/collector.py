"""Python's garbage collector, kept on the window's thread.

A collection in a worker thread would delete Qt objects there, and a timer of such an object fires into freed memory.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY_MS = 1000
_YOUNG, _MIDDLE = 2000, 20  # objects made since, and young collections since


class Collector(QObject):
    """Collects on a timer instead of whenever; ``stop`` gives the collector back."""

    def __init__(self) -> None:
        super().__init__()
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def settle(self) -> None:
        """Leave what was loaded so far out of later collections, which keeps them short."""
        gc.collect()
        gc.freeze()

    @Slot()
    def collect(self) -> None:
        """Collect what is due, as the collector itself would have done."""
        young, middle, old = gc.get_count()
        if old > _MIDDLE:
            gc.collect(2)
        elif middle > _MIDDLE:
            gc.collect(1)
        elif young > _YOUNG:
            gc.collect(0)

    def stop(self) -> None:
        """Collect everything here and now, and let the collector run by itself again."""
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        if self._was_enabled:
            gc.enable()
