"""The run of the graphs as a file: every value in CSV, or the drawn curves in our own SVG."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from html import escape

import numpy as np

from gpuproof.gui.presenters.graph_texts import GraphSpec, figure, round_top, time_range
from gpuproof.gui.presenters.live_run import LiveRun
from gpuproof.gui.presenters.tracks import Floats, Track
from gpuproof.gui.style import speech
from gpuproof.gui.style.colours import LIGHT

WIDTH, HEIGHT, LEFT, TOP = 900, 220, 60, 34


def csv_of(run: LiveRun) -> str:
    """Return ``series,gpu,at_s,value`` rows; a gap has an empty value."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("series", "gpu", "at_s", "value"))
    for (name, gpu), track in sorted(run.all_tracks(), key=lambda item: (item[0][0], item[0][1] or -1)):
        for at_s, value in zip(*track.points(), strict=True):
            writer.writerow(
                (name, "" if gpu is None else gpu, f"{at_s:.3f}", "" if np.isnan(value) else f"{value:.6g}")
            )
    return out.getvalue()


def svg_of(run: LiveRun, specs: Sequence[GraphSpec], gpu: int | None) -> str:
    """Return all graphs below each other as one SVG picture, in the light palette."""
    height = len(specs) * HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="{LIGHT.surface}"/>',
    ]
    for place, spec in enumerate(specs):
        parts.append(f'<g transform="translate(0 {place * HEIGHT})">{_graph(run, spec, gpu)}</g>')
    return "".join([*parts, "</svg>\n"])


def _graph(run: LiveRun, spec: GraphSpec, gpu: int | None) -> str:
    tracks = [(one, run.track(one.name, gpu if one.of_gpu else None)) for one in spec.series]
    seen = [track.highest for _, track in tracks if track is not None]
    top = spec.top if spec.top is not None else round_top(max(seen, default=0.0))
    start, end = time_range(run.end_s)
    title = f"{speech.say(spec.title)} ({speech.say(spec.unit)})"
    parts = [
        f'<text x="{LEFT}" y="20" font-weight="bold" fill="{LIGHT.text}">{escape(title)}</text>',
        _axes(top, start, end),
    ]
    for one, track in tracks:
        if track is not None and len(track):
            colour = str(getattr(LIGHT, one.colour))
            dash = ' stroke-dasharray="5 4"' if one.is_dashed else ""
            parts.append(f'<path d="{_path(track, top, start, end)}" fill="none" stroke="{colour}"{dash}/>')
    return "".join(parts)


def _axes(top: float, start: float, end: float) -> str:
    bottom, right = HEIGHT - 30, WIDTH - 20
    line = f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="{LIGHT.strong_border}"/>'
    words = [
        (LEFT - 8, TOP + 6, "end", figure(top)),
        (LEFT - 8, bottom, "end", "0"),
        (LEFT, bottom + 18, "start", f"{start:g} s"),
        (right, bottom + 18, "end", f"{end:g} s"),
    ]
    return line + "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{LIGHT.muted}">{escape(said)}</text>'
        for x, y, anchor, said in words
    )


def _path(track: Track, top: float, start: float, end: float) -> str:
    times, values = track.steps()
    x: Floats = LEFT + (times - start) / (end - start) * (WIDTH - 20 - LEFT)
    y = (HEIGHT - 30) - values / top * (HEIGHT - 30 - TOP)
    parts, is_down = [], False
    for one, other in zip(x, y, strict=True):
        if np.isnan(other):
            is_down = False
            continue
        parts.append(f"{'L' if is_down else 'M'}{one:.1f} {other:.1f}")
        is_down = True
    return "".join(parts)
