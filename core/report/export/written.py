"""The report as text: Markdown for an issue tracker (at most 60 lines) and plain text for a mail."""

from __future__ import annotations

from collections.abc import Iterable

from gpuproof.core.report.export.collect_env import collect_env_lines
from gpuproof.core.report.export.view import view_of
from gpuproof.core.report.export.view_model import FindingView, Speaker, View
from gpuproof.core.report.model import Report
from gpuproof.core.words import text

MOST_LINES = 60
_MOST_EVIDENCE = 4


def markdown(report: Report, language: str) -> str:
    """Return Markdown of at most 60 lines; what is long is folded, what would not fit is counted."""
    view, say = view_of(report, language), Speaker(language)
    lines = [f"## {_md(view.verdict)}", ""]
    if view.summary:
        lines += [_md(view.summary), ""]
    lines += _md_figures(view, say)
    lines += [f"- {named(f'**{_md(layer.name)}**', _md(layer.state_words), say)}" for layer in view.layers]
    for finding in view.findings[:2]:
        lines += _md_finding(finding)
    if view.ask_next:
        lines += ["", _md(view.ask_next)]
    if view.advice is not None:
        lines += ["", f"**{_md(view.advice.choice)}** · {_md(view.advice.driver)}"]
        lines += [_code(command) for name, command in view.advice.commands if name == "pip"]
    lines += [f"- {_md(doubt)}" for doubt in view.doubts[:3]]
    lines += [f"- {_md(line)}" for line in view.several]
    lines += [f"- {_md(note.title)}: {_md(' '.join(note.evidence[:1]))}" for note in view.notes[:_MOST_EVIDENCE]]
    tail = _md_tail(report, view, say)
    return "\n".join(_fitted(lines, MOST_LINES - len(tail), say) + tail) + "\n"


def plain_text(report: Report, language: str) -> str:
    """Return plain text with everything that the page says but its charts."""
    view, say = view_of(report, language), Speaker(language)
    lines = [view.verdict, "=" * min(72, len(view.verdict) * 2), view.summary, view.made, ""]
    interval = say(text("95 % interval"))
    for figure in view.figures:
        value = f"{figure.value} {figure.unit}  ({interval} {figure.interval}; {figure.note})"
        lines.append(named(figure.label, value, say))
    for layer in (*view.layers, *view.chain):
        lines += ["", named(layer.name, layer.state_words, say), *(f"  - {line}" for line in layer.lines)]
    lines += _plain_findings(view.findings)
    if view.notes:
        lines += ["", say(text("Also good to know; none of it is the cause of a fault:")), *_plain_findings(view.notes)]
    if view.advice is not None:
        lines += ["", view.advice.choice, view.advice.driver, *(f"  - {line}" for line in view.advice.because)]
        lines += [f"  {name}: " + command.replace("\n", "\n    ") for name, command in view.advice.commands]
        lines += [f"  - {named(name, why, say)}" for name, why in view.advice.rejected]
    lines += [
        "",
        *(f"? {line}" for line in (*view.unknown, view.ask_next) if line),
        *(f"! {line}" for line in view.doubts),
    ]
    lines += [
        "",
        *("  ".join(row) for row in view.stages),
        "",
        *view.several,
        "",
        *(named(name, value, say) for name, value in view.conditions),
    ]
    lines += ["", view.privacy, *(named(name, value, say) for name, value in view.origin), view.integrity]
    return "\n".join(_squeezed(lines)) + "\n"


def _plain_findings(findings: Iterable[FindingView]) -> list[str]:
    lines: list[str] = []
    for finding in findings:
        lines += ["", f"* {finding.title}  [{finding.note}]", *(f"  - {line}" for line in finding.evidence)]
        lines += [
            f"  {number}. {words}" + (f"\n       {command}" if command else "")
            for number, (words, command) in enumerate(finding.steps, 1)
        ]
    return lines


def named(name: str, words: str, say: Speaker) -> str:
    """Return a name with what belongs to it, with the colon of the language."""
    return say(text("{name}: {words}", name=name, words=words))


def _md_figures(view: View, say: Speaker) -> list[str]:
    if not view.figures:
        return []
    head = [f"| | | {say(text('95 % interval'))} |", "| --- | --- | --- |"]
    rows = [f"| {_md(f.label)} | **{_md(f.value)}** {_md(f.unit)} | {_md(f.interval)} |" for f in view.figures]
    return [*head, *rows, ""]


def _md_finding(finding: FindingView) -> list[str]:
    lines = ["", f"**{_md(finding.title)}** ({_md(finding.note)})"]
    lines += [f"- {_md(line)}" for line in finding.evidence[:_MOST_EVIDENCE]]
    for number, (words, command) in enumerate(finding.steps[:_MOST_EVIDENCE], 1):
        lines.append(f"{number}. {_md(words)}" + (f" {_code(command)}" if command else ""))
    return lines


def _md_tail(report: Report, view: View, say: Speaker) -> list[str]:
    block = collect_env_lines(report)
    lines = [
        "",
        f"<details><summary>{_md(say(text('Environment, as collect_env prints it')))}</summary>",
        "",
        "```text",
    ]
    lines += [line.replace("```", "'''") for line in block]
    lines += [
        "```",
        "",
        "</details>",
        "",
        f"{_md(view.made)} · gpuproof {_md(report.product_version)} · {_md(view.privacy)}",
    ]
    return lines


def _fitted(lines: list[str], room: int, say: Speaker) -> list[str]:
    if len(lines) <= room:
        return lines
    return [
        *lines[: room - 1],
        _md(say(text("… and {count} lines more in the full report", count=len(lines) - room + 1))),
    ]


def _squeezed(lines: Iterable[str]) -> list[str]:
    """Drop empty lines that follow an empty line."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return kept


def _md(words: str) -> str:
    """Return words that Markdown shows as they stand: no markup, no link, no mention, no HTML."""
    one_line = " ".join(words.split())
    escaped = "".join(f"\\{letter}" if letter in "\\`*_[]#|~!" else letter for letter in one_line)
    quoted = escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return quoted.replace("://", "&#58;//").replace("@", "@\u200b")


def _code(command: str) -> str:
    one_line = " ".join(command.split())
    fence = "``" if "`" in one_line else "`"
    return f"{fence}{' ' if fence == '``' else ''}{one_line}{' ' if fence == '``' else ''}{fence}"
