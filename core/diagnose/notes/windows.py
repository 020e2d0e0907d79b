"""What Windows alone has: no page file, and a display driver that was reset."""

from __future__ import annotations

import re

from gpuproof.core.diagnose.model import Step
from gpuproof.core.diagnose.notes.model import NoteRule, Observed
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import text

_RESETS = re.compile(r"\b(?:4101|nvlddmkm (?:13|14|153))\b")


def no_page_file(machine: Machine) -> Observed | None:
    """Without a page file every worker that loads torch's libraries must find its whole size in memory."""
    if isinstance(machine.windows, Unknown) or machine.windows.page_file != "none":
        return None
    return Observed(
        text("Windows has no page file: programs that start torch several times may fail with error 1455"),
        (text("the page file is switched off"),),
        (
            Step(
                text(
                    "Enlarge the page file: System > Advanced system settings > Performance > Advanced > Virtual "
                    "memory, system managed, on a drive with free space; then restart"
                ),
                "SystemPropertiesPerformance.exe",
            ),
        ),
    )


def driver_resets(machine: Machine) -> Observed | None:
    """Windows resets a driver that does not answer for two seconds; programs on the GPU end with it."""
    events = () if isinstance(machine.windows, Unknown) else machine.windows.driver_events
    resets = [event for event in events if _RESETS.search(event)]
    if not resets:
        return None
    return Observed(
        text("Windows has reset the display driver: programs on the GPU ended with it"),
        tuple(text("event: {event}", event=event[:160]) for event in resets[:2]),
        (
            Step(text("Install the newest NVIDIA driver in Windows: {page}", page="https://www.nvidia.com/drivers")),
            Step(text("Take overclocking back, and check the card's power cables and temperature")),
        ),
    )


NOTE_RULES = (
    NoteRule(id="software.driver-resets", link="driver", look=driver_resets, severity="warning"),
    NoteRule(id="software.no-page-file", link="torch", look=no_page_file),
)
