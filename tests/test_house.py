"""What holds for the whole repository: sizes, packages, and nothing that does not belong in it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(path for top in ("core", "gui", "gpuproof") for path in (ROOT / top).rglob("*.py"))
MODULE_LINES, FUNCTION_LINES = 300, 40


def _tracked_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode != 0:
        pytest.skip("not a git clone")
    return [ROOT / name for name in listing.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_module_is_longer_than_its_limit() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_is_longer_than_its_limit() -> None:
    too_long = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    too_long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} {lines}")
    assert too_long == []


def test_the_package_list_is_complete() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(settings["tool"]["setuptools"]["packages"])
    found = {"gpuproof", "gpuproof.docs"}
    for top in ("core", "gui", "assets"):
        for init in (ROOT / top).rglob("__init__.py"):
            found.add("gpuproof." + ".".join(init.parent.relative_to(ROOT).parts))
    assert listed == found


def test_packaging_folder_is_no_package() -> None:
    """An ``__init__.py`` there would shadow the library ``packaging`` in a clone."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_importing_the_whole_core_loads_neither_qt_nor_torch_nor_nvml() -> None:
    modules = [
        "gpuproof." + ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in SOURCES
        if path.is_relative_to(ROOT / "core") and "agent" not in path.parts and path.name != "__init__.py"
    ]
    code = (
        "import importlib, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'PySide6', 'pyqtgraph', 'torch', 'pynvml'}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


@pytest.mark.skipif(os.name == "nt", reason="the message shows on any system; one is enough")
def test_the_agent_refuses_an_old_python_in_words() -> None:
    start = (ROOT / "core" / "agent" / "start" / "start_agent.py").read_text(encoding="utf-8")
    assert "f'" not in start
    assert 'f"' not in start


def test_nothing_tracked_names_a_machine_path_or_a_registry_host() -> None:
    forbidden = re.compile(rb"/work/(main|shared)|/tmp/board|/root/\.pyenv|pypi-more|h-seed")
    own = Path(__file__).resolve()
    hits = [
        f"{path.relative_to(ROOT)}: {match.group().decode()}"
        for path in _tracked_files()
        if path.resolve() != own and path.suffix not in {".png", ".ico"}
        for match in [forbidden.search(path.read_bytes())]
        if match
    ]
    assert hits == []
