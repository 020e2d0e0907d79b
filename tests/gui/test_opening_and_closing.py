"""The whole program as a process: it opens, shows, and ends with 0 in the middle of anything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from helpers.processes import BEGINNING, ROOT, run_app
from helpers.reports import a_report

from gpuproof.core.report.store import save_report, save_report_as

JOURNEYS = ("tests/gui/test_wizard.py", "tests/gui/test_other_machines.py")

_OPEN = "sys.exit(main('en', preferences_file=folder / 'app.ini'))"


def _run(script: str, folder: Path, *arguments: str, **more: str) -> Any:
    return run_app(BEGINNING + script, folder, *arguments, **more)


def test_the_window_paints_before_numpy_and_pyqtgraph_load(tmp_path: Path) -> None:
    done = _run(
        """
from gpuproof.gui.shell import Shell
heavy = ("numpy", "pyqtgraph", "msgspec", "jinja2", "psutil", "torch", "pynvml")
class Watched(Shell):
    def paintEvent(self, event):
        print("at paint", sorted(set(heavy) & set(sys.modules)))
        super().paintEvent(event)
import gpuproof.gui.session as session
session.Shell = Watched
code = main("en", preferences_file=folder / "app.ini", when_open=lambda w: QTimer.singleShot(50, w.close))
print("code", code, sorted({"torch", "pynvml"} & set(sys.modules)))
""",
        tmp_path,
    )
    assert done.stdout.splitlines()[0] == "at paint []"
    assert (done.stdout.splitlines()[-1], done.returncode, done.stderr) == ("code 0 []", 0, "")


def test_no_hook_reads_the_source_of_every_module(tmp_path: Path) -> None:
    """PySide's hook keeps megabytes of source text; it would be put in anew by whoever asks for signatures."""
    done = _run(
        """
import builtins, linecache
def when_open(window):
    before = len(linecache.cache)
    window.open_page("benchmark")
    print("feature" in builtins.__import__.__name__, len(linecache.cache) < before + 20, "pyqtgraph" in sys.modules)
    window.close()
main("en", preferences_file=folder / "app.ini", when_open=when_open)
""",
        tmp_path,
    )
    assert (done.stdout, done.stderr) == ("False True True\n", "")


@pytest.mark.parametrize("step", ["inspect", "benchmark"])
def test_closing_in_the_middle_ends_the_work_and_returns_0(tmp_path: Path, step: str) -> None:
    done = _run(
        f"""
from helpers.wizard import Script, a_chain
script = Script(diagnosis=a_chain(), waits_at={step!r})
import gpuproof.gui.context as context
make = context.Context
context.Context = lambda preferences, language: make(preferences, language, script.make)
def when_open(window):
    from gpuproof.core.checkup import CheckupSettings
    check = window._wizard.check
    window._wizard.start_check(CheckupSettings())
    def look():
        if check.state.running == {step!r}:
            window.close()
        elif not check.state.is_busy:
            window.open_page("benchmark")
            check.benchmark()
    timer = QTimer(window); timer.timeout.connect(look); timer.start(30)
code = main("en", preferences_file=folder / "app.ini", when_open=when_open)
print("cancelled", script.made[-1].is_cancelled)
sys.exit(code)
""",
        tmp_path,
    )
    assert (done.stdout, done.returncode, done.stderr) == ("cancelled True\n", 0, "")


def test_the_window_stands_where_it_stood_and_speaks_as_it_spoke(tmp_path: Path) -> None:
    script = """
def when_open(window):
    top = window.window()
    if len(sys.argv) > 2:
        top.resize(920, 700)  # the offscreen screen is small
        window.switch_language(); window.switch_look(); window.next_text_size()
    from gpuproof.gui.style import theme
    print(top.size().toTuple(), window.page("home").title_label().text(), theme.colours().name, theme.scale())
    window.close()
sys.exit(main(None, preferences_file=folder / "app.ini", when_open=when_open))
"""
    first = _run(script, tmp_path, "change", LC_ALL="C.UTF-8")
    second = _run(script, tmp_path, LC_ALL="C.UTF-8")
    assert first.stdout == second.stdout == "(920, 700) 你的 GPU 真的在干活吗？ dark 1.15\n"


def test_the_first_start_follows_the_systems_language_and_look(tmp_path: Path) -> None:
    done = _run(
        """
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from gpuproof.gui.style import theme
def when_open(window):
    changed = QGuiApplication.styleHints().colorSchemeChanged
    print(window.page("home").title_label().text())
    print(theme.colours().name)
    theme.system_theme = lambda: "dark"  # what the system says from now on
    changed.emit(Qt.ColorScheme.Dark)
    print(theme.colours().name)
    window.close()
sys.exit(main(None, preferences_file=folder / "app.ini", when_open=when_open))
""",
        tmp_path,
        LANG="zh_CN.UTF-8",
        LC_ALL="",
        LC_CTYPE="C.UTF-8",
    )
    assert (done.stdout, done.returncode, done.stderr) == ("你的 GPU 真的在干活吗？\nlight\ndark\n", 0, "")


