"""Whatever a person hands in, as facts: a report, a capture, a collector file, or pasted text; the kind is detected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpuproof.core.facts.foreign.clean import MAXIMUM_BYTES, decode
from gpuproof.core.facts.machine import Machine
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

if TYPE_CHECKING:
    from gpuproof.core.facts.answers import Answers

_OURS = (b'"gpuproof-answers"', b'"gpuproof-report"')


def machine_from(data: str | bytes) -> Machine:
    """Return the facts; ``UserProblem`` when the input is empty, too large, or a damaged file of ours."""
    return read_evidence(data)[1]


def read_evidence(data: str | bytes) -> tuple[str, Machine]:
    """Return the detected kind beside the facts."""
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    if len(raw) > MAXIMUM_BYTES:
        raise UserProblem(
            text("The input is too large: at most {limit} MiB are read.", limit=MAXIMUM_BYTES >> 20),
            text("Hand in the part around the error, and the output of collect_env."),
        )
    if not raw.strip(b"\x00\xff\xfe\xef\xbb\xbf \t\r\n"):
        raise UserProblem(
            text("The input is empty."),
            text("Paste what the program printed, for instance the output of python -m torch.utils.collect_env."),
        )
    if any(mark in raw[:4000] for mark in _OURS):
        return _ours(raw)
    if _is_binary(raw):
        raise UserProblem(text("The input is no text."), text("Hand in text, a report or a collector file."))
    from gpuproof.core.facts.foreign import read_foreign

    return read_foreign(raw)


def _ours(raw: bytes) -> tuple[str, Machine]:
    from gpuproof.core.facts.readers import read_machine

    if b'"gpuproof-report"' in raw[:4000]:
        return "report", read_machine(_report_answers(raw))
    from gpuproof.core.facts.answers_file import read_answers

    return "answers", read_machine(read_answers(raw))


def _report_answers(raw: bytes) -> Answers:
    """Re-read a report's answers, so that newer rules judge an old report."""
    from gpuproof.core.facts.answers import Answers
    from gpuproof.core.facts.answers_file import answer_of, read_object

    entries = read_object(raw).get("answers")
    if not isinstance(entries, list):
        raise UserProblem(text("The report holds no answers."), text("Hand in the report file as gpuproof wrote it."))
    return Answers.of(answer_of(entry) for entry in entries[:5000])


def _is_binary(raw: bytes) -> bool:
    """Tell a picture or an archive from text; UTF-16 has many NULs and is text."""
    if raw.startswith((b"\x89PNG", b"\xff\xd8\xff", b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"\x7fELF", b"MZ\x90")):
        return True
    sample = decode(raw[:4096])
    odd = sum(1 for character in sample if character < " " and character not in "\t\r\n\x1b\x0c\x08")
    return odd > len(sample) // 10 or sample.count("\ufffd") > len(sample) // 4
