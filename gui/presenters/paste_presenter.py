"""Pasted text, a log or a file: the cause, and whether that run was on the GPU."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.words import Text, text
from gpuproof.gui.presenters.background import Background
from gpuproof.gui.style.colours import Tone

if TYPE_CHECKING:
    from gpuproof.core.diagnose.notes import Note
    from gpuproof.core.logs.model import LogVerdict

_MOST_BYTES = 32 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PasteState:
    """What came out. ``kind`` says as what the text was recognised."""

    is_working: bool = False
    diagnosis: Diagnosis | None = None
    kind: str = ""
    log: LogVerdict | None = None
    notes: tuple[Note, ...] = ()
    source: str = ""
    problem: Text | None = None
    hint: Text | None = None


class PastePresenter(QObject):
    """Judges text that comes from anybody: it is data, never run, fetched or linked."""

    state_changed = Signal(object)  # PasteState

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self.state = PasteState()

    def judge(self, words: str) -> None:
        """Judge pasted text."""
        if not words.strip():
            self._set(PasteState(problem=text("There is no text yet."), hint=text("Paste something, or read a file.")))
            return
        self._start(lambda: _judge(words.encode("utf-8", "replace")), "")

    def judge_file(self, path: Path) -> None:
        """Judge a file of any known kind."""
        self._start(lambda: _judge(_bytes_of(path)), path.name)

    def _start(self, work: object, source: str) -> None:
        if self.state.is_working:
            return
        self._set(PasteState(is_working=True, source=source))
        self._background.start(work, self._judged, self._failed)  # type: ignore[arg-type]

    def _judged(self, found: PasteState) -> None:
        self._set(replace(found, source=self.state.source))

    def _failed(self, problem: UserProblem) -> None:
        self._set(PasteState(problem=problem.message, hint=problem.hint, source=self.state.source))

    def _set(self, state: PasteState) -> None:
        self.state = state
        self.state_changed.emit(state)


def log_words(log: LogVerdict) -> tuple[Tone, Text]:
    """Return tone and title of what a log says."""
    known: dict[str, tuple[Tone, Text]] = {
        "gpu_used": ("ok", text("The log shows work on the GPU")),
        "cpu_fallback": ("bad", text("The log shows a fallback to the CPU")),
        "gpu_error": ("bad", text("The log shows an error of the GPU")),
        "oom": ("bad", text("The log shows that memory ran out")),
        "inconclusive": ("unknown", text("The log does not say which device did the work")),
    }
    return known[log.verdict]


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as problem:
        raise CouldNotFinish(
            text("{file} cannot be read: {detail}", file=path.name, detail=problem.strerror or str(problem)),
            text("Choose a readable file."),
        ) from problem
    return data[:_MOST_BYTES]


def _judge(data: bytes) -> PasteState:
    from gpuproof.core.diagnose import diagnose
    from gpuproof.core.diagnose.evidence import read_evidence
    from gpuproof.core.diagnose.notes import notes_of
    from gpuproof.core.facts.foreign.clean import decode
    from gpuproof.core.logs.scan import scan

    kind, machine = read_evidence(data)
    log = scan(decode(data).splitlines())
    found = log if log.events else None
    return PasteState(diagnosis=diagnose(machine), kind=kind, log=found, notes=notes_of(machine).seen)


def recognised(kind: str) -> Text:
    """Say as what a text was recognised; names of tools stay as they are."""
    known = {
        "text": text("Recognised as: plain text"),
        "traceback": text("Recognised as: a program's error message"),
        "report": text("Recognised as: a saved report"),
        "answers": text("Recognised as: a machine's recorded answers"),
    }
    if kind in known:
        return known[kind]
    kinds = kind.split("+")
    tools = ", ".join(one for one in kinds if one != "traceback")
    if "traceback" in kinds:
        return text("Recognised as: {kinds}, with an error message", kinds=tools)
    return text("Recognised as: {kind}", kind=tools)
