"""The Python that ``python3`` means to the person: what ``self`` stands for in a packaged app, which holds none.

An activated environment stands first on the PATH. Its ``VIRTUAL_ENV`` cannot be asked there: PyInstaller's start
(``pyiboot01_bootstrap``) removes that variable.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gpuproof.core.launch.trust import trust_of


def usual_python(search_path: str | None = None) -> Path | None:
    """Return the first interpreter on the PATH that lies where only this person or the system can have put it.

    Folders that are not absolute, the working folder and the store's stand-ins on Windows are passed over.
    """
    names = ("python.exe",) if sys.platform == "win32" else ("python3", "python")
    here = os.path.realpath(os.curdir)
    for folder in (os.environ.get("PATH", "") if search_path is None else search_path).split(os.pathsep):
        if not os.path.isabs(folder) or os.path.realpath(folder) == here or "WindowsApps" in folder:
            continue
        for name in names:
            interpreter = Path(folder) / name
            if os.access(interpreter, os.X_OK) and interpreter.is_file():
                is_trusted = trust_of(prefix_of(interpreter), interpreter) == "trusted"
                return interpreter if is_trusted else None
    return None


def prefix_of(interpreter: Path) -> Path:
    """Return the folder of the environment that an interpreter belongs to."""
    return interpreter.parent.parent if interpreter.parent.name in ("bin", "Scripts") else interpreter.parent


def active_environment() -> Path | None:
    """Return the folder of the virtual environment whose Python stands first on the PATH."""
    interpreter = usual_python()
    prefix = prefix_of(interpreter) if interpreter is not None else None
    return prefix if prefix is not None and (prefix / "pyvenv.cfg").is_file() else None
