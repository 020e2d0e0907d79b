"""Answers files open like reports: facts, diagnosis and advice, and no claim of a proof."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.reports import a_report

from gpuproof.core.problems import UserProblem
from gpuproof.core.report.export import export
from gpuproof.core.report.opening import open_report
from gpuproof.core.report.store import load_report, save_report, shareable_bytes

CAPTURES = sorted((Path(__file__).resolve().parents[2] / "captures").glob("h*[0-9].json"))


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.name)
def test_a_recorded_machine_opens_as_a_report(capture: Path) -> None:
    report = open_report(capture)
    assert report.diagnosis is not None
    assert report.recommendation is not None
    assert report.result is None
    assert report.proof is None
    assert "driver_version" in report.facts
    assert export(report, "html", "zh")
    assert load_report(shareable_bytes(report)).diagnosis == report.diagnosis


def test_there_are_recorded_machines() -> None:
    assert CAPTURES


def test_a_report_opens_as_itself(tmp_path: Path) -> None:
    path = save_report(a_report(), tmp_path)
    assert open_report(path) == load_report(path)


@pytest.mark.parametrize(
    "data",
    [b'{"format": "gpuproof-answers"}', b'{"format": "gpuproof-answers", "version": 9, "answers": []}', b"{}", b""],
)
def test_anything_else_is_refused_with_one_line(data: bytes) -> None:
    with pytest.raises(UserProblem) as caught:
        open_report(data)
    assert "\n" not in str(caught.value)
