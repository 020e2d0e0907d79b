"""What is inside the wheel: built once from a copy of the tree, then held against the tree, installed and run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
MOST_BYTES = 3_000_000
pytest.importorskip("setuptools", minversion="77", reason="the build tool is not in this environment")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build without isolation and without a network, in a copy: a build leaves folders behind."""
    folder = tmp_path_factory.mktemp("build")
    for part in ("core", "gui", "assets", "gpuproof", "docs"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    done = subprocess.run(
        [sys.executable, "-c", "from setuptools import build_meta; print(build_meta.build_wheel('dist'))"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder / "dist" / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def names(wheel: Path) -> frozenset[str]:
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


def test_every_file_of_the_product_is_inside(names: frozenset[str]) -> None:
    wanted = set()
    for part in ("core", "gui", "assets"):
        for path in (ROOT / part).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                wanted.add(f"gpuproof/{path.relative_to(ROOT).as_posix()}")
    for pattern in ("*.md", "zh/*.md"):
        wanted |= {
            f"gpuproof/docs/{path.relative_to(ROOT / 'docs').as_posix()}" for path in (ROOT / "docs").glob(pattern)
        }
    wanted |= {"gpuproof/__init__.py", "gpuproof/api.py", "gpuproof/py.typed"}
    assert wanted - names == set()


def test_what_other_interpreters_run_is_inside(names: frozenset[str]) -> None:
    assert "gpuproof/core/agent/start/start_agent.py" in names
    assert "gpuproof/core/agent/start/__init__.py" not in names


def test_nothing_else_is_inside(names: frozenset[str]) -> None:
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"gpuproof"}
    parts = {name.split("/")[1] for name in names if name.startswith("gpuproof/")}
    assert {part for part in parts if not part.endswith((".py", ".typed"))} == {"assets", "core", "docs", "gui"}
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]


def test_it_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size <= MOST_BYTES


def test_the_command_and_the_licence_are_declared(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        info = next(name for name in archive.namelist() if name.endswith(".dist-info/entry_points.txt")).rpartition(
            "/"
        )[0]
        entry_points = archive.read(f"{info}/entry_points.txt").decode()
        assert "gpuproof = gpuproof.core.cli.main:entry" in entry_points
        assert f"{info}/licenses/LICENSE" in archive.namelist()


def test_the_unpacked_wheel_does_its_work(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    paste = tmp_path / "paste.txt"
    paste.write_text("AssertionError: Torch not compiled with CUDA enabled\ntorch 2.4.0+cpu\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "gpuproof", "diagnose", str(paste), "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site"), "GPUPROOF_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert '"cpu_wheel"' in done.stdout, done.stderr
    assert done.returncode == 1
