"""Why a log cannot be read, in words; what the system says of it stays out of sight."""

from __future__ import annotations

from pathlib import Path

from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

_LOOKED_AT = 2000  # files of a folder, when looking for the newest


def unreadable(path: Path, problem: OSError) -> UserProblem:
    """Return the problem of a file that could not be opened or read."""
    if isinstance(problem, FileNotFoundError):
        return UserProblem(text("There is no file {path}.", path=path), text("Check the path; - reads standard input."))
    if isinstance(problem, IsADirectoryError) or path.is_dir():
        return _folder(path)
    if isinstance(problem, PermissionError):
        return UserProblem(
            text("The file {path} may not be read by this user.", path=path),
            text("Copy it to a place of your own, or run this as a user that may read it."),
        )
    return UserProblem(
        text("The file {path} cannot be read: {reason}.", path=path, reason=problem.strerror or problem),
        text("Give the path of a readable text file."),
    )


def _folder(path: Path) -> UserProblem:
    newest = _newest_log(path)
    if newest is None:
        return UserProblem(text("{path} is a folder, not a log.", path=path), text("Give one file."))
    return UserProblem(
        text("{path} is a folder, not a log.", path=path),
        text("Give one file; the newest log in it: {log}", log=newest),
    )


def _newest_log(folder: Path) -> Path | None:
    try:
        found = [
            (entry.stat().st_mtime, entry)
            for entry, _ in zip(folder.iterdir(), range(_LOOKED_AT), strict=False)
            if entry.name.endswith((".log", ".txt", ".out", ".log.gz")) and entry.is_file()
        ]
    except OSError:
        return None
    return max(found, default=(0.0, None))[1]
