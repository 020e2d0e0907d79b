"""Recorded machines with one fact less: no rule crashes, and no other claim than a more general one is made."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from helpers import recordings

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.causes import TITLES, remedy_of
from gpuproof.core.diagnose.notes import notes_of
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import NOT_ASKED, Unknown

CAUSES = [cause for cause in TITLES if cause not in ("healthy", "cannot_tell")]
# what remains when the fact is gone that made the claim finer: the system, the bus, the driver's kind
GENERAL = {
    "aarch64_cpu_wheel": {"cpu_wheel", "no_nvidia_gpu"},
    "amd_gpu": {"no_driver"},
    "forward_compat_804": {"driver_too_old"},
    "gpu_init_failed": {"no_driver"},
    "healthy": {"no_nvidia_gpu"},  # a Jetson, whose GPU is on no bus, when nobody says that it is one
    "macos_no_cuda": {"no_nvidia_gpu", "amd_gpu"},
    "no_nvidia_gpu": {"cpu_wheel"},
    "wsl_driver": {"no_nvidia_gpu"},
}


def _weakened(machine: Machine) -> list[tuple[str, Machine]]:
    known = [field.name for field in fields(Machine) if not isinstance(getattr(machine, field.name), Unknown)]
    return [(name, replace(machine, **{name: NOT_ASKED})) for name in known if name != "symptoms"]


@pytest.mark.parametrize("name", recordings.names())
def test_one_fact_less_never_makes_another_claim(name: str) -> None:
    machine = recordings.machine(name)
    before = diagnose(machine)
    accepted = {before.cause, "healthy", "cannot_tell"} | GENERAL.get(before.cause, set())
    accepted |= {finding.cause for finding in before.findings}
    for removed, less in _weakened(machine):
        after, notes = diagnose(less), notes_of(less)
        assert after.crashed == notes.crashed == (), removed
        assert after.cause in accepted, f"without {removed}: {after.cause}"


@pytest.mark.parametrize("name", recordings.names())
def test_every_remedy_can_be_asked_of_every_machine(name: str) -> None:
    machine = recordings.machine(name)
    assert all(remedy_of(cause, machine).steps for cause in CAUSES)
