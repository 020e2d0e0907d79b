"""``run.py``: refuses an old Python in words, prepares once, and hands over without delay."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def run_script(tmp_path: Path) -> ModuleType:
    """The script, loaded as if it lay in an empty clone."""
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / "run.py").write_bytes((ROOT / "run.py").read_bytes())
    (clone / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    spec = importlib.util.spec_from_file_location("run_script_under_test", clone / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_uses_the_standard_library_only() -> None:
    names = set()
    for node in ast.walk(ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    assert names - {"__future__"} <= set(sys.stdlib_module_names)


def test_an_old_python_is_refused_in_words(
    run_script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run_script.sys, "version_info", (3, 8, 18))
    assert run_script.main([]) == 2
    assert "Found Python 3.8; gpuproof needs Python 3.10 or newer." in capsys.readouterr().err


def test_a_second_start_installs_nothing(run_script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []

    def pretend_call(command: list[str], **_: object) -> int:
        calls.append(command)
        Path(run_script.BIN).mkdir(parents=True, exist_ok=True)
        Path(run_script.PYTHON).touch()
        return 0

    monkeypatch.setattr(run_script.subprocess, "call", pretend_call)
    assert run_script.prepare("app") == 0
    assert [command[1:3] for command in calls] == [["-m", "venv"], ["-m", "pip"]]
    calls.clear()
    assert run_script.prepare("app") == 0
    assert calls == []


def test_a_changed_project_is_installed_again(run_script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(run_script.subprocess, "call", lambda command, **_: calls.append(command) or 0)
    Path(run_script.BIN).mkdir(parents=True)
    Path(run_script.PYTHON).touch()
    run_script.prepare("app")
    (Path(run_script.ROOT) / "pyproject.toml").write_text("[project]\nname = 'y'\n")
    run_script.prepare("app")
    assert len(calls) == 2


def test_a_failed_installation_says_how_to_repeat_it(
    run_script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(run_script.BIN).mkdir(parents=True)
    Path(run_script.PYTHON).touch()
    monkeypatch.setattr(run_script.subprocess, "call", lambda command, **_: 1)
    assert run_script.prepare("app") == 3
    assert "-m pip install" in capsys.readouterr().err
    assert not list(Path(run_script.VENV).glob("*.stamp"))


def test_it_parses_on_pythons_that_are_too_old() -> None:
    """Only syntax that Python 2.7 knows: no f-strings, annotations or keyword-only arguments."""
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.AsyncFunctionDef, ast.NamedExpr, ast.Nonlocal)
    assert not [node for node in ast.walk(tree) if isinstance(node, newer)]
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not [function.name for function in functions if function.args.kwonlyargs or function.returns]


def test_the_module_form_is_the_same_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gpuproof", "--version"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split()[0], done.stderr) == (0, "gpuproof", "")
