"""Builds the collector: one readable zip application with the agent's modules and nvidia-ml-py with its licence."""

from __future__ import annotations

import io
import pkgutil
import zipfile
from typing import Iterator

from ..children import source_of

MAX_BYTES = 400 * 1024
PACKAGE = "gpuproof_agent"
# the same file gives the same bytes: zip files carry times, and this one is as good as any
_TIME = (2026, 1, 1, 0, 0, 0)
# what the collector never does: run the workload, sample a program, start from memory on another machine
_LEFT_OUT = ("bench_job", "watch_job", "workload", "telemetry", "remote_start", "start", "build", "for_tests")
_START = '''"""gpuproof collector: asks this machine about its GPU, driver and torch, and writes one redacted file.

Run it with the Python whose torch is in question:  python gpuproof-collector.pyz  (Python 3.8 or newer)
Nothing is changed and nothing is sent. What it may ask stands in gpuproof_agent/questions/.
"""

import sys

if sys.version_info < (3, 8):
    sys.stderr.write("Python %d.%d is too old for the collector: 3.8 or newer is needed.\\n" % sys.version_info[:2])
    sys.exit(2)

from gpuproof_agent.collector.main import main

sys.exit(main())
'''


def build(licence: str) -> bytes:
    """Return the zip application's bytes. ``licence`` is gpuproof's own; nvidia-ml-py's stands in its source."""
    buffer = io.BytesIO()
    buffer.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, source in _files(licence):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, source.encode("utf-8"))
    return buffer.getvalue()


def _files(licence: str) -> "Iterator[tuple[str, str]]":
    yield "__main__.py", _START
    yield "LICENSE.txt", licence
    bindings = source_of("pynvml")
    yield "pynvml.py", bindings
    yield "LICENSE-nvidia-ml-py.txt", _licence_of(bindings)
    root = (__package__ or "").rsplit(".", 1)[0]
    yield PACKAGE + "/__init__.py", source_of(root)
    yield from _modules(root, PACKAGE + "/")


def _modules(package: str, folder: str) -> "Iterator[tuple[str, str]]":
    """Yield a package's modules under their names in the archive."""
    import importlib

    for entry in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if entry.name.startswith(_LEFT_OUT):
            continue
        name = package + "." + entry.name
        if entry.ispkg:
            yield folder + entry.name + "/__init__.py", source_of(name)
            yield from _modules(name, folder + entry.name + "/")
        else:
            yield folder + entry.name + ".py", source_of(name)


def _licence_of(bindings: str) -> str:
    """Take the licence out of the bindings' first comment."""
    lines = []
    for line in bindings.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("#").strip())
    return "\n".join(lines).strip() + "\n"
