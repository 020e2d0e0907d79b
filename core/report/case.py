"""The case file (``.gpuproof``): a report, the person's question and a piece of log, and later the supporter's answer.

A zip with fixed member names and caps: ``case.json``, ``report.json`` and, where there is one, ``log.txt``. Nothing in
it is ever unpacked to disk, followed, fetched or run; commands of an answer are shown, and the person runs them.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from gpuproof.core.problems import UserProblem
from gpuproof.core.report.atomic import write_whole
from gpuproof.core.report.budget import MIB, refused
from gpuproof.core.report.document import from_document, to_bytes
from gpuproof.core.report.model import Privacy, Report
from gpuproof.core.report.parse import parse_object
from gpuproof.core.report.store import read_bounded
from gpuproof.core.report.visible import visible, visible_values
from gpuproof.core.words import text

CASE_FORMAT, CASE_VERSION = "gpuproof-case", 1
MOST_BYTES = 6 * MIB  # of the file itself
_MEMBERS = {"case.json": 64 * 1024, "report.json": 8 * MIB, "log.txt": 512 * 1024}
_MOST_LOG_LINES = 2000
_MOST_WORDS = 4000
MOST_STEPS = 30
_EPOCH = (2026, 1, 1, 0, 0, 0)  # members carry no time of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """One step of a fix card: what to do, the command to run where there is one, and what to look at afterwards."""

    words: str
    command: str | None = None
    check: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAnswer:
    """The supporter's answer: words, the cause as a label, and the fix card."""

    words: str
    cause: str = ""
    steps: tuple[CaseStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNote:
    """What stands in ``case.json``."""

    format: str
    version: int
    asked: str
    answer: CaseAnswer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it is shown."""

    question: str
    report: Report
    log_excerpt: str = ""
    answer: CaseAnswer | None = None


def save_case(case: Case, path: Path, *, privacy: Privacy = "share") -> Path:
    """Redact, scan and write the whole case; question, log and answer pass the same gate as the report."""
    return write_whole(path, case_bytes(case, privacy=privacy))


def case_bytes(case: Case, *, privacy: Privacy = "share") -> bytes:
    """Return the bytes of the redacted case."""
    from gpuproof.core.report.privacy.gate import through_gate
    from gpuproof.core.report.privacy.redact import redact, redact_texts

    log = "\n".join(case.log_excerpt.splitlines()[-_MOST_LOG_LINES:])
    note = CaseNote(format=CASE_FORMAT, version=CASE_VERSION, asked=case.question[:_MOST_WORDS], answer=case.answer)
    [cleaned_note, cleaned_log] = redact_texts(case.report, [asdict(note), log], privacy)
    members = {
        "case.json": json.dumps(cleaned_note, ensure_ascii=False, indent=1).encode(),
        "report.json": to_bytes(redact(case.report, privacy)),
        "log.txt": cleaned_log.encode()[-_MEMBERS["log.txt"] :],
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            if data:
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), through_gate(data, case.report, privacy))
    return out.getvalue()


def log_tail(path: Path) -> str:
    """Return the end of a log; only the end is read, however long the file is."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _MEMBERS["log.txt"]))
            return file.read(_MEMBERS["log.txt"]).decode("utf-8", "replace")
    except OSError as trouble:
        raise UserProblem(
            text("{path} could not be read: {reason}.", path=path, reason=trouble.strerror or type(trouble).__name__),
            text("Expected: the path of a log file."),
        ) from None


def load_case(source: Path | bytes) -> Case:
    """Open a case from a path or its bytes; whatever is not exactly one is refused with one line."""
    data = source if isinstance(source, bytes) else read_bounded(source, MOST_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: _member(archive, info) for info in _checked(archive)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, KeyError):
        raise refused(text("This file is not opened: it is not a gpuproof case.")) from None
    if "case.json" not in members or "report.json" not in members:
        raise refused(text("This file is not opened: it is not a gpuproof case."))
    note = _note(parse_object(members["case.json"], _MEMBERS["case.json"]))
    return Case(
        question=note.asked,
        report=from_document(parse_object(members["report.json"])),
        log_excerpt=visible(members.get("log.txt", b"").decode("utf-8", "replace")),
        answer=note.answer,
    )


def is_case(data: bytes) -> bool:
    """Tell by the first bytes whether a file may be a case."""
    return data[:4] == b"PK\x03\x04"


def answered(case: Case, answer: CaseAnswer) -> Case:
    """Return the reply: the same case with the supporter's answer and fix card."""
    steps = tuple(step for step in answer.steps[:MOST_STEPS] if step.words.strip() or step.command)
    return replace(case, answer=replace(answer, words=answer.words[:_MOST_WORDS], steps=steps))


def _checked(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the members when they are the known ones, once each, small enough and not encrypted."""
    infos = archive.infolist()
    names = [info.filename for info in infos]
    is_known = len(set(names)) == len(names) and set(names) <= set(_MEMBERS)
    if not is_known or any(info.flag_bits & 1 or info.file_size > _MEMBERS[info.filename] for info in infos):
        raise refused(text("This file is not opened: a gpuproof case holds other parts."))
    return infos


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Read one member within its cap, whatever size its header claims."""
    with archive.open(info) as member:
        data = member.read(_MEMBERS[info.filename] + 1)
    if len(data) > _MEMBERS[info.filename]:
        raise refused(text("This file is not opened: a gpuproof case holds other parts."))
    return data


def _note(found: dict[str, Any]) -> CaseNote:
    import msgspec

    if found.get("format") != CASE_FORMAT or found.get("version") != CASE_VERSION:
        raise refused(text("This file is not opened: it was written by another version of gpuproof."))
    try:
        return msgspec.convert(visible_values(found), CaseNote, strict=True)
    except msgspec.ValidationError:
        raise refused(text("This file is not opened: it is not a gpuproof case.")) from None
