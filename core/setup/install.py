"""Installs exact requirements into one environment, with uv where it can, else with pip, and live progress."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gpuproof.core.setup.resolve import Resolution
from gpuproof.core.setup.running import ToolRun, run_tool
from gpuproof.core.setup.tools import Pip, find_uv
from gpuproof.core.setup.watching import InstallProgress, InstallWatch

OnLine = Callable[[str], None]
OnProgress = Callable[[InstallProgress], None]


def install(
    pip: Pip,
    interpreter: str,
    prefix: Path,
    requirements: Sequence[str],
    *,
    options: Sequence[str] = (),
    resolution: Resolution,
    on_line: OnLine | None = None,
    on_progress: OnProgress | None = None,
    environment: Mapping[str, str] | None = None,
    mark: str = "",
    cancel: threading.Event | None = None,
) -> ToolRun:
    """Return how the installation ended. ``options`` name the source; uv does not read pip's own configuration,
    so without a named source pip does the work, and also where uv finds no solution.
    """
    say = on_line or (lambda line: None)
    uv = find_uv() if "--index-url" in options else None
    with InstallWatch(prefix, resolution, on_progress) as watch:

        def heard(line: str) -> None:
            watch.note_line(line)
            say(line)

        def run(command: Sequence[str]) -> ToolRun:
            say("$ " + " ".join(command))
            variables = {**(environment or {}), **watch.environment}
            return run_tool(command, on_line=heard, on_tick=watch.tick, cancel=cancel, environment=variables, mark=mark)

        if uv is not None:
            ran = run(uv_command(uv, interpreter, requirements, options))
            if ran.ending != "failed":
                return ran
            say("uv could not do it; trying pip")
        return run([*pip.command, "install", *options, *requirements])


def command_of(pip: Pip, interpreter: str, requirements: Sequence[str], options: Sequence[str]) -> list[str]:
    """Return the command that will be tried first."""
    uv = find_uv() if "--index-url" in options else None
    if uv is not None:
        return uv_command(uv, interpreter, requirements, options)
    return [*pip.command, "install", *options, *requirements]


def uv_command(uv: str, interpreter: str, requirements: Sequence[str], options: Sequence[str]) -> list[str]:
    """Return uv's command; copies instead of links, as a cache on another disk, or a cleaned one, must not matter."""
    return [uv, "pip", "install", "--python", interpreter, "--link-mode", "copy", *options, *requirements]
