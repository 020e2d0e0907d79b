"""A virtual environment is made in whatever way the machine allows."""

from pathlib import Path

import pytest

from gpuproof.core.setup import venvs
from gpuproof.core.setup.running import ToolRun
from gpuproof.core.setup.venvs import make_venv


def tried(monkeypatch, works, *, uv="/usr/bin/uv", frozen=False):
    """Make one on a machine where only a way with these words works; returns the run and the words of every try."""
    monkeypatch.setattr(venvs, "find_uv", lambda: uv)
    monkeypatch.setattr(venvs, "is_frozen", lambda: frozen)
    commands = []

    def run(command):
        commands.append(" ".join(command))
        is_good = works is not None and works in commands[-1]
        return ToolRun(ending="done" if is_good else "failed", tail=(f"Error {len(commands)}",))

    return make_venv("/usr/bin/python3", Path("/v"), run), commands


@pytest.mark.parametrize(("works", "count"), [("-m venv /v", 1), ("uv venv --seed", 2), ("--without-pip", 3)])
def test_the_first_way_that_works_is_taken(monkeypatch, works, count):
    run, commands = tried(monkeypatch, works)
    assert run.ending == "done"
    assert len(commands) == count


def test_where_no_way_works_the_first_reason_is_told(monkeypatch):
    run, commands = tried(monkeypatch, None)
    assert run.last_error == "Error 1"
    assert len(commands) == 3


def test_without_uv_and_pip_only_one_way_is_left(monkeypatch):
    _, commands = tried(monkeypatch, None, uv=None, frozen=True)
    assert commands == ["/usr/bin/python3 -m venv /v"]


def test_a_cancel_is_not_tried_again(monkeypatch):
    monkeypatch.setattr(venvs, "find_uv", lambda: "/usr/bin/uv")
    runs = []

    def run(command):
        runs.append(command)
        return ToolRun(ending="cancelled")

    assert make_venv("/usr/bin/python3", Path("/v"), run).ending == "cancelled"
    assert len(runs) == 1
