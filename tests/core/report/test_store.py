"""Saving and opening: the same report comes back, and nothing half-written stays behind."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.machines import a_machine
from helpers.reports import a_broken_diagnosis, a_report, a_result

from gpuproof.core.problems import UserProblem
from gpuproof.core.report.atomic import write_whole
from gpuproof.core.report.document import to_bytes
from gpuproof.core.report.store import load_report, save_report, save_with_page, shareable_bytes

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "data" / "reports").glob("version-*.json"))


@pytest.mark.parametrize("result", [None, a_result(), a_result(gpu=None, speedup=None)])
def test_a_report_comes_back_as_it_was(result: object) -> None:
    report = replace(a_report(result=result, diagnosis=a_broken_diagnosis()), privacy="share")
    assert load_report(to_bytes(report)) == report


def test_the_file_is_named_by_its_time_and_never_overwritten(tmp_path: Path) -> None:
    first, second = (save_report(a_report(), tmp_path) for _ in range(2))
    assert first.name == "gpuproof-report-20261120T120000Z.json"
    assert second.name == "gpuproof-report-20261120T120000Z-2.json"


def test_saving_writes_the_page_beside_it(tmp_path: Path) -> None:
    path = save_with_page(a_report(), tmp_path, "zh")
    assert path.with_suffix(".html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert sorted(os.listdir(tmp_path)) == sorted([path.name, path.stem + ".html"])


def test_no_space_is_one_clear_line_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserProblem, match="could not be written: No space left on device") as caught:
        save_report(a_report(), tmp_path)
    assert caught.value.exit_code == 2
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(UserProblem, match="could not be written"):
        save_report(a_report(), tmp_path / "taken")


def test_an_edited_figure_is_noticed_and_a_new_layout_is_not() -> None:
    data = shareable_bytes(a_report())
    assert load_report(data).integrity == "intact"
    assert load_report(json.dumps(json.loads(data), indent=4, sort_keys=True).encode()).integrity == "intact"
    assert load_report(data.replace(b'"batch":64', b'"batch":65')).integrity == "changed"
    document = json.loads(data)
    del document["checksum"]
    assert load_report(json.dumps(document).encode()).integrity == "absent"


def test_figures_that_are_no_numbers_are_stored_as_unknown() -> None:
    report = a_report(result=a_result(limits={"odd": float("nan"), "huge": float("inf")}))
    loaded = load_report(shareable_bytes(report))
    assert loaded.result is not None
    assert loaded.result.limits == {"odd": None, "huge": None}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_every_version_ever_written_can_be_read(sample: Path) -> None:
    report = load_report(sample)
    assert report.result is not None
    assert report.integrity == "intact"


def test_a_machine_that_could_not_be_read_at_all_still_makes_a_report() -> None:
    from gpuproof.core.facts.machine import Machine

    report = a_report(machine=Machine(), diagnosis=None, recommendation=None, result=None, proof=None)
    assert load_report(shareable_bytes(report)).facts == {}
    assert load_report(shareable_bytes(a_report(machine=a_machine()))).facts["driver_version"] == "580.159.04"


def test_the_checksum_is_the_documented_one() -> None:
    """Anybody can compute it, and a file that was written once stays intact in later versions."""
    document = json.loads(shareable_bytes(a_report(result=a_result(limits={"small": 1e-05, "large": 1e22}))))
    checksum = document.pop("checksum")
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert checksum == "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_device_is_written_into_and_never_replaced(tmp_path: Path) -> None:
    device = tmp_path / "full"
    device.symlink_to("/dev/full")
    with pytest.raises(UserProblem, match="No space left on device"):
        write_whole(device, b"x")
    write_whole(Path("/dev/null"), b"x")
    assert Path("/dev/full").is_char_device()
    assert Path("/dev/null").is_char_device()


def test_a_link_keeps_pointing_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(UserProblem, match="could not be written"):
        write_whole(tmp_path, b"x")
