"""``gpuproof recommend``: the right torch wheel and driver, for this machine or for one described by flags.

What is not given is detected, but only where it can be: a flag that describes another machine (``--os`` of another
system) leaves this machine's driver, Python and glibc out. With ``--gpu`` and ``--driver`` (or a machine without an
NVIDIA card) nothing is inspected at all. Without ``--python`` such a what-if answer is for any Python and says which.
"""

from __future__ import annotations

import argparse
import platform
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

if TYPE_CHECKING:
    from gpuproof.core.facts.version import DottedVersion
    from gpuproof.core.recommend.model import Card, Subject

_SYSTEMS = ("linux", "windows", "macos", "wsl")
_NONE = ("none", "no", "cpu")


class _CardAction(argparse.Action):
    """Keeps --gpu and --compute-capability in the order given, so that each capability meets its card."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option_string: Any = None
    ) -> None:
        kind = "gpu" if option_string == "--gpu" else "capability"
        namespace.cards = [*(namespace.cards or []), (kind, values)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags; each given value overrides the detected one."""
    parser.add_argument("--target", help="python:PATH, conda:NAME, docker:CONTAINER, ssh:HOST, wsl:DISTRO, self")
    parser.add_argument(
        "--gpu", action=_CardAction, dest="cards", metavar="NAME", help="card, or none; may be repeated"
    )
    parser.add_argument(
        "--compute-capability", action=_CardAction, dest="cards", metavar="X.Y", help="of the card; one per --gpu"
    )
    parser.add_argument("--driver", metavar="V", help="as this OS shows it (580.65.06, Windows 581.29), or none")
    parser.add_argument("--os", choices=_SYSTEMS, help="the system that torch runs on")
    parser.add_argument("--machine", help="x86_64, aarch64 or arm64")
    parser.add_argument("--python", metavar="3.11", help="3.14t is free-threaded, 3.11-32 is 32-bit")
    parser.add_argument("--app", metavar="ID", help="an application's own bounds count too, for instance heygem")
    parser.add_argument("--torch", metavar="SPEC", help='a pin, for instance "==2.5.1"')
    parser.add_argument("--glibc", metavar="X.Y", help="of a Linux system, for instance 2.17")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Decide and show; 0: there is a choice, 1: nothing fits or a fact is missing."""
    from gpuproof.core.cli.show_recommendation import show_recommendation
    from gpuproof.core.recommend import recommend
    from gpuproof.core.recommend.document import recommendation_document

    recommendation = recommend(subject_from(arguments))
    _warn_when_old(terminal)
    document = recommendation_document(recommendation, terminal.language)
    terminal.emit(document, lambda: show_recommendation(recommendation, terminal))
    return 0 if recommendation.choice else 1


def _warn_when_old(terminal: Terminal) -> None:
    from gpuproof.core.knowledge.age import OLD_AFTER_DAYS, days_since_read

    days = days_since_read("torch_releases", date.today())
    if days > OLD_AFTER_DAYS:
        words = text("The tables are {days} days old: gpuproof knowledge update renews them.", days=days)
        terminal.progress(words)


def subject_from(arguments: argparse.Namespace) -> Subject:
    """Return the subject: flags first, then what inspecting the target tells, where the flags leave room for it."""
    from gpuproof.core.facts.machine import Machine
    from gpuproof.core.recommend.subject import subject_of

    given = _given(arguments)
    if arguments.target is None and _is_elsewhere(given):
        return subject_of(Machine(), **_with_defaults(given))
    if arguments.target is None and _is_complete(given):
        return subject_of(Machine(), **_with_local_system(given))
    return subject_of(_inspected(arguments.target), **given)


def _given(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the flags as fields of a subject; wrong values are said here, before anything is inspected."""
    from gpuproof.core.recommend.case import read_app, read_pin, read_python

    given: dict[str, Any] = {}
    if arguments.os:
        given["system"] = arguments.os
    if arguments.machine:
        given["machine"] = arguments.machine
    if arguments.python:
        given["python"] = str(read_python(arguments.python))
    if arguments.cards:
        given["cards"] = _cards(arguments.cards)
    if arguments.driver:
        given["driver"] = None if arguments.driver.lower() in _NONE else _version(arguments.driver, "--driver")
    if arguments.glibc:
        given["glibc"] = _version(arguments.glibc, "--glibc")
    if arguments.torch:
        read_pin(arguments.torch)
        given["torch_pin"] = arguments.torch
    if arguments.app:
        given["app"] = read_app(arguments.app).id
    return given


