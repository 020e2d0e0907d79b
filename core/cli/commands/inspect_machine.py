"""``gpuproof inspect``: the facts of this machine or of a target, without a judgement."""

from __future__ import annotations

import argparse
import importlib
import sys
import threading
from typing import TYPE_CHECKING, Any

from gpuproof.core.cli.chosen_target import chosen_target
from gpuproof.core.cli.terminal import Terminal

if TYPE_CHECKING:
    from gpuproof.core.facts.answers import Answers
    from gpuproof.core.facts.machine import Machine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--target", metavar="T", default="self", help="self, python:PATH, conda:, docker:, ssh:, wsl:")
    parser.add_argument("--compose", metavar="FILE", help="look at a compose file instead: what it asks of the GPU")
    parser.add_argument("--no-import", action="store_true", help="never start torch, and leave a sleeping GPU asleep")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Ask the target and show what it said; 0 when facts could be gathered, 3 when none could."""
    if arguments.compose:
        from gpuproof.core.cli.show_compose import inspect_compose

        return inspect_compose(arguments.compose, terminal)
    from gpuproof.core.launch.inspect import inspect_target
    from gpuproof.core.problems import CouldNotFinish
    from gpuproof.core.words import text

    target = chosen_target(arguments.target, terminal)
    answers = inspect_target(target, import_torch=not arguments.no_import, on_start=_load_in_background)
    if not any(answer.status == "ok" for answer in answers):
        ending = answers.get("agent.run")
        raise CouldNotFinish(
            text("{target} gave no facts: {detail}", target=target, detail=ending.detail if ending else ""),
            text("Try another environment; `gpuproof targets` lists those of this machine."),
        )
    from gpuproof.core.facts.readers import read_machine

    machine = read_machine(answers)

    def show() -> None:
        from gpuproof.core.cli.show_machine import show_answers, show_machine

        show_machine(machine, terminal)
        show_answers(answers, terminal)

    document = {"target": str(target), "imported_torch": not arguments.no_import, **_document(machine, answers)}
    terminal.emit(document, show)
    _keep_bytecode()
    return 0


def _load_in_background() -> None:
    """Load the readers while the target works; the import that needs them waits until they are there."""
    threading.Thread(target=_load_readers, daemon=True).start()


def _load_readers() -> None:
    for name in ("gpuproof.core.facts.document", "gpuproof.core.facts.readers"):
        importlib.import_module(name)


def _keep_bytecode() -> None:
    if sys.dont_write_bytecode:
        return
    from gpuproof.core.launch.bytecode import keep_bytecode
    from gpuproof.core.launch.starting import AGENT_FOLDER, own_pynvml
    from gpuproof.core.launch.surroundings import is_frozen

    if not is_frozen():
        keep_bytecode(AGENT_FOLDER, *filter(None, [own_pynvml()]))


def _document(machine: Machine, answers: Answers) -> dict[str, Any]:
    """Return every fact by its name, and every answer as it came."""
    from gpuproof.core.facts.answers_file import answer_fields
    from gpuproof.core.facts.document import machine_document

    given = [answer_fields(answer) for answer in answers]
    return {**machine_document(machine), "answers": given, **_added_by_plugins(answers)}


def _added_by_plugins(answers: Answers) -> dict[str, Any]:
    added = [answer for answer in answers if answer.question.startswith("plugin.")]
    if not added:
        return {}
    from gpuproof.core.facts.answers_file import answer_fields

    return {"plugin_answers": [answer_fields(answer) for answer in added]}
