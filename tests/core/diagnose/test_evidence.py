"""Whatever is handed in: our own files are read strictly, a compose file is told by its first key."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.evidence import machine_from, read_evidence
from gpuproof.core.facts.compose import SNIPPET
from gpuproof.core.problems import UserProblem

REPORT = Path(__file__).resolve().parents[2] / "data" / "reports" / "version-1.json"
ASKS = f"services:\n  app:\n    image: pytorch/pytorch:2.11.0-cuda13.0-cudnn9-runtime\n{SNIPPET}\n"
ASKS_NOT = '# ours\nversion: "3.8"\nservices:\n  tts:\n    image: pytorch/pytorch:2.11.0-cuda13.0-cudnn9-runtime\n'


def test_a_report_is_judged_again_by_its_answers() -> None:
    kind, machine = read_evidence(REPORT.read_bytes())
    assert kind == "report"
    assert diagnose(machine).crashed == ()


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        pytest.param(b'"version": 1', b'"version": 1, "number": NaN', id="a-number-that-is-none"),
        pytest.param(b'"version": 1', b'"version": 1, "number": 1e999', id="a-number-too-large"),
        pytest.param(b'"version": 1', b'"version": 1, "version": 1', id="a-key-twice"),
    ],
)
def test_a_report_that_cannot_be_opened_is_not_judged_either(found: bytes, instead: bytes) -> None:
    from gpuproof.core.report.store import load_report

    whole = REPORT.read_bytes()
    assert found in whole
    spoilt = whole.replace(found, instead, 1)
    with pytest.raises(UserProblem):
        machine_from(spoilt)
    with pytest.raises(UserProblem):
        load_report(spoilt)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_a_compose_file_without_the_gpu_is_a_container_without_it(end: str) -> None:
    kind, machine = read_evidence(ASKS_NOT.replace("\n", end))
    diagnosis = diagnose(machine)
    assert (kind, diagnosis.cause) == ("compose", "container_no_gpu")
    assert diagnosis.primary is not None
    assert "services.tts" in str(diagnosis.primary.evidence[0])
    assert diagnosis.primary.remedy.steps[0].command == SNIPPET


def test_a_compose_file_that_asks_for_the_gpu_is_no_fault() -> None:
    diagnosis = diagnose(machine_from(ASKS))
    assert (diagnosis.cause, diagnosis.findings) == ("healthy", ())
    assert "docker compose exec" in str(diagnosis.ask_next)


def test_a_variable_that_hides_the_gpu_in_a_compose_file_is_told() -> None:
    hidden = ASKS.replace("    deploy:", "    environment:\n      - NVIDIA_VISIBLE_DEVICES=none\n    deploy:")
    assert diagnose(machine_from(hidden)).cause == "container_no_gpu"


def test_a_file_without_any_gpu_service_is_not_decided() -> None:
    assert diagnose(machine_from("services:\n  web:\n    image: nginx:1.27\n")).cause == "cannot_tell"


def test_an_excerpt_inside_of_prose_is_no_compose_file() -> None:
    kind, _ = read_evidence(f"it fails with this file:\n{ASKS}")
    assert kind != "compose"


@pytest.mark.parametrize("seed", range(5))
def test_bytes_that_are_no_text_are_refused(seed: int) -> None:
    with pytest.raises(UserProblem, match="The input is no text"):
        read_evidence(random.Random(seed).randbytes(5000))


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_evidence_in_chinese_is_quoted_as_it_was_written(encoding: str) -> None:
    line = "错误：CUDA driver version is insufficient for CUDA runtime version 驱动太旧"
    diagnosis = diagnose(read_evidence(line.encode(encoding))[1])
    assert diagnosis.cause == "driver_too_old"
    assert diagnosis.primary is not None
    assert any("驱动太旧" in str(seen) for seen in diagnosis.primary.evidence)
