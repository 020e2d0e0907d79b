"""Keeps the agent's byte code beside its source, as Python does for every module that it imports itself.

An agent writes nothing where it runs, so its modules would be compiled anew at every start: 20 to 50 ms. This is done
in our own package alone, by the Python that runs it, and only where Python may write byte code at all.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

_LEFT_OUT = "workload"  # loaded by benchmarks alone, which take seconds


def keep_bytecode(folder: Path, *further: str) -> int:
    """Compile what has no byte code yet, or older one; returns how many files were compiled."""
    if sys.dont_write_bytecode or not os.access(folder, os.W_OK):
        return 0
    paths = [path for path in folder.rglob("*.py") if _LEFT_OUT not in path.parts]
    return sum(map(_compiled, [*paths, *map(Path, further)]))


def _compiled(path: Path) -> bool:
    kept = importlib.util.cache_from_source(str(path))
    if _time_of(kept) >= _time_of(str(path)):
        return False
    import py_compile  # seldom needed

    try:
        py_compile.compile(str(path), doraise=True)
    except (OSError, py_compile.PyCompileError):
        return False  # it is compiled when it is needed, as before
    return True


def _time_of(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
