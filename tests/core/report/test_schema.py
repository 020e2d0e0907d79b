"""The published schema is the one of the code, and real files fulfil it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from helpers.reports import a_broken_diagnosis, a_report

from gpuproof.core.report.schema import SCHEMA_NAME, report_schema
from gpuproof.core.report.store import shareable_bytes

ROOT = Path(__file__).resolve().parents[3]
PUBLISHED = json.loads((ROOT / "assets" / "schemas" / SCHEMA_NAME).read_text(encoding="utf-8"))
SAMPLES = sorted((ROOT / "tests" / "data" / "reports").glob("version-*.json"))


def test_the_published_schema_is_the_one_of_the_code() -> None:
    """A field may be added before the schema is published anew (python -m gpuproof.core.report.schema), none may go."""
    assert _missing(PUBLISHED, json.loads(json.dumps(report_schema()))) == []


def _missing(published: Any, derived: Any, path: str = "$") -> list[str]:
    if isinstance(published, dict) and isinstance(derived, dict):
        return [place for key in published for place in _missing(published[key], derived.get(key), f"{path}.{key}")]
    return [] if published == derived or path.endswith("description") else [path]


def test_the_schema_itself_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(PUBLISHED)


@pytest.mark.parametrize("changes", [{}, {"result": None, "proof": None}, {"diagnosis": a_broken_diagnosis()}])
def test_saved_reports_fulfil_it(changes: dict[str, object]) -> None:
    jsonschema.validate(json.loads(shareable_bytes(a_report(**changes))), PUBLISHED)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_the_samples_of_every_version_fulfil_it_after_their_upgrades(sample: Path) -> None:
    jsonschema.validate(json.loads(sample.read_text(encoding="utf-8")), PUBLISHED)


def test_a_wrong_type_is_refused_by_schema_and_reader_alike() -> None:
    document = json.loads(shareable_bytes(a_report()))
    document["result"]["gpu"]["frames_per_second"] = "fast"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, PUBLISHED)
