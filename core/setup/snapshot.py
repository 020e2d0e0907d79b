"""Keeps an environment's files as they are, and puts them back exactly, without network and in any half-done state.

Files are kept by hard links beside the originals: no room is needed, and a package manager that replaces a file
removes its name and leaves the kept one untouched. Files that are rewritten in place are copied. Where the disk knows
no hard links, the files are copied, which needs room.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gpuproof.core.setup.model import Restored
from gpuproof.core.words import Text, text

FOLDER_PREFIX = ".gpuproof-undo-"
_FILES = "files"
_CREATED = "created.json"
# written in place by tools, and small
_COPIED = (".pth", "RECORD", "INSTALLER", "METADATA", "direct_url.json", "REQUESTED", ".egg-link")
_TOP_FOLDERS = ("bin", "Scripts", "include", "share", "etc", "lib", "lib64", "Lib")
_MOST_NAMED = 10

Stamp = tuple[int, int]  # size in bytes, time of change in ns


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The kept files of one environment, in a folder inside it so that both are on the same disk."""

    prefix: Path
    folder: Path

    @property
    def files(self) -> Path:
        """Return the tree of kept files."""
        return self.folder / _FILES


def take(prefix: Path, identifier: str, *, on_file: Callable[[], None] | None = None) -> Snapshot:
    """Keep every file that an installer could change; raises ``OSError`` when the disk refuses."""
    snapshot = Snapshot(prefix, prefix / f"{FOLDER_PREFIX}{identifier}")
    snapshot.files.mkdir(parents=True)
    for place in _folders(prefix):
        (snapshot.files / place).mkdir(parents=True, exist_ok=True)
    for relative in relevant_files(prefix):
        kept = snapshot.files / relative
        kept.parent.mkdir(parents=True, exist_ok=True)
        _keep(prefix / relative, kept)
        if on_file is not None:
            on_file()
    return snapshot


def note_created(snapshot: Snapshot) -> None:
    """Write down what the finished installation created or replaced, so that a later undo touches nothing else."""
    created = {
        relative: stamp_of(snapshot.prefix / relative)
        for relative in relevant_files(snapshot.prefix)
        if not is_same(snapshot.prefix / relative, snapshot.files / relative)
    }
    (snapshot.folder / _CREATED).write_text(json.dumps(created), encoding="utf-8")


def restore(snapshot: Snapshot) -> Restored:
    """Make the environment's files what they were; may be called again after it was interrupted itself.

    After a finished installation, files that somebody changed since are left alone and named.
    """
    created = _created(snapshot)
    removed, kept_back = _remove_new(snapshot, created)
    restored, unrestored = _put_back(snapshot, created)
    _remove_empty_folders(snapshot)
    return Restored(
        files_restored=restored,
        files_removed=removed,
        not_restored=_in_words([*kept_back, *unrestored]),
    )


def discard(snapshot: Snapshot) -> None:
    """Forget the kept files."""
    shutil.rmtree(snapshot.folder, ignore_errors=True)


def kept_bytes(snapshot: Snapshot) -> int:
    """Return the room that the kept files take: those that are no longer in use themselves."""
    total = 0
    for place, _, names in os.walk(snapshot.files):
        for name in names:
            found = os.lstat(os.path.join(place, name))
            total += found.st_size if found.st_nlink == 1 else 0
    return total


def relevant_files(prefix: Path) -> Iterator[str]:
    """Yield the files that packages consist of, relative to the environment; the standard library is none of them."""
    for top in _TOP_FOLDERS:
        if not (prefix / top).is_symlink() and (prefix / top).is_dir():
            yield from _files_below(prefix, top)


def stamp_of(file: Path) -> Stamp:
    """Return size and time of change of a file, of a link itself and not of what it points to."""
    found = file.lstat()
    return found.st_size, found.st_mtime_ns


def is_same(file: Path, kept: Path) -> bool:
    """Tell whether a file is the kept one: the same file on the disk, or a copy of the same size and time."""
    try:
        one, other = file.lstat(), kept.lstat()
    except OSError:
        return False
    if (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino) and one.st_ino:
        return True
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)


