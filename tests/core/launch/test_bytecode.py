"""The agent's byte code is kept where Python may keep it, and nowhere else."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from gpuproof.core.launch.bytecode import keep_bytecode


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    for name in ("a.py", "questions/b.py", "workload/c.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    return tmp_path


def kept(path: Path) -> Path:
    return Path(importlib.util.cache_from_source(str(path)))


def test_what_has_none_is_compiled_once(package: Path) -> None:
    assert keep_bytecode(package) == 2
    assert kept(package / "questions" / "b.py").exists()
    assert not kept(package / "workload" / "c.py").exists()
    assert keep_bytecode(package) == 0


def test_a_newer_source_is_compiled_again(package: Path) -> None:
    keep_bytecode(package)
    later = kept(package / "a.py").stat().st_mtime + 10
    os.utime(package / "a.py", (later, later))
    assert keep_bytecode(package) == 1


def test_nothing_is_written_where_python_may_not_write_it(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert keep_bytecode(package) == 0
    assert not kept(package / "a.py").exists()


def test_a_source_that_does_not_compile_is_left_alone(package: Path) -> None:
    (package / "a.py").write_text("def\n")
    further = package / "one.py"
    further.write_text("y = 2\n")
    assert keep_bytecode(package, str(further), str(package / "gone.py")) == 2
