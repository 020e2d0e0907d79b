"""``gpuproof`` without a command: opens the app, or points to the terminal where no display exists."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.words import Language, Text, text

# the shared libraries that PySide6 does not bring along, and the Debian package of each
_QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}


def open_app(terminal: Terminal, file: Path | None = None, language: Language | None = None) -> int:
    """Open the window and return its exit code; 3 when there is no display or Qt cannot load.

    ``language`` None follows the person's choice in the app, then the system.
    """
    if not has_display():
        terminal.progress(text("There is no display here. The same check runs in the terminal: gpuproof check"))
        return 3
    missing = missing_libraries()
    if missing:
        terminal.progress(text("Qt cannot load: {problem}", problem=", ".join(missing)))
        terminal.progress(qt_remedy(" ".join(missing)))
        return 3
    try:
        from gpuproof.gui.main import main
    except ImportError as problem:
        terminal.progress(text("Qt cannot load: {problem}", problem=problem))
        terminal.progress(qt_remedy(str(problem)))
        return 3
    return main(language, file)


def has_display() -> bool:
    """Tell whether a window can be opened; an explicit offscreen platform counts as one."""
    if sys.platform in ("win32", "darwin"):
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    if platform in ("offscreen", "minimal", "vnc", "linuxfb", "eglfs"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def missing_libraries() -> tuple[str, ...]:
    """Return the shared libraries that Qt's X11 window needs and the loader does not find.

    Asked before Qt is: its platform plugin ends the process when one of them is missing.
    """
    if sys.platform != "linux" or not os.environ.get("DISPLAY") or os.environ.get("QT_QPA_PLATFORM"):
        return ()
    return tuple(library for library in _QT_LIBRARIES if not _can_load(library))


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def qt_remedy(problem: str) -> Text:
    """Return the one system-package line that mends a Qt that does not load, as far as the message tells."""
    packages = [package for library, package in _QT_LIBRARIES.items() if library in problem]
    if packages:
        return text("Debian/Ubuntu: sudo apt-get install {package}", package=" ".join(packages))
    return text("Install PySide6 again: pip install --force-reinstall PySide6-Essentials")
