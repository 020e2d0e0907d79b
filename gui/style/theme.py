"""The look that is on now: palette, text size, and the style sheet made of both."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from gpuproof.gui.style.colours import LIGHT, PALETTES, Colours, ThemeName
from gpuproof.gui.style.folder import icon_folder
from gpuproof.gui.style.sheet import style_sheet

BASE_PX = 14
TEXT_SIZES = (1.0, 1.15, 1.3)
_FAMILIES = ("Inter", "Segoe UI Variable Text", "Segoe UI", "SF Pro Text", "Helvetica Neue", "Noto Sans", "Cantarell",
             "Ubuntu", "Noto Sans CJK SC", "Microsoft YaHei UI", "PingFang SC", "DejaVu Sans")  # fmt: skip
_MONO = ("JetBrains Mono", "Cascadia Mono", "SF Mono", "Menlo", "Consolas", "Noto Sans Mono", "DejaVu Sans Mono",
         "Noto Sans Mono CJK SC", "monospace")  # fmt: skip

_colours: Colours = LIGHT
_scale = 1.0


def colours() -> Colours:
    """Return the palette that is on."""
    return _colours


def scale() -> float:
    """Return the text size as a factor; 1.3 is 130 %."""
    return _scale


def px(size: float) -> int:
    """Return a length that grows with the text."""
    return round(size * _scale)


def mono() -> QFont:
    """Return the font of commands and raw lines."""
    font = QFont()
    font.setFamilies(list(_MONO))
    font.setPixelSize(px(BASE_PX - 1))
    return font


def apply(application: QApplication, name: ThemeName, text_scale: float = 1.0) -> None:
    """Put a palette and a text size on; windows that are open follow."""
    global _colours, _scale
    _colours, _scale = PALETTES[name], text_scale
    font = QFont()
    font.setFamilies(list(_FAMILIES))
    font.setPixelSize(px(BASE_PX))
    application.setFont(font)
    application.setPalette(_palette(_colours))
    application.setStyleSheet(style_sheet(_colours, px, icon_folder().as_posix()))


def system_theme() -> ThemeName:
    """Return what the system prefers; light where it does not say."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


def _palette(colours: Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for key, value in {
        role.Window: colours.window,
        role.Base: colours.surface,
        role.AlternateBase: colours.sunken,
        role.Button: colours.surface,
        role.Text: colours.text,
        role.WindowText: colours.text,
        role.ButtonText: colours.text,
        role.ToolTipBase: colours.surface,
        role.ToolTipText: colours.text,
        role.PlaceholderText: colours.muted,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Link: colours.accent,
        role.Mid: colours.border,
        role.Dark: colours.strong_border,
        role.Light: colours.surface,
    }.items():
        palette.setColor(key, QColor(value))
    for faded in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, faded, QColor(colours.muted))
    return palette
