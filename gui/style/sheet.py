"""The style sheet: one accent, cards on a quiet ground, a focus ring that is always visible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from string import Template

from gpuproof.gui.style.colours import Colours

_SHEET = Template("""
QWidget { color: $text; }
QMainWindow, QWidget#page, QWidget#body, QScrollArea, QScrollArea > QWidget > QWidget { background: $window; }
QScrollArea { border: none; }
QFrame#sidebar { background: $sidebar; border: none; border-right: 1px solid $border; }
QFrame[role="card"] { background: $surface; border: 1px solid $border; border-radius: ${r12}px; }
QFrame[role="tile"] { background: $surface; border: 1px solid $border; border-radius: ${r12}px; }
QFrame[role="footer"] { background: $window; border: none; border-top: 1px solid $border; }
QFrame[role="foreign"] { background: $warning_soft; border: none; border-bottom: 1px solid $warning; }
QFrame[role="foreign"] QLabel { color: $warning; }
QFrame[role="opened"] { background: $accent_soft; border: none; border-bottom: 1px solid $border; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: ${f24}px; font-weight: 600; }
QLabel[role="subtitle"] { color: $muted; }
QLabel[role="heading"] { font-size: ${f15}px; font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="small"] { color: $muted; font-size: ${f12}px; }
QLabel[role="section"] { color: $muted; font-size: ${f11}px; font-weight: 600; }
QLabel[role="figure"] { font-size: ${f30}px; font-weight: 600; }
QLabel[role="unit"] { color: $muted; font-size: ${f14}px; }
QLabel[role="brand"] { font-size: ${f17}px; font-weight: 700; }
QLabel[tone="ok"] { color: $ok; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="bad"] { color: $bad; }
QLabel[tone="unknown"] { color: $unknown; }
QLabel[tone="accent"] { color: $accent; }
QLabel[role="chip"] { border-radius: ${r9}px; padding: 2px ${s8}px; font-size: ${f12}px; font-weight: 600; }
QLabel[role="chip"][tone="ok"] { background: $ok_soft; }
QLabel[role="chip"][tone="warning"] { background: $warning_soft; }
QLabel[role="chip"][tone="bad"] { background: $bad_soft; }
QLabel[role="chip"][tone="unknown"] { background: $unknown_soft; }
QLabel[role="chip"][tone="accent"] { background: $accent_soft; }
QFrame[role="banner"] { border: none; border-radius: ${r12}px; }
QFrame[role="banner"][tone="ok"] { background: $ok_soft; }
QFrame[role="banner"][tone="warning"] { background: $warning_soft; }
QFrame[role="banner"][tone="bad"] { background: $bad_soft; }
QFrame[role="banner"][tone="unknown"] { background: $unknown_soft; }
QFrame[role="banner"][tone="accent"] { background: $accent_soft; }
QFrame[role="banner"] QLabel[role="title"] { font-size: ${f20}px; }
QPushButton { background: $surface; border: 1px solid $strong_border; border-radius: ${r8}px;
    padding: ${s7}px ${s14}px; }
QPushButton:hover { background: $sunken; }
QPushButton:pressed { background: $border; }
QPushButton:disabled { color: $muted; border-color: $border; background: $window; }
QPushButton:focus { border: 2px solid $accent; padding: ${s6}px ${s13}px; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border: 1px solid $accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_hover; }
QPushButton[kind="primary"]:disabled { background: $unknown_soft; color: $muted; border-color: $border; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="quiet"] { background: transparent; border: 1px solid transparent; color: $text; }
QPushButton[kind="quiet"]:hover { background: $sunken; border-color: $border; }
QPushButton[kind="quiet"]:focus { border: 2px solid $accent; }
QPushButton[kind="foot"] { background: transparent; border: 2px solid transparent; padding: ${s6}px ${s7}px; }
QPushButton[kind="foot"]:hover { background: $border; }
QPushButton[kind="foot"]:focus { border: 2px solid $accent; padding: ${s6}px ${s7}px; }
QPushButton[kind="nav"] { background: transparent; border: 2px solid transparent; text-align: left;
    padding: ${s7}px ${s8}px; border-radius: ${r8}px; }
