"""What an environment's files say about it: nothing is started or imported.

``pyvenv.cfg`` holds lines such as ``version = 3.11.7``; torch writes ``cuda: Optional[str] = '13.0'`` into its
``version.py``, and every installed distribution leaves a folder such as ``torch-2.13.0+cpu.dist-info``.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

_DIST_INFO = re.compile(r"torch-(?P<version>\d[\w.+!]*)\.(?:dist|egg)-info\Z", re.IGNORECASE)
_VERSION_LINE = re.compile(r"^(__version__|cuda|hip|xpu)\b[^=\n]*=\s*['\"]([^'\"\n]{1,60})['\"]", re.MULTILINE)
_SOME_PYTHON = re.compile(r"python(\d)\.?(\d{1,2})(t?)(?:\._pth|\.dll|\.zip)?\Z", re.IGNORECASE)
_LARGEST_BYTES = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledTorch:
    """A torch as its files say. ``cuda`` is the runtime inside the build; empty: built without CUDA."""

    version: str
    cuda: str = ""
    other: str = ""  # "rocm 6.4", "xpu 20250301"
    folder: str = ""


def read_small(file: Path) -> str:
    """Return a small text file's content; empty when it is absent, unreadable or far too large."""
    try:
        with file.open("rb") as stream:
            return stream.read(_LARGEST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def venv_settings(prefix: Path) -> dict[str, str]:
    """Return the settings in ``pyvenv.cfg``; empty when the folder is no virtual environment."""
    lines = read_small(prefix / "pyvenv.cfg").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def python_version(prefix: Path) -> str:
    """Return the Python version of an environment, as exact as its files say: 3.11.7, or 3.11; empty if unknown."""
    settings = venv_settings(prefix)
    stated = settings.get("version_info") or settings.get("version", "")
    if re.match(r"\d+\.\d+", stated):
        return ".".join(stated.split(".")[:3])
    for entry in _names(prefix / "conda-meta"):
        found = re.match(r"python-(\d+\.\d+\.\d+)-", entry)
        if found:
            return found[1]
    return _version_by_folders(prefix)


def site_packages(prefix: Path) -> tuple[Path, ...]:
    """Return the folders in which an environment keeps its packages."""
    found = [prefix / "Lib" / "site-packages"]
    for library in ("lib", "lib64"):
        for entry in _names(prefix / library):
            if entry.startswith(("python", "pypy")):
                found += [prefix / library / entry / "site-packages", prefix / library / entry / "dist-packages"]
    unique = {os.path.realpath(folder): folder for folder in found if folder.is_dir()}
    return tuple(unique.values())


def user_packages(home: Path, version: str) -> tuple[Path, ...]:
    """Return the folder of ``pip install --user`` for a Python version such as 3.11, where it exists."""
    if sys.platform == "win32":
        folder = home / "AppData" / "Roaming" / "Python" / f"Python{version.replace('.', '')}" / "site-packages"
    elif sys.platform == "darwin":
        folder = home / "Library" / "Python" / version / "lib" / "python" / "site-packages"
    else:
        folder = home / ".local" / "lib" / f"python{version}" / "site-packages"
    return (folder,) if folder.is_dir() else ()


def installed_torch(folders: tuple[Path, ...]) -> InstalledTorch | None:
    """Return the first torch in these folders; the files of the package itself count more than its metadata."""
    for folder in folders:
        stated = next((m["version"] for m in map(_DIST_INFO.match, _names(folder)) if m), "")
        has_files = (folder / "torch" / "__init__.py").is_file()
        if has_files or (stated and (folder / "torch").is_dir()):
            found = dict(_VERSION_LINE.findall(read_small(folder / "torch" / "version.py")))
            other = next((f"{kind} {found[kind]}" for kind in ("hip", "xpu") if kind in found), "")
            return InstalledTorch(
                version=str(found.get("__version__") or stated),
                cuda=found.get("cuda", ""),
                other=other,
                folder=str(folder / "torch"),
            )
    return None


def is_externally_managed(prefix: Path) -> bool:
    """Tell whether the system's package manager owns this Python (the ``EXTERNALLY-MANAGED`` file of PEP 668)."""
    if (prefix / "pyvenv.cfg").is_file():
        return False
    folders = [prefix / "Lib", *(prefix / "lib" / name for name in _names(prefix / "lib") if name.startswith("python"))]
    return any((folder / "EXTERNALLY-MANAGED").is_file() for folder in folders)


def _version_by_folders(prefix: Path) -> str:
    names = [name for folder in ("lib", "lib64", "DLLs", ".", "bin") for name in _names(prefix / folder)]
    versions = {(int(m[1]), int(m[2]), m[3]) for m in map(_SOME_PYTHON.match, names) if m}
    if len(versions) != 1:
        return ""
    major, minor, free_threaded = versions.pop()
    return f"{major}.{minor}{free_threaded}"


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
