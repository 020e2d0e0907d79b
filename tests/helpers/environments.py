"""Folders that look like Python environments, without a Python in them."""

from __future__ import annotations

from pathlib import Path


def make_venv(prefix: Path, *, version: str = "3.11.7", extra: str = "") -> Path:
    """Write a virtual environment's files; returns its folder of packages."""
    minor = ".".join(version.split(".")[:2])
    site = prefix / "lib" / f"python{minor}" / "site-packages"
    site.mkdir(parents=True)
    (prefix / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n{extra}")
    (prefix / "bin").mkdir()
    (prefix / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    (prefix / "bin" / "python").chmod(0o755)
    return site


def add_torch(site: Path, version: str, *, cuda: str = "", hip: str = "", metadata: bool = True) -> Path:
    """Write the files of an installed torch that say what it is."""
    (site / "torch").mkdir(parents=True)
    (site / "torch" / "__init__.py").touch()
    (site / "torch" / "version.py").write_text(
        "from typing import Optional\n"
        f"__version__ = '{version}'\n"
        f"cuda: Optional[str] = {cuda or None!r}\n"
        f"hip: Optional[str] = {hip or None!r}\n"
    )
    if metadata:
        (site / f"torch-{version}.dist-info").mkdir()
    return site
