"""Two palettes. Every text colour reaches WCAG AA (4.5 to 1) on every ground that it is used on; a test computes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]
Tone = Literal["ok", "warning", "bad", "unknown", "accent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """One palette, as #rrggbb. A ``_soft`` colour is the quiet ground behind text of its tone."""

    name: ThemeName
    window: str
    sidebar: str
    surface: str
    sunken: str
    border: str
    strong_border: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    ok: str
    ok_soft: str
    warning: str
    warning_soft: str
    bad: str
    bad_soft: str
    unknown: str
    unknown_soft: str
    gpu_line: str
    cpu_line: str
    shade: str

    def of(self, tone: Tone) -> str:
        """Return the text colour of a tone."""
        return str(getattr(self, tone))

    def soft(self, tone: Tone) -> str:
        """Return the ground colour of a tone."""
        return str(getattr(self, f"{tone}_soft"))


LIGHT = Colours(
    name="light",
    window="#f5f6f8",
    sidebar="#eceef2",
    surface="#ffffff",
    sunken="#f0f2f5",
    border="#e1e4ea",
    strong_border="#7d8796",
    text="#161a21",
    muted="#545d6b",
    accent="#2f56d9",
    accent_hover="#2547ba",
    on_accent="#ffffff",
    accent_soft="#e6ecfd",
    ok="#126b3f",
    ok_soft="#e2f4ea",
    warning="#835000",
    warning_soft="#fdf1dc",
    bad="#b3202a",
    bad_soft="#fce8e9",
    unknown="#4d5766",
    unknown_soft="#e9ecf1",
    gpu_line="#2f56d9",
    cpu_line="#b4540a",
    shade="#2f56d9",
)

DARK = Colours(
    name="dark",
    window="#0f1217",
    sidebar="#0b0e12",
    surface="#171b22",
    sunken="#11151b",
    border="#272d37",
    strong_border="#6f7a8c",
    text="#e8ebf0",
    muted="#9ca6b6",
    accent="#86a3ff",
    accent_hover="#a1b8ff",
    on_accent="#0b1230",
    accent_soft="#1e2a4d",
    ok="#5fd097",
    ok_soft="#12301f",
    warning="#eeb75c",
    warning_soft="#362710",
    bad="#ff8c8c",
    bad_soft="#3d191c",
    unknown="#aab4c3",
    unknown_soft="#232932",
    gpu_line="#86a3ff",
    cpu_line="#f0a35e",
    shade="#86a3ff",
)

PALETTES: dict[ThemeName, Colours] = {"light": LIGHT, "dark": DARK}
