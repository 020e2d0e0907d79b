"""Whether an interpreter lies where only this person or the system can have put it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Literal

from gpuproof.core.launch.model import Target
from gpuproof.core.words import Text, text

Trust = Literal["trusted", "world_writable", "downloaded"]
_DOWNLOAD_FOLDERS = frozenset({"downloads", "download", "下载", "téléchargements", "descargas"})


def trust_of(prefix: Path, interpreter: Path) -> Trust:
    """Judge the place of an environment; one that is not trusted is listed, and never started unasked."""
    if any(part.lower() in _DOWNLOAD_FOLDERS for part in prefix.parts):
        return "downloaded"
    places = {prefix, interpreter.parent, *prefix.parents}
    if sys.platform != "win32" and any(_others_may_write(place) for place in places):
        return "world_writable"
    if _others_may_write_file(interpreter):
        return "world_writable"
    return "trusted"


def choosing_words(target: Target) -> Text | None:
    """Say what choosing a target means when it lies where somebody else may have put it, or cannot work; else None."""
    if target.kind != "python":
        return None
    interpreter = Path(target.name)
    prefix = interpreter.parent.parent if interpreter.parent.name in ("bin", "Scripts") else interpreter.parent
    if (prefix / "pyvenv.cfg").is_file() and interpreter.exists():
        from gpuproof.core.launch.soundness import trouble_of

        trouble = trouble_of(prefix, interpreter)
        if trouble is not None:
            return trouble
    trust = trust_of(prefix, interpreter)
    if trust == "world_writable":
        return text("Others may write to {folder}; the start-up code of its Python is run now.", folder=prefix)
    if trust == "downloaded":
        return text("{folder} was downloaded; the start-up code of its Python is run now.", folder=prefix)
    return None


def _others_may_write(folder: Path) -> bool:
    """Tell whether anybody may add or replace files there; a sticky parent such as /tmp lets others plant a folder."""
    try:
        mode = os.stat(folder).st_mode
    except OSError:
        return False
    return bool(mode & stat.S_IWOTH)


def _others_may_write_file(file: Path) -> bool:
    try:
        return sys.platform != "win32" and bool(os.stat(file).st_mode & stat.S_IWOTH)
    except OSError:
        return False
