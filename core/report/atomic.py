"""Writes a whole file or none: a temporary neighbour is filled, synced and renamed."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text


def write_whole(path: Path, data: bytes) -> Path:
    """Write a file so that nobody ever sees half of it; trouble (no space, no permission) is one clear line."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            _write_through(path, data)
        else:
            _write_beside(Path(os.path.realpath(path)), data)
    except OSError as trouble:
        raise UserProblem(
            text(
                "{path} could not be written: {reason}.", path=path, reason=trouble.strerror or type(trouble).__name__
            ),
            text("Name another place, or make room; {size} KiB are needed.", size=-(-len(data) // 1024)),
        ) from None
    return path


def unused(folder: Path, stem: str, suffix: str) -> Path:
    """Return a path in the folder that no file has: ``stem.suffix``, ``stem-2.suffix`` and so on."""
    path, number = folder / f"{stem}{suffix}", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}{suffix}", number + 1
    return path


def _write_through(path: Path, data: bytes) -> None:
    """Write into a device or a pipe, which must never be replaced by a file; a folder raises."""
    with open(path, "wb") as file:
        file.write(data)


def _write_beside(path: Path, data: bytes) -> None:
    """Fill a new neighbour (with the usual permissions), sync and rename it; on trouble it is removed."""
    neighbour = path.parent / f".gpuproof-{secrets.token_hex(8)}.tmp"
    try:
        with open(neighbour, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(neighbour, path)
    except BaseException:
        with contextlib.suppress(OSError):
            neighbour.unlink()
        raise
