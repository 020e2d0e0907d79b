"""What a log says about the device: signals (the table), events (lines that matched) and the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from gpuproof.core.words import Text

if TYPE_CHECKING:
    from gpuproof.core.logs.pace import Pace

Kind = Literal["gpu", "cpu", "error", "oom", "host_oom", "work", "neutral"]
Verdict = Literal["gpu_used", "cpu_fallback", "gpu_error", "oom", "inconclusive"]

_CHOSE = {
    "gpu": "The program chose the GPU and says so after choosing.",
    "cpu": "The program chose the CPU and says so after choosing.",
}

# where a line belongs; the first that reached a verdict gives the verdict of the whole log
COMPONENTS = ("model", "onnx", "environment", "video_codec", "helper")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One row of the table. ``keys`` are lower-case literals, one of which every matching line contains."""

    id: str
    app: str
    kind: Kind
    decisive: bool
    component: str
    pattern: str
    keys: tuple[str, ...]
    says: str
    remedy: str = ""
    flags: frozenset[str] = frozenset()
    check: str = ""  # name of a function of gpuproof.core.logs.checks that looks closer


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The last line that a signal matched; ``kind`` and ``decisive`` may differ from the row's after a closer look."""

    signal: Signal
    kind: Kind
    decisive: bool
    component: str
    line: int  # counted from 1, by line feeds
    text: str
    order: int = 0  # grows through the file, also within a line that carriage returns divide

    @property
    def says(self) -> str:
        """Return what the line means: the row's sentence, of the device that the closer look found chosen."""
        chosen = _CHOSE.get(self.kind)
        return chosen if chosen is not None and self.signal.says in _CHOSE.values() else self.signal.says


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentVerdict:
    """The verdict of one component and the events that decided it."""

    name: str
    verdict: Verdict
    events: tuple[Event, ...]
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class LogVerdict:
    """The answer about one log; ``components`` lists every part that said something about a device."""

    verdict: Verdict
    why: Text
    events: tuple[Event, ...]
    components: tuple[ComponentVerdict, ...] = ()
    remedies: tuple[Text, ...] = ()
    next_step: Text | None = None
    notes: tuple[Text, ...] = ()
    apps: tuple[str, ...] = ()
    pace: Pace | None = None
    lines: int = 0
    encoding: str = "utf-8"
    extra: dict[str, object] = field(default_factory=dict)
