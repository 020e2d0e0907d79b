"""Stage clocks: host time on the CPU; device events, read after the end, elsewhere."""

import time
from typing import Any, ContextManager, Dict, List, Tuple

Entry = Tuple[str, float]


class HostClock:
    """Counts each stage by the host's clock: right on the CPU, where a call returns when the work is done."""

    def __init__(self) -> None:
        self.entries: List[Entry] = []

    def stage(self, name: str) -> ContextManager[None]:
        """Time what runs inside."""
        return _HostSpan(self.entries, name)

    def totals(self) -> Dict[str, float]:
        """Return the seconds of every stage."""
        return totals(self.entries)


class _HostSpan:
    def __init__(self, entries: List[Entry], name: str) -> None:
        self._entries = entries
        self._name = name
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._entries.append((self._name, time.perf_counter() - self._began))


class SyncedClock(HostClock):
    """Host clock that waits for the device before each reading, for devices without events."""

    def __init__(self, synchronize: Any) -> None:
        super().__init__()
        self._synchronize = synchronize

    def stage(self, name: str) -> ContextManager[None]:
        """Time what runs inside, including the device's work."""
        return _SyncedSpan(self.entries, name, self._synchronize)


class _SyncedSpan(_HostSpan):
    def __init__(self, entries: List[Entry], name: str, synchronize: Any) -> None:
        super().__init__(entries, name)
        self._synchronize = synchronize

    def __enter__(self) -> None:
        self._synchronize()
        super().__enter__()

    def __exit__(self, *_: object) -> None:
        self._synchronize()
        super().__exit__()


class EventClock:
    """Records device events around each stage; nothing waits until ``totals`` after the step's end."""

    def __init__(self, new_event: Any) -> None:
        self._new_event = new_event
        self._pairs: List[Tuple[str, Any, Any]] = []

    def stage(self, name: str) -> ContextManager[None]:
        """Time what is queued inside on the current stream."""
        return _EventSpan(self._pairs, name, self._new_event)

    def totals(self) -> Dict[str, float]:
        """Return the seconds of every stage. Call only after a synchronisation."""
        return totals([(name, begin.elapsed_time(end) / 1000.0) for name, begin, end in self._pairs])


class _EventSpan:
    def __init__(self, pairs: List[Tuple[str, Any, Any]], name: str, new_event: Any) -> None:
        self._pairs = pairs
        self._name = name
        self._begin = new_event()
        self._end = new_event()

    def __enter__(self) -> None:
        self._begin.record()

    def __exit__(self, *_: object) -> None:
        self._end.record()
        self._pairs.append((self._name, self._begin, self._end))


def totals(entries: List[Entry]) -> Dict[str, float]:
    """Add up the seconds of each name."""
    summed: Dict[str, float] = {}
    for name, seconds in entries:
        summed[name] = summed.get(name, 0.0) + seconds
    return summed
