"""Recorded and constructed machines of ``tests/captures``: answers, and the facts that they must always give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gpuproof.core.facts.answers import Answer, Answers
from gpuproof.core.facts.answers_file import Recording, read_recording
from gpuproof.core.facts.document import machine_document
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.parts import LibraryFile
from gpuproof.core.facts.readers import read_machine
from gpuproof.core.facts.version import DottedVersion

CAPTURES = Path(__file__).resolve().parent.parent / "captures"


def names() -> list[str]:
    """Return the name of every capture."""
    return sorted(path.stem for path in CAPTURES.glob("*.json") if not path.name.endswith(".facts.json"))


def recording(name: str) -> Recording:
    """Return one capture."""
    return read_recording((CAPTURES / f"{name}.json").read_bytes())


def machine(name: str) -> Machine:
    """Return the facts of one capture."""
    return read_machine(recording(name).answers)


def facts_path(name: str) -> Path:
    """Return where the facts stand that a capture must give."""
    return CAPTURES / f"{name}.facts.json"


def facts_bytes(answers: Answers) -> bytes:
    """Return the facts of answers in the form of the expected files."""
    document = machine_document(read_machine(answers))
    return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def ok(question: str, value: Any = None, text: str | None = None) -> Answer:
    """Return an answer that came."""
    return Answer(question=question, status="ok", value=value, text=text)


def no(question: str, status: Any = "absent", detail: str = "not there") -> Answer:
    """Return an answer that did not come."""
    return Answer(question=question, status=status, detail=detail)


def answers(*given: Answer) -> Answers:
    """Return answers by their questions."""
    return Answers.of(given)


def replaced(base: Answers, *given: Answer) -> Answers:
    """Return answers with some of them exchanged."""
    return Answers.of([*base, *given])


def version(text: str) -> DottedVersion:
    """Return a version."""
    return DottedVersion(text)


def compat(folder: str, name: str) -> tuple[LibraryFile, ...]:
    """Return one forward-compatibility library as the readers give it."""
    found = DottedVersion(name.partition(".so.")[2])
    return (LibraryFile(name=name, path=f"{folder}/{name}", where="folder", version=found),)


if __name__ == "__main__":
    for capture in names():
        facts_path(capture).write_bytes(facts_bytes(recording(capture).answers))
        print(capture)  # noqa: T201
