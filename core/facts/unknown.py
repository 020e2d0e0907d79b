"""The honest alternative to a fact."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Why(enum.Enum):
    """Why a fact could not be established. Only ABSENT was looked for and seen not to be there."""

    ABSENT = "absent"
    FAILED = "failed"
    DENIED = "denied"
    TIMED_OUT = "timed_out"
    UNREADABLE = "unreadable"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact that could not be established. It never stands for "no"."""

    why: Why
    detail: str
    source: str


NOT_ASKED = Unknown(Why.NOT_ASKED, "not asked", "")
