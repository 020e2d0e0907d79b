"""``gpuproof report steps``: through the fix card of an answered case, with a fresh look after each step.

Commands of an answer are shown; the person runs them in a terminal of their own. Nothing here runs them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TextIO

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.report.case import Case, CaseStep, load_case
from gpuproof.core.report.fix_card import Recheck, is_from_here, look_again, recheck, steps_of
from gpuproof.core.report.plain import plain
from gpuproof.core.words import literal, text


def go_through(arguments: argparse.Namespace, terminal: Terminal, asked: TextIO | None = None) -> int:
    """Show one step after the other and look again after each; 0 once the cause is gone, else 1."""
    case = load_case(Path(arguments.file))
    steps = steps_of(case)
    if terminal.as_json:
        terminal.emit({"steps": [plain(step) for step in steps]}, lambda: None)
        return 0
    if not is_from_here(case):
        terminal.say(text("This case is about another machine; the steps are for there, and nothing is checked here."))
        for number, step in enumerate(steps, 1):
            _show(number, len(steps), step, terminal)
        return 0
    return 0 if _each(case, steps, arguments.target, terminal, asked or sys.stdin) else 1


def _each(case: Case, steps: tuple[CaseStep, ...], target: str | None, terminal: Terminal, asked: TextIO) -> bool:
    found: Recheck | None = None
    for number, step in enumerate(steps, 1):
        _show(number, len(steps), step, terminal)
        terminal.say(text("Do this in a terminal of your own, then press Enter to look again (s: skip, q: stop)."))
        answer = asked.readline()
        if not answer or answer.strip().lower() == "q":
            break
        if answer.strip().lower() == "s":
            continue
        terminal.progress(text("Looking again…"))
        found = recheck(case, look_again(target))
        terminal.say(found.words)
        terminal.say(found.title)
        if found.is_healthy:
            break
    return found is not None and found.is_gone


def _show(number: int, count: int, step: CaseStep, terminal: Terminal) -> None:
    terminal.say()
    terminal.say(text("Step {number} of {count}: {words}", number=number, count=count, words=step.words))
    if step.command:
        terminal.say(literal(f"    {step.command}"))
