"""Small tools of the readers: an answer's text or value with the right type, or the reason why there is none."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, TypeVar

from gpuproof.core.facts.answers import Answer, Answers
from gpuproof.core.facts.unknown import NOT_ASKED, Unknown, Why
from gpuproof.core.facts.version import DottedVersion, dotted

T = TypeVar("T")
_WHY = {"absent": Why.ABSENT, "failed": Why.FAILED, "denied": Why.DENIED, "timed_out": Why.TIMED_OUT}
MIB = 1 << 20


def reason(answer: Answer | None) -> Unknown:
    """Return why an answer holds nothing; the source is the question's id."""
    if answer is None:
        return NOT_ASKED
    return Unknown(_WHY.get(answer.status, Why.UNREADABLE), answer.detail, answer.question)


def unreadable(question: str, detail: str) -> Unknown:
    """Return the Unknown of an answer that came and was not understood."""
    return Unknown(Why.UNREADABLE, detail, question)


def text_of(answers: Answers, question: str) -> str | Unknown:
    """Return an answer's text."""
    answer = answers.get(question)
    if answer is None or answer.status != "ok":
        return reason(answer)
    return answer.text if isinstance(answer.text, str) else unreadable(question, "a text was expected")


def line_of(answers: Answers, question: str, limit: int) -> str:
    """Return an answer's text without the space around it, up to so many characters; "" when there is none."""
    text = text_of(answers, question)
    return "" if isinstance(text, Unknown) else text.strip()[:limit]


def chosen_of(answers: Answers, question: str) -> str:
    """Return the word that the kernel marks among its choices, ``always [madvise] never``; "" when there is none."""
    match = re.search(r"\[(\w{1,30})\]", line_of(answers, question, 1000))
    return match.group(1) if match else ""


def dict_of(answers: Answers, question: str) -> dict[str, Any] | Unknown:
    """Return an answer's value where an object is expected."""
    return _value(answers, question, dict, "an object")


def list_of(answers: Answers, question: str) -> list[Any] | Unknown:
    """Return an answer's value where a list is expected."""
    return _value(answers, question, list, "a list")


def _value(answers: Answers, question: str, kind: type[T], words: str) -> T | Unknown:
    answer = answers.get(question)
    if answer is None or answer.status != "ok":
        return reason(answer)
    return answer.value if isinstance(answer.value, kind) else unreadable(question, f"{words} was expected")


def names_of(answers: Answers, question: str) -> tuple[str, ...] | Unknown:
    """Return an answer's value where a list of words is expected; other things in it are passed over."""
    found = list_of(answers, question)
    return found if isinstance(found, Unknown) else tuple(word for word in found if isinstance(word, str))


def objects(found: list[Any]) -> list[dict[str, Any]]:
    """Return the objects of a list; other things in it are passed over."""
    return [entry for entry in found if isinstance(entry, dict)]


def objects_in(found: object) -> list[dict[str, Any]]:
    """Return the objects of what may be a list; anything else has none."""
    return objects(found) if isinstance(found, list) else []


def objects_of(answers: Answers, question: str) -> list[dict[str, Any]]:
    """Return the objects of an answer's list, for a fact that may do without this answer."""
    return objects_in(list_of(answers, question))


def fields_of(answers: Answers, question: str) -> dict[str, Any]:
    """Return an answer's object, for a fact that may do without this answer: then it has no fields."""
    found = dict_of(answers, question)
    return {} if isinstance(found, Unknown) else found


def texts_in(found: object) -> tuple[str, ...]:
    """Return the words of what may be a list; anything else has none."""
    return tuple(word for word in found if isinstance(word, str)) if isinstance(found, list) else ()


def text_pairs(found: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the fields that are texts, by name."""
    return tuple((name, value) for name, value in sorted(found.items()) if isinstance(value, str))


def words(value: object) -> str:
    """Return a text, "" for anything else."""
    return value if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """Return a finite number, None for anything else; all-ones values mean "not available" in NVML."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int) and value in (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF):
        return None
    found = float(value) if abs(value) < 1e18 else math.inf
    return found if math.isfinite(found) else None


def whole(value: object) -> int | None:
    """Return an integer, None for anything else; a text of digits counts."""
    if isinstance(value, str) and value.strip().isdigit() and len(value) < 19:
        return int(value)
    found = number(value)
    return None if found is None else int(found)


def mib(value: object) -> float | None:
    """Turn bytes into MiB; negative ones are no fact."""
    found = number(value)
    return None if found is None or found < 0 else found / MIB


def flag(value: object) -> bool | None:
    """Return a truth value, None for anything else."""
    return value if isinstance(value, bool) else None


def version_of(found: str | Unknown, question: str) -> DottedVersion | Unknown:
    """Read a text that holds nothing but a version."""
    if isinstance(found, Unknown):
        return found
    return dotted(found) or unreadable(question, f"no version: {found.strip()[:80]!r}")


def guarded(reader: Callable[[Answers], T], answers: Answers) -> T | Unknown:
    """Run a reader; a value of a shape that it did not expect costs only its own fact."""
    try:
        return reader(answers)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as problem:
        return unreadable(reader.__name__, f"{type(problem).__name__}: {problem}"[:300])
