"""Where environments usually lie, per tool and system, and a bounded walk through the person's own folders."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gpuproof.core.launch.conda import conda_prefixes
from gpuproof.core.launch.places import data_folder

SEARCH_S = 3.0
_DEPTH = 4
_MOST_FOLDERS = 6_000
# portable applications bring a Python in a folder of one of these names
_APP_PYTHONS = ("python_embeded", "python_embedded", "runtime", "python", "system/python", "py39", "py310", "py311")
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "proc", "sys", "dev", "snap", "build", "dist"})
_OF_WINDOWS = frozenset(
    {"windows", "program files", "program files (x86)", "programdata", "users", "perflogs", "recovery", "$recycle.bin"}
)
_HIDDEN_BUT_SEARCHED = frozenset({".venv", ".venvs", ".virtualenvs"})
# what an application's folder is known by: its name, or files that lie in it
_APP_SIGNS: tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...] = (
    ("comfyui", re.compile(r"comfyui", re.IGNORECASE), ("comfy", "nodes.py")),
    (
        "stable-diffusion-webui",
        re.compile(r"stable-diffusion-webui|sd-?webui|\bsd\.webui", re.IGNORECASE),
        ("webui.py",),
    ),
    ("heygem", re.compile(r"heygem|duix|face2face", re.IGNORECASE), ()),
    ("wav2lip", re.compile(r"wav2lip", re.IGNORECASE), ("wav2lip_train.py",)),
    ("musetalk", re.compile(r"musetalk", re.IGNORECASE), ()),
    ("latentsync", re.compile(r"latentsync", re.IGNORECASE), ()),
    ("sadtalker", re.compile(r"sadtalker", re.IGNORECASE), ()),
    ("liveportrait", re.compile(r"liveportrait", re.IGNORECASE), ()),
    ("facefusion", re.compile(r"facefusion", re.IGNORECASE), ()),
)
_SYSTEM_PYTHON = re.compile(r"python(3\.\d{1,2}t?)?\Z")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A folder that looks like an environment; ``interpreter`` and ``version`` where the place already tells them."""

    prefix: Path
    kind: Literal["self", "gpuproof", "venv", "conda", "pyenv", "uv", "pipx", "system", "app"]
    interpreter: Path | None = None
    version: str = ""


def candidates(home: Path, folder: Path, until: float) -> Iterator[Candidate]:
    """Yield candidates, the likeliest places first; the walk through folders ends at the given monotonic time."""
    yield Candidate(data_folder() / "bench-environment", "gpuproof")
    active = os.environ.get("VIRTUAL_ENV")
    if active:
        yield Candidate(Path(active), "venv")
    yield from _of_tools(home)
    yield from (Candidate(prefix, "conda") for prefix in conda_prefixes(home))
    yield from _system_pythons()
    for root in (folder, *list(folder.parents)[:2], home, *_application_roots(home)):
        if root != Path(root.anchor):
            yield from _walk(root, until)


def applications_of(prefix: Path) -> str:
    """Return the known application in whose folder an environment lies, else empty."""
    for place in (prefix, *list(prefix.parents)[:3]):
        for app, name, files in _APP_SIGNS:
            if name.search(place.name) or (files and all((place / file).exists() for file in files)):
                return app
    return ""


def _of_tools(home: Path) -> Iterator[Candidate]:
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    roaming = Path(os.environ["APPDATA"]) if "APPDATA" in os.environ else None
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    yield from (Candidate(entry, "pyenv", version=_as_version(entry.name)) for entry in _folders(pyenv))
    yield from (Candidate(entry, "venv") for version in _folders(pyenv) for entry in _folders(version / "envs"))
    for root in (data, roaming):
        if root is not None:
            yield from (Candidate(entry, "uv") for entry in _folders(root / "uv" / "python"))
            yield from (Candidate(entry, "uv") for entry in _folders(root / "uv" / "tools"))
    for root in (data / "pipx" / "venvs", home / ".local" / "pipx" / "venvs", home / "pipx" / "venvs"):
        yield from (Candidate(entry, "pipx") for entry in _folders(root))
    for root in (
        home / ".virtualenvs",
        data / "virtualenvs",
        home / ".cache" / "pypoetry" / "virtualenvs",
        home / "Library" / "Caches" / "pypoetry" / "virtualenvs",
        home / "AppData" / "Local" / "pypoetry" / "Cache" / "virtualenvs",
    ):
        yield from (Candidate(entry, "venv") for entry in _folders(root))


def _system_pythons() -> Iterator[Candidate]:
    if sys.platform == "win32":
        for variable in ("LOCALAPPDATA", "ProgramFiles"):
            root = Path(os.environ.get(variable, "")) / ("Programs/Python" if variable == "LOCALAPPDATA" else "")
            for entry in _folders(root):
                if re.match(r"Python\d", entry.name):
                    yield Candidate(entry, "system")
        return
    frameworks = Path("/Library/Frameworks/Python.framework/Versions")  # python.org's installer on macOS
    yield from (Candidate(entry, "system") for entry in _folders(frameworks) if re.match(r"3\.\d+", entry.name))
    for root in ("/usr", "/usr/local", "/opt/homebrew"):
        for name in _names(Path(root) / "bin"):
            match = _SYSTEM_PYTHON.match(name)
            if match and match[1]:
                yield Candidate(Path(root), "system", Path(root) / "bin" / name, version=match[1])


def _application_roots(home: Path) -> Iterator[Path]:
    yield from (home / name for name in ("Desktop", "Documents", "Downloads", "下载", "桌面", "apps", "projects"))
    if sys.platform == "win32":
        for letter in "CDEFG":
            yield from (entry for entry in _folders(Path(f"{letter}:\\")) if entry.name.lower() not in _OF_WINDOWS)
    else:
        yield from (Path(root) for root in ("/opt", "/srv", "/workspace", "/app", "/data"))


def _walk(root: Path, until: float) -> Iterator[Candidate]:
    level, seen = [root], 0
    for _ in range(_DEPTH + 1):
        following: list[Path] = []
        for place in level:
            seen += 1
            if seen > _MOST_FOLDERS or time.monotonic() > until:
                return
            names = _entries(place)
            if "pyvenv.cfg" in names:
                yield Candidate(place, "venv")
                continue
            yield from _portable(place, names)
            following += [place / name for name, is_folder in names.items() if is_folder and _is_searched(name)]
        level = following


def _portable(place: Path, names: dict[str, bool]) -> Iterator[Candidate]:
    for name in _APP_PYTHONS:
        if names.get(name.split("/")[0]):
            for interpreter in ("python.exe", "bin/python3"):
                if (place / name / interpreter).is_file():
                    yield Candidate(place / name, "app", place / name / interpreter)


def _is_searched(name: str) -> bool:
    return name in _HIDDEN_BUT_SEARCHED or not (name.startswith((".", "$")) or name in _SKIPPED)


def _entries(folder: Path) -> dict[str, bool]:
    """Return the names in a folder and whether each is a folder; links are not followed: they may lead in circles."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
    except (OSError, UnicodeEncodeError):  # the second: this locale cannot even name the folder
        return {}


def _folders(parent: Path) -> list[Path]:
    return [parent / name for name, is_folder in sorted(_entries(parent).items()) if is_folder]


def _names(folder: Path) -> list[str]:
    return sorted(_entries(folder))


def _as_version(name: str) -> str:
    return name if re.fullmatch(r"\d+\.\d+\.\d+t?", name) else ""
