"""A folder of reports as tables: one for each machine, card and preset, with what stands out and what changed."""

from __future__ import annotations

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

NUMBERS = (3, 4)  # columns of numbers
_USUAL = "gpuproof-report-"  # the beginning of a name that says nothing
REMARK = 6  # the column that says whether a report stands out


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderGroup:
    """One table. ``files`` are the files of its rows; ``marked`` are the places of the rows that stand out.

    ``steps`` say where the speed changed for good, and what changed with it.
    """

    title: Text
    rows: tuple[tuple[Text, ...], ...]
    files: tuple[str, ...]
    marked: tuple[int, ...] = ()
    steps: tuple[Text, ...] = ()


def headings(*, has_baseline: bool) -> tuple[Text, ...]:
    """Return the columns; without a baseline every report is compared with the oldest of its kind."""
    against = text("Against the baseline") if has_baseline else text("Against the first")
    return (text("Made (UTC)"), text("Driver"), literal("torch"), text("Frames/s"), against, text("Verdict"),
            text("Remark"), text("File"))  # fmt: skip


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
    parts = [part for part in rows[0].history if part]
    found = [step for step in steps if step.history == rows[0].history]
    return FolderGroup(
        title=literal(visible("  ·  ".join((*parts[1:], parts[0])))),
        rows=tuple(_cells(row, row.against_baseline if has_baseline else row.against_first) for row in rows),
        files=tuple(row.file for row in rows),
        marked=tuple(place for place, row in enumerate(rows) if row.is_outlier),
        steps=tuple(line for step in found for line in _step_words(step)),
    )


def _cells(row: Row, against: Against | None) -> tuple[Text, ...]:
    return (
        literal(visible(moment(row.made_at))),
        literal(visible(row.driver or "–")),
        literal(visible(row.torch or "–")),
        literal(figure(row.gpu_frames_per_second)),
        literal(percent_change(against.ratio) if against is not None else ""),
        VERDICTS[against.verdict] if against is not None else literal(""),
        text("far from the others") if row.is_outlier else literal(""),
        literal(visible(row.file.removeprefix(_USUAL))),
    )


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
