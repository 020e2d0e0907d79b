"""The file form of answers: recorded machines, collector files and the answers inside reports.

``{"format": "gpuproof-answers", "version": 1, "origin": "...", "kind": "recorded", "recorded": "2026-11-20",
"redacted": true, "answers": [{"question", "status", "text" | "value", "detail", "took_s"}, ...]}``. A file may come
from a stranger: its size, depth and types are checked before anything is read from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from gpuproof.core.facts.answers import Answer, Answers, AnswerStatus
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Text, text

FORMAT = "gpuproof-answers"
VERSION = 1
MAX_BYTES = 32 << 20
MAX_DEPTH = 40
MAX_ANSWERS = 5000
MAX_BRACKETS = 500_000
Kind = Literal["recorded", "constructed", "collected"]
_KINDS = get_args(Kind)
_STATUSES = get_args(AnswerStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Answers with where they came from. ``kind`` says whether a real machine gave them."""

    answers: Answers
    origin: str = ""
    kind: Kind = "recorded"
    recorded: str = ""  # ISO date or time in UTC
    redacted: bool = False


def is_answers_file(data: bytes) -> bool:
    """Tell whether bytes look like this format, by their beginning."""
    return FORMAT.encode() in data[:400]


def read_answers(data: bytes) -> Answers:
    """Return the answers of a file; ``UserProblem`` when it is not one."""
    return read_recording(data).answers


def read_recording(data: bytes) -> Recording:
    """Return the answers of a file and their origin; ``UserProblem`` when it is not one."""
    document = read_object(data)
    if document.get("format") != FORMAT:
        raise _problem(text("This is not an answers file of gpuproof."))
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _problem(text("The answers file has no version number."))
    if version > VERSION:
        raise UserProblem(
            text(
                "The answers file has version {found}, this gpuproof reads up to {known}.", found=version, known=VERSION
            ),
            text("Open it with a newer gpuproof."),
        )
    entries = document.get("answers")
    if not isinstance(entries, list) or len(entries) > MAX_ANSWERS:
        raise _problem(text("The answers file has no list of answers."))
    kind = document.get("kind")
    return Recording(
        answers=Answers.of(answer_of(entry) for entry in entries),
        origin=str(document.get("origin", ""))[:2000],
        kind=cast(Kind, kind) if kind in _KINDS else "collected",
        recorded=str(document.get("recorded", ""))[:40],
        redacted=document.get("redacted") is True,
    )


def answer_of(entry: object) -> Answer:
    """Read one answer; ``UserProblem`` when its form is wrong."""
    if not isinstance(entry, dict):
        raise _problem(text("An answer in the file is not an object."))
    question, status, words = entry.get("question"), entry.get("status"), entry.get("text")
    took_s = entry.get("took_s", 0.0)
    sound = isinstance(question, str) and status in _STATUSES and isinstance(words, str | None)
    if not sound or isinstance(took_s, bool) or not isinstance(took_s, int | float):
        raise _problem(
            text("The answer to {question} has a wrong form.", question=" ".join(str(question).split())[:80])
        )
    return Answer(
        question=cast(str, question),
        status=cast(AnswerStatus, status),
        text=words,
        value=entry.get("value"),
        detail=str(entry.get("detail", ""))[:4000],
        took_s=float(took_s),
    )


def write_answers(
    answers: Iterable[Answer], *, origin: str, kind: Kind = "collected", recorded: str = "", redacted: bool = False
) -> bytes:
    """Return a file's bytes; the same answers always give the same bytes."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "origin": origin,
        "kind": kind,
        "recorded": recorded,
        "redacted": redacted,
        "answers": [answer_fields(answer) for answer in answers],
    }
    return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def answer_fields(answer: Answer) -> dict[str, Any]:
    """Return an answer as it stands in files and reports; what it does not hold is left out."""
    fields: dict[str, Any] = {"question": answer.question, "status": answer.status}
    if answer.text is not None:
        fields["text"] = answer.text
    if answer.value is not None:
        fields["value"] = answer.value
    if answer.detail:
        fields["detail"] = answer.detail
    return {**fields, "took_s": answer.took_s}


def read_object(data: bytes) -> dict[str, Any]:
    """Return the one JSON object of a stranger's file; size, depth, numbers and keys are checked."""
    if len(data) > MAX_BYTES:
        raise _problem(text("The file is larger than {limit} MiB.", limit=MAX_BYTES >> 20))
    if _depth(data) > MAX_DEPTH:
        raise _problem(text("The file is nested too deeply."))
    try:
        document = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite
        )
    except (ValueError, RecursionError) as problem:
        raise _problem(text("The file is not readable JSON: {detail}", detail=str(problem)[:200])) from problem
    if not isinstance(document, dict):
        raise _problem(text("This is not an answers file of gpuproof."))
    return document


def _depth(data: bytes) -> int:
    """Return how deeply brackets nest; those inside texts are counted too, which only errs on the safe side."""
    depth = deepest = 0
    if data.count(b"[") + data.count(b"{") > MAX_BRACKETS:
        return MAX_DEPTH + 1  # a few MB of empty lists would take a GB of memory
    for byte in data.translate(None, bytes(set(range(256)) - set(b"[]{}"))):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth = max(0, depth - 1)
    return deepest


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands there twice")
    return found


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is not JSON")


def _problem(message: Text) -> UserProblem:
    return UserProblem(message, text("Expected a file that gpuproof or its collector wrote, complete and unchanged."))