QPushButton[kind="nav"]:hover { background: $border; }
QPushButton[kind="nav"]:checked { background: $surface; font-weight: 600; }
QPushButton[kind="nav"]:focus { border: 2px solid $accent; }
QPushButton[kind="nav"]:disabled { background: transparent; color: $muted; }
QLineEdit, QPlainTextEdit { placeholder-text-color: $muted; }
QLineEdit, QPlainTextEdit, QComboBox, QSpinBox { background: $surface; border: 1px solid $strong_border;
    border-radius: ${r8}px; padding: ${s6}px ${s8}px; selection-background-color: $accent;
    selection-color: $on_accent; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus { border: 2px solid $accent;
    padding: ${s5}px ${s7}px; }
QTextBrowser { background: $surface; border: 1px solid $border; border-radius: ${r12}px; padding: ${s8}px;
    selection-background-color: $accent; selection-color: $on_accent; }
QTextBrowser:focus { border: 2px solid $accent; }
QComboBox QLineEdit, QComboBox QLineEdit:focus { border: none; padding: 0; background: transparent; }
QPlainTextEdit[role="command"], QLineEdit[role="command"] { background: $sunken; border: 1px solid $border; }
QPlainTextEdit[role="command"]:focus, QLineEdit[role="command"]:focus { border: 2px solid $accent; }
QComboBox::drop-down { border: none; width: ${s24}px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border; padding: 4px;
    selection-background-color: $accent_soft; selection-color: $text; }
QProgressBar { background: $unknown_soft; border: none; border-radius: ${r4}px; max-height: ${s8}px;
    min-height: ${s8}px; }
QProgressBar::chunk { background: $accent; border-radius: ${r4}px; }
QRadioButton, QCheckBox { spacing: ${s8}px; padding: 3px; border: 2px solid transparent; border-radius: 6px; }
QRadioButton:focus, QCheckBox:focus { border: 2px solid $accent; }
QRadioButton::indicator, QCheckBox::indicator { width: ${s14}px; height: ${s14}px; background: $surface;
    border: 1px solid $strong_border; }
QRadioButton::indicator { border-radius: ${h8}px; }
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator:checked { border: ${s5}px solid $accent; width: ${s6}px; height: ${s6}px; }
QCheckBox::indicator:checked { background: $accent; border: 1px solid $accent;
    image: url("$icons/mark-check-$name.svg"); }
QComboBox::down-arrow { image: url("$icons/mark-down-$name.svg"); width: ${s14}px; height: ${s14}px; }
QTableView { background: $surface; border: 2px solid transparent; border-radius: 6px; outline: none;
    gridline-color: $border; alternate-background-color: $sunken;
    selection-background-color: $accent_soft; selection-color: $text; }
QTableView:focus { border: 2px solid $accent; }
QTableView::item { padding: ${s6}px; border: none; }
QHeaderView { background: $surface; }
QHeaderView::section { background: $surface; color: $muted; border: none; border-bottom: 1px solid $border;
    padding: ${s6}px ${cell}px; font-size: ${f12}px; font-weight: 600; }
QListView { background: $surface; border: none; outline: none; }
QListView:focus { border: 2px solid $accent; border-radius: 6px; }
QListView::item { padding: ${s8}px; border-radius: 6px; }
QListView::item:selected { background: $accent_soft; color: $text; }
QToolTip { background: $surface; color: $text; border: 1px solid $border; padding: 6px; }
QScrollBar:vertical { background: transparent; width: ${s10}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: ${s10}px; margin: 0; }
QScrollBar::handle { background: $strong_border; border-radius: ${r4}px; min-height: ${s24}px; min-width: ${s24}px;
    margin: 1px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; border: none;
    width: 0; height: 0; }
QMenu { background: $surface; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: ${s6}px ${s24}px; border-radius: 6px; }
QMenu::item:selected { background: $accent_soft; }
""")

_FONTS = (11, 12, 14, 15, 17, 20, 24, 30)
_SPACES = (5, 6, 7, 8, 10, 13, 14, 24)
_RADII = (4, 8, 9, 12)


def style_sheet(colours: Colours, px: Callable[[float], int], icons: str) -> str:
    """Fill the sheet with a palette; ``px`` scales lengths with the text size, ``icons`` is the folder of our marks."""
    sizes = {f"f{size}": px(size) for size in _FONTS} | {f"s{size}": px(size) for size in _SPACES}
    radii = {f"r{radius}": radius for radius in _RADII} | {"h8": (px(14) + 2) // 2, "cell": px(6) + 3}
    return _SHEET.substitute({**asdict(colours), **sizes, **radii, "icons": icons})
