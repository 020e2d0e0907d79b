"""Opens the window, runs until it is closed, and leaves nothing behind: no thread, no child, exit code 0."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpuproof.core.words import Language
    from gpuproof.gui.views.main_window import MainWindow


def main(
    language: Language | None = None,
    file: Path | None = None,
    *,
    replay: bool = False,
    page: str | None = None,
    preferences_file: Path | None = None,
    when_open: Callable[[MainWindow], None] | None = None,
) -> int:
    """Open the window and return its exit code.

    ``language`` None follows the person's choice, then the system. ``file`` is a report or an answers file to show;
    with ``replay`` its run is played in the benchmark step. ``when_open`` is called with the window after its first
    paint.
    """
    from PySide6.QtWidgets import QApplication

    from gpuproof.core.report.privacy.crash import show_crashes_redacted

    show_crashes_redacted()
    _import_plainly()
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("gpuproof")
    application.setApplicationDisplayName("gpuproof")
    application.setDesktopFileName("gpuproof")
    application.setStyle("Fusion")
    from gpuproof.gui.session import Session

    session = Session(application, language, preferences_file)
    try:
        session.open(page=page, file=file, replay=replay, when_open=when_open)
        code = application.exec()
    finally:
        session.close()
    return code


def _import_plainly() -> None:
    """Take PySide's import hook out again: for ``__feature__``, which is not used here, it reads every module's source.

    That costs up to 10 MiB. Without the hook there is nothing to do.
    """
    original = getattr(builtins, "__orig_import__", None)
    if original is not None:
        builtins.__import__ = original
