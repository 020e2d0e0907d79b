"""A folder of reports in words: tables, marks, steps, and what was refused."""

from __future__ import annotations

from dataclasses import replace

from gpuproof.core.report.comparable import Change
from gpuproof.core.report.folder import Against, Folder, HistoryStep, Row
from gpuproof.core.words import text, translations
from gpuproof.gui.presenters.folder_texts import groups_of, refused_rows, summary_words

ROW = Row(
    file="gpuproof-report-1.json", made_at="2026-11-20T12:00:00Z", machine_id="machine-0123456789", gpu="NVIDIA H100",
    driver="580", torch="2.11.0", preset="quick", variant="fp16", gpu_frames_per_second=6100.0,
    cpu_frames_per_second=40.0,
)  # fmt: skip
AGAINST = Against(file="1.json", ratio=0.854, low=0.84, high=0.87, verdict="slower")
FAR = replace(ROW, file="2.json", made_at="2026-11-21T12:00:00Z", is_outlier=True, against_first=AGAINST)
STEP = HistoryStep(
    machine_id=ROW.machine_id, gpu=ROW.gpu, preset="quick", variant="fp16", made_at="2026-11-21T12:00:00Z", ratio=0.85,
    changed=("driver",), changes=(Change(name="driver_version", before="580", after="595"),),
)  # fmt: skip


def _folder(rows: tuple[Row, ...], steps: tuple[HistoryStep, ...] = (), *refused: str) -> Folder:
    return Folder(rows=rows, steps=steps, refused=tuple((name, text("No report.")) for name in refused))


def _rendered(cells: tuple[object, ...]) -> list[str]:
    return [str(cell) for cell in cells]


def test_a_row_says_what_was_measured_and_how_it_compares() -> None:
    [group] = groups_of(_folder((FAR, ROW)), has_baseline=False)
    assert _rendered(group.rows[0])[:4] == ["2026-11-20 12:00", "580", "6\u202f100", ""]
    assert _rendered(group.rows[1])[3:] == ["far from the others", "-14.6 %", "slower", "2.json"]
    assert group.files == ("gpuproof-report-1.json", "2.json")


def test_only_the_report_that_stands_out_is_marked() -> None:
    [group] = groups_of(_folder((ROW, FAR)), has_baseline=False)
    [(row, column)] = group.marked
    assert (row, str(group.headings[column])) == (1, "Remark")
    assert str(group.rows[0][column]) == ""


def test_every_cell_has_its_heading_and_figures_stand_right() -> None:
    [group] = groups_of(_folder((ROW,)), has_baseline=True)
    names = group.headings
    assert len(group.rows[0]) == len(names)
    assert [str(names[place]) for place in group.numbers] == ["Frames/s", "Against the baseline"]
    assert all(name.template in translations("zh") for name in names if name.template != "{literal}")


def test_torch_has_a_column_only_where_it_differs() -> None:
    [same] = groups_of(_folder((ROW, FAR)), has_baseline=False)
    [mixed] = groups_of(_folder((ROW, replace(FAR, torch="2.12.0"))), has_baseline=False)
    assert "torch 2.11.0" in str(same.title)
    assert "torch" not in _rendered(same.headings)
    assert "2.11.0" not in str(mixed.title)
    assert [str(row[_rendered(mixed.headings).index("torch")]) for row in mixed.rows] == ["2.11.0", "2.12.0"]


def test_with_a_baseline_that_comparison_is_shown() -> None:
    row = replace(FAR, against_baseline=replace(AGAINST, ratio=1.1, verdict="faster"))
    [group] = groups_of(_folder((row,)), has_baseline=True)
    assert _rendered(group.rows[0])[4:6] == ["+10.0 %", "faster"]


def test_machines_and_presets_have_tables_of_their_own_the_longest_first() -> None:
    other = replace(ROW, file="3.json", machine_id="machine-1")
    groups = groups_of(_folder((other, ROW, FAR)), has_baseline=False)
    assert [len(group.rows) for group in groups] == [2, 1]
    assert "machine-1" in str(groups[1].title)


def test_a_step_is_told_with_what_changed() -> None:
    [group] = groups_of(_folder((ROW, FAR), (STEP,)), has_baseline=False)
    assert _rendered(group.steps) == [
        "From 2026-11-21 12:00 on it is 15.0 % slower than before.",
        "Changed with it: the driver, 580 → 595",
    ]


def test_a_step_without_a_known_reason_says_so() -> None:
    step = replace(STEP, ratio=1.2, changed=(), changes=())
    [group] = groups_of(_folder((ROW, FAR), (step,)), has_baseline=False)
    assert _rendered(group.steps)[1] == "No recorded condition changed with it."
    assert "20.0 % faster" in str(group.steps[0])


def test_the_summary_counts_what_stands_out() -> None:
    assert "preset: 1." in str(summary_words(_folder((ROW, FAR))))
    assert "None is far" in str(summary_words(_folder((ROW,))))


def test_characters_of_a_stranger_are_made_visible() -> None:
    row = replace(ROW, gpu="H100\u202egpj", driver="580\x1b[31m")
    folder = _folder((row,), (), "\u202e.json")
    [group] = groups_of(folder, has_baseline=False)
    shown = [str(group.title), *_rendered(group.rows[0]), *_rendered(refused_rows(folder)[0])]
    assert not any("\u202e" in words or "\x1b" in words for words in shown)
