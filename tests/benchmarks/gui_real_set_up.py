"""Mends a really broken torch through the open window, with real clicks: ``gui_real_set_up.py OUT [--python PATH]``.

Makes a small environment whose torch cannot be loaded, inspects it in the wizard, lets the window show its plan and
carry it out with the sources that pip is configured with (a CPU build of torch is about 200 MB), inspects again, undoes
it, and writes a picture of every moment. Prints one JSON line and returns 1 where a moment was not as it should be.
Needs a few minutes, and a display (Xvfb will do) or Qt's offscreen platform.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_PATIENCE_S = 600.0
_BROKEN = 'raise OSError("libtorch_cpu.so: cannot open shared object file: No such file or directory")\n'


def main() -> int:
    """Drive the window once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--python", default=sys.executable, help="makes the environment")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["GPUPROOF_DATA_DIR"] = str(folder / "data")
        environment = make_broken(folder, wanted.python)
        from gpuproof.gui.main import main as open_window

        driver: list[Driver] = []

        def begin(window: Any) -> None:
            driver.append(Driver(window, wanted.out, environment))

        code = open_window("en", preferences_file=folder / "app.ini", when_open=begin)
    seen = driver[0].seen
    print(json.dumps({"exit_code": code, **seen}, ensure_ascii=False))
    return int(code != 0 or seen.get("failed") is not None)


def make_broken(folder: Path, python: str) -> Path:
    """Make an environment with a torch that is there and cannot be loaded; return its interpreter."""
    from helpers.wheels import make_wheel

    wheel = make_wheel(folder / "wheels", "torch", "2.12.0+cpu", files={
        "torch/__init__.py": _BROKEN, "torch/version.py": "__version__ = '2.12.0+cpu'\ncuda = None\n"})  # fmt: skip
    subprocess.run([python, "-m", "venv", str(folder / "venv")], check=True)
    interpreter = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([str(interpreter), "-m", "pip", "install", "-q", "--no-index", "--no-deps", str(wheel)], check=True)
    return interpreter


class Driver:
    """Goes from moment to moment: each waits for its condition, takes a picture, and clicks on."""

    def __init__(self, window: Any, out: Path, interpreter: Path) -> None:
        from PySide6.QtCore import QTimer

        self.window, self.out = window, out
        self.seen: dict[str, Any] = {}
        self._began = time.monotonic()
        self._moments = self._plan(interpreter)
        self._timer = QTimer(window)
        self._timer.timeout.connect(self._look)
        window._driver = self
        window.window().resize(1240, 840)
        self._timer.start(250)

    def _plan(self, interpreter: Path) -> list[tuple[str, Callable[[], bool], Callable[[], object]]]:
        window, wizard = self.window, self.window._wizard
        start, recommend = window.page("start"), window.page("recommend")
        card, set_up, check = recommend.set_up, wizard.set_up, wizard.check
        start.environment.setEditText(f"python:{interpreter}")
        window.open_page("start")
        rests = lambda: not check.state.is_busy  # noqa: E731
        return [
            ("start", lambda: True, lambda: self._click(start.start_button)),
            ("broken", lambda: rests() and self._said("broken", self._cause()), lambda: self._click_on("recommend")),
            ("recommended", lambda: set_up.state.phase == "idle", lambda: self._click(card.plan_button)),
            ("planned", lambda: set_up.state.phase == "planned", lambda: self._click(card.apply_button)),
            ("installing", lambda: set_up.state.fraction is not None, lambda: None),
            ("mended", lambda: self._said("mended", self._title(set_up, card)), lambda: self._click_on("inspect")),
            ("inspected", rests, lambda: self._click(window.page("inspect").steps.again_button)),
            ("whole", lambda: rests() and self._said("whole", self._cause()), lambda: self._click_on("recommend")),
            ("before-undo", lambda: True, lambda: self._click(card.undo_button)),
            ("undone", lambda: self._said("undone", self._title(set_up, card)), self._end),
        ]

    def _look(self) -> None:
        name, is_there, then = self._moments[0]
        if time.monotonic() - self._began > _PATIENCE_S:
            self.seen["failed"] = name
            self._end()
        elif is_there():
            self._show_card()
            self.window.window().grab().save(str(self.out / f"{10 - len(self._moments)}-{name}.png"))
            self.seen[f"{name}_s"] = round(time.monotonic() - self._began, 1)
            self._moments.pop(0)
            then()

    def _show_card(self) -> None:
        page = self.window.page("recommend")
        page.scroll_area.ensureWidgetVisible(page.set_up, 0, 0)

    def _cause(self) -> str:
        diagnosis = self.window._wizard.check.state.core.diagnosis
        return diagnosis.cause if diagnosis is not None else ""

    def _title(self, set_up: Any, card: Any) -> str:
        return str(card.banner.title()) if set_up.state.phase in ("done", "undone") else ""

    def _said(self, name: str, words: str) -> bool:
        if words:
            self.seen[name] = words
        return bool(words)

    def _click(self, button: Any) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def _click_on(self, page: str) -> None:
        self._click(self.window.sidebar.entry(page))

    def _end(self) -> None:
        self._timer.stop()
        self.window.close()


if __name__ == "__main__":
    sys.exit(main())
