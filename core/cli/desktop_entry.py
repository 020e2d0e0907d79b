"""``gpuproof --install-desktop-entry``: puts a pip-installed gpuproof into the desktop's menu, for this user only."""

from __future__ import annotations

import os
import shutil
import sys
from importlib import resources
from pathlib import Path

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.words import text

_NAME = "io.github.gpuproof.gpuproof"
_ENTRY = """[Desktop Entry]
Type=Application
Version=1.5
Name=gpuproof
GenericName=GPU check
GenericName[zh_CN]=显卡检查
Comment=Proves that your GPU is doing the work, and makes it so when it is not
Comment[zh_CN]=证明显卡在干活；如果没有，帮你修好
Exec={command} open %f
Icon={name}
Terminal=false
Categories=System;Utility;
MimeType=application/x-gpuproof;
"""
_MIME = """<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/x-gpuproof"><comment>gpuproof case</comment><glob pattern="*.gpuproof"/></mime-type>
</mime-info>
"""


def install_desktop_entry(terminal: Terminal) -> int:
    """Write entry, icon and file type under the user's data folder; running it again replaces them."""
    if not sys.platform.startswith("linux"):
        raise UserProblem(text("A desktop entry exists on Linux only; use the installer on this system."))
    share = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    icon = resources.files("gpuproof.assets").joinpath("icons").joinpath("gpuproof.svg").read_text(encoding="utf-8")
    files = {
        share / "applications" / f"{_NAME}.desktop": _ENTRY.format(command=_command(), name=_NAME),
        share / "icons" / "hicolor" / "scalable" / "apps" / f"{_NAME}.svg": icon,
        share / "mime" / "packages" / f"{_NAME}.xml": _MIME,
    }
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            terminal.say(text("Written: {path}", path=path))
    except OSError as problem:
        raise CouldNotFinish(text("The desktop entry cannot be written: {why}.", why=problem)) from problem
    return 0


def _command() -> str:
    """Return what starts this gpuproof, quoted as desktop entries want it."""
    found = shutil.which("gpuproof")
    words = [found] if found else [sys.executable, "-m", "gpuproof"]
    return " ".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words)
