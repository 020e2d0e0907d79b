"""``gpuproof diagnose``: the one root cause, of this machine or of a file or pasted text."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from gpuproof.core.cli.chosen_target import chosen_target
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import literal, text

if TYPE_CHECKING:
    from gpuproof.core.diagnose.model import Diagnosis
    from gpuproof.core.diagnose.notes import Notes
    from gpuproof.core.facts.machine import Machine


_SURE = {"certain": text("certain"), "likely": text("likely"), "possible": text("possible")}
_LINKS = {
    "application": text("Application"),
    "torch": literal("PyTorch"),
    "cuda_libraries": text("CUDA libraries"),
    "driver": text("Driver"),
    "gpu": literal("GPU"),
}
_STATES = {
    "ok": text("in order"),
    "warning": text("with a doubt"),
    "broken": text("broken"),
    "unknown": text("unknown"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file, the target and the application."""
    parser.add_argument("file", nargs="?", help="a report, capture, collector file or any pasted text; - reads stdin")
    parser.add_argument(
        "--target", default=None, help="where to look, e.g. python:/path/to/python; default: this Python"
    )
    parser.add_argument("--no-import", action="store_true", help="never start torch")
    parser.add_argument("--app", default=None, help="check an application's own requirements too, e.g. heygem")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Return 0 when nothing is wrong, 1 when a problem was found or the cause is not decided."""
    from gpuproof.core.diagnose import diagnose
    from gpuproof.core.diagnose.document import diagnosis_document
    from gpuproof.core.diagnose.notes import notes_of

    if arguments.app:
        from gpuproof.core.knowledge import require_app

        require_app(arguments.app)
    kind, machine = _evidence(arguments, terminal)
    diagnosis = diagnose(machine, app=arguments.app)
    notes = notes_of(machine)
    document = diagnosis_document(diagnosis, terminal.language, notes=notes)
    document["evidence_kind"] = kind
    terminal.emit(document, lambda: _show(diagnosis, notes, terminal))
    return 0 if diagnosis.cause == "healthy" else 1


def _evidence(arguments: argparse.Namespace, terminal: Terminal) -> tuple[str, Machine]:
    if arguments.file is None:
        return "machine", _inspected(arguments, terminal)
    from gpuproof.core.diagnose.evidence import read_evidence

    return read_evidence(_bytes_of(arguments.file))


def _bytes_of(name: str) -> bytes:
    from gpuproof.core.facts.foreign.clean import MAXIMUM_BYTES

    if name == "-":
        return sys.stdin.buffer.read(MAXIMUM_BYTES + 1)
    try:
        with open(name, "rb") as file:
            return file.read(MAXIMUM_BYTES + 1)
    except OSError as problem:
        raise UserProblem(
            text("{file} cannot be read: {detail}", file=name, detail=problem.strerror or str(problem)),
            text("Name a readable file, or - to paste text."),
        ) from problem


def _inspected(arguments: argparse.Namespace, terminal: Terminal) -> Machine:
    from gpuproof.core.facts.readers import read_machine
    from gpuproof.core.launch.inspect import inspect_target

    target = chosen_target("self" if arguments.target is None else arguments.target, terminal)
    return read_machine(inspect_target(target, import_torch=not arguments.no_import))


def _show(diagnosis: Diagnosis, notes: Notes, terminal: Terminal) -> None:
    from gpuproof.core.cli.show_notes import show_notes
    from gpuproof.core.cli.show_remedy import show_remedy

    language = terminal.language
    terminal.say(diagnosis.title)
    sure = _SURE[diagnosis.confidence].render(language)
    terminal.say(text("Cause: {cause} ({confidence})", cause=diagnosis.cause, confidence=sure))
    for finding in diagnosis.findings:
        if finding is not diagnosis.primary:
            terminal.say()
            terminal.say(text("Also seen: {title}", title=finding.title.render(language)))
            continue
        show_remedy(finding.evidence, finding.remedy.steps, terminal)
    for link in diagnosis.chain:
        terminal.say(
            text(
                "{link}: {state} - {summary}",
                link=_LINKS[link.name].render(language),
                state=_STATES[link.state].render(language),
                summary=link.summary.render(language),
            )
        )
        for line in link.evidence if link.name == "application" else ():
            terminal.say(text("  seen: {line}", line=line.render(language)))
    for rule, detail in diagnosis.crashed:
        terminal.say(text("The rule {rule} could not be run: {detail}", rule=rule, detail=detail))
    if diagnosis.ask_next is not None:
        terminal.say(diagnosis.ask_next)
    show_notes(notes, terminal)
