"""How old the tables are. After 120 days the answer may be behind: torch and drivers come out every two months."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from gpuproof.core.knowledge.tables import REFRESHED_TABLES, overlay, table, tables_folder

OLD_AFTER_DAYS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAge:
    """One table as ``knowledge show`` lists it; ``fetched_on`` is the day of rows from the index, where there are."""

    name: str
    what: str
    read_on: str
    rows: int
    inferred_rows: int
    sources: tuple[tuple[str, str], ...]
    fetched_on: str | None
    age_days: int

    @property
    def is_old(self) -> bool:
        """Say whether the table should be renewed."""
        return self.age_days > OLD_AFTER_DAYS


def table_ages(today: date) -> tuple[TableAge, ...]:
    """Return every dated table, by name."""
    found = []
    for path in sorted(tables_folder().glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if (
            isinstance(content, dict)
            and isinstance(content.get("read_on"), str)
            and isinstance(content.get("rows"), list)
        ):
            found.append(_age(path.stem, content, today))
    return tuple(found)


def days_since_read(name: str, today: date) -> int:
    """Return the age of one table in days; rows from the index count as reading it again."""
    fetched = overlay().get("fetched_on") if name in REFRESHED_TABLES else None
    return (today - date.fromisoformat(max(table(name)["read_on"], fetched or ""))).days


def _age(name: str, content: dict[str, Any], today: date) -> TableAge:
    fetched = overlay().get("fetched_on") if name in REFRESHED_TABLES else None
    newest = max(content["read_on"], fetched or "")
    sources = content.get("sources")
    return TableAge(
        name=name,
        what=str(content.get("what", "")),
        read_on=content["read_on"],
        rows=len(content["rows"]),
        inferred_rows=sum(isinstance(row, dict) and row.get("certainty") == "inferred" for row in content["rows"]),
        sources=tuple((str(key), str(value)) for key, value in sources.items()) if isinstance(sources, dict) else (),
        fetched_on=fetched,
        age_days=(today - date.fromisoformat(newest)).days,
    )
