"""A folder of reports as tables: one for each machine, card and preset, with what stands out and what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from gpuproof.core.report.sentence import VERDICTS, moment, percent_apart, percent_change
from gpuproof.core.report.visible import visible
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.graph_texts import figure

if TYPE_CHECKING:
    from gpuproof.core.report.comparable import Change
    from gpuproof.core.report.folder import Against, Folder, HistoryStep, Row

_USUAL = "gpuproof-report-"  # the beginning of a name that says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderGroup:
    """One table. ``files`` are the files of its rows; ``marked`` are the cells of those that stand out.

    ``numbers`` are the columns of numbers; torch has a column only where it differs.
    ``steps`` say where the speed changed for good, and what changed with it.
    """

    title: Text
    headings: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    files: tuple[str, ...]
    numbers: tuple[int, ...] = ()
    marked: tuple[tuple[int, int], ...] = ()
    steps: tuple[Text, ...] = ()


def groups_of(table: Folder, *, has_baseline: bool) -> tuple[FolderGroup, ...]:
    """Return the tables, those with the most reports first."""
    ordered = sorted(table.rows, key=lambda row: (row.history, row.made_at, row.file))
    histories = [list(rows) for _, rows in groupby(ordered, lambda row: row.history)]
    histories.sort(key=lambda rows: -len(rows))
    return tuple(_group(rows, table.steps, has_baseline=has_baseline) for rows in histories)


def summary_words(table: Folder) -> Text:
    """Say how much was read, and how many reports stand out."""
    far = sum(row.is_outlier for row in table.rows)
    if far:
        return text("{count} reports. Far from the others of the same GPU and preset: {far}.",
                    count=len(table.rows), far=far)  # fmt: skip
    return text("{count} reports. None is far from the others of the same GPU and preset.", count=len(table.rows))


def refused_rows(table: Folder) -> tuple[tuple[Text, Text], ...]:
    """Name the files that are no report, each with the reason."""
    return tuple((literal(visible(name)), reason) for name, reason in table.refused)


def _group(rows: list[Row], steps: tuple[HistoryStep, ...], *, has_baseline: bool) -> FolderGroup:
    columns = _columns(rows, has_baseline=has_baseline)
    parts = [part for part in rows[0].history if part]
    same = [f"torch {rows[0].torch}"] if rows[0].torch and _is_same([row.torch for row in rows]) else []
    found = [step for step in steps if step.history == rows[0].history]
    remark = next(place for place, column in enumerate(columns) if column.is_remark)
    return FolderGroup(
        title=literal(visible("  ·  ".join((*parts[1:], *same, parts[0])))),
        headings=tuple(column.heading for column in columns),
        rows=tuple(tuple(column.cell(row) for column in columns) for row in rows),
        files=tuple(row.file for row in rows),
        numbers=tuple(place for place, column in enumerate(columns) if column.is_number),
        marked=tuple((place, remark) for place, row in enumerate(rows) if row.is_outlier),
        steps=tuple(line for step in found for line in _step_words(step)),
    )


@dataclass(frozen=True, slots=True)
class _Column:
    heading: Text
    cell: Callable[[Row], Text]
    is_number: bool = False
    is_remark: bool = False


def _columns(rows: list[Row], *, has_baseline: bool) -> list[_Column]:
    def against(row: Row) -> Against | None:
        return row.against_baseline if has_baseline else row.against_first

    columns = [
        _Column(text("Made (UTC)"), lambda row: literal(visible(moment(row.made_at)))),
        _Column(text("Driver"), lambda row: literal(visible(row.driver or "–"))),
        _Column(literal("torch"), lambda row: literal(visible(row.torch or "–"))),
        _Column(text("Frames/s"), lambda row: literal(figure(row.gpu_frames_per_second)), is_number=True),
        _Column(text("Remark"), _remark, is_remark=True),
        _Column(text("Against the baseline") if has_baseline else text("Against the first"),
                lambda row: _change(against(row)), is_number=True),
        _Column(text("Verdict"), lambda row: _verdict(against(row))),
        _Column(text("File"), lambda row: literal(visible(row.file.removeprefix(_USUAL)))),
    ]  # fmt: skip
    return [column for column in columns if str(column.heading) != "torch" or not _is_same([row.torch for row in rows])]


def _is_same(values: list[str]) -> bool:
    return len(set(values)) == 1


def _change(against: Against | None) -> Text:
    return literal(percent_change(against.ratio) if against is not None else "")


def _verdict(against: Against | None) -> Text:
    return VERDICTS[against.verdict] if against is not None else literal("")


def _remark(row: Row) -> Text:
    return text("far from the others") if row.is_outlier else literal("")


def _step_words(step: HistoryStep) -> list[Text]:
    values = {"made_at": moment(step.made_at), "change": percent_apart(step.ratio)}
    slower = text("From {made_at} on it is {change} % slower than before.", **values)
    faster = text("From {made_at} on it is {change} % faster than before.", **values)
    changed = [_change_words(change) for change in step.changes]
    return [slower if step.ratio < 1 else faster, *(changed or [text("No recorded condition changed with it.")])]


def _change_words(change: Change) -> Text:
    values = {"before": visible(str(change.before)), "after": visible(str(change.after))}
    if change.name == "driver_version":
        return text("Changed with it: the driver, {before} → {after}", **values)
    return text("Changed with it: torch, {before} → {after}", **values)
