"""A comparison in the terminal: the answer, may they be compared, what changed, and one line a figure."""

from __future__ import annotations

from gpuproof.core.cli.columns import table_lines
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.report.compare import Comparison, MetricComparison
from gpuproof.core.report.export.numbers import number
from gpuproof.core.report.export.words import condition_words
from gpuproof.core.report.sentence import VERDICTS, metric_words, overall_sentence, percent_change, unit_words
from gpuproof.core.report.visible import visible
from gpuproof.core.words import literal, text


def show_comparison(comparison: Comparison, terminal: Terminal, *, with_answer: bool = True) -> None:
    """Write the whole comparison; ``with_answer`` False: the caller has said in one sentence what came out."""
    if with_answer and comparison.comparable:
        terminal.say(overall_sentence(comparison))
    _show_reasons(comparison, terminal)
    if not comparison.same_machine:
        terminal.say(text("The reports come from two machines, or were redacted with two keys."))
    if comparison.changes:
        terminal.say()
        terminal.say(text("What changed:"))
        for change in comparison.changes:
            name = terminal.rendered(condition_words(change.name))
            before, after = _shown(change.before, terminal), _shown(change.after, terminal)
            line = terminal.rendered(text("{name}: {words}", name=name, words=f"{before} -> {after}"))
            terminal.say(literal(visible(f"  {line}")))
    if comparison.results:
        terminal.say()
        head = (text("Figure"), text("Before"), text("After"), text("Unit"), text("Change"), text("95 % interval"))
        heading = [*map(terminal.rendered, head), ""]
        rows = [heading, *(_row(result, terminal) for result in comparison.results)]
        for line in table_lines(rows, right=(1, 2, 4)):
            terminal.say(literal(line))
        terminal.say(text("A stage is faster when it takes less time."))


def _show_reasons(comparison: Comparison, terminal: Terminal) -> None:
    if comparison.reasons and not comparison.comparable:
        terminal.say(text("These runs must not be compared:"))
    elif comparison.reasons:
        terminal.say(text("Some figures cannot be compared:"))
    for reason in comparison.reasons:
        terminal.say(literal("  - " + visible(reason.render(terminal.language))))


def _row(result: MetricComparison, terminal: Terminal) -> list[str]:
    return [
        visible(terminal.rendered(metric_words(result.metric))),
        number(result.before),
        number(result.after),
        terminal.rendered(unit_words(result.unit)),
        percent_change(result.ratio),
        f"{percent_change(result.low)} … {percent_change(result.high)}",
        terminal.rendered(VERDICTS[result.verdict]),
    ]


def _shown(value: object, terminal: Terminal) -> str:
    return terminal.rendered(text("not known")) if value is None else str(value)
