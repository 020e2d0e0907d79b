"""What a check says at its end when a report was kept before a driver upgrade."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from helpers.machines import a_machine
from helpers.reports import a_diagnosis, a_proof, a_recommendation, a_report, a_result

from gpuproof.core.checkup_state import CheckupState
from gpuproof.core.cli import main as cli
from gpuproof.core.cli.commands import check
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.launch.model import Target
from gpuproof.core.report.snapshot import keep_snapshot


@pytest.fixture
def finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the check end at once with the figures of a driver."""
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(tmp_path))

    def finish(fps: float, driver: str) -> None:
        result = a_result(gpu_fps=fps, seed=30, doubts=())
        report = a_report(machine=a_machine(driver_version=DottedVersion(driver)), result=result)
        state = CheckupState(
            target=Target("self"),
            diagnosis=a_diagnosis(),
            recommendation=a_recommendation(),
            result=result,
            proof=a_proof(),
            report=report,
            report_path=tmp_path / "after.json",
        )
        monkeypatch.setattr(check.Checkup, "run", lambda self: state)
        monkeypatch.setattr(check, "_remember", lambda state: None)

    return finish


def said(*words: str) -> str:
    out = io.StringIO()
    cli.main(["check", *words], Terminal(out=out, err=io.StringIO()))
    return out.getvalue()


def test_a_slower_driver_is_said_with_the_way_back(finished: Any, tmp_path: Path) -> None:
    keep_snapshot(a_report(result=a_result(doubts=())))
    finished(4900.0, "591.44")
    words = said()
    assert "slower than with 580.159.04. Go back to 580.159.04." in words
    assert "nvidia-driver-580" in words
    assert f"gpuproof report after {tmp_path / 'after.json'}" in words
    assert json.loads(said("--json"))["upgrade"]["go_back_to"] == "580.159.04"
    assert "请退回 580.159.04。" in said("--lang", "zh")


def test_without_a_kept_report_or_with_the_same_driver_nothing_is_said(finished: Any) -> None:
    finished(4900.0, "591.44")
    assert "upgrade" not in json.loads(said("--json"))
    keep_snapshot(a_report(result=a_result(doubts=())))
    finished(4900.0, "580.159.04")
    assert "upgrade" not in json.loads(said("--json"))
    assert "Go back" not in said()
