"""The running programs to pick from. Names of other people's programs are masked: they are nobody's business."""

from __future__ import annotations

import getpass
from dataclasses import dataclass

MASKED = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A program that could be watched."""

    pid: int
    name: str
    is_mine: bool
    memory_mib: float


def candidates(most: int = 200) -> tuple[Candidate, ...]:
    """Return running programs, the person's own first, the largest first; kernel threads are left out."""
    import psutil

    me, found = getpass.getuser(), []
    for process in psutil.process_iter(["pid", "name", "username", "memory_info"]):
        known = process.info
        if known["memory_info"] is None or known["memory_info"].rss == 0:
            continue
        is_mine = _plain(known["username"]) == me
        found.append(
            Candidate(
                pid=known["pid"],
                name=known["name"] or "?" if is_mine else MASKED,
                is_mine=is_mine,
                memory_mib=known["memory_info"].rss / 2**20,
            )
        )
    found.sort(key=lambda one: (not one.is_mine, -one.memory_mib))
    return tuple(found[:most])


def _plain(user: str | None) -> str:
    return (user or "").rpartition("\\")[2]
