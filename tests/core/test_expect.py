"""Expect files: promises made from a report, kept, broken, or not observable."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.machines import a_machine

from gpuproof.core.bench.model import BenchResult, BenchSettings, DeviceResult, Proof
from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.diagnose import diagnose
from gpuproof.core.expect import Promise, from_bytes, observe, promises_of, to_bytes, verify
from gpuproof.core.facts.unknown import NOT_ASKED
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.problems import UserProblem
from gpuproof.core.report.model import Report


def _report(**changes: Any) -> Report:
    gpu = DeviceResult(
        device="cuda:0",
        name="H100",
        variant="fp16",
        frames_per_second=1000.0,
        low=990.0,
        high=1010.0,
        stages={},
        batch=64,
    )
    result = BenchResult(settings=BenchSettings(), gpu=gpu, cpu=None, speedup=None)
    report = Report(
        made_at="2026-11-20T10:00:00Z",
        product_version="0.1.0",
        machine_id="m",
        target="self",
        diagnosis=diagnose(a_machine()),
        proof=Proof(verdict="proven", layers=()),
        result=result,
    )
    return replace(report, **changes)


def _outcomes(seen: dict[str, Any]) -> dict[str, str]:
    promises = from_bytes(to_bytes(promises_of(_report(), a_machine()), "2026-11-20T10:00:00Z"))
    return {checked.promise.what: checked.outcome for checked in verify(promises, seen)}


def test_the_same_machine_keeps_every_promise() -> None:
    assert set(_outcomes(observe(_report(), a_machine())).values()) == {"kept"}


def test_speed_is_promised_with_a_margin() -> None:
    promise = {promise.what: promise for promise in promises_of(_report(), a_machine())}["gpu_frames_per_second"]
    assert promise == Promise("gpu_frames_per_second", "at_least", 891.0)


@pytest.mark.parametrize(
    ("driver", "outcome"),
    [("580.159.04", "kept"), ("580.159.03", "broken"), ("590.1", "kept")],
    ids=["exactly", "one-patch-older", "newer"],
)
def test_a_driver_may_be_newer_but_not_older(driver: str, outcome: str) -> None:
    machine = replace(a_machine(), driver_version=DottedVersion(driver))
    promises = [Promise("driver_version", "at_least", "580.159.04")]
    assert verify(promises, observe(_report(), machine))[0].outcome == outcome


def test_what_cannot_be_observed_is_not_called_broken() -> None:
    machine = replace(a_machine(), driver_version=NOT_ASKED)
    assert _outcomes(observe(_report(proof=None), machine))["driver_version"] == "cannot_tell"
    assert _outcomes(observe(_report(proof=None), machine))["proof"] == "cannot_tell"


def test_a_refuted_proof_breaks_the_promise() -> None:
    seen = observe(_report(proof=Proof(verdict="refuted", layers=())), a_machine())
    assert _outcomes(seen)["proof"] == "broken"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"format": "gpuproof-report"}',
        b'{"format": "gpuproof-expect", "version": 2, "promises": []}',
        b'{"format": "gpuproof-expect", "version": 1}',
        b'{"format": "gpuproof-expect", "version": 1, "promises": [{"what": "torch"}]}',
        b'{"format": "gpuproof-expect", "version": 1, "promises": [3]}',
        b"[" * 100_000,
    ],
)
def test_anything_else_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(UserProblem):
        from_bytes(data)


def test_the_file_is_plain_json_with_one_promise_a_line() -> None:
    data = to_bytes([Promise("torch", "equals", "2.15.0"), Promise("gpu_names", "equals", ["H100"])], "t")
    assert json.loads(data)["promises"] == [
        {"what": "torch", "equals": "2.15.0"},
        {"what": "gpu_names", "equals": ["H100"]},
    ]
    assert data.count(b"\n") == 9


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    data = to_bytes([Promise("speedup", "at_least", 12345.0)], "2026-11-20").replace(b"12345.0", number.encode())
    with pytest.raises(UserProblem, match="not a number that JSON knows"):
        from_bytes(data)


def test_figures_are_shown_as_a_person_reads_them() -> None:
    promises = [Promise("gpu_frames_per_second", "at_least", 8622.903), Promise("gpu_names", "equals", ["A", "B"])]
    checked = verify(promises, {"gpu_frames_per_second": 9911.918859620368, "gpu_names": ["A", "B"]})
    assert [str(each.why) for each in checked] == [
        "gpu_frames_per_second is 9,911.9, promised was at least 8,622.9",
        "gpu_names is A, B, promised was A, B",
    ]
    assert checked[0].found == 9911.918859620368


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a file without an end")
def test_no_more_of_a_file_is_read_than_its_limit() -> None:
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    assert main(["expect", "verify", "/dev/zero"], terminal) == 2
