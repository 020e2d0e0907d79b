"""Loads one table of ``assets/knowledge`` at a time, adds rows that ``knowledge update`` fetched, and remembers it.

A table is ``{"table", "read_on", "what", "sources", "rows": [...]}``; some carry further lists beside ``rows``. Rows
from the wheel index stand in ``<data folder>/knowledge/from_index.json``, by table, with ``"source": "from index,
<date>"``; one file, so that an update is there whole or not at all.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from gpuproof.core.facts.version import dotted

Row = Mapping[str, Any]
DATA_FOLDER_VARIABLE = "GPUPROOF_DATA_DIR"
REFRESHED_TABLES = frozenset({"torch_releases", "torch_builds"})
_CERTAINTIES = ("confirmed", "inferred")
_MAXIMUM_OVERLAY_BYTES = 8 * 2**20
_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_forgetters: list[Callable[[], None]] = []


def remembered(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Cache an accessor until ``forget`` is called, as after an update of the tables."""
    cached = lru_cache(maxsize=None)(function)
    _forgetters.append(cached.cache_clear)
    return cached  # type: ignore[return-value]


def forget() -> None:
    """Drop every cached table and everything derived from one."""
    for clear in _forgetters:
        clear()


def tables_folder() -> Path:
    """Return the folder of the shipped tables."""
    import gpuproof.assets

    return Path(gpuproof.assets.__path__[0]) / "knowledge"


def data_folder() -> Path:
    """Return the user's data folder: ``GPUPROOF_DATA_DIR``, else the platform's usual place."""
    chosen = os.environ.get(DATA_FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    system: str = sys.platform
    if system.startswith("linux"):  # what platformdirs answers, without paying for its import at every start
        return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "gpuproof"
    from platformdirs import user_data_path

    return user_data_path("gpuproof", appauthor=False)


def overlay_path() -> Path:
    """Return where the rows that came from the wheel index are kept."""
    return data_folder() / "knowledge" / "from_index.json"


@remembered
def table(name: str) -> Row:
    """Return one whole table; the rows of a refreshed one are already merged in."""
    shipped: dict[str, Any] = json.loads((tables_folder() / f"{name}.json").read_text(encoding="utf-8"))
    if name in REFRESHED_TABLES:
        kept = overlay().get(name)
        found = kept if isinstance(kept, list) else []
        shipped["rows"] = [*shipped["rows"], *(row for row in found if _is_sound(name, row))]
    return shipped


def rows(name: str) -> list[Row]:
    """Return the rows of a table."""
    return list(table(name)["rows"])


def _is_sound(name: str, row: object) -> bool:
    """Say whether a kept row has the fields and types of its table: the file may be old, damaged or edited."""
    if not isinstance(row, dict) or not isinstance(row.get("source"), str) or row.get("certainty") not in _CERTAINTIES:
        return False
    if name == "torch_releases":
        pythons, glibc = row.get("pythons"), row.get("minimum_glibc", {})
        if not isinstance(pythons, dict) or not isinstance(glibc, dict) or not all(map(_is_version, glibc.values())):
            return False
        words = (row.get("released"), row.get("requires_python"), *pythons.values())
        return _is_version(row.get("version")) and all(isinstance(word, str) for word in words)
    platforms = row.get("platforms")
    named = isinstance(platforms, list) and all(isinstance(platform, str) for platform in platforms)
    return named and _is_version(row.get("release")) and isinstance(row.get("variant"), str)


def _is_version(found: object) -> bool:
    return isinstance(found, str) and dotted(found) is not None


@remembered
def overlay() -> Row:
    """Return what the last update kept, ``{"fetched_on", "origin", <table>: [rows]}``; empty when there was none."""
    path = overlay_path()
    try:
        if path.stat().st_size > _MAXIMUM_OVERLAY_BYTES:
            return {}
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # absent is the usual case; a damaged copy must not stop a diagnosis
        return {}
    return found if isinstance(found, dict) else {}
