"""Set-up through the window with real pip and small wheels: mended, undone, cancelled, and closed half way."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.machines import a_machine
from helpers.processes import BEGINNING, run_app
from helpers.setups import interpreter, machine_of, make_environment, recommendation_of, state_of
from helpers.wheels import make_torch, make_wheel, served
from helpers.wizard import Script, a_broken_chain
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gpuproof.core.setup import install
from gpuproof.core.setup.packages import installed_packages
from gpuproof.gui.views.command_box import CommandBox
from gpuproof.gui.views.table import TableView

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are laid out as on Linux and macOS")


@pytest.fixture(autouse=True)
def own_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setattr(install, "find_uv", lambda: None)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    wheels = tmp_path_factory.mktemp("wheels")
    make_torch(wheels, "2.13.0+cpu", requires=("helper>=1",))
    make_torch(wheels, "2.12.0+cpu")
    make_wheel(wheels, "helper", "1.0")
    with served(wheels, tmp_path_factory.mktemp("index")) as url:
        yield url


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """An environment whose torch is broken: it computes wrongly."""
    wheels = tmp_path / "broken"
    make_torch(wheels, "2.12.0+cpu", one="3")
    return make_environment(tmp_path / "venv", wheels, "torch==2.12.0+cpu")


@pytest.fixture
def at_recommend(open_window: Any, qtbot: Any, venv: Path, index: str) -> Any:
    """The window after the inspection of that environment."""
    script = Script(machine=a_machine(python=machine_of(venv).python), diagnosis=a_broken_chain(),
                    recommendation=recommendation_of(index))  # fmt: skip
    opened = open_window(script)
    start = opened.window.page("start")
    opened.window.open_page("start")
    start.environment.setEditText(f"python:{interpreter(venv)}")
    _click(start.start_button)
    qtbot.waitUntil(lambda: not opened.assembly.check.state.is_busy)
    opened.window.open_page("recommend")
    return opened


def _click(button: Any) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_broken_environment_is_mended_and_put_back(at_recommend: Any, qtbot: Any, venv: Path) -> None:
    before = state_of(venv)
    card, presenter = at_recommend.window.page("recommend").set_up, at_recommend.assembly.set_up
    _click(card.plan_button)
    qtbot.waitUntil(lambda: not presenter.state.is_busy, timeout=30_000)
    assert presenter.state.phase == "planned", presenter.state.problem
    commands = "\n".join(box.command() for box in card.findChildren(CommandBox))
    assert "torch==2.13.0+cpu" in commands
    assert state_of(venv) == before
    _click(card.apply_button)
    assert card.running.isVisible()
    qtbot.waitUntil(lambda: not presenter.state.is_busy, timeout=60_000)
    assert card.banner.title() == "Set up and tried"
    assert "torch-2.13.0+cpu" in card._log.toPlainText()
    assert installed_packages(venv)["torch"] == "2.13.0+cpu"
    assert card.inspect_button.isVisible()
    _click(card.undo_button)
    qtbot.waitUntil(lambda: not presenter.state.is_busy, timeout=60_000)
    assert card.banner.title() == "Everything is as it was"
    assert state_of(venv) == before


def test_a_plan_that_is_not_wanted_changes_nothing(at_recommend: Any, qtbot: Any, venv: Path) -> None:
    before = state_of(venv)
    card, presenter = at_recommend.window.page("recommend").set_up, at_recommend.assembly.set_up
    _click(card.plan_button)
    qtbot.waitUntil(lambda: presenter.state.phase == "planned", timeout=30_000)
    shown = [model.data(model.index(row, column)) for model in (card.findChildren(TableView)[0].words,)
             for row in range(model.rowCount()) for column in range(3)]  # fmt: skip
    assert shown == ["torch", "2.12.0+cpu", "2.13.0+cpu", "helper", "–", "1.0"]
    _click(card.drop_button)
    assert presenter.state.phase == "idle"
    assert card.plan_button.isVisible()
    assert state_of(venv) == before


def test_another_environment_begins_anew_at_the_top(at_recommend: Any, qtbot: Any, tmp_path: Path) -> None:
    window, presenter = at_recommend.window, at_recommend.assembly.set_up
    _click(window.page("recommend").set_up.plan_button)
    qtbot.waitUntil(lambda: presenter.state.phase == "planned", timeout=30_000)
    bar = window.page("recommend").scroll_area.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 0
    start = window.page("start")
    start.environment.setEditText(f"python:{sys.executable}")
    window.open_page("start")
    _click(start.start_button)
    qtbot.waitUntil(lambda: not at_recommend.assembly.check.state.is_busy)
    assert presenter.state.phase == "idle"
    assert bar.value() == 0


def test_a_set_up_that_is_cancelled_leaves_everything_as_it_was(at_recommend: Any, qtbot: Any, venv: Path) -> None:
    before = state_of(venv)
    card, presenter = at_recommend.window.page("recommend").set_up, at_recommend.assembly.set_up
    _click(card.plan_button)
    qtbot.waitUntil(lambda: presenter.state.phase == "planned", timeout=30_000)
    _click(card.apply_button)
    qtbot.waitUntil(lambda: bool(presenter.state.lines), timeout=30_000)
    QTest.keyClick(at_recommend.window, Qt.Key.Key_Escape)
    qtbot.waitUntil(card.running.yes_button.isVisible)
    _click(card.running.yes_button)
    qtbot.waitUntil(lambda: not presenter.state.is_busy, timeout=60_000)
    assert card.banner.title() == "Not set up; everything is as it was"
    assert state_of(venv) == before


def test_closing_in_the_middle_of_a_set_up_puts_everything_back(tmp_path: Path, venv: Path, index: str) -> None:
    before = state_of(venv)
    done = run_app(
        BEGINNING
        + """
import psutil
from helpers.machines import a_machine
from helpers.setups import machine_of, interpreter, recommendation_of
from gpuproof.core.checkup import CheckupState
from gpuproof.core.launch.model import Target
venv, index = Path(sys.argv[2]), sys.argv[3]
core = CheckupState(target=Target("python", interpreter(venv)), machine=a_machine(python=machine_of(venv).python),
                    recommendation=recommendation_of(index))
seen = []
def when_open(window):
    window.open_page("recommend")
    set_up = window._wizard.set_up
    set_up.plan(core)
    def look():
        if set_up.state.phase == "planned":
            set_up.apply()
        elif set_up.state.phase == "applying" and set_up.state.lines and not seen:
            seen.extend(psutil.Process().children(recursive=True))
            window.close()
        elif not set_up.state.is_busy and not seen:
            print("ended early", set_up.state)
            window.close()
    timer = QTimer(window); timer.timeout.connect(look); timer.start(20)
code = main("en", preferences_file=folder / "app.ini", when_open=when_open)
print("code", code, "left", [one for one in psutil.Process().children(recursive=True) if one.is_running()])
""",
        tmp_path,
        str(venv),
        index,
    )
    assert (done.stdout, done.stderr) == ("code 0 left []\n", "")
    assert state_of(venv) == before
