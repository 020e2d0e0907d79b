"""Notes that only Windows gives: each seen, its look-alike, and what nobody asked."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.machines import ABSENT, a_machine
from helpers.notes import check_note

from gpuproof.core.facts.machine import Machine, OperatingSystem
from gpuproof.core.facts.parts import WindowsFacts

WINDOWS = OperatingSystem(system="windows", machine="x86_64", name="Windows 11 Pro")
RESET = "2026-11-20T10:00:00 nvlddmkm 153 Resetting TDR occurred"


def _windows(**changes: Any) -> Machine:
    return a_machine(os=WINDOWS, windows=WindowsFacts(**changes))


SCENES: list[tuple[str, Machine, bool]] = [
    ("software.no-page-file", _windows(page_file="none"), True),
    ("software.no-page-file", _windows(page_file="automatic"), False),
    ("software.no-page-file", _windows(), False),
    ("software.driver-resets", _windows(driver_events=(RESET,)), True),
    ("software.driver-resets", _windows(driver_events=("2026-11-20T10:00:00 Display 4101 x",)), True),
    ("software.driver-resets", _windows(driver_events=("2026-11-20T10:00:00 nvlddmkm 1 start",)), False),
    ("software.driver-resets", _windows(), False),
    ("software.no-page-file", a_machine(os=WINDOWS, windows=ABSENT), False),
    ("software.driver-resets", a_machine(os=WINDOWS, windows=ABSENT), False),
]


@pytest.mark.parametrize(("note", "machine", "is_seen"), SCENES, ids=[f"{n}-{s[0]}" for n, s in enumerate(SCENES)])
def test_a_note_is_made_only_of_what_was_seen(note: str, machine: Machine, is_seen: bool) -> None:
    check_note(note, machine, is_seen)
