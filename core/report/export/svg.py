"""A small SVG writer: every text is escaped, every number is finite, and colours come from one palette."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

Point = tuple[float, float]

# In a page the colours are CSS variables and follow light and dark; on paper they are fixed.
PAGE = {
    name: f"var(--{name})"
    for name in ("ink", "soft", "line", "gpu", "cpu", "third", "fourth", "fifth", "band", "surface")
}
PAPER = {
    "ink": "#1b1f24",
    "soft": "#59636e",
    "line": "#d1d9e0",
    "gpu": "#0a7d4f",
    "cpu": "#9a5a00",
    "third": "#2f5fc4",
    "fourth": "#8a3fb0",
    "fifth": "#b23a6a",
    "band": "#e4f3ec",
    "surface": "#ffffff",
}


@dataclass(slots=True)
class Canvas:
    """Collects shapes in user units; ``palette`` maps colour names to values."""

    width: float
    height: float
    palette: dict[str, str]
    parts: list[str]

    @classmethod
    def of(cls, width: float, height: float, palette: dict[str, str]) -> Canvas:
        """Return an empty canvas."""
        return cls(width, height, palette, [])

    def rect(self, x: float, y: float, width: float, height: float, colour: str, *, radius: float = 0) -> None:
        """Draw a filled rectangle."""
        size = f'width="{_n(max(width, 0))}" height="{_n(max(height, 0))}" rx="{_n(radius)}"'
        self.parts.append(f'<rect x="{_n(x)}" y="{_n(y)}" {size} style="fill:{self.palette[colour]}"/>')

    def line(self, start: Point, end: Point, colour: str, *, width: float = 1.0) -> None:
        """Draw a straight line."""
        ends = f'x1="{_n(start[0])}" y1="{_n(start[1])}" x2="{_n(end[0])}" y2="{_n(end[1])}"'
        self.parts.append(f'<line {ends} style="stroke:{self.palette[colour]};stroke-width:{_n(width)}"/>')

    def curve(self, points: Sequence[Point], colour: str, *, width: float = 1.6) -> None:
        """Draw a line through points."""
        path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        style = f"fill:none;stroke:{self.palette[colour]};stroke-width:{_n(width)};stroke-linejoin:round"
        self.parts.append(f'<polyline points="{path}" style="{style}"/>')

    def dot(self, at: Point, colour: str, *, filled: bool = True, radius: float = 2.6) -> None:
        """Draw a point; a hollow one stands for a value that is not counted."""
        fill = self.palette[colour] if filled else self.palette["surface"]
        style = f"fill:{fill};stroke:{self.palette[colour]};stroke-width:1.2"
        self.parts.append(f'<circle cx="{_n(at[0])}" cy="{_n(at[1])}" r="{_n(radius)}" style="{style}"/>')

    def text(
        self,
        at: Point,
        words: str,
        *,
        colour: str = "soft",
        size: float = 11,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        """Write one line of text; ``anchor`` is start, middle or end."""
        weight = ";font-weight:600" if bold else ""
        style = f"fill:{self.palette[colour]};font-size:{_n(size)}px{weight}"
        self.parts.append(
            f'<text x="{_n(at[0])}" y="{_n(at[1])}" text-anchor="{anchor}" style="{style}">{escape(words)}</text>'
        )

    def finish(self, title: str) -> str:
        """Return the picture; the title is what a screen reader says."""
        box = f'viewBox="0 0 {_n(self.width)} {_n(self.height)}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-label="{escape(title, quote=True)}">'
        return f"{head}<title>{escape(title)}</title>{''.join(self.parts)}</svg>"


def ticks(top: float, about: int = 4) -> list[float]:
    """Return round numbers from zero up to at least ``top``."""
    if not top > 0 or not math.isfinite(top):
        return [0.0, 1.0]
    raw = top / about
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * unit for factor in (1, 2, 2.5, 5, 10) if factor * unit >= raw * 0.999)
    return [step * index for index in range(math.ceil(top / step * 0.999999) + 1)]


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else "0"
