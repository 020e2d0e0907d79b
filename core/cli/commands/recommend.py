"""``gpuproof recommend``: the right torch wheel and driver, for this machine or for one described by flags.

What is not given is detected, but only where it can be: a flag that describes another machine (``--os`` of another
system) leaves this machine's driver, Python and glibc out. With ``--gpu`` and ``--driver`` (or a machine without an
NVIDIA card) nothing is inspected at all. Without ``--python`` such a what-if answer is for any Python and says which.
"""

from __future__ import annotations

import argparse
import platform
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

if TYPE_CHECKING:
    from gpuproof.core.recommend.model import Subject, TargetSystem
    from gpuproof.core.recommend.what_if import WhatIf

_SYSTEMS = ("linux", "windows", "macos", "wsl")


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
    from gpuproof.core.recommend.subject import subject_of
    from gpuproof.core.recommend.what_if import changed, given_fields, is_elsewhere

    what_if = _what_if(arguments)
    given = given_fields(what_if)  # wrong values are said here, before anything is inspected
    here = _here(given)
    if arguments.target is None and (is_elsewhere(here, given) or _is_complete(given)):
        return changed(here, what_if)
    return changed(subject_of(_inspected(arguments.target)), what_if)


def _what_if(arguments: argparse.Namespace) -> WhatIf:
    from gpuproof.core.recommend.what_if import WhatIf

    return WhatIf(
        gpus=_paired(arguments.cards or []),
        driver=arguments.driver,
        system=arguments.os,
        machine=arguments.machine,
        python=arguments.python,
        torch=arguments.torch,
        app=arguments.app,
        glibc=arguments.glibc,
    )


def _paired(events: list[tuple[str, str]]) -> tuple[tuple[str, str | None], ...]:
    """Pair cards and capabilities: in order when there are as many of each, else by what stands beside what."""
    names = [value for kind, value in events if kind == "gpu"]
    stated = [value for kind, value in events if kind == "capability"]
    if not names:
        return tuple(("", found) for found in stated)
    if len(names) == len(stated):
        return tuple(zip(names, stated, strict=True))
    return tuple(_beside(events))


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


def local_system() -> TargetSystem:
    """Return linux, wsl, windows or macos for the machine gpuproof itself runs on."""
    if platform.system() in ("Windows", "Darwin"):
        return "windows" if platform.system() == "Windows" else "macos"
    try:
        kernel = Path("/proc/sys/kernel/osrelease").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "linux"
    return "wsl" if "microsoft" in kernel.lower() else "linux"


def _here(given: dict[str, Any]) -> Subject:
    """Return this machine as far as it is known without a look: its system, and its architecture.

    With ``--os``, or a card that sits in ARM machines only (GH200, Jetson), this machine's architecture says nothing.
    """
    from gpuproof.core.facts.unknown import NOT_ASKED
    from gpuproof.core.recommend.case import usual_machine
    from gpuproof.core.recommend.model import Subject

    is_usual = "system" not in given and usual_machine(given.get("cards", ())) == "x86_64"
    return Subject(system=local_system(), machine=platform.machine() if is_usual else NOT_ASKED)


def _is_complete(given: dict[str, Any]) -> bool:
    cards = given.get("cards")
    if cards is None:
        return False
    return "driver" in given or given.get("system") == "macos" or not any(card.vendor == "nvidia" for card in cards)


def _inspected(target: str | None) -> Any:
    from gpuproof.core.facts.readers import read_machine
    from gpuproof.core.launch.inspect import inspect_target
    from gpuproof.core.launch.targets import parse_target

    return read_machine(inspect_target(parse_target("self" if target is None else target), import_torch=False))
