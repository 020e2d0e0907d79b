"""What other packages add (rules, exporters, questions), found by the entry points of installed packages.

Found by reading the ``entry_points.txt`` of the ``*.dist-info`` folders on ``sys.path``, which takes about 1 ms;
``importlib.metadata`` takes 19 ms, and most machines have no plugin. The working folder is never looked at, and
``GPUPROOF_NO_PLUGINS=1`` switches plugins off. A plugin is code of this environment and runs with its rights; one
that cannot be loaded is ``Trouble`` in words and takes nothing else with it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gpuproof.core.words import Text, text

Group = Literal["gpuproof.rules", "gpuproof.exporters", "gpuproof.questions"]
_PREFIX = b"[gpuproof."
_MOST_BYTES = 1 << 20
_VALUE = re.compile(r"([\w.]+)\s*:\s*(\w+)")


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point: ``name = module:attribute`` of a package, as ``acme-checks 1.0``."""

    group: str
    name: str
    value: str
    package: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A plugin that is installed and cannot be used, and why."""

    plugin: Plugin
    detail: str

    @property
    def words(self) -> Text:
        """Return the sentence for a person."""
        return text(
            "The plugin {name} of {package} cannot be used: {detail}",
            name=self.plugin.name,
            package=self.plugin.package,
            detail=self.detail,
        )


def plugins_of(group: Group) -> tuple[Plugin, ...]:
    """Return the installed entry points of a group, in the order of ``sys.path``; nothing is imported yet."""
    return tuple(plugin for plugin in installed() if plugin.group == group)


def load(plugin: Plugin) -> object | Trouble:
    """Import a plugin's object. What it prints meanwhile goes to stderr, as stdout may carry a JSON document."""
    found = _VALUE.fullmatch(plugin.value)
    if found is None:
        return Trouble(plugin, f"{plugin.value!r} is not of the form module:attribute")
    import contextlib
    import importlib

    try:
        with contextlib.redirect_stdout(sys.stderr):
            loaded: object = getattr(importlib.import_module(found[1]), found[2])
    except (Exception, SystemExit) as problem:
        return Trouble(plugin, f"{type(problem).__name__}: {' '.join(str(problem).split())[:300]}")
    return loaded


@lru_cache(maxsize=1)
def installed() -> tuple[Plugin, ...]:
    """Return every entry point of ours; of two copies of a package the first on ``sys.path`` counts."""
    if os.environ.get("GPUPROOF_NO_PLUGINS", "0") not in ("", "0"):
        return ()
    found: dict[str, tuple[Plugin, ...]] = {}
    for folder in _folders():
        for name, content in _entry_point_files(folder):
            package = name.removesuffix(".dist-info").replace("-", " ")
            found.setdefault(package.split(" ")[0].casefold(), tuple(_plugins_in(content, package)))
    return tuple(plugin for plugins in found.values() for plugin in plugins)


def _folders() -> tuple[str, ...]:
    here = os.path.realpath(os.curdir)
    return tuple(dict.fromkeys(path for path in sys.path if path and os.path.realpath(path) != here))


def _entry_point_files(folder: str) -> Iterator[tuple[str, str]]:
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".dist-info"))
    except OSError:
        return  # a zip file or a folder that is gone: nothing installed there
    for name in names:
        try:
            with open(os.path.join(folder, name, "entry_points.txt"), "rb", buffering=0) as file:
                content = file.read(_MOST_BYTES)
        except OSError:
            continue  # most packages have none
        if _PREFIX in content:
            yield name, content.decode("utf-8", "replace")


def _plugins_in(content: str, package: str) -> Iterator[Plugin]:
    group = ""
    for line in (raw.strip() for raw in content.splitlines()):
        if line.startswith("["):
            group = line.strip("[] ")
        elif "=" in line and group.startswith("gpuproof.") and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            yield Plugin(group, name.strip(), value.strip(), package)
