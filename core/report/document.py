"""The report as a JSON document and back: typed both ways, with a checksum, telemetry as columns."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import fields, replace
from typing import Any, cast

from gpuproof.core.bench.model import TelemetrySample
from gpuproof.core.report.budget import refused
from gpuproof.core.report.model import FORMAT, VERSION, Integrity, Report
from gpuproof.core.report.plain import plain
from gpuproof.core.report.upgrade import upgraded
from gpuproof.core.report.visible import visible_values
from gpuproof.core.words import text

_COMPACT = (",", ":")
_NOT_WRITTEN = ("integrity",)
_WITH_SENTENCES = ("diagnosis", "recommendation", "proof")
_SMALL_FLOAT = re.compile(rb"0\.0000(0?)([1-9])(\d*)(?=[,\]}])")
_EXPONENT = re.compile(rb"e(-?)(\d{1,2})(?=[,\]}])")
_SAFE_TEMPLATE = re.compile(r"(?:[^{}]|\{\{|\}\}|\{[A-Za-z_][A-Za-z0-9_]{0,63}\})*\Z")


def to_document(report: Report) -> dict[str, Any]:
    """Return the report as JSON values with format, version and checksum."""
    written = (field.name for field in fields(report) if field.name not in _NOT_WRITTEN)
    body = {name: plain(getattr(report, name)) for name in written}
    if body["result"] is not None:
        body["result"]["telemetry"] = _columns(body["result"]["telemetry"])
    document = {"format": FORMAT, "version": VERSION, **body}
    return {**document, "checksum": checksum_of(document)}


def to_bytes(report: Report) -> bytes:
    """Return the file's bytes, one line a part; the same report always gives the same ones."""
    parts = (
        (name, json.dumps(part, ensure_ascii=False, allow_nan=False, separators=_COMPACT))
        for name, part in to_document(report).items()
    )
    return ("{\n" + ",\n".join(f"{json.dumps(name)}: {part}" for name, part in parts) + "\n}\n").encode()


def from_document(found: dict[str, Any], *, is_plain: bool = False) -> Report:
    """Return the typed report of a parsed file, after the upgrades that its version needs.

    ``is_plain``: the bytes were seen to hold no character that has to be made visible (see ``is_plain_ascii``).
    """
    import msgspec

    integrity = _integrity(found)
    document = upgraded(found)
    answers = document.pop("answers", [])
    document = document if is_plain else visible_values(document)
    check_templates([document.get(name) for name in _WITH_SENTENCES])
    result = document.get("result")
    if isinstance(result, dict):
        check_templates([value for name, value in result.items() if name not in ("blocks", "telemetry")])
        document = {**document, "result": {**result, "telemetry": _rows(result.get("telemetry"))}}
    try:
        report = msgspec.convert({**document, "answers": answers}, Report, strict=True)
    except msgspec.ValidationError as trouble:
        raise refused(text("This file is not opened: {where}", where=str(trouble)[:200])) from None
    return replace(report, integrity=integrity)


def checksum_of(document: dict[str, Any]) -> str:
    """Return the SHA-256 over the document without its checksum: compact JSON in UTF-8 with sorted keys.

    The standard library's encoder is the definition (its form of floats); another one would call old files changed.
    """
    rest = {name: value for name, value in document.items() if name != "checksum"}
    canonical = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=_COMPACT)
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _integrity(document: dict[str, Any]) -> Integrity:
    if "checksum" not in document:
        return "absent"
    told = document["checksum"]
    return "intact" if told == quick_checksum(document) or told == checksum_of(document) else "changed"


def quick_checksum(document: dict[str, Any]) -> str:
    """Return the same checksum seven times as fast, with floats put into the standard library's form.

    Where a text looks like such a float it differs; so it may only ever confirm, and ``checksum_of`` decides.
    """
    import msgspec

    rest = {name: value for name, value in document.items() if name != "checksum"}
    canonical = _SMALL_FLOAT.sub(_small_float, msgspec.json.encode(rest, order="sorted"))
    return "sha256:" + hashlib.sha256(_EXPONENT.sub(_exponent, canonical)).hexdigest()


def _small_float(found: re.Match[bytes]) -> bytes:
    """Turn 0.000053 into 5.3e-05, but not the end of 10.000053."""
    zero, first, others = found.groups()
    if found.string[found.start() - 1] not in b":,[-":
        return found[0]
    return first + (b"." + others if others else b"") + (b"e-06" if zero else b"e-05")


def _exponent(found: re.Match[bytes]) -> bytes:
    """Turn 1e-7 into 1e-07 and 1e16 into 1e+16."""
    return b"e" + (found[1] or b"+") + found[2].zfill(2)


def _columns(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Turn telemetry rows into one list a field; a field that no row has is left out."""
    names = [field.name for field in fields(TelemetrySample)]
    columns = {name: [row[name] for row in rows] for name in names}
    return {
        "rows": len(rows),
        "columns": {name: c for name, c in columns.items() if any(v not in (None, []) for v in c)},
    }


def _rows(table: object) -> list[dict[str, Any]]:
    if not isinstance(table, dict) or not isinstance(table.get("columns"), dict):
        raise refused(text("This file is not opened: its telemetry is not a table of columns."))
    columns = cast("dict[str, Any]", table["columns"])
    rows = table.get("rows")
    if any(not isinstance(column, list) or len(column) != rows for column in columns.values()):
        raise refused(text("This file is not opened: its telemetry is not a table of columns."))
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def check_templates(value: object) -> None:
    """Refuse a sentence whose placeholders are more than names: a format string can read attributes or fill memory."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            template = item.get("template")
            if isinstance(template, str) and not _SAFE_TEMPLATE.match(template):
                raise refused(text("This file is not opened: one of its sentences is not in the expected form."))
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
