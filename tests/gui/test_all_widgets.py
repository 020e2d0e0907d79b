"""A walk over every widget of every page: names for screen readers, plain text, and no word without Chinese."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.wizard import Script, a_broken_chain, a_long_result
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QWidget,
)

from gpuproof.core.words import Text, translations
from gpuproof.gui.shell import SMALLEST
from gpuproof.gui.style import speech, theme
from gpuproof.gui.style.speech import remembered
from gpuproof.gui.views.main_window import ORDER
from gpuproof.gui.views.opened_strip import SHOWING, OpenedStrip
from gpuproof.gui.views.running_strip import RunningStrip

NAMED = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QAbstractItemView, QProgressBar)


@pytest.fixture
def full_window(open_window: Any, qtbot: Any, tmp_path: Path) -> Any:
    """A window in which every page has been opened and has something to show."""
    opened = open_window(Script(diagnosis=a_broken_chain(), result=a_long_result(), folder=tmp_path))
    window, check = opened.window, opened.assembly.check
    opened.run_check(qtbot)
    window.open_page("benchmark")
    window.page("benchmark").start_button.click()
    qtbot.waitUntil(lambda: not check.state.is_busy and check.state.core.report_path is not None)
    for page in ORDER:
        window.open_page(page)
    qtbot.waitUntil(lambda: opened.context.background.is_idle)
    return opened


def _own_widgets(window: QWidget) -> list[QWidget]:
    """Widgets of ours, without those that Qt makes inside a combo box, a table or a scroll area."""
    return [widget for widget in window.findChildren(QWidget) if not _is_made_by_qt(widget)]


def _is_made_by_qt(widget: QWidget) -> bool:
    inside_of = (QComboBox, QAbstractItemView, QScrollBar)
    return widget.objectName().startswith("qt_") or any(isinstance(one, inside_of) for one in _ancestors(widget))


def _ancestors(widget: QWidget) -> list[QWidget]:
    found, parent = [], widget.parentWidget()
    while parent is not None:
        found.append(parent)
        parent = parent.parentWidget()
    return found


def test_every_control_has_a_name(full_window: Any) -> None:
    nameless = [
        f"{type(widget).__name__} in {[type(one).__name__ for one in _ancestors(widget)][:4]}"
        for widget in _own_widgets(full_window.window)
        if isinstance(widget, NAMED)
        and not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
    ]
    assert nameless == []


def test_every_label_shows_plain_text(full_window: Any) -> None:
    labels = [widget for widget in _own_widgets(full_window.window) if isinstance(widget, QLabel)]
    assert len(labels) > 100
    assert [label.text() for label in labels if label.textFormat() != Qt.TextFormat.PlainText] == []


def test_every_word_is_remembered_and_has_chinese(full_window: Any) -> None:
    """Words that were set past ``speech`` would stay English when the language changes."""
    known, strays = translations("zh"), []
    for widget in _own_widgets(full_window.window):
        if isinstance(widget, QLabel | QAbstractButton) and widget.text().strip():
            words = remembered(widget).get("setText")
            if words is None or (words.template not in known and words.template != "{literal}"):
                strays.append((type(widget).__name__, widget.text()))
    constructed = ("Sample ", "sample ")  # words of the constructed report, which are not the product's
    assert [stray for stray in strays if not stray[1].startswith(constructed)] == []


def test_everything_that_takes_the_keyboard_can_be_reached_by_tab(full_window: Any) -> None:
    for widget in _own_widgets(full_window.window):
        group = widget.group() if isinstance(widget, QAbstractButton) else None
        is_reached_by_arrows = group is not None and group.exclusive() and not widget.isChecked()  # type: ignore[attr-defined]
        if isinstance(widget, NAMED) and not isinstance(widget, QProgressBar) and not is_reached_by_arrows:
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, (type(widget).__name__, widget.accessibleName())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scale", [1.0, 1.3])
def test_no_button_is_narrower_than_its_words(
    full_window: Any, qapp: QApplication, language: str, scale: float
) -> None:
    window = full_window.window
    if language == "zh":
        window.switch_language()
    while abs(theme.scale() - scale) > 0.01:
        window.next_text_size()
    for page in ORDER:
        window.open_page(page)
        qapp.processEvents()
        for made in window.page(page).findChildren(QAbstractButton):
            if made.isVisible() and made.text():
                wanted = made.fontMetrics().horizontalAdvance(made.text().replace("&", ""))
                assert made.width() >= wanted, (page, made.text(), made.width(), wanted)
    while abs(theme.scale() - 1.0) > 0.01:
        window.next_text_size()


@pytest.mark.parametrize(
    ("language", "scale", "size"),
    [("en", 1.0, SMALLEST), ("zh", 1.0, SMALLEST), ("en", 1.3, (1240, 840)), ("zh", 1.3, (1240, 840))],
)
def test_no_page_scrolls_sideways(
    full_window: Any, qapp: QApplication, language: str, scale: float, size: tuple[int, int]
) -> None:
    window = full_window.window
    window.resize(*size)
    if language == "zh":
        window.switch_language()
    while abs(theme.scale() - scale) > 0.01:
        window.next_text_size()
    wide = {}
    for page in ORDER:
        window.open_page(page)
        qapp.processEvents()
        qapp.processEvents()
        wide[page] = window.page(page).scroll_area.horizontalScrollBar().maximum()
    assert {page: width for page, width in wide.items() if width} == {}


def test_strings_that_are_two_fifths_longer_fit(
    full_window: Any, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = full_window.window

    def longer(words: Text) -> str:
        said = words.render("en")
        return said if words.template == "{literal}" else said + "x" * (len(said) * 2 // 5)

    monkeypatch.setattr(speech, "say", longer)
    speech.repeat(window)
    for page in ORDER:
        window.open_page(page)
        qapp.processEvents()
        qapp.processEvents()
        assert window.page(page).scroll_area.horizontalScrollBar().maximum() == 0, page
        for made in window.page(page).findChildren(QAbstractButton):
            if made.isVisible() and made.text():
                wanted = made.fontMetrics().horizontalAdvance(made.text().replace("&", ""))
                assert made.width() >= wanted, (page, made.text())


def test_margins_and_commands_follow_the_text_size_and_return(open_window: Any, qtbot: Any) -> None:
    from gpuproof.gui.style import theme
    from gpuproof.gui.views.command_box import CommandBox

    opened = open_window(Script(diagnosis=a_broken_chain()))
    window = opened.window
    opened.run_check(qtbot)
    window.open_page("recommend")
    page = window.page("recommend")
    before = _margins(page)
    while theme.scale() < 1.29:
        window.next_text_size()
    assert sum(map(sum, _margins(page))) > 1.2 * sum(map(sum, before))
    box = page.findChild(CommandBox)
    box.set_command("pip install torch==2.11.0 " * 9)
    field = box._field
    needed = field.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: field.height() >= needed * round(field.document().size().height()))
    assert field.document().size().height() > 1
    window.next_text_size()
    assert _margins(page) == before


def _margins(root: QWidget) -> list[list[int]]:
    """Return margins and spaces of every layout below a widget."""
    found = []
    for layout in root.findChildren(QLayout):
        sides = layout.contentsMargins()
        found.append([sides.left(), sides.top(), sides.right(), sides.bottom(), layout.spacing()])
    return found


def _letters(root: QWidget) -> list[tuple[str, str]]:
    """Return the letters that Alt presses, with the words that they stand in, of whatever is seen below a widget."""
    found = []
    for widget in root.findChildren(QWidget):
        has_words = isinstance(widget, QAbstractButton) or (isinstance(widget, QLabel) and widget.buddy() is not None)
        may_come = isinstance(root, OpenedStrip) or isinstance(widget.parentWidget(), RunningStrip)
        if has_words and (widget.isVisible() or may_come):
            words = widget.text()  # type: ignore[attr-defined]
            place = words.replace("&&", "  ").find("&")
            if place >= 0:
                found.append((words[place + 1].lower(), words))
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_two_things_on_a_page_answer_to_the_same_letter(full_window: Any, qapp: QApplication, language: str) -> None:
    window = full_window.window
    if language == "zh":
        window.switch_language()
    twice = {}
    for page in ORDER:
        window.open_page(page)
        qapp.processEvents()
        seen: dict[str, list[str]] = {}
        strip = _letters(full_window.assembly.opened) if page in SHOWING else []
        for letter, words in [*_letters(window.page(page)), *strip]:
            seen.setdefault(letter, []).append(words)
        clashes = {letter: words for letter, words in seen.items() if len(words) > 1}
        if clashes:
            twice[page] = clashes
    assert twice == {}


def test_sizes_that_are_held_follow_the_text_size_in_the_open_window(open_window: Any, qapp: QApplication) -> None:
    window = open_window(Script()).window
    for page in ("paste", "watch", "benchmark", "report"):
        window.open_page(page)
    held = {
        "field": window.page("paste").field.height,
        "log": window.page("watch")._log.minimumHeight,
        "graph": window.page("benchmark").board.cards[0].graph.minimumHeight,
        "preview": window.page("report")._preview.minimumHeight,
        "sidebar": window.sidebar.minimumWidth,
    }
    before = {name: size() for name, size in held.items()}
    while theme.scale() < 1.29:
        window.next_text_size()
    assert {name: size() for name, size in held.items()} == {name: round(1.3 * size) for name, size in before.items()}
    window.next_text_size()
    assert {name: size() for name, size in held.items()} == before
