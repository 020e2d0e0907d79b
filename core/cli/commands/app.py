"""``gpuproof`` without a command: opens the app, or points to the terminal where no display exists."""

from __future__ import annotations

import os
import sys

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.words import Text, text

# the shared libraries that PySide6 does not bring along, and the Debian package of each
_QT_LIBRARIES = {
    "libEGL.so": "libegl1",
    "libGL.so": "libgl1",
    "libxkbcommon.so": "libxkbcommon0",
    "libfontconfig.so": "libfontconfig1",
    "libdbus-1.so": "libdbus-1-3",
    "libglib-2.0.so": "libglib2.0-0",
    "libxcb-cursor.so": "libxcb-cursor0",
}


def open_app(terminal: Terminal) -> int:
    """Open the window and return its exit code; 3 when there is no display or Qt cannot load."""
    if not has_display():
        terminal.progress(text("There is no display here. The same check runs in the terminal: gpuproof check"))
        return 3
    try:
        from gpuproof.gui.main import main
    except ImportError as problem:
        terminal.progress(text("Qt cannot load: {problem}", problem=problem))
        terminal.progress(qt_remedy(str(problem)))
        return 3
    return main(language=terminal.language)


def has_display() -> bool:
    """Tell whether a window can be opened; an explicit offscreen platform counts as one."""
    if sys.platform in ("win32", "darwin"):
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    if platform in ("offscreen", "minimal", "vnc", "linuxfb", "eglfs"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def qt_remedy(problem: str) -> Text:
    """Return the one system-package line that mends a Qt that does not load, as far as the message tells."""
    for library, package in _QT_LIBRARIES.items():
        if library in problem:
            return text("Debian/Ubuntu: sudo apt-get install {package}", package=package)
    return text("Install PySide6 again: pip install --force-reinstall PySide6-Essentials")
