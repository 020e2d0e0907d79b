"""Makes a virtual environment in whatever way this machine allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from gpuproof.core.launch.surroundings import is_frozen
from gpuproof.core.setup.running import ToolRun
from gpuproof.core.setup.tools import find_uv


def make_venv(base_interpreter: str, folder: Path, run: Callable[[Sequence[str]], ToolRun]) -> ToolRun:
    """Return the first run that succeeded, else the first that failed, as its words name the real reason.

    Debian's Python has no ensurepip unless python3-venv is installed; then uv, or our own pip, does without.
    """
    first: ToolRun | None = None
    for command in _ways(base_interpreter, str(folder)):
        made = run(command)
        if made.ending != "failed":
            return made
        first = first or made
    assert first is not None
    return first


def _ways(base_interpreter: str, folder: str) -> list[list[str]]:
    ways = [[base_interpreter, "-m", "venv", folder]]
    uv = find_uv()
    if uv is not None:
        ways.append([uv, "venv", "--seed", "--allow-existing", "--python", base_interpreter, folder])
    if not is_frozen():  # a packaged app has no pip that could work for an environment without one
        ways.append([base_interpreter, "-m", "venv", "--without-pip", folder])
    return ways
