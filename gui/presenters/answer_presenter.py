"""A supporter's answer to a case: words, the cause, and a fix card of steps; written as a reply beside the case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gpuproof.core.problems import UserProblem
from gpuproof.core.report.case import MOST_STEPS, Case, CaseAnswer, CaseStep, answered
from gpuproof.core.report.store import file_stem
from gpuproof.core.words import Text, text
from gpuproof.gui.presenters.background import Background
from gpuproof.gui.style import speech

if TYPE_CHECKING:
    from gpuproof.core.diagnose.model import Diagnosis

_LOOK_AGAIN = "gpuproof diagnose"  # what each step is followed by
_NO_CAUSE = ("healthy", "cannot_tell")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerState:
    """What was written so far. ``revision`` rises when fields have to be filled anew, not while a person types."""

    words: str = ""
    cause: str = ""
    steps: tuple[CaseStep, ...] = ()
    is_open: bool = False
    is_working: bool = False
    saved: Path | None = None
    problem: Text | None = None
    hint: Text | None = None
    revision: int = 0

    @property
    def can_add(self) -> bool:
        """Tell whether one more step has room."""
        return len(self.steps) < MOST_STEPS


class AnswerPresenter(QObject):
    """Keeps the draft; an answer that is there already is where it begins."""

    state_changed = Signal(object)  # AnswerState

    def __init__(self, background: Background, case: Case) -> None:
        super().__init__()
        self._background, self._case = background, case
        told = case.answer or CaseAnswer(words="")
        self.state = AnswerState(words=told.words, cause=told.cause, steps=told.steps)

    @property
    def file_name(self) -> str:
        """Return the name that the reply is offered under."""
        return f"{file_stem(self._case.report)}-reply.gpuproof"

    @property
    def has_remedy(self) -> bool:
        """Tell whether the diagnosis of the report has steps to take over."""
        return bool(self._remedy_steps())

    def causes(self) -> tuple[tuple[str, Text], ...]:
        """Return labels and titles of the causes to choose from: none of our own first, then what the report found."""
        from gpuproof.core.diagnose.causes import TITLES

        diagnosis = self._case.report.diagnosis
        found = _labels(diagnosis) if diagnosis is not None else ()
        order = dict.fromkeys((*found, self.state.cause, *TITLES))
        known = [(name, TITLES[name]) for name in order if name in TITLES and name not in _NO_CAUSE]
        return (("", text("The cause that the report names")), *known)

    def open(self) -> None:
        """Begin to write."""
        self._renew(is_open=True)

    def put_away(self) -> None:
        """Stop writing; what was written stays."""
        self._renew(is_open=False)

    def put_words(self, words: str) -> None:
        """Take the words of the answer."""
        self._draft(words=words)

    def put_cause(self, cause: str) -> None:
        """Take the cause, as a label; empty: the one that the report names."""
        self._draft(cause=cause)

    def put_step(self, place: int, words: str, command: str) -> None:
        """Take the words and the command of one step."""
        step = replace(self.state.steps[place], words=words, command=command.strip() or None)
        self._draft(steps=(*self.state.steps[:place], step, *self.state.steps[place + 1 :]))

    def add_step(self) -> None:
        """Add an empty step at the end."""
        if self.state.can_add:
            self._renew(steps=(*self.state.steps, CaseStep(words="", check=_LOOK_AGAIN)))

    def remove_step(self, place: int) -> None:
        """Drop a step."""
        self._renew(steps=(*self.state.steps[:place], *self.state.steps[place + 1 :]))

    def take_remedy(self) -> None:
        """Add what the diagnosis says mends it, in the language that is spoken now."""
        self._renew(steps=(*_written(self.state.steps), *self._remedy_steps())[:MOST_STEPS])

    def save(self, path: Path) -> None:
        """Write the reply; an answer that says nothing is refused."""
        if self.state.is_working:
            return
        if not self.state.words.strip() and not _written(self.state.steps):
            found = text("There is no answer yet.")
            self._set(replace(self.state, problem=found, hint=text("Write what you think, or add a step."), saved=None))
            return
        answer = CaseAnswer(words=self.state.words.strip(), cause=self.state.cause, steps=_written(self.state.steps))
        self._set(replace(self.state, is_working=True, problem=None, hint=None, saved=None))
        reply = answered(self._case, answer)
        self._background.start(lambda: _save(reply, path), self._saved, self._failed)

    def _remedy_steps(self) -> tuple[CaseStep, ...]:
        diagnosis = self._case.report.diagnosis
        if diagnosis is None or diagnosis.primary is None:
            return ()
        return tuple(
            CaseStep(words=speech.say(step.words), command=step.command or None, check=_LOOK_AGAIN)
            for step in diagnosis.primary.remedy.steps
        )

    def _saved(self, path: Path) -> None:
        self._set(replace(self.state, is_working=False, saved=path))

    def _failed(self, problem: UserProblem) -> None:
        self._set(replace(self.state, is_working=False, problem=problem.message, hint=problem.hint))

    def _draft(self, **changes: object) -> None:
        """Take what a person typed; what was said about an earlier text no longer holds."""
        self._set(replace(self.state, problem=None, hint=None, saved=None, **changes))  # type: ignore[arg-type]

    def _renew(self, **changes: object) -> None:
        self._draft(revision=self.state.revision + 1, **changes)

    def _set(self, state: AnswerState) -> None:
        self.state = state
        self.state_changed.emit(state)


def _labels(diagnosis: Diagnosis) -> tuple[str, ...]:
    return (diagnosis.cause, *(finding.cause for finding in diagnosis.findings))


def _written(steps: tuple[CaseStep, ...]) -> tuple[CaseStep, ...]:
    return tuple(step for step in steps if step.words.strip() or step.command)


def _save(reply: Case, path: Path) -> Path:
    from gpuproof.core.report.case import save_case

    return save_case(reply, path)
