"""The table of log signals in ``assets/knowledge/log_signals.toml``, and the index of its literals."""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import resources
from typing import Any

from gpuproof.core.logs.model import Signal

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@lru_cache(maxsize=1)
def table() -> tuple[Signal, ...]:
    """Return every signal, in the table's order."""
    file = resources.files("gpuproof.assets").joinpath("knowledge").joinpath("log_signals.toml")
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["signal"]
    return tuple(_signal(row) for row in rows)


def _signal(row: dict[str, Any]) -> Signal:
    return Signal(
        id=row["id"],
        app=row.get("app", "generic"),
        kind=row["kind"],
        decisive=row.get("decisive", True),
        component=row.get("component", "model"),
        pattern=row["pattern"],
        keys=tuple(row["keys"]),
        says=row["says"],
        remedy=row.get("remedy", ""),
        flags=frozenset(row.get("flags", ())),
        check=row.get("check", ""),
    )
