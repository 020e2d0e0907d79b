"""Asks pip what it would fetch, and from where, without installing anything: ``pip install --dry-run --report``."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import threading
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.setup.running import ToolRun, run_tool
from gpuproof.core.setup.tools import Pip
from gpuproof.core.words import text

_HEAD_TIMEOUT_S = 4.0
_CONNECT_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One distribution that would be fetched. ``size_bytes`` None: its source did not tell."""

    name: str
    version: str
    url: str
    size_bytes: int | None = None

    @property
    def is_local(self) -> bool:
        """Tell whether it is a file of this machine, so that nothing is downloaded."""
        return self.url.startswith("file:")


@dataclass(frozen=True, slots=True)
class Resolution:
    """What pip would install, in its order."""

    items: tuple[Item, ...]

    @property
    def download_bytes(self) -> int:
        """Return the bytes to fetch over the network, as far as sources told sizes."""
        return sum(item.size_bytes or 0 for item in self.items if not item.is_local)

    @property
    def total_bytes(self) -> int:
        """Return the bytes of all wheels, local ones included."""
        return sum(item.size_bytes or 0 for item in self.items)

    @property
    def has_unknown_sizes(self) -> bool:
        """Tell whether a source did not say how large something is."""
        return any(item.size_bytes is None for item in self.items)

    def version_of(self, name: str) -> str | None:
        """Return the version of a distribution in it."""
        return next((item.version for item in self.items if item.name == name), None)


def resolve(
    pip: Pip,
    requirements: Sequence[str],
    *,
    options: Sequence[str] = (),
    fresh: bool = True,
    environment: Mapping[str, str] | None = None,
    cancel: threading.Event | None = None,
) -> Resolution | ToolRun:
    """Return what pip would install with these source options, or its run when it could not.

    ``fresh``: as if nothing were installed, for an environment that does not exist yet.
    """
    report = _report_file()
    words = ["install", "--dry-run", "--report", report, "--retries", "1", "--timeout", str(_CONNECT_TIMEOUT_S)]
    words += ["--ignore-installed"] if fresh else []
    try:
        run = run_tool([*pip.command, *words, *options, *requirements], environment=environment, cancel=cancel)
        if run.ending != "done":
            return run
        return Resolution(_with_sizes(_read_report(Path(report))))
    finally:
        with contextlib.suppress(OSError):
            os.unlink(report)


def _report_file() -> str:
    try:
        descriptor, name = tempfile.mkstemp(prefix="gpuproof-", suffix=".json")
    except OSError as problem:
        raise CouldNotFinish(
            text("The system refused: {reason}", reason=str(problem)),
            text("Free memory or disk space and try again."),
        ) from problem
    os.close(descriptor)
    return name


def _read_report(file: Path) -> tuple[Item, ...]:
    data = json.loads(file.read_text(encoding="utf-8"))
    return tuple(
        Item(
            name=normalised(entry["metadata"]["name"]),
            version=entry["metadata"]["version"],
            url=entry["download_info"]["url"],
        )
        for entry in data["install"]
    )


def normalised(name: str) -> str:
    """Return a distribution's name in the form that compares: lower case, dashes."""
    return name.lower().replace("_", "-").replace(".", "-")


def _with_sizes(items: tuple[Item, ...]) -> tuple[Item, ...]:
    with ThreadPoolExecutor(8) as pool:
        sizes = list(pool.map(size_of, (item.url for item in items)))
    return tuple(
        Item(name=item.name, version=item.version, url=item.url, size_bytes=size)
        for item, size in zip(items, sizes, strict=True)
    )


def size_of(url: str) -> int | None:
    """Return a file's size from its URL: of a local file, or as the server tells it; None when it does not."""
    parts = urllib.parse.urlsplit(url)
    try:
        if parts.scheme == "file":
            return os.stat(urllib.request.url2pathname(parts.path)).st_size
        if parts.scheme not in ("http", "https"):
            return None
        request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "gpuproof"})
        with urllib.request.urlopen(request, timeout=_HEAD_TIMEOUT_S) as answer:
            length = answer.headers.get("Content-Length", "")
    except (OSError, ValueError):
        return None
    return int(length) if length.isdigit() else None
