"""The frame of the window, before and after its content is there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from gpuproof.gui.shell import SMALLEST, Shell
from gpuproof.gui.style.colours import PALETTES


class _Screen:
    def __init__(self, width: int) -> None:
        self._width = width

    def availableSize(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(self._width, 1000)


@pytest.mark.parametrize(
    ("scale", "screen", "expected"),
    [
        pytest.param(1.0, 1920, SMALLEST[0], id="words-of-the-usual-size"),
        pytest.param(1.3, 1920, 1196, id="larger-words-need-a-wider-window"),
        pytest.param(1.3, 1024, 1024, id="no-wider-than-the-screen"),
        pytest.param(1.3, 800, SMALLEST[0], id="never-narrower-than-before"),
    ],
)
def test_the_least_width_follows_the_text_size(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, scale: float, screen: int, expected: int
) -> None:
    shell = Shell(PALETTES["light"])
    monkeypatch.setattr(shell, "screen", lambda: _Screen(screen))
    shell.fit_text(scale)
    assert shell.minimumWidth() == expected
    shell.deleteLater()
