"""Fonts for paper: the first that the system has, with Chinese ones where Chinese is used."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

SANS = ["Noto Sans", "Segoe UI", "Helvetica Neue", "DejaVu Sans", "Liberation Sans", "Arial"]
CHINESE = [
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Zen Hei",
]
MONO = ["Noto Sans Mono", "DejaVu Sans Mono", "Consolas", "Menlo", "Liberation Mono"]


def font(size: float, *, bold: bool = False, mono: bool = False) -> QFont:
    """Return a font of a size in pixels of the page."""
    made = QFont()
    made.setFamilies((MONO if mono else SANS) + CHINESE)
    made.setPixelSize(round(size))
    made.setFeature(QFont.Tag("liga"), 0)  # a ligature cannot be searched or copied letter by letter
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made


def has_font_for(words: str) -> bool:
    """Tell whether the characters can be drawn: Chinese ones need a font that has them."""
    if any("\u4e00" <= letter <= "\u9fff" for letter in words):
        return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))
    return bool(QFontDatabase.families())