def _files_below(prefix: Path, top: str) -> Iterator[str]:
    waiting = [top]
    while waiting:
        place = waiting.pop()
        with contextlib.suppress(PermissionError, FileNotFoundError), os.scandir(prefix / place) as entries:
            for entry in entries:
                relative = f"{place}/{entry.name}"
                if not entry.is_dir(follow_symlinks=False):
                    if not _is_standard_library(relative):
                        yield relative
                elif not _is_standard_library_folder(relative):
                    waiting.append(relative)


def _folders(prefix: Path) -> list[Path]:
    """Return the folders in which packages lie, the innermost first, relative to the environment."""
    found = []
    for top in _TOP_FOLDERS:
        for place, _, _ in os.walk(prefix / top, topdown=False):
            relative = Path(place).relative_to(prefix)
            if not _is_standard_library(relative.as_posix() + "/x"):
                found.append(relative)
    return found


def _is_standard_library(relative: str) -> bool:
    """``lib/python3.11/os.py`` is part of Python itself, ``lib/python3.11/site-packages/...`` is not."""
    parts = relative.split("/")
    if parts[0] == "Lib":
        return parts[1] != "site-packages"
    is_python = parts[0] in ("lib", "lib64") and len(parts) > 2 and parts[1].startswith("python")
    return is_python and parts[2] not in ("site-packages", "dist-packages")


def _is_standard_library_folder(relative: str) -> bool:
    depth = relative.count("/")
    return _is_standard_library(relative) and (depth >= 2 or relative.startswith("Lib/"))


def _keep(file: Path, kept: Path) -> None:
    is_rewritten = file.name.endswith(_COPIED) or file.parent.name in ("bin", "Scripts")
    if not is_rewritten and not file.is_symlink():
        try:
            os.link(file, kept)
        except OSError:
            shutil.copy2(file, kept)
        return
    shutil.copy2(file, kept, follow_symlinks=False)


def _created(snapshot: Snapshot) -> dict[str, Stamp] | None:
    """Return what a finished installation created; None when it never finished."""
    try:
        data = json.loads((snapshot.folder / _CREATED).read_text(encoding="utf-8"))
        return {relative: (int(size), int(changed)) for relative, (size, changed) in data.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _remove_new(snapshot: Snapshot, created: dict[str, Stamp] | None) -> tuple[int, list[str]]:
    removed, kept_back = 0, []
    for relative in list(relevant_files(snapshot.prefix)):
        file = snapshot.prefix / relative
        if os.path.lexists(snapshot.files / relative):
            continue
        if created is not None and not _may_remove(relative, file, created):
            kept_back += [relative] if relative in created else []
            continue
        try:
            file.unlink()
            removed += 1
        except OSError:
            kept_back.append(relative)
    return removed, kept_back


def _may_remove(relative: str, file: Path, created: dict[str, Stamp]) -> bool:
    if relative.endswith(".pyc"):
        folder, _, name = relative.rpartition("/")
        source = f"{folder.removesuffix('/__pycache__')}/{name.split('.')[0]}.py"
        return relative in created or source in created
    return created.get(relative) == stamp_of(file)


def _put_back(snapshot: Snapshot, created: dict[str, Stamp] | None) -> tuple[int, list[str]]:
    restored, unrestored = 0, []
    for kept in (path for path in snapshot.files.rglob("*") if path.is_symlink() or not path.is_dir()):
        relative = kept.relative_to(snapshot.files).as_posix()
        file = snapshot.prefix / relative
        if is_same(file, kept):
            continue
        was_changed_since = created is not None and os.path.lexists(file) and created.get(relative) != stamp_of(file)
        if was_changed_since and not relative.endswith(".pyc"):
            unrestored.append(relative)
            continue
        try:
            _put(kept, file)
            restored += 1
        except OSError:
            unrestored.append(relative)
    return restored, unrestored


def _put(kept: Path, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        file.unlink()
    _keep(kept, file)


def _remove_empty_folders(snapshot: Snapshot) -> None:
    for place in _folders(snapshot.prefix):
        if not (snapshot.files / place).is_dir():
            with contextlib.suppress(OSError):  # it is not empty: then it is not ours
                (snapshot.prefix / place).rmdir()


def _in_words(files: list[str]) -> tuple[Text, ...]:
    if not files:
        return ()
    named = ", ".join(sorted(files)[:_MOST_NAMED]) + (" ..." if len(files) > _MOST_NAMED else "")
    return (text("{count} files were changed since, or could not be put back: {files}", count=len(files), files=named),)
