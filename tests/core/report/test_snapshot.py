"""The driver upgrade assistant: kept over a restart, noticed, judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.machines import a_machine
from helpers.reports import a_report, a_result

from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.problems import UserProblem
from gpuproof.core.report.model import Report
from gpuproof.core.report.snapshot import (
    driver_changed_since,
    drop_snapshot,
    judge_upgrade,
    keep_snapshot,
    kept_snapshot,
)


def after_run(fps: float, driver: str = "591.44") -> Report:
    result = a_result(gpu_fps=fps, seed=30, doubts=())
    return a_report(machine=a_machine(driver_version=DottedVersion(driver)), result=result)


@pytest.fixture
def kept() -> None:
    keep_snapshot(a_report(result=a_result(doubts=())))


def test_a_snapshot_is_found_again_and_a_new_driver_noticed(kept: None) -> None:
    snapshot = kept_snapshot()
    assert snapshot is not None
    assert snapshot.driver_version == "580.159.04"
    assert driver_changed_since(snapshot, "591.44")
    assert not driver_changed_since(snapshot, "580.159.04")


def test_without_a_known_driver_nothing_is_claimed(kept: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("gpuproof.core.report.snapshot._MODULE_VERSION", tmp_path / "none")
    snapshot = kept_snapshot()
    assert snapshot is not None
    assert not driver_changed_since(snapshot)
    (tmp_path / "none").write_text("591.44\n")
    assert driver_changed_since(snapshot)


@pytest.mark.parametrize(
    ("fps", "words", "back"),
    [
        (4900.0, "slower than with 580.159.04. Go back to 580.159.04.", "580.159.04"),
        (7200.0, "faster than with 580.159.04.", None),
        (6100.0, "is as fast as 580.159.04.", None),
    ],
)
def test_the_upgrade_is_judged_in_one_sentence(kept: None, fps: float, words: str, back: str | None) -> None:
    snapshot = kept_snapshot()
    assert snapshot is not None
    verdict = judge_upgrade(snapshot, after_run(fps))
    assert verdict.words.render().endswith(words)
    assert verdict.go_back_to == back
    assert "driver_version" in {change.name for change in verdict.comparison.changes}


def test_an_after_run_without_a_benchmark_cannot_tell(kept: None) -> None:
    snapshot = kept_snapshot()
    assert snapshot is not None
    assert "cannot be told" in judge_upgrade(snapshot, a_report(result=None, proof=None)).words.render()


def test_a_report_without_a_benchmark_is_no_snapshot() -> None:
    with pytest.raises(UserProblem, match="holds no benchmark"):
        keep_snapshot(a_report(result=None, proof=None))


def test_a_damaged_or_dropped_note_is_no_snapshot(kept: None, own_data_folder: Path) -> None:
    note = own_data_folder / "upgrade" / "before.note.json"
    whole = note.read_bytes()
    for damage in (b"", b"{", b"[]", b'{"driver_version": 1}', b"x" * 5000):
        note.write_bytes(damage)
        assert kept_snapshot() is None
    note.write_bytes(whole)
    assert kept_snapshot() is not None
    drop_snapshot()
    assert kept_snapshot() is None
