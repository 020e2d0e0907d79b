"""Saves and opens report files: redacted and scanned before a byte is written, bounded before a byte is parsed."""

from __future__ import annotations

import re
from pathlib import Path

from gpuproof.core.problems import UserProblem
from gpuproof.core.report.atomic import unused, write_whole
from gpuproof.core.report.budget import MAX_BYTES, check_size
from gpuproof.core.report.document import from_document, to_bytes
from gpuproof.core.report.model import Privacy, Report
from gpuproof.core.report.parse import parse_object
from gpuproof.core.report.visible import is_plain_ascii
from gpuproof.core.words import text


def save_report(report: Report, folder: Path, *, privacy: Privacy = "share") -> Path:
    """Redact, scan and write the report as ``gpuproof-report-20261121T011043Z.json``; return the path written."""
    return save_report_as(report, unused(folder, file_stem(report), ".json"), privacy=privacy)


def file_stem(report: Report) -> str:
    """Return a file name without ending that tells the time of the report and nothing about its machine or person."""
    stamp = re.sub(r"[^0-9TZ]", "", report.made_at)[:16]
    return f"gpuproof-report-{stamp}"


def save_report_as(report: Report, path: Path, *, privacy: Privacy = "share") -> Path:
    """Redact, scan and write the report to a path that a person chose."""
    return write_whole(path, shareable_bytes(report, privacy))


def save_with_page(report: Report, folder: Path, language: str = "en", *, privacy: Privacy = "share") -> Path:
    """Save the report, and beside it the HTML page in one language; return the path of the JSON."""
    from gpuproof.core.report.export import export

    page = export(report, "html", language, privacy=privacy)
    path = save_report(report, folder, privacy=privacy)
    write_whole(path.with_suffix(".html"), page)
    return path


def shareable_bytes(report: Report, privacy: Privacy = "share") -> bytes:
    """Return the bytes of the redacted report, after the scan that refuses whatever slipped through."""
    from gpuproof.core.report.privacy.gate import through_gate
    from gpuproof.core.report.privacy.redact import redact

    return through_gate(to_bytes(redact(report, privacy)), report, privacy)


def load_report(source: Path | str | bytes) -> Report:
    """Open a report from a path or its bytes; whatever is not one is refused with one line."""
    data = source if isinstance(source, bytes) else read_bounded(Path(source))
    return from_document(parse_object(data), is_plain=is_plain_ascii(data))


def read_bounded(path: Path, limit_bytes: int = MAX_BYTES) -> bytes:
    """Read a regular file within the budget; a pipe, a device or a folder is refused."""
    try:
        if path.exists() and not path.is_file():
            raise UserProblem(text("{path} is not a file.", path=path), text("Expected: the path of a report file."))
        with open(path, "rb") as file:
            data = file.read(limit_bytes + 1)
    except (OSError, ValueError) as trouble:
        reason = getattr(trouble, "strerror", None) or type(trouble).__name__
        raise UserProblem(
            text("{path} could not be read: {reason}.", path=path, reason=reason),
            text("Check the path; a report is a file such as gpuproof-report-20261121T011043Z.json."),
        ) from None
    check_size(max(len(data), path.stat().st_size if path.exists() else 0), limit_bytes)
    return data
