"""Writes a whole file or none: a temporary neighbour is filled, synced and renamed."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text


def write_whole(path: Path, data: bytes) -> Path:
    """Write a file so that nobody ever sees half of it; trouble (no space, no permission) is one clear line."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_beside(path, data)
    except OSError as trouble:
        raise UserProblem(
            text(
                "{path} could not be written: {reason}.", path=path, reason=trouble.strerror or type(trouble).__name__
            ),
            text("Name another folder with --out, or make room; {size} KiB are needed.", size=-(-len(data) // 1024)),
        ) from None
    return path


def unused(folder: Path, stem: str, suffix: str) -> Path:
    """Return a path in the folder that no file has: ``stem.suffix``, ``stem-2.suffix`` and so on."""
    path, number = folder / f"{stem}{suffix}", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}{suffix}", number + 1
    return path


def _write_beside(path: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".gpuproof-", suffix=".tmp", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
