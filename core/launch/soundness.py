"""Whether an environment can still work, by its files alone: a link that leads somewhere does not make it whole."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from gpuproof.core.launch.environment_files import python_version, site_packages, venv_settings
from gpuproof.core.words import Text, text

_IN_NAME = re.compile(r"python(\d\.\d{1,2})t?(?:\.exe)?\Z", re.IGNORECASE)


def trouble_of(prefix: Path, interpreter: Path) -> Text | None:
    """Say why an environment cannot work, None when nothing speaks against it."""
    if not interpreter.exists():
        return text("broken: its interpreter is gone")
    if not _is_program(interpreter):
        return text("broken: its interpreter is no program that can be started")
    settings = venv_settings(prefix)
    if not settings:
        return None
    home = settings.get("home", "")
    if home and not os.path.isdir(home):
        return text("broken: the Python that it was made from is gone ({folder})", folder=home)
    made_for, now = _short(python_version(prefix)), _version_of(interpreter, prefix)
    if made_for and now and made_for != now:
        return text(
            "broken: it was made for Python {made_for}, and its interpreter is Python {now}", made_for=made_for, now=now
        )
    if not site_packages(prefix):
        return text("broken: its folder of packages is gone")
    return None


def _is_program(interpreter: Path) -> bool:
    try:
        return interpreter.is_file() and interpreter.stat().st_size > 0 and os.access(interpreter, os.X_OK)
    except OSError:
        return False


def _short(version: str) -> str:
    return ".".join(version.split(".")[:2]).rstrip("t")


def _version_of(interpreter: Path, prefix: Path) -> str:
    """Return 3.12 for a link that ends at /usr/bin/python3.12, else what the files around the real one say."""
    real = Path(os.path.realpath(interpreter))
    named = _IN_NAME.match(real.name)
    if named:
        return named[1]
    folder = real.parent if sys.platform == "win32" else real.parent.parent
    return "" if folder == Path(os.path.realpath(prefix)) else _short(python_version(folder))
