"""The interpreter that a new environment is made from."""

from __future__ import annotations

import platform
import re
import sys

from gpuproof.core.launch.discover import PythonEnvironment, find_environments
from gpuproof.core.launch.surroundings import is_frozen
from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.words import text

OLDEST = (3, 10)
NEWEST = (3, 14)


def base_interpreter(*, oldest: tuple[int, int] = OLDEST, newest: tuple[int, int] = NEWEST) -> str:
    """Return a Python that current torch wheels are published for: this one, else the newest found that fits."""
    if not is_frozen() and oldest <= sys.version_info[:2] <= newest:
        return sys.executable
    fitting = [e for e in find_environments() if _is_base(e) and oldest <= minor_version(e.version) <= newest]
    if fitting:
        return max(fitting, key=lambda environment: minor_version(environment.version)).interpreter
    raise CouldNotFinish(
        text(
            "No Python from {oldest} to {newest} was found to make an environment from.",
            oldest="{}.{}".format(*oldest),
            newest="{}.{}".format(*newest),
        ),
        text("Install Python {version} from python.org or your system's packages.", version="3.12"),
    )


def minor_version(version: str) -> tuple[int, int]:
    """Return (3, 11) of 3.11.7; (0, 0) when the version is not known."""
    match = re.match(r"(\d+)\.(\d+)", version)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _is_base(environment: PythonEnvironment) -> bool:
    return environment.kind in ("system", "pyenv", "uv", "conda") and environment.may_run_unasked


def platform_key() -> str:
    """Return system and machine as the release table writes them: linux_x86_64, windows_x86_64, macos_arm64."""
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    machine = platform.machine().lower()
    return f"{system}_{'x86_64' if machine in ('amd64', 'x86_64') else machine}"
