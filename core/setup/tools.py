"""The installers of a Python environment: pip in its own or our version, uv where it is present."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gpuproof.core.launch.surroundings import is_frozen, quiet_start, without_bundle
from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.words import text

_OLDEST_PIP = (22, 2)  # the first with --dry-run and --report
_PIP_VERSION = re.compile(r"pip (\d+)\.(\d+)")
_MISLEADING = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "__PYVENV_LAUNCHER__")


@dataclass(frozen=True, slots=True)
class Pip:
    """A pip that installs into one environment: the words that start it, and its version."""

    command: tuple[str, ...]
    version: tuple[int, int]


def tool_environment(**changes: str) -> dict[str, str]:
    """Return the environment for pip and uv: the person's own, so that its configuration, mirror and proxy count.

    What would make a tool install elsewhere, see another Python's packages, or ask questions is taken out.
    """
    environment = without_bundle(os.environ, is_frozen=is_frozen())
    for name in _MISLEADING:
        environment.pop(name, None)
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0"}
    environment |= {"PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    return {**environment, **changes}


def pip_for(interpreter: str) -> Pip:
    """Return a pip for an environment: its own when it is new enough, else ours, else the one Python brings along."""
    candidates: list[tuple[str, ...]] = [(interpreter, "-m", "pip")]
    if not is_frozen():
        candidates.append((sys.executable, "-m", "pip", "--python", interpreter))
    bundled = _bundled_pip(interpreter)
    if bundled:
        candidates.append((interpreter, bundled))
    for command in candidates:
        version = _own_pip_version() if "--python" in command else _pip_version(command)
        if version is not None and version >= _OLDEST_PIP:
            return Pip(command, version)
    raise CouldNotFinish(
        text("No usable pip was found for {interpreter}.", interpreter=interpreter),
        text("Install pip 22.2 or newer there, for example with `{command}`.", command=f"{interpreter} -m ensurepip"),
    )


def find_uv() -> str | None:
    """Return the uv program: beside this Python, or on the PATH."""
    beside = Path(sys.executable).parent / ("uv.exe" if sys.platform == "win32" else "uv")
    return str(beside) if beside.is_file() else shutil.which("uv")


def _pip_version(command: tuple[str, ...]) -> tuple[int, int] | None:
    answer = ask((*command, "--version"))
    match = _PIP_VERSION.search(answer or "")
    return (int(match[1]), int(match[2])) if match else None


@lru_cache(maxsize=1)
def _own_pip_version() -> tuple[int, int] | None:
    return _pip_version((sys.executable, "-m", "pip"))


def _bundled_pip(interpreter: str) -> str | None:
    code = "import ensurepip, glob; print(*glob.glob(ensurepip.__path__[0] + '/_bundled/pip-*.whl'))"
    wheel = (ask((interpreter, "-c", code)) or "").strip()
    return f"{wheel}/pip" if wheel and os.path.isfile(wheel) else None


def ask(command: tuple[str, ...], timeout_s: float = 20.0) -> str | None:
    """Run a short command and return its stdout, None when it failed."""
    try:
        answer = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=False,
            env=tool_environment(),
            **quiet_start(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.decode("utf-8", "replace") if answer.returncode == 0 else None
