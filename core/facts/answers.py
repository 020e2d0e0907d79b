"""Answers as the agent sends them: what was asked, what came back, and the reason when nothing did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

AnswerStatus = Literal["ok", "absent", "failed", "denied", "timed_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer on the wire; ``text`` or ``value`` is set when ``status`` is ``ok``, ``detail`` when it is not.

    ``took_s`` is the time the question needed on the target.
    """

    question: str
    status: AnswerStatus
    text: str | None = None
    value: Any = None
    detail: str = ""
    took_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers of one inspection, by question id. Also the body of captures, reports and collector files."""

    by_question: Mapping[str, Answer] = field(default_factory=dict)

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> Answers:
        """Collect answers; a question asked twice keeps its last answer."""
        return cls({answer.question: answer for answer in answers})

    def get(self, question: str) -> Answer | None:
        """Return the answer to a question, or None when it was never asked."""
        return self.by_question.get(question)

    def __iter__(self) -> Iterator[Answer]:
        return iter(self.by_question.values())

    def __len__(self) -> int:
        return len(self.by_question)
