"""What `gpuproof targets` says, to people and to programs."""

import io
import json

import pytest

from gpuproof.core.cli.commands import targets as command
from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.launch.discover import PythonEnvironment
from gpuproof.core.launch.environment_files import InstalledTorch
from gpuproof.core.launch.model import Target

FOUND = (
    PythonEnvironment(
        target=Target("self"), interpreter="/v/bin/python", prefix="/v", kind="self", version="3.11.7",
        torch=InstalledTorch(version="2.13.0+cpu"),
    ),
    PythonEnvironment(
        target=Target("python", "/d/python.exe"), interpreter="/d/python.exe", prefix="/d", kind="app", app="comfyui",
        torch=InstalledTorch(version="2.7.1+cu128", cuda="12.8"), trust="downloaded",
    ),
    PythonEnvironment(
        target=Target("python", "/usr/bin/python3.11"), interpreter="/usr/bin/python3.11", prefix="/usr",
        kind="system", version="3.11", is_externally_managed=True,
    ),
)  # fmt: skip


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(command, "find_environments", lambda: FOUND)

    def run(*words):
        terminal = Terminal(out=io.StringIO(), err=io.StringIO())
        return main(["targets", *words], terminal), terminal.out.getvalue()

    return run


def test_people_get_two_lines_each(run):
    code, out = run()
    assert code == 0
    assert (
        "python:/d/python.exe\n    app, comfyui, Python ?, torch 2.7.1+cu128 for CUDA 12.8, a downloaded folder" in out
    )
    assert "self\n    self, Python 3.11.7, torch 2.13.0+cpu without CUDA" in out
    assert "no torch, belongs to the system" in out
    assert "start-up code" in out


def test_programs_get_one_document(run):
    code, out = run("--json")
    found = json.loads(out)["targets"]
    assert code == 0
    assert [entry["target"] for entry in found] == ["self", "python:/d/python.exe", "python:/usr/bin/python3.11"]
    assert found[1]["torch"] == {"version": "2.7.1+cu128", "cuda": "12.8", "other": None}
    assert found[1]["trust"] == "downloaded"
    assert found[2]["torch"] is None
    assert found[2]["externally_managed"] is True


def test_only_those_with_a_torch_when_asked(run):
    _, out = run("--torch-only", "--json")
    assert [entry["target"] for entry in json.loads(out)["targets"]] == ["self", "python:/d/python.exe"]


def test_nothing_found_is_said(monkeypatch):
    monkeypatch.setattr(command, "find_environments", lambda: ())
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    assert main(["targets"], terminal) == 0
    assert terminal.out.getvalue() == "No Python environment was found.\n"
