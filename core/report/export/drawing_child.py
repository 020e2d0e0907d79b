"""Runs the drawing child ``gpuproof.gui.paper``: Qt never loads into this process.

A packaged app has no interpreter to start a module with; there a spawned process of its own does the same.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

from gpuproof.core.launch.surroundings import is_frozen

DEADLINE_S = 60.0
_MODULE = "gpuproof.gui.paper.__main__"


def draw_in_child(layout: bytes) -> tuple[int, bytes, str]:
    """Return the child's exit code, what it drew, and what it said when it could not."""
    return _spawned(layout) if is_frozen() else _started(layout)


def _started(layout: bytes) -> tuple[int, bytes, str]:
    with tempfile.TemporaryDirectory(prefix="gpuproof-") as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "gpuproof.gui.paper"],
                input=layout,
                capture_output=True,
                timeout=DEADLINE_S,
                env=_environment(),
                cwd=folder,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as trouble:
            return 1, b"", type(trouble).__name__
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def _spawned(layout: bytes) -> tuple[int, bytes, str]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_draw_and_send, args=(theirs, layout), daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(DEADLINE_S):
            return 1, b"", "TimeoutExpired"
        code, data = ours.recv()
        return code, data if code == 0 else b"", "" if code == 0 else data.decode("utf-8", "replace")
    except EOFError:
        child.join(5)
        return child.exitcode or 1, b"", ""
    finally:
        child.join(5)
        if child.is_alive():
            child.kill()
            child.join()
        ours.close()


def _draw_and_send(pipe: Connection, layout: bytes) -> None:
    """Run in the spawned process. The module is named, not imported: the core knows nothing of the app."""
    os.environ["TZ"] = "UTC"
    pipe.send(importlib.import_module(_MODULE).drawn(layout))
    pipe.close()


def _environment() -> dict[str, str]:
    """Return an environment in which the child finds this same package, and writes no local time zone into the PDF."""
    import gpuproof

    root = str(Path(gpuproof.__file__).resolve().parent.parent)
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{known}" if known else root, "TZ": "UTC"}