_BEGIN = {
    "inspect": "window._wizard.start_check(settings)",
    "benchmark": "window._wizard.start_check(settings)",
    "watch": "window.open_page('watch'); window._wizard.watch.start(sleeper)",
    "export": "window.open_report_file(folder / 'report.json')",
}
_IS_THERE = {
    "inspect": "check.state.running == 'inspect'",
    "benchmark": "check.state.running == 'benchmark'",
    "watch": "window._wizard.watch.state.is_watching",
    "export": "exports(window)",
}


@pytest.mark.torch
@pytest.mark.parametrize("work", ["inspect", "benchmark", "watch", "export"])
def test_closing_leaves_no_child_of_real_work_behind(tmp_path: Path, work: str) -> None:
    save_report_as(a_report(), tmp_path / "report.json")
    done = _run(
        f"""
import psutil, shlex
from gpuproof.core.checkup import CheckupSettings
from gpuproof.core.launch.model import Target
settings = CheckupSettings(target=Target("self"))
sleeper = shlex.join([sys.executable, "-c", "import time; time.sleep(50)"])
seen = []
def exports(window):
    if window._wizard.check.state.core.report is None:
        return False
    window.open_page("report")
    window._wizard._report_presenter.save_as("pdf", folder / "report.pdf")
    return True
def when_open(window):
    check = window._wizard.check
    {_BEGIN[work]}
    def look():
        if {_IS_THERE[work]}:
            children = psutil.Process().children(recursive=True)
            if children and not seen:
                seen.extend(children)
                QTimer.singleShot(300 if {work!r} != "export" else 10, window.close)
        elif not check.state.is_busy and check.state.core.diagnosis is not None and not seen:
            check.benchmark()
    timer = QTimer(window); timer.timeout.connect(look); timer.start(30)
code = main("en", preferences_file=folder / "app.ini", when_open=when_open)
left = [one for one in (*seen, *psutil.Process().children(recursive=True)) if one.is_running()]
print("children seen", bool(seen), "left", left)
sys.exit(code)
""",
        tmp_path,
    )
    assert (done.stdout, done.returncode, done.stderr) == ("children seen True left []\n", 0, "")


def test_the_window_closes_by_itself_when_packagers_ask_for_it(tmp_path: Path) -> None:
    done = _run("sys.exit(main('en', preferences_file=folder / 'app.ini'))", tmp_path, GPUPROOF_CLOSE_AFTER_S="0.3")
    assert (done.stdout, done.returncode, done.stderr) == ("", 0, "")


def test_a_saved_run_is_replayed_and_the_window_closed_half_way(tmp_path: Path) -> None:
    report = save_report(a_report(), tmp_path)
    done = _run(
        """
def when_open(window):
    def look():
        if window._wizard.check.state.is_replaying:
            print("replaying at", window.page_name)
            window.close()
    timer = QTimer(window); timer.timeout.connect(look); timer.start(50)
sys.exit(main("en", Path(sys.argv[2]), replay=True, preferences_file=folder / "app.ini", when_open=when_open))
""",
        tmp_path,
        str(report),
    )
    assert (done.stdout, done.returncode, done.stderr) == ("replaying at benchmark\n", 0, "")


@pytest.mark.xvfb
@pytest.mark.skipif(not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool")
def test_a_real_window_is_driven_with_real_keys_and_closed(tmp_path: Path) -> None:
    with _XServer(tmp_path) as display:
        environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": display,
                       "GPUPROOF_DATA_DIR": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path)}  # fmt: skip
        app = subprocess.Popen(
            [sys.executable, "-c", BEGINNING + _OPEN, str(tmp_path)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            window = _wait_for_window(environment)
            _wait_for_title(environment, window, "Home")
            _do(environment, "windowfocus", "--sync", window)
            _do(environment, "key", "--window", window, "ctrl+Page_Down")
            _wait_for_title(environment, window, "Start")
            _do(environment, "key", "--window", window, "ctrl+q")
            out, err = app.communicate(timeout=60)
        finally:
            app.kill()
            app.communicate()
    assert (app.returncode, out, err) == (0, "", "")


@pytest.mark.xvfb
@pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs Xvfb")
def test_the_journeys_hold_in_a_real_window_too(tmp_path: Path) -> None:
    """The journeys again, on an X server instead of the offscreen platform."""
    with _XServer(tmp_path) as display:
        environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": display, "XDG_CONFIG_HOME": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n0", *JOURNEYS],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]


class _XServer:
    def __init__(self, folder: Path) -> None:
        self._read, write = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x950x24", "-nolisten", "tcp"],
            pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write)

    def __enter__(self) -> str:
        return ":" + os.read(self._read, 16).decode().strip()

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait(10)
        os.close(self._read)


def _do(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(["xdotool", *words], env=environment, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout.strip()


def _wait_for_title(environment: dict[str, str], window: str, words: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if words in _do(environment, "getwindowname", window):
            return
        time.sleep(0.1)
    raise AssertionError(f"the window never showed {words}")


def _wait_for_window(environment: dict[str, str]) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = _do(environment, "search", "--onlyvisible", "--name", "gpuproof").splitlines()
        if found:
            time.sleep(0.2)
            return found[-1]
        time.sleep(0.1)
    raise AssertionError("no window appeared")
