"""Writes screenshots of every page and of moments in between, in light and dark, English and Chinese, at 100 and 150 %.

``gui_screenshots.py OUT [--report FILE]``. Without a report the pages show a constructed run (said so in the file
names: ``constructed-``). ``--scenes`` names moments of ``tests/helpers/scenes.py``, ``all`` takes every one. Runs
offscreen where there is no display; every scale is a process of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

PAGES = ("home", "start", "inspect", "recommend", "benchmark", "report", "paste", "watch", "compare")


def main() -> int:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--report", type=Path, help="a saved report to show instead of a constructed run")
    parser.add_argument("--pages", nargs="*", default=PAGES)
    parser.add_argument("--scenes", nargs="*", default=(), help="moments in between, such as benchmark-running, or all")
    parser.add_argument("--size", default="1360x900")
    parser.add_argument("--looks", nargs="*", default=("en-light", "en-dark", "zh-light", "zh-dark"))
    parser.add_argument("--replay", type=float, help="take the benchmark step while this share of the run is replayed")
    parser.add_argument(
        "--plain-names", action="store_true", help="benchmark.png instead of run-benchmark-en-light-100.png"
    )
    parser.add_argument("--text", type=float, default=1.0)
    parser.add_argument("--scales", nargs="*", default=("1", "1.5"), help="device pixels for one pixel")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    if len(wanted.scales) > 1:
        return max(_at_scale(scale) for scale in wanted.scales)
    wanted.scale = wanted.scales[0]
    os.environ["QT_SCALE_FACTOR"] = wanted.scale
    return _take_all(wanted)


def _at_scale(scale: str) -> int:
    """Run this command again for one scale: Qt reads it once, at its start."""
    return subprocess.run([sys.executable, *sys.argv, "--scales", scale], check=False).returncode


def _take_all(wanted: argparse.Namespace) -> int:
    from gpuproof.gui.main import main as open_window

    with tempfile.TemporaryDirectory() as folder:
        os.environ["GPUPROOF_DATA_DIR"] = folder
        return open_window("en", preferences_file=Path(folder) / "app.ini",
                           when_open=lambda window: Camera(window, wanted, Path(folder)).begin())  # fmt: skip


class Camera:
    """Goes through the looks and pages, one per turn of the event loop."""

    def __init__(self, window: Any, wanted: argparse.Namespace, folder: Path) -> None:
        from helpers.scenes import SCENES
        from PySide6.QtCore import QTimer

        self.window, self.wanted, self.folder = window, wanted, folder
        scenes = tuple(SCENES) if "all" in wanted.scenes else tuple(wanted.scenes)
        self.shots = [(*look.split("-"), page) for look in wanted.looks for page in (*wanted.pages, *scenes)]
        self.timer = QTimer(window)
        self.timer.timeout.connect(self.step)
        self.is_ready = self.is_replaying = self.was_idle = False

    def begin(self) -> None:
        """Show the run, then take pictures."""
        self.window._context.preferences.text_scale = self.wanted.text
        self.window.window().resize(*(int(part) for part in self.wanted.size.split("x")))
        self.window._camera = self
        if self.wanted.report is not None:
            self.window.open_report_file(self.wanted.report)
        else:
            self._construct()
        self.timer.start(400)

    def step(self) -> None:
        """Set the next look, or take the picture of the one that was set."""
        if not self.shots:
            self.timer.stop()
            self.window.close()
            return
        language, look, page = self.shots[0]
        if not self.is_ready:
            self._set(language, look, page)
            self.is_ready = True
            if page == "benchmark" and self.wanted.replay is not None:
                self._replay()
            return
        if self.is_replaying or not self.window._context.background.is_idle:
            self.was_idle = False
            return
        if not self.was_idle:  # what came back is shown first
            self.was_idle = True
            return
        self.was_idle = False
        self.is_ready = False
        self.shots.pop(0)
        self._take(language, look, page)

    def _take(self, language: str, look: str, page: str) -> None:
        kind = "run" if self.wanted.report is not None else "constructed"
        name = (
            page
            if self.wanted.plain_names
            else f"{kind}-{page}-{language}-{look}-{round(float(self.wanted.scale) * 100)}"
        )
        self.window.window().grab().save(str(self.wanted.out / f"{name}.png"))

    def _replay(self) -> None:
        """Play the run eight times as fast, and let the picture be taken when its share is reached."""
        check, replay = self.window._wizard.check, self.window._wizard.replay
        replay.start(8.0)
        self.is_replaying = True

        def look(state: Any) -> None:
            if not self.is_replaying:
                return
            if state.progress is None or state.progress.fraction >= self.wanted.replay:
                replay._timer.stop()
                self.window.page("benchmark").board.draw_all()
                self.is_replaying = False

        check.state_changed.connect(look)

    def _set(self, language: str, look: str, page: str) -> None:
        from gpuproof.gui.style import speech, theme

        if speech.language() != language:
            self.window.switch_language()
        if theme.colours().name != look or abs(theme.scale() - self.wanted.text) > 0.01:
            self.window._context.preferences.look = look
            self.window._apply_look()
        if page == "result" and self.wanted.replay is not None:
            self.window._wizard.replay.start(0.0)
        from helpers.scenes import SCENES

        if page in SCENES:
            SCENES[page](self.window, self.folder)
        else:
            self.window.open_page("benchmark" if page == "result" else page)

    def _construct(self) -> None:
        from helpers.reports import a_report
        from helpers.wizard import a_broken_chain, a_long_result

        from gpuproof.core.report.store import save_report
        from gpuproof.gui.presenters.opened import state_of

        path = save_report(a_report(result=a_long_result(), diagnosis=a_broken_chain()), self.folder / "reports")
        from gpuproof.core.report.store import load_report

        state = replace(state_of(load_report(path), path), is_opened=False)
        assembly = self.window._wizard
        assembly.check.show(state)
        self.window.open_page("benchmark")
        assembly.replay.start(0.0)


if __name__ == "__main__":
    sys.exit(main())
