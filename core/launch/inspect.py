"""Asks a target everything and keeps what was answered, also when the agent crashed or hung half-way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, cast, get_args

from gpuproof.core.facts.answers import Answer, Answers, AnswerStatus
from gpuproof.core.launch.model import Cancelled, Crashed, Finished, Message, Outcome, Target, TimedOut, WorkerError
from gpuproof.core.launch.run import run_agent

DEADLINE_S = 420.0  # stages of the agent have deadlines of their own; this is the last net
DEADLINE_WITHOUT_TORCH_S = 60.0
_STATUSES = get_args(AnswerStatus)


def inspect_target(
    target: Target,
    *,
    import_torch: bool = True,
    on_answer: Callable[[Answer], None] | None = None,
    cancel: threading.Event | None = None,
    on_start: Callable[[], None] | None = None,
) -> Answers:
    """Return all answers of a target. A question that was begun and never answered gets the reason of the end.

    Raises ``UserProblem`` when the target is no Python that can be asked.
    """
    collected = _Collected(on_answer)
    deadline_s = DEADLINE_S if import_torch else DEADLINE_WITHOUT_TORCH_S
    troubles: list[tuple[str, str]] = []

    def params() -> dict[str, Any]:
        from gpuproof.core.launch.plugin_questions import plugin_questions

        added = plugin_questions()
        troubles.extend(added.troubles)
        asked: dict[str, Any] = {"plugin_questions": list(added.wire)} if added.wire else {}
        return {"import_torch": import_torch, **asked}

    outcome = run_agent(
        target,
        "inspect",
        params,
        deadline_s=deadline_s,
        on_message=collected.take,
        cancel=cancel,
        on_start=on_start,
    )
    collected.close(outcome)
    for question, detail in troubles:
        collected.take({"type": "answer", "question": question, "status": "failed", "detail": detail})
    return Answers.of(collected.answers)


class _Collected:
    """Answers so far, and the questions that were begun."""

    def __init__(self, on_answer: Callable[[Answer], None] | None) -> None:
        self.answers: list[Answer] = []
        self._tell = on_answer or (lambda answer: None)
        self._open: dict[str, None] = {}

    def take(self, message: Message) -> None:
        """Note one message of the agent."""
        question = message.get("question")
        if not isinstance(question, str):
            return
        if message["type"] == "asking":
            self._open[question] = None
        elif message["type"] == "answer":
            self._add(read_answer(message))

    def close(self, outcome: Outcome) -> None:
        """Give every open question the reason for which it stays without an answer."""
        status, detail = reason_of(outcome)
        for question in tuple(self._open):
            self._add(Answer(question=question, status=status, detail=detail))
        if not isinstance(outcome, Finished):
            self._add(Answer(question="agent.run", status=status, detail=detail, took_s=outcome.record.took_s))

    def _add(self, answer: Answer) -> None:
        self._open.pop(answer.question, None)
        self.answers.append(answer)
        self._tell(answer)


def read_answer(message: Message) -> Answer:
    """Read an answer from the wire; wrong types become a failed answer, never an exception."""
    status, words, took_s = message.get("status"), message.get("text"), message.get("took_s", 0.0)
    question = str(message["question"])
    is_sound = status in _STATUSES and isinstance(words, str | None) and isinstance(took_s, int | float)
    if not is_sound:
        return Answer(question=question, status="failed", detail="the answer has a wrong form")
    value: Any = message.get("value")
    return Answer(
        question=question,
        status=cast(AnswerStatus, status),
        text=words,
        value=value,
        detail=str(message.get("detail", ""))[:2000],
        took_s=float(took_s),
    )


def reason_of(outcome: Outcome) -> tuple[AnswerStatus, str]:
    """Say why nothing more was answered."""
    match outcome:
        case Finished():
            return "failed", "the agent ended without answering this"
        case TimedOut(deadline_s=deadline_s):
            return "timed_out", f"no answer within {deadline_s:g} s"
        case Cancelled():
            return "failed", "cancelled"
        case Crashed(detail=detail):
            return "failed", detail
        case WorkerError(kind=kind, detail=detail):
            return "failed", f"{kind}: {detail}"
