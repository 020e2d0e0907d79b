"""PDF and PNG: settles what is shown, and has a child process with Qt draw it (the core itself never loads Qt)."""

from __future__ import annotations

import json
import re
from typing import Any

from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.report.export.charts import charts_of
from gpuproof.core.report.export.drawing_child import draw_in_child
from gpuproof.core.report.export.headings import HEADINGS
from gpuproof.core.report.export.svg import PAPER
from gpuproof.core.report.export.view import view_of
from gpuproof.core.report.export.view_model import FindingView, LayerView, Speaker, View
from gpuproof.core.report.export.written import named
from gpuproof.core.report.model import Report
from gpuproof.core.words import Text, text

_NO_FONT = 4
_COLOURS = {"proven": "good", "healthy": "good", "ok": "good", "refuted": "bad", "problem": "bad", "broken": "bad"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_NO_MOMENT = "2026-01-01T00:00:00"
Block = dict[str, Any]


def layout_bytes(report: Report, form: str, language: str) -> bytes:
    """Return the layout as JSON: everything that will be seen, so that it can be scanned before it is drawn."""
    view, say = view_of(report, language), Speaker(language)
    layout: Block = {
        "form": form,
        "verdict": view.verdict,
        "summary": view.summary,
        "made": view.made,
        "dated": report.made_at[:19] if _MOMENT.match(report.made_at) else _NO_MOMENT,
        "colour": _COLOURS.get(view.state, "doubt"),
    }
    layout |= _card(view, say) if form == "png" else {"blocks": _blocks(report, view, say)}
    return json.dumps(layout, ensure_ascii=False).encode()


def draw(layout: bytes, form: str) -> bytes:
    """Have the layout drawn; trouble (no Qt, no Chinese font, a hang) is one clear line."""
    code, data, said = draw_in_child(layout)
    if code == 0 and data:
        return data
    if code == _NO_FONT:
        raise CouldNotFinish(
            text("The {form} was not drawn: no font that has its characters was found.", form=form.upper()),
            text("Install one, for instance: sudo apt install fonts-noto-cjk"),
        )
    raise _not_drawn(form, (said.strip().splitlines()[-1:] or [str(code)])[0][:200])


def _not_drawn(form: str, reason: str) -> CouldNotFinish:
    return CouldNotFinish(
        text("The {form} was not drawn: {reason}", form=form.upper(), reason=reason),
        text("Export as html and print it from a browser, or install the system packages that Qt needs."),
    )


def _card(view: View, say: Speaker) -> dict[str, Any]:
    interval = say(text("95 % interval"))
    return {
        "figures": [
            {"label": f.label, "value": f.value, "unit": f.unit, "interval": f"{interval} {f.interval}"}
            for f in view.figures
        ],
        "layers": [
            {"name": one.name, "state": one.state_words, "colour": _COLOURS.get(one.state, "doubt")}
            for one in (view.layers or view.chain[-3:])
        ],
        "footer": " · ".join((view.made, f"gpuproof {view.origin[1][1]}", view.origin[2][1])),
    }


def _blocks(report: Report, view: View, say: Speaker) -> list[Block]:
    return [
        *_figures(view, say),
        *_layers(view.layers, HEADINGS["proof"], say),
        *_layers(view.chain, HEADINGS["chain"], say),
        *_findings(view.findings, "findings", say),
        *_findings(view.notes, "notes", say),
        *_unknown(view, say),
        *_advice(view, say),
        *_bench(report, view, say),
        *_ending(view, say),
    ]


def _heading(name: str, say: Speaker) -> Block:
    return {"kind": "heading", "text": say(HEADINGS[name])}


def _figures(view: View, say: Speaker) -> list[Block]:
    if not view.figures:
        return []
    head = ["", say(HEADINGS["value"]), say(HEADINGS["interval"])]
    rows = [head, *([f.label, f"{f.value} {f.unit}  ({f.note})", f.interval] for f in view.figures)]
    return [_heading("figures", say), {"kind": "rows", "rows": rows, "shares": [0.4, 0.38, 0.22], "head": True}]


def _layers(layers: tuple[LayerView, ...], title: Text, say: Speaker) -> list[Block]:
    blocks: list[Block] = [{"kind": "heading", "text": say(title)}] if layers else []
    for layer in layers:
        blocks.append({"kind": "text", "text": named(layer.name, layer.state_words, say), "bold": True})
        blocks.append({"kind": "bullets", "lines": list(layer.lines)})
    return blocks


def _findings(findings: tuple[FindingView, ...], heading: str, say: Speaker) -> list[Block]:
    blocks: list[Block] = [_heading(heading, say)] if findings else []
    for finding in findings:
        blocks.append({"kind": "text", "text": finding.title, "bold": True})
        blocks += [{"kind": "note", "text": finding.note}, {"kind": "bullets", "lines": list(finding.evidence)}]
        for number, (words, command) in enumerate(finding.steps, 1):
            blocks.append({"kind": "text", "text": f"{number}. {words}"})
            blocks += [{"kind": "code", "text": command}] if command else []
    return blocks


def _unknown(view: View, say: Speaker) -> list[Block]:
    lines = [*view.unknown, *([view.ask_next] if view.ask_next else [])]
    return [_heading("unknown", say), {"kind": "bullets", "lines": lines}] if lines else []


def _advice(view: View, say: Speaker) -> list[Block]:
    advice = view.advice
    if advice is None:
        return []
    blocks: list[Block] = [_heading("advice", say), {"kind": "text", "text": advice.choice, "bold": True}]
    blocks += [{"kind": "text", "text": advice.driver}, {"kind": "bullets", "lines": [*advice.because, *advice.how]}]
    for name, command in advice.commands:
        blocks += [{"kind": "note", "text": name}, {"kind": "code", "text": command}]
    if advice.rejected:
        rows = [list(row) for row in advice.rejected]
        blocks += [{"kind": "text", "text": say(HEADINGS["rejected"]), "bold": True}]
        blocks += [{"kind": "rows", "rows": rows, "shares": [0.3, 0.7]}]
    return blocks


def _bench(report: Report, view: View, say: Speaker) -> list[Block]:
    charts = charts_of(report.result, say, PAPER)
    if not charts and not view.problems:
        return []
    blocks = [_heading("bench", say), {"kind": "note", "text": say(HEADINGS["sample"])}]
    blocks.append({"kind": "bullets", "lines": [*view.problems, *view.doubts]})
    if view.several:
        blocks += [_heading("several", say), {"kind": "bullets", "lines": list(view.several)}]
    blocks.append({"kind": "charts", "charts": [list(chart) for chart in charts]})
    for name, grid in (("", view.stages), ("more", view.more), ("variants", view.variants)):
        if grid:
            columns = len(grid[0])
            shares = [0.4, *[0.6 / (columns - 1)] * (columns - 1)]
            blocks += [_heading(name, say)] if name else []
            blocks.append({"kind": "rows", "rows": [list(row) for row in grid], "shares": shares, "head": True})
    return blocks


def _ending(view: View, say: Speaker) -> list[Block]:
    blocks: list[Block] = []
    for name, rows in (
        ("first_run", view.first_run),
        ("limits", view.limits),
        ("conditions", view.conditions),
        ("origin", view.origin),
    ):
        if rows:
            table = {"kind": "rows", "rows": [list(row) for row in rows], "shares": [0.42, 0.58]}
            blocks += [_heading(name, say), table]
    notes = [words for words in (view.privacy, view.integrity) if words]
    return [*blocks, *({"kind": "note", "text": words} for words in notes)]
