"""The parts of a report that a comparison needs, read without the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.reports import a_report, a_result

from gpuproof.core.bench.model import Doubt
from gpuproof.core.problems import UserProblem
from gpuproof.core.report.budget import MAX_NODES
from gpuproof.core.report.measured import measured, read_measured
from gpuproof.core.report.store import load_report, shareable_bytes
from gpuproof.core.words import text

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "h100.json"


@pytest.mark.parametrize("name", ["constructed", "H100", "no benchmark"])
def test_the_short_way_gives_what_the_long_way_gives(name: str) -> None:
    made = {"constructed": a_report(), "no benchmark": a_report(result=None, proof=None)}
    data = EXAMPLE.read_bytes() if name == "H100" else shareable_bytes(made[name])
    short, long = read_measured(data), measured(load_report(data))
    for field in ("made_at", "machine_id", "preset", "conditions", "doubts", "metrics"):
        assert getattr(short, field) == getattr(long, field), field
    assert (short.gpu is None) == (long.gpu is None)


def test_hidden_characters_are_made_visible() -> None:
    result = a_result(doubts=(Doubt(kind="unstable", words=text("a\u202eb"), side="gpu"),))
    assert result.gpu is not None
    blocks = tuple(replace(b, stages_s=tuple((f"{name}\u202e", s) for name, s in b.stages_s)) for b in result.blocks)
    result = replace(result, gpu=replace(result.gpu, name="H100\u202e"), blocks=blocks)
    report = replace(a_report(result=result), conditions={"driver_version": "580\u200b"}, machine_id="m\u202e")
    data = json.dumps(_document(replace(report, privacy="share"))).encode()
    assert "u202e" not in repr(read_measured(data))
    found = read_measured(data)
    assert found.gpu is not None
    assert found.gpu.name == "H100<U+202E>"
    assert "gpu.stages.alignment<U+202E>" in found.metrics
    assert found.conditions["driver_version"] == "580<U+200B>"
    assert found.metrics == measured(load_report(data)).metrics


def _document(report: Any) -> dict[str, Any]:
    from gpuproof.core.report.document import to_document

    return to_document(report)


def _changed(**changes: Any) -> bytes:
    document = json.loads(shareable_bytes(a_report()))
    document.update(changes)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"[]",
        b"",
        b"\xff",
        b"nonsense",
        _changed(format="other"),
        _changed(version=2),
        _changed(version="1"),
        _changed(made_at=5),
        _changed(made_at="\ud800"),
        _changed(conditions=[1]),
        _changed(result=[]),
        _changed(result={"settings": {}, "blocks": [{}]}),
        _changed(result={"settings": {}, "doubts": [{"kind": "x", "words": {"template": "{a.b}"}}]}),
        _changed(conditions={"n": int("9" * 40)}),
        _changed().replace(b'"made_at": ', b'"tools": 1e999, "made_at": '),
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" + b"0," * MAX_NODES + b"0]",
    ],
    ids=range(19),
)  # fmt: skip
def test_what_is_no_report_is_refused_with_one_line(data: bytes) -> None:
    with pytest.raises(UserProblem) as caught:
        read_measured(data)
    assert "\n" not in str(caught.value)


def test_many_quotes_and_escapes_are_bounded() -> None:
    for data in (b'"' * 8_000_000, b'"a' * 4_000_000, b"\\\\" * 4_000_000, b'["' + b'\\"' * 3_900_000):
        with pytest.raises(UserProblem):
            load_report(data)
