"""``gpuproof setup``: brings the recommended torch into an environment, or puts it back as it was."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.recommend.model import Recommendation
from gpuproof.core.setup.document import (
    driver_words,
    outcome_document,
    outcome_words,
    plan_document,
    plan_words,
    restored_document,
    restored_words,
)
from gpuproof.core.setup.model import SetupEvent, SetupLine, SetupOutcome, SetupPlan, SetupStage
from gpuproof.core.setup.network import Network, reach
from gpuproof.core.setup.watching import InstallProgress
from gpuproof.core.words import Text, text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--target", metavar="T", help="the environment to mend (default: this one)")
    where.add_argument("--new", metavar="DIR", type=Path, help="make a new environment in this folder")
    parser.add_argument("--undo", action="store_true", help="put the last set-up back, or one that was interrupted")
    parser.add_argument("--forget", action="store_true", help="give up the files that are kept for --undo")
    parser.add_argument("--dry-run", action="store_true", help="show the plan and change nothing")
    parser.add_argument("--yes", action="store_true", help="carry it out without asking")
    parser.add_argument("--app", metavar="ID", help="the application that it is for")
    parser.add_argument("--torch", metavar="SPEC", help='a version that must be kept, for example "==2.5.1"')
    parser.add_argument("--constraints", metavar="FILE", type=Path, help="write a file that keeps this torch later")
    parser.add_argument("--index-base", metavar="URL", help="a mirror of download.pytorch.org/whl")
    parser.add_argument("--index-url", metavar="URL", help="a whole wheel index, taken as it is")
    parser.add_argument("--proxy", metavar="URL", help="a proxy for the installer")
    parser.add_argument("--check-network", action="store_true", help="first ask the index whether it can be reached")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Show the plan, carry it out when that was agreed to, verify."""
    if arguments.undo:
        return _undo(arguments, terminal)
    if arguments.forget:
        return _forget(terminal)
    cancel = threading.Event()
    with cancelled_by_interrupt(cancel):
        try:
            plan, recommendation = _plan(arguments, terminal, cancel)
        except UserProblem:
            if cancel.is_set():  # Ctrl+C also ended the program that was asked; what it left unsaid is no finding
                raise CouldNotFinish(text("Cancelled.")) from None
            raise
        _say_all((*plan_words(plan), *driver_words(recommendation)), terminal)
        document: dict[str, Any] = {"plan": plan_document(plan, terminal.language), "result": None}
        if plan.is_nothing_to_do or arguments.dry_run:
            terminal.emit(document, lambda: None)
            return 0
        _require_consent(arguments, terminal)
        outcome = _apply(plan, terminal, cancel)
    document["result"] = outcome_document(outcome, terminal.language)
    terminal.emit(document, lambda: _say_all(outcome_words(outcome), terminal))
    return 0 if outcome.is_ok else 3


@contextlib.contextmanager
def cancelled_by_interrupt(cancel: threading.Event) -> Iterator[None]:
    """Let Ctrl+C cancel what runs, so that it is put back in order, instead of tearing it down."""
    previous = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, lambda number, frame: cancel.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def _plan(
    arguments: argparse.Namespace, terminal: Terminal, cancel: threading.Event
) -> tuple[SetupPlan, Recommendation]:
    from gpuproof.core.facts.readers import read_machine
    from gpuproof.core.launch.inspect import inspect_target
    from gpuproof.core.launch.targets import parse_target
    from gpuproof.core.launch.trust import choosing_words
    from gpuproof.core.recommend import recommend
    from gpuproof.core.recommend.subject import subject_of
    from gpuproof.core.setup.interpreter import interpreter_of
    from gpuproof.core.setup.plan import plan_existing, plan_new

    network = Network(index_base=arguments.index_base, index_url=arguments.index_url, proxy=arguments.proxy)
    target = parse_target("self" if arguments.target is None else arguments.target)
    terminal.progress(text("Looking at {target} ...", target=str(target)))
    if (warning := choosing_words(target)) is not None:
        terminal.progress(warning)
    machine = read_machine(inspect_target(target, import_torch=not arguments.new, cancel=cancel))
    recommendation = recommend(subject_of(machine, app=arguments.app, torch_pin=arguments.torch))
    if arguments.check_network and recommendation.choice is not None:
        index = network.index_for(recommendation.choice.variant, recommendation.choice.index_url)
        terminal.progress(reach(index, arguments.proxy))
    terminal.progress(text("Asking the package sources; nothing is installed yet ..."))
    more = {"network": network, "constraints_file": arguments.constraints, "cancel": cancel}
    if arguments.new:
        return plan_new(arguments.new, recommendation, **more), recommendation
    interpreter, look_only = interpreter_of(target, recommendation), arguments.dry_run
    return plan_existing(interpreter, machine, recommendation, look_only=look_only, **more), recommendation


def _require_consent(arguments: argparse.Namespace, terminal: Terminal) -> None:
    if arguments.yes:
        return
    if not sys.stdin.isatty():
        raise UserProblem(text("Nothing was changed."), text("Add --yes to carry the plan out."))
    terminal.progress(text("Carry it out? [y/N]"))
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "是"):
        raise UserProblem(text("Nothing was changed."), text("Add --yes to carry the plan out."))


def _apply(plan: SetupPlan, terminal: Terminal, cancel: threading.Event) -> SetupOutcome:
    from gpuproof.core.setup.apply import apply_plan

    return apply_plan(plan, on_event=lambda event: _show(event, terminal), cancel=cancel)


def _say_all(lines: Iterable[Text], terminal: Terminal) -> None:
    for words in lines:
        terminal.say(words)


def _show(event: SetupEvent, terminal: Terminal) -> None:
    stages = {
        "record": text("Keeping the present state ..."),
        "create": text("Making the environment ..."),
        "install": text("Installing ..."),
        "verify": text("Trying it ..."),
        "restore": text("Putting everything back ..."),
    }
    if isinstance(event, SetupStage):
        terminal.progress(stages[event.stage])
    elif isinstance(event, InstallProgress):
        terminal.progress(event.words())
    elif isinstance(event, SetupLine):
        terminal.progress(event.line)


def _forget(terminal: Terminal) -> int:
    from gpuproof.core.setup.undo import forget

    freed = forget()
    words = text("{size} MB were freed; set-ups until now can no longer be undone.", size=round(freed / 1e6))
    terminal.emit({"freed_bytes": freed}, lambda: terminal.say(words))
    return 0


def _undo(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from gpuproof.core.launch.starting import existing_interpreter
    from gpuproof.core.launch.targets import parse_target
    from gpuproof.core.setup.undo import last_undoable, undo

    prefix = None
    if arguments.target is not None:
        interpreter = existing_interpreter(parse_target(arguments.target).name)
        prefix = Path(interpreter).parent.parent
    journal = last_undoable(prefix)
    terminal.progress(
        text("Putting {prefix} back as it was on {when} ...", prefix=journal.prefix, when=journal.started)
    )
    restored = undo(journal)
    document = {"undone": journal.id, "prefix": journal.prefix, **restored_document(restored, terminal.language)}
    terminal.emit(document, lambda: _say_all(restored_words(restored), terminal))
    return 0 if restored.is_complete else 1
