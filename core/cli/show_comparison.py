"""A comparison in the terminal: may they be compared, what changed, and one line a figure."""

from __future__ import annotations

from pathlib import Path

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.report.compare import Comparison, MetricComparison
from gpuproof.core.report.export import words as w
from gpuproof.core.report.export.numbers import number
from gpuproof.core.report.visible import visible
from gpuproof.core.words import Text, literal, text

VERDICTS: dict[str, Text] = {
    "faster": text("faster"),
    "slower": text("slower"),
    "no_difference": text("no difference"),
    "cannot_tell": text("cannot tell"),
}


def show_comparison(comparison: Comparison, terminal: Terminal) -> None:
    """Write the whole comparison, the reasons against it first."""
    if comparison.reasons and not comparison.comparable:
        terminal.say(text("These runs must not be compared:"))
    elif comparison.reasons:
        terminal.say(text("Some figures cannot be compared:"))
    for reason in comparison.reasons:
        terminal.say(literal("  - " + visible(reason.render(terminal.language))))
    if not comparison.same_machine:
        terminal.say(text("The reports come from two machines, or were redacted with two keys."))
    if comparison.changes:
        terminal.say(text("What changed:"))
    for change in comparison.changes:
        name = terminal.rendered(w.CONDITIONS.get(change.name, literal(change.name)))
        terminal.say(literal(f"  {visible(name)}: {visible(str(change.before))} -> {visible(str(change.after))}"))
    terminal.say(text("Figures (after / before, with the 95 % interval):"))
    for result in comparison.results:
        terminal.say(literal(_line(result, terminal)))


def _line(result: MetricComparison, terminal: Terminal) -> str:
    values = f"{number(result.before)} -> {number(result.after)} {result.unit}"
    ratio = f"{result.ratio:.3f} [{result.low:.3f}, {result.high:.3f}]"
    return f"  {visible(result.metric):32} {values:34} {ratio:24} {terminal.rendered(VERDICTS[result.verdict])}"


def show_folder(folder: Path, terminal: Terminal) -> int:
    """Write the table of a folder with its outliers and the steps of each machine's history."""
    from gpuproof.core.report.folder import folder_document, read_folder

    table = read_folder(folder)
    terminal.emit(folder_document(table), lambda: _show_table(table, terminal))
    return 0


def _show_table(table: object, terminal: Terminal) -> None:
    from gpuproof.core.report.folder import Folder

    assert isinstance(table, Folder)
    for row in table.rows:
        speed = number(row.gpu_frames_per_second) if row.gpu_frames_per_second else "–"
        mark = " *" if row.is_outlier else ""
        terminal.say(
            literal(visible(f"{row.made_at}  {row.machine_id}  {row.gpu:28} {row.driver:12} {speed:>10}{mark}"))
        )
    if any(row.is_outlier for row in table.rows):
        terminal.say(text("* far from the others of the same GPU and preset"))
    for step in table.steps:
        terminal.say(
            text(
                "{machine}: from {made_at} on {ratio} times the speed of before",
                machine=step.machine_id, made_at=step.made_at, ratio=f"{step.ratio:.3f}",
            )
        )  # fmt: skip
    for name, reason in table.refused:
        terminal.say(literal(visible(f"{name}: {reason.render(terminal.language)}")))
