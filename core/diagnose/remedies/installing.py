"""Remedies for installing and loading torch."""

from __future__ import annotations

from gpuproof.core.diagnose.asked_torch import asked_for, pythons_for
from gpuproof.core.diagnose.context import system_of
from gpuproof.core.diagnose.model import Step
from gpuproof.core.diagnose.remedies.commands import pip_prefix
from gpuproof.core.facts.machine import Machine
from gpuproof.core.words import text

_USUAL = "3.12"


def python_no_wheel(machine: Machine) -> tuple[Step, ...]:
    """Make an environment with a Python that has wheels."""
    windows, python = system_of(machine) == "windows", _python_with_a_wheel(machine)
    create = f"py -{python} -m venv .venv" if windows else f"uv venv --python {python} .venv"
    return (
        Step(text("Make an environment with a Python that this torch has wheels for"), create),
        Step(text("Or take a torch release that has wheels for this Python: gpuproof names it"), "gpuproof recommend"),
    )


def _python_with_a_wheel(machine: Machine) -> str:
    """Return the Python to take: one that every release of today has, or the newest that the asked-for one has."""
    asked = asked_for(" ".join(symptom.line for symptom in machine.symptoms))
    known = pythons_for(machine, asked) if asked is not None else ()
    return _USUAL if not known or _USUAL in known else known[-1]


def python_32bit(machine: Machine) -> tuple[Step, ...]:
    """Install a 64-bit Python beside it."""
    command = (
        "winget install Python.Python.3.12 --architecture x64" if system_of(machine) in ("windows", None) else None
    )
    return (
        Step(text("Install a 64-bit Python; torch has no 32-bit wheels"), command),
        Step(
            text("Make a new environment with it"), "py -3.12-64 -m venv .venv" if command else "python3 -m venv .venv"
        ),
    )


def wrong_index(machine: Machine) -> tuple[Step, ...]:
    """Name the index of a published combination."""
    pip = pip_prefix(machine)
    return (
        Step(text("See which combination is published for this machine"), "gpuproof recommend"),
        Step(
            text("List what an index has, here that of CUDA 12.6"),
            f"{pip} index versions torch --index-url https://download.pytorch.org/whl/cu126",
        ),
        Step(
            text(
                "A version with +cuXXX is found only with that index: pass --index-url https://download.pytorch.org/whl/cuXXX"
            )
        ),
    )


def windows_dll(machine: Machine) -> tuple[Step, ...]:
    """The Visual C++ runtime; torch 2.4.0 had a fault of its own."""
    return (
        Step(
            text("Install the newest Visual C++ Redistributable (x64) from Microsoft, then restart"),
            "winget install Microsoft.VCRedist.2015+.x64",
        ),
        Step(
            text("With torch 2.4.0 install 2.4.1 or newer: its fbgemm.dll misses libomp140.x86_64.dll"),
            f"{pip_prefix(machine)} install --upgrade torch",
        ),
        Step(text("Never fetch a single DLL from a download site")),
    )


def windows_pagefile(machine: Machine) -> tuple[Step, ...]:
    """Enlarge the commit limit, or start fewer processes."""
    return (
        Step(
            text(
                "Enlarge the page file: System > Advanced system settings > Performance > Advanced > Virtual memory, system managed, on a drive with free space; then restart"  # noqa: E501
            ),
            "SystemPropertiesPerformance.exe",
        ),
        Step(text("Until then start fewer worker processes: num_workers=0 in the data loader")),
    )
