"""The driver upgrade assistant: kept over a restart, noticed, judged."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.machines import a_machine
from helpers.reports import a_report, a_result

from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.problems import UserProblem
from gpuproof.core.report.model import Report
from gpuproof.core.report.snapshot import (
    driver_changed_since,
    drop_snapshot,
    keep_snapshot,
    kept_snapshot,
    running_driver_here,
)
from gpuproof.core.report.store import save_report
from gpuproof.core.report.upgrade_verdict import after_run_among, judge_if_upgraded, judge_upgrade


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
    after = replace(after_run(6100.0), result=None, proof=None)
    assert "cannot be told" in judge_upgrade(snapshot, after).words.render()


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


def test_a_slower_driver_comes_with_the_way_back(kept: None) -> None:
    snapshot = kept_snapshot()
    assert snapshot is not None
    how = judge_upgrade(snapshot, after_run(4900.0)).how
    assert how is not None
    assert "nvidia-driver-580" in how.render()
    assert judge_upgrade(snapshot, after_run(7200.0)).how is None


def test_the_same_driver_or_another_machine_is_no_upgrade(kept: None) -> None:
    snapshot = kept_snapshot()
    assert snapshot is not None
    same = judge_upgrade(snapshot, after_run(4900.0, "580.159.04"))
    assert (same.go_back_to, same.words.render()[:28]) == (None, "The driver is still 580.159.")
    other = judge_upgrade(snapshot, replace(after_run(4900.0), machine_id="machine-0000000000"))
    assert other.go_back_to is None
    assert "another machine" in other.words.render()


def test_a_finished_check_is_judged_only_after_an_upgrade(kept: None) -> None:
    verdict = judge_if_upgraded(after_run(4900.0))
    assert verdict is not None
    assert verdict.go_back_to == "580.159.04"
    assert judge_if_upgraded(after_run(4900.0, "580.159.04")) is None
    assert judge_if_upgraded(a_report(result=None, proof=None)) is None
    drop_snapshot()
    assert judge_if_upgraded(after_run(4900.0)) is None


def test_the_after_run_is_the_newest_with_another_driver(kept: None, tmp_path: Path) -> None:
    snapshot = kept_snapshot()
    assert snapshot is not None
    same = save_report(replace(after_run(6100.0, "580.159.04"), made_at="2026-12-03T12:00:00Z"), tmp_path)
    wanted = save_report(replace(after_run(4900.0), made_at="2026-12-02T12:00:00Z"), tmp_path)
    earlier = save_report(replace(after_run(4900.0), made_at="2026-01-01T12:00:00Z"), tmp_path)
    (tmp_path / "none.json").write_text("{}")
    assert after_run_among(snapshot, [tmp_path / "none.json", same, wanted, earlier]) == wanted
    assert after_run_among(snapshot, [same, earlier]) is None


def test_windows_tells_its_driver_through_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    adapters = [{"name": "NVIDIA GeForce RTX 4090", "driver_version": "32.0.15.8129"}]
    monkeypatch.setattr("gpuproof.core.report.snapshot.sys.platform", "win32")
    monkeypatch.setattr("gpuproof.core.agent.questions.windows.adapters", lambda place: adapters)
    assert running_driver_here() == "581.29"
    adapters[0]["name"] = "Intel(R) UHD Graphics"
    assert running_driver_here() is None


@pytest.mark.parametrize(("language", "back"), [("en", "Go back to 580.159.04."), ("zh", "请退回 580.159.04。")])
def test_the_terminal_goes_through_the_whole_upgrade(language: str, back: str, tmp_path: Path) -> None:
    def said(*words: str) -> tuple[int, str]:
        out = io.StringIO()
        return main([*words, "--lang", language], Terminal(out=out, err=io.StringIO())), out.getvalue()

    before = save_report(a_report(result=a_result(doubts=())), tmp_path)
    after = save_report(replace(after_run(4900.0), made_at="2026-12-02T12:00:00Z"), tmp_path)
    assert said("report", "keep", str(before))[0] == 0
    code, words = said("report", "after", str(after))
    assert code == 1
    assert back in words.splitlines()[0]
    assert "nvidia-driver-580" in words.splitlines()[1]
    assert json.loads(said("report", "after", str(after), "--json", "--forget")[1])["go_back_to"] == "580.159.04"
    assert said("report", "after", str(after))[0] == 2
