"""Where questions look: the machine itself, or in tests a folder tree that stands for one.

Nothing here writes, and nothing is opened for writing. Reads are bounded, as a file on the target may be anything.
"""

from __future__ import annotations

import os
import sys
from typing import Iterable, Mapping, Sequence

ADMIN_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/lib/wsl/lib")
FILE_LIMIT_BYTES = 1 << 16


class Place:
    """``root`` is put before every absolute path; ``environ`` and ``import_path`` default to this process's own."""

    def __init__(
        self,
        root: str = "",
        environ: "Mapping[str, str] | None" = None,
        import_path: "Sequence[str] | None" = None,
        may_wake: bool = True,
    ) -> None:
        self.root = root
        self.environ = dict(os.environ) if environ is None else dict(environ)
        self.import_path = [entry for entry in (sys.path if import_path is None else import_path) if entry]
        self.may_wake = may_wake  # a sleeping laptop GPU may be woken to look at it

    def path(self, absolute: str) -> str:
        """Return where an absolute path of the machine lies here."""
        return self.root + absolute if absolute.startswith("/") else absolute

    def bytes_of(self, path: str, limit: int = FILE_LIMIT_BYTES) -> bytes:
        """Read a file up to the limit; the usual OSErrors when it cannot be read."""
        with open(self.path(path), "rb", buffering=0) as file:
            parts = []
            while limit > 0:
                part = file.read(min(limit, 1 << 16))
                if not part:
                    break
                parts.append(part)
                limit -= len(part)
        return b"".join(parts)

    def text_of(self, path: str, limit: int = FILE_LIMIT_BYTES) -> str:
        """Read a file as text; bytes that are not UTF-8 become replacement characters."""
        return self.bytes_of(path, limit).decode("utf-8", "replace")

    def line_of(self, path: str) -> "str | None":
        """Read a small one-line file of /sys; None when it has no value (many are optional)."""
        try:
            return self.text_of(path, 4096).strip() or None
        except OSError:
            return None

    def names_in(self, folder: str, limit: int = 20000) -> "list[str]":
        """List a folder, sorted; the usual OSErrors when it cannot be listed."""
        return sorted(os.listdir(self.path(folder)))[:limit]

    def names_if_any(self, folder: str, limit: int = 20000) -> "list[str]":
        """List a folder, sorted; nothing where it cannot be listed (many folders are optional)."""
        try:
            return self.names_in(folder, limit)
        except OSError:
            return []

    def exists(self, path: str) -> bool:
        """Tell whether a path is there (a dangling link is not)."""
        return os.path.exists(self.path(path))

    def link_target(self, path: str) -> "str | None":
        """Return what a symbolic link points to, as it is written there."""
        try:
            return os.readlink(self.path(path))
        except OSError:
            return None

    def link_name(self, path: str) -> "str | None":
        """Return the last part of what a symbolic link points to, e.g. the driver of a PCI device."""
        target = self.link_target(path)
        return None if target is None else os.path.basename(target)

    def program(self, name: str) -> "str | None":
        """Find an executable on the search path and in the administrators' folders, never in a relative folder."""
        folders = self.environ.get("PATH", "").split(os.pathsep)
        if os.name == "posix" and not self.root:
            folders += ADMIN_FOLDERS
        endings = ("", ".exe") if os.name == "nt" else ("",)
        for folder in folders:
            for ending in endings:
                candidate = os.path.join(folder, name + ending)
                if os.path.isabs(folder) and os.path.isfile(candidate) and os.access(candidate, os.X_OK):
                    return candidate
        return None


def first_text(place: Place, paths: "Iterable[str]") -> "tuple[str, str] | None":
    """Return (path, text) of the first file that can be read."""
    for path in paths:
        try:
            return path, place.text_of(path)
        except OSError:
            continue
    return None
