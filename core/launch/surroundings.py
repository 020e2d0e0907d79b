"""The environment and folder that a child is started in, cleaned of what belongs to this process alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from gpuproof.core.launch.process_tree import MARK_VARIABLE

# a frozen app (PyInstaller) points these at its own libraries and keeps the person's value under NAME_ORIG
_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH", "LIBPATH")
_KEPT_WITHOUT_ORIGINAL = ("PATH", "LD_PRELOAD", "SSL_CERT_FILE", "SSL_CERT_DIR")
_OF_OUR_APP_ONLY = (
    "QT_PLUGIN_PATH",
    "QML2_IMPORT_PATH",
    "_MEIPASS2",
    "_PYI_APPLICATION_HOME_DIR",
    "__PYVENV_LAUNCHER__",
)


def child_environment(mark: str, changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Return the environment of an agent: the person's own, marked, with a safe path, writing no byte code.

    ``PYTHONSAFEPATH`` is what ``-P`` is, and older Pythons ignore it. ``changes`` come last; None removes a variable.
    """
    environment = without_bundle(os.environ, is_frozen=is_frozen())
    environment[MARK_VARIABLE] = mark
    environment["PYTHONSAFEPATH"] = "1"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    for name, value in (changes or {}).items():
        if value is None:
            environment.pop(name, None)
        else:
            environment[name] = value
    return environment


def without_bundle(environment: Mapping[str, str], *, is_frozen: bool) -> dict[str, str]:
    """Give back the variables that a frozen app changed for itself; a plain Python changes none."""
    cleaned = dict(environment)
    if not is_frozen:
        return cleaned
    for name in (*_LIBRARY_PATHS, *_KEPT_WITHOUT_ORIGINAL):
        original = cleaned.pop(f"{name}_ORIG", None)
        if original is not None:
            cleaned[name] = original
        elif name in _LIBRARY_PATHS:
            cleaned.pop(name, None)
    for name in _OF_OUR_APP_ONLY:
        cleaned.pop(name, None)
    return cleaned


def is_frozen() -> bool:
    """Tell whether this process is a packaged app, whose executable is no Python interpreter."""
    return bool(getattr(sys, "frozen", False))


def quiet_start() -> dict[str, Any]:
    """Return the Popen arguments that keep a child apart: no console window, no shared Ctrl+C."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
