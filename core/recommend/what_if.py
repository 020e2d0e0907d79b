"""What-if: values that a person gives instead of the detected ones, as typed in a flag or a field of the app.

What is given for another system or machine architecture makes the detected driver, Python and C library void: they
belong to this machine. Without a Python the answer is then for any Python.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gpuproof.core.facts.unknown import NOT_ASKED, Unknown
from gpuproof.core.facts.version import DottedVersion, dotted
from gpuproof.core.knowledge import capability, require_app
from gpuproof.core.problems import UserProblem
from gpuproof.core.recommend.case import platform_key, read_pin, read_python
from gpuproof.core.recommend.model import Card, Subject
from gpuproof.core.recommend.subject import named_card
from gpuproof.core.words import text

SYSTEMS = ("linux", "windows", "macos", "wsl")
_NONE = ("none", "no", "cpu")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Values as typed; None or empty: not given. ``gpus`` pairs a name with a capability or None; none is no GPU."""

    gpus: tuple[tuple[str, str | None], ...] = ()
    driver: str | None = None
    system: str | None = None
    machine: str | None = None
    python: str | None = None
    torch: str | None = None
    app: str | None = None
    glibc: str | None = None


def changed(detected: Subject, what_if: WhatIf) -> Subject:
    """Return the subject with the given values, named in ``overridden``; a wrong value is a ``UserProblem``."""
    given = given_fields(what_if)
    base = _elsewhere(detected) if is_elsewhere(detected, given) else detected
    if given.get("system") == "macos" and isinstance(base.cards, Unknown):
        base = replace(base, cards=())  # no CUDA there, so the card does not decide
    named = tuple(name for name in given if name != "app")
    return replace(base, **given, overridden=named)


def given_fields(what_if: WhatIf) -> dict[str, Any]:
    """Return what is given as fields of a subject, checked."""
    given: dict[str, Any] = {}
    if what_if.system:
        given["system"] = _system(what_if.system)
    if what_if.machine:
        given["machine"] = what_if.machine.strip()
    if what_if.python:
        given["python"] = str(read_python(what_if.python))
    if what_if.gpus:
        given["cards"] = _cards(what_if.gpus)
    if what_if.driver:
        given["driver"] = None if what_if.driver.strip().lower() in _NONE else _version(what_if.driver, "--driver")
    if what_if.glibc:
        given["glibc"] = _version(what_if.glibc, "--glibc")
    if what_if.torch:
        read_pin(what_if.torch)
        given["torch_pin"] = what_if.torch
    if what_if.app:
        given["app"] = require_app(what_if.app).id
    return given


def is_elsewhere(detected: Subject, given: dict[str, Any]) -> bool:
    """Say whether the given values describe another system or architecture than the detected one."""
    system, machine = given.get("system", detected.system), given.get("machine", detected.machine)
    if isinstance(detected.system, Unknown):
        return True
    if system != detected.system:
        return True
    if isinstance(machine, Unknown) or isinstance(detected.machine, Unknown):
        return False
    return platform_key(system, machine) != platform_key(detected.system, detected.machine)


def _elsewhere(detected: Subject) -> Subject:
    return replace(
        detected,
        machine=NOT_ASKED,
        python=NOT_ASKED,
        cards=NOT_ASKED,
        driver=NOT_ASKED,
        glibc=None,
        macos=None,
        installed_torch=None,
    )


def _system(found: str) -> str:
    lowered = found.strip().lower()
    if lowered not in SYSTEMS:
        raise UserProblem(
            text("“{found}” is no system that torch runs on.", found=found), text("Give linux, windows, macos or wsl.")
        )
    return lowered


def _cards(given: tuple[tuple[str, str | None], ...]) -> tuple[Card, ...]:
    for _, stated in given:
        if stated is not None and capability(stated) is None:
            raise UserProblem(
                text("“{found}” is not a compute capability.", found=stated), text("Give it as 8.9 or 12.0.")
            )
    if any(name.strip().lower() in _NONE for name, _ in given):
        return ()
    return tuple(named_card(name or f"NVIDIA GPU {stated}", stated) for name, stated in given)


def _version(found: str, flag: str) -> DottedVersion:
    version = dotted(found.strip().lower().removeprefix("r").removesuffix(".xx"))  # R580, 580.xx
    if version is None:
        raise UserProblem(
            text("“{found}” is not a version for {flag}.", found=found, flag=flag),
            text("Give numbers with dots, such as 580.65.06, or none for --driver."),
        )
    return version
