"""Contrast by the WCAG formula, for every pair of ground and text that the style sheet uses."""

from __future__ import annotations

import pytest

from gpuproof.gui.style.colours import DARK, LIGHT, Colours

TONES = ("ok", "warning", "bad", "unknown", "accent")
TEXT_PAIRS = [
    *((text, ground) for text in ("text", "muted") for ground in ("window", "surface", "sunken", "sidebar")),
    *(("text", f"{tone}_soft") for tone in TONES),
    *((tone, f"{tone}_soft") for tone in TONES),
    *((tone, "surface") for tone in TONES),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("muted", "unknown_soft"),
]
MARK_PAIRS = [("gpu_line", "surface"), ("cpu_line", "surface"), ("strong_border", "surface"), ("accent", "window")]


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_reaches_aa(colours: Colours, text: str, ground: str) -> None:
    assert contrast(getattr(colours, text), getattr(colours, ground)) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_lines_and_borders_of_controls_reach_three_to_one(colours: Colours, mark: str, ground: str) -> None:
    assert contrast(getattr(colours, mark), getattr(colours, ground)) >= 3.0


def test_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
