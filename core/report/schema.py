"""The JSON Schema of a report file, derived from the types that it is decoded into, so that it cannot drift."""

from __future__ import annotations

from typing import Any

from gpuproof.core.report.model import FORMAT, VERSION, Report

SCHEMA_NAME = f"report-{VERSION}.schema.json"
_TELEMETRY = {
    "type": "object",
    "description": "One list a field, all of the same length; a field without any value is left out.",
    "properties": {
        "rows": {"type": "integer", "minimum": 0},
        "columns": {"type": "object", "additionalProperties": {"type": "array"}},
    },
    "required": ["rows", "columns"],
}


def report_schema() -> dict[str, Any]:
    """Return the schema that is published in ``assets/schemas/``."""
    import msgspec

    _, parts = msgspec.json.schema_components([Report], ref_template="#/$defs/{name}", schema_hook=_any_value)
    parts["BenchResult"]["properties"]["telemetry"] = _TELEMETRY
    report = parts.pop("Report")
    report["properties"].pop("integrity")
    head = {"format": {"const": FORMAT}, "version": {"const": VERSION}}
    checksum = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gpuproof report",
        "description": report.get("description", ""),
        "type": "object",
        "properties": {**head, **report["properties"], "checksum": checksum},
        "required": ["format", "version", *report["required"]],
        "$defs": dict(sorted(parts.items())),
    }


def _any_value(kind: type) -> dict[str, Any]:
    """Describe the fields that may hold any JSON value (limits, placement, extra figures)."""
    if kind is object:
        return {"description": "any JSON value"}
    raise NotImplementedError(kind)


def main() -> None:
    """Print the schema; its output is the published file."""
    import json
    import sys

    sys.stdout.write(json.dumps(report_schema(), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
