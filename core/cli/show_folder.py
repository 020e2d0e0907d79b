"""A folder of reports in the terminal: one table a machine, what stands out, and where its speed changed for good."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gpuproof.core.cli.columns import table_lines
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.report.export.numbers import number
from gpuproof.core.report.export.words import condition_words
from gpuproof.core.report.folder import Against, Folder, HistoryStep, Row, folder_document, read_folder
from gpuproof.core.report.sentence import VERDICTS, moment, percent_apart, percent_change
from gpuproof.core.report.visible import visible
from gpuproof.core.words import literal, text


def show_folder(folder: Path, terminal: Terminal, baseline: Sequence[Path] = ()) -> int:
    """Write the table; 1 when a report is slower than the baseline that was given, else 0."""
    table = read_folder(folder, baseline)
    terminal.emit(folder_document(table), lambda: _show(table, terminal, has_baseline=bool(baseline)))
    return 1 if any(row.against_baseline and row.against_baseline.verdict == "slower" for row in table.rows) else 0


def _show(table: Folder, terminal: Terminal, *, has_baseline: bool) -> None:
    for history in dict.fromkeys(row.history for row in table.rows):
        rows = [row for row in table.rows if row.history == history]
        parts = [part for part in history if part]
        terminal.say(literal(visible(" · ".join(parts))))
        for line in _lines(rows, terminal, has_baseline=has_baseline):
            terminal.say(literal(line))
        for step in table.steps:
            if step.history == history:
                _say_step(step, terminal)
        terminal.say()
    if any(row.is_outlier for row in table.rows):
        terminal.say(text("* far from the others of the same GPU and preset"))
    if table.refused:
        terminal.say(text("Not read:"))
    for name, reason in table.refused:
        terminal.say(literal(visible(f"  {name}: {reason.render(terminal.language)}")))


def _lines(rows: Sequence[Row], terminal: Terminal, *, has_baseline: bool) -> list[str]:
    against = text("Against the baseline") if has_baseline else text("Against the first")
    head = (text("Made (UTC)"), text("Driver"), literal("torch"), text("Frames/s"), literal(""), against, text("File"))
    cells = [[terminal.rendered(words) for words in head]]
    for row in rows:
        compared = row.against_baseline if has_baseline else row.against_first
        speed = number(row.gpu_frames_per_second) if row.gpu_frames_per_second else "–"
        mark = "*" if row.is_outlier else ""
        shown = [moment(row.made_at), row.driver, row.torch, speed, mark, _against(compared, terminal), row.file]
        cells.append([visible(cell) for cell in shown])
    return table_lines(cells, right=(3,))


def _against(found: Against | None, terminal: Terminal) -> str:
    return f"{percent_change(found.ratio)}  {terminal.rendered(VERDICTS[found.verdict])}" if found else ""


def _say_step(step: HistoryStep, terminal: Terminal) -> None:
    values = {"made_at": moment(step.made_at), "change": percent_apart(step.ratio)}
    if step.ratio < 1:
        terminal.say(text("  From {made_at} on it is {change} % slower than before.", **values))
    else:
        terminal.say(text("  From {made_at} on it is {change} % faster than before.", **values))
    for change in step.changes:
        name = terminal.rendered(condition_words(change.name))
        line = text(
            "    Changed with it: {name}, {before} -> {after}", name=name, before=change.before, after=change.after
        )
        terminal.say(literal(visible(terminal.rendered(line))))
    if not step.changes:
        terminal.say(text("    No recorded condition changed with it."))