def _version(found: str, flag: str) -> DottedVersion:
    from gpuproof.core.facts.version import dotted

    version = dotted(found.strip().lower().removeprefix("r").removesuffix(".xx"))  # R580, 580.xx
    if version is None:
        raise UserProblem(
            text("“{found}” is not a version for {flag}.", found=found, flag=flag),
            text("Give numbers with dots, such as 580.65.06, or none for --driver."),
        )
    return version


def _cards(events: list[tuple[str, str]]) -> tuple[Card, ...]:
    """Pair cards and capabilities: in order when there are as many of each, else by what stands beside what."""
    from gpuproof.core.knowledge import capability
    from gpuproof.core.recommend.subject import named_card

    names = [value for kind, value in events if kind == "gpu"]
    stated = [value for kind, value in events if kind == "capability"]
    for found in stated:
        if capability(found) is None:
            raise UserProblem(
                text("“{found}” is not a compute capability.", found=found), text("Give it as 8.9 or 12.0.")
            )
    if any(name.strip().lower() in _NONE for name in names):
        return ()
    if not names:
        return tuple(named_card(f"NVIDIA GPU {found}", found) for found in stated)
    if len(names) == len(stated):
        return tuple(named_card(name, found) for name, found in zip(names, stated, strict=True))
    return tuple(named_card(name, found) for name, found in _beside(events))


def _beside(events: list[tuple[str, str]]) -> list[tuple[str, str | None]]:
    pairs: list[tuple[str, str | None]] = []
    for kind, value in events:
        if kind == "gpu":
            pairs.append((value, None))
        elif not pairs or pairs[-1][1] is not None:
            raise UserProblem(
                text("--compute-capability {found} belongs to no card.", found=value),
                text("Give one --compute-capability after each --gpu."),
            )
        else:
            pairs[-1] = (pairs[-1][0], value)
    return pairs


def local_system() -> str:
    """Return linux, wsl, windows or macos for the machine gpuproof itself runs on."""
    found = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    if found == "linux":
        try:
            kernel = Path("/proc/sys/kernel/osrelease").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return found
        return "wsl" if "microsoft" in kernel.lower() else found
    return found


def _is_elsewhere(given: dict[str, Any]) -> bool:
    """Say whether the flags describe another system, so that nothing of this machine may count."""
    here = local_system()
    return bool(given.get("system", here) != here)


def _is_complete(given: dict[str, Any]) -> bool:
    cards = given.get("cards")
    if cards is None:
        return False
    return "driver" in given or given.get("system") == "macos" or not any(card.vendor == "nvidia" for card in cards)


def _with_defaults(given: dict[str, Any]) -> dict[str, Any]:
    if given.get("system") == "macos":
        return {"cards": (), **given}
    return given


def _with_local_system(given: dict[str, Any]) -> dict[str, Any]:
    """Fill in the system; the machine too, unless the card is one that sits in ARM machines only."""
    from gpuproof.core.recommend.case import usual_machine

    if "system" in given:
        return given
    here = platform.machine() if usual_machine(given["cards"]) == "x86_64" else "aarch64"
    return {"system": local_system(), "machine": here, **given}


def _inspected(target: str | None) -> Any:
    from gpuproof.core.facts.readers import read_machine
    from gpuproof.core.launch.inspect import inspect_target
    from gpuproof.core.launch.targets import parse_target

    return read_machine(inspect_target(parse_target(target or "self"), import_torch=False))
