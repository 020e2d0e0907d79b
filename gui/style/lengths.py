"""Margins, spaces, sizes and fixed-width fonts that were set at one text size, brought to another in an open window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLayout, QLineEdit, QPlainTextEdit, QWidget

from gpuproof.gui.style import theme

_MEMORY = "gpuproof_lengths"
_HELD = "gpuproof_held"
_SETTERS: dict[str, Callable[[QWidget, int], None]] = {
    "height": QWidget.setFixedHeight,
    "width": QWidget.setFixedWidth,
    "least_height": QWidget.setMinimumHeight,
    "least_width": QWidget.setMinimumWidth,
    "most_width": QWidget.setMaximumWidth,
}


def hold(widget: QWidget, **sizes: int) -> None:
    """Hold sizes of a widget at any text size; they are pixels at 100 %, by the names of ``_SETTERS``."""
    widget.setProperty(_HELD, sizes)
    _hold_again(widget)


def rescale(root: QWidget, before: float, after: float) -> None:
    """Bring everything below the root from one text size to another; going back and forth changes nothing."""
    if abs(before - after) < 0.001:
        return
    for layout in root.findChildren(QLayout):
        now = _lengths(layout)
        memory = layout.property(_MEMORY)
        is_known = isinstance(memory, list) and [round(base * before) for base in memory] == now
        bases = memory if is_known and isinstance(memory, list) else [length / before for length in now]
        layout.setProperty(_MEMORY, bases)
        _set(layout, [round(base * after) for base in bases])
    for widget in (root, *root.findChildren(QWidget)):
        _hold_again(widget)
    mono = theme.mono()
    for field in (*root.findChildren(QPlainTextEdit), *root.findChildren(QLineEdit)):
        if field.font().families() == mono.families():
            field.setFont(mono)


def _hold_again(widget: QWidget) -> None:
    sizes = widget.property(_HELD)
    for name, size in sizes.items() if isinstance(sizes, dict) else ():
        _SETTERS[name](widget, theme.px(size))


def _lengths(layout: QLayout) -> list[int]:
    margins = layout.contentsMargins()
    found = [margins.left(), margins.top(), margins.right(), margins.bottom()]
    if isinstance(layout, QBoxLayout):
        found.append(layout.spacing())
    elif isinstance(layout, QGridLayout):
        found += [layout.horizontalSpacing(), layout.verticalSpacing()]
    return found


def _set(layout: QLayout, lengths: list[int]) -> None:
    layout.setContentsMargins(*lengths[:4])
    if isinstance(layout, QBoxLayout):
        layout.setSpacing(lengths[4])
    elif isinstance(layout, QGridLayout):
        layout.setHorizontalSpacing(lengths[4])
        layout.setVerticalSpacing(lengths[5])
