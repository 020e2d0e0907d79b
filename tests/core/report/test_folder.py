"""A folder of reports: the table, the outliers, the step in a history."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from helpers.machines import a_machine
from helpers.reports import NOON, a_report, a_result

from gpuproof.core.cli.columns import width
from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.problems import UserProblem
from gpuproof.core.report.compare import compare
from gpuproof.core.report.folder import Row, find_step, read_folder, table_of
from gpuproof.core.report.store import load_report, save_report


def save(folder: Path, day: int, fps: float, driver: str = "580.159.04") -> None:
    machine = a_machine(driver_version=DottedVersion(driver))
    result = a_result(gpu_fps=fps, seed=day, doubts=())
    save_report(a_report(machine=machine, result=result, now=NOON + timedelta(days=day)), folder)


def a_row(day: int, fps: float | None, **changes: object) -> Row:
    row = Row(
        file=f"{day}.json",
        made_at=f"2026-11-{day:02}T12:00:00Z",
        machine_id="machine-0123456789",
        gpu="NVIDIA H100",
        driver="580",
        torch="2.11.0",
        preset="quick",
        variant="fp16",
        gpu_frames_per_second=fps,
        cpu_frames_per_second=40.0,
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def test_the_table_has_a_row_a_report_and_names_what_is_none(tmp_path: Path) -> None:
    for day, fps in enumerate((6100.0, 6110.0, 6090.0, 6105.0, 4000.0)):
        save(tmp_path, day, fps)
    (tmp_path / "notes.json").write_text("{}")
    table = read_folder(tmp_path)
    speeds = [row.gpu_frames_per_second for row in table.rows]
    assert speeds == pytest.approx([6100.0, 6110.0, 6090.0, 6105.0, 4000.0], rel=0.02)
    assert [row.is_outlier for row in table.rows] == [False, False, False, False, True]
    assert [name for name, _ in table.refused] == ["notes.json"]
    against = table.rows[-1].against_first
    assert against is not None
    assert against.verdict == "slower"


def test_the_step_of_a_history_is_found_with_what_changed(tmp_path: Path) -> None:
    for day, fps in enumerate((6100.0, 6120.0, 6090.0)):
        save(tmp_path, day, fps, "580.65")
    for day, fps in enumerate((5400.0, 5420.0, 5390.0), start=3):
        save(tmp_path, day, fps, "591.44")
    (step,) = read_folder(tmp_path).steps
    assert step.made_at == "2026-11-23T12:00:00Z"
    assert step.ratio == pytest.approx(5403 / 6103, rel=0.01)
    assert step.changed == ("driver",)
    assert [(change.before, change.after) for change in step.changes] == [("580.65", "591.44")]


def test_a_single_slow_report_hides_no_step_and_is_none() -> None:
    before, after = [6100.0, 6120.0, 6090.0, 6100.0], [5400.0, 5420.0, 5390.0, 5410.0]
    rows = [a_row(day, fps) for day, fps in enumerate([*before, *after, 2900.0], 1)]
    table = table_of(rows)
    (step,) = table.steps
    assert step.made_at == "2026-11-05T12:00:00Z"
    assert [row.file for row in table.rows if row.is_outlier] == ["9.json"]
    middle = [a_row(day, fps) for day, fps in enumerate([*before, 2900.0, *before], 1)]
    assert table_of(middle).steps == ()
    assert [row.file for row in table_of(middle).rows if row.is_outlier] == ["5.json"]


def test_a_steady_history_has_no_step() -> None:
    assert find_step([a_row(day, 6100.0 + 30 * (day % 3)) for day in range(1, 12)]) is None
    assert find_step([a_row(1, 6100.0), a_row(2, 3000.0)]) is None


def test_three_reports_are_too_few_for_an_outlier() -> None:
    assert not any(row.is_outlier for row in table_of([a_row(1, 100.0), a_row(2, 100.0), a_row(3, 900.0)]).rows)


def test_other_cards_are_not_compared_with_each_other() -> None:
    rows = [a_row(day, 6100.0) for day in range(1, 5)] + [a_row(9, 300.0, gpu="NVIDIA T4")]
    assert not any(row.is_outlier for row in table_of(rows).rows)


def test_reports_without_figures_stay_in_the_table() -> None:
    table = table_of([a_row(day, None) for day in range(1, 6)])
    assert len(table.rows) == 5
    assert table.steps == ()


def test_an_empty_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UserProblem, match="holds no report"):
        read_folder(tmp_path)


def shown(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    code = main(["compare", *arguments], Terminal(out=out, err=io.StringIO()))
    return code, out.getvalue()


def test_the_terminal_shows_the_folder(tmp_path: Path) -> None:
    for day in range(4):
        save(tmp_path, day, 6100.0)
    code, words = shown(str(tmp_path), "--json")
    assert code == 0
    assert len(json.loads(words)["rows"]) == 4
    code, words = shown(str(tmp_path))
    assert code == 0
    assert words.count("6,100") == 4
    assert words.count("no difference") == 3


@pytest.mark.parametrize(
    ("language", "step", "outlier", "against"),
    [("en", "% slower than before", "far from the others", "Against the first"),
     ("zh", "起比之前慢", "相差很大", "与最早的相比")],
)  # fmt: skip
def test_the_table_reads_well_in_both_languages(
    language: str, step: str, outlier: str, against: str, tmp_path: Path
) -> None:
    for day, fps in enumerate((6100.0, 6120.0, 6090.0, 6100.0, 6110.0)):
        save(tmp_path, day, fps, "580.65")
    for day, fps in enumerate((5400.0, 5420.0, 5390.0, 2900.0), start=5):
        save(tmp_path, day, fps, "591.44")
    (tmp_path / "notes.json").write_text("{}")
    _, words = shown(str(tmp_path), "--lang", language)
    for part in (step, outlier, against, "580.65 -> 591.44", "notes.json", "2026-11-26 12:00"):
        assert part in words, part
    lines = [line for line in words.splitlines() if ".json" in line and "notes" not in line]
    assert len({width(line[: line.index("gpuproof-report")]) for line in lines}) == 1


def test_a_folder_is_compared_with_a_baseline(tmp_path: Path) -> None:
    folder, before = tmp_path / "after", tmp_path / "before"
    folder.mkdir(), before.mkdir()
    for day, fps in enumerate((6100.0, 6115.0, 6090.0)):
        save(before, day, fps)
    for day, fps in enumerate((6100.0, 5000.0), start=4):
        save(folder, day, fps)
    code, words = shown(*map(str, sorted(before.glob("*.json"))), str(folder), "--json")
    assert code == 1
    found = [row["against_baseline"] for row in json.loads(words)["rows"]]
    assert [row["verdict"] for row in found] == ["no_difference", "slower"]
    assert found[1]["ratio"] == pytest.approx(5000 / 6101.7, rel=0.01)
    assert "Against the baseline" in shown(*map(str, sorted(before.glob("*.json"))), str(folder))[1]


def test_the_table_and_the_comparison_of_two_say_the_same(tmp_path: Path) -> None:
    for day, fps in enumerate((6100.0, 5900.0)):
        save(tmp_path, day, fps)
    paths = sorted(tmp_path.glob("*.json"))
    against = read_folder(tmp_path).rows[1].against_first
    figure = compare(*map(load_report, paths)).results[0]
    assert against is not None
    assert (against.ratio, against.low, against.high) == pytest.approx((figure.ratio, figure.low, figure.high))
    assert against.verdict == figure.verdict


def test_one_file_alone_is_refused(tmp_path: Path) -> None:
    err = io.StringIO()
    assert main(["compare", str(tmp_path / "a.json")], Terminal(out=io.StringIO(), err=err)) == 2
    assert "One file alone" in err.getvalue()
