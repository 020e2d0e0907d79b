"""``gpuproof targets``: the Python environments found on this machine."""

from __future__ import annotations

import argparse
from typing import Any

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.launch.discover import PythonEnvironment, find_environments
from gpuproof.core.words import Text, literal, text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("--torch-only", action="store_true", help="only environments that have a torch")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """List the environments; reading files only, nothing found is started."""
    found = find_environments()
    shown = [environment for environment in found if environment.torch or not arguments.torch_only]
    document = {"targets": [target_document(environment, terminal.language) for environment in shown]}
    terminal.emit(document, lambda: _show(shown, terminal))
    return 0


def target_document(environment: PythonEnvironment, language: str) -> dict[str, Any]:
    """Return one environment as data for other programs."""
    torch = environment.torch
    return {
        "target": str(environment.target),
        "interpreter": environment.interpreter,
        "prefix": environment.prefix,
        "kind": environment.kind,
        "python": environment.version or None,
        "torch": torch and {"version": torch.version, "cuda": torch.cuda or None, "other": torch.other or None},
        "app": environment.app or None,
        "trust": environment.trust,
        "externally_managed": environment.is_externally_managed,
        "broken": environment.is_broken,
        "notes": [note.render(language) for note in notes_of(environment)],
    }


def notes_of(environment: PythonEnvironment) -> tuple[Text, ...]:
    """Return what a person should know before choosing it."""
    notes = []
    if environment.trouble is not None:
        notes.append(environment.trouble)
    if environment.trust == "world_writable":
        notes.append(text("others may write there: only run when you choose it"))
    if environment.trust == "downloaded":
        notes.append(text("a downloaded folder: only run when you choose it"))
    if environment.is_externally_managed:
        notes.append(text("belongs to the system: set-up leaves it alone"))
    return tuple(notes)


def torch_words(environment: PythonEnvironment) -> Text:
    """Describe the torch of an environment in a few words."""
    torch = environment.torch
    if torch is None:
        return text("no torch")
    if torch.cuda:
        return text("torch {version} for CUDA {cuda}", version=torch.version, cuda=torch.cuda)
    if torch.other:
        return text("torch {version} for {other}", version=torch.version, other=torch.other)
    return text("torch {version} without CUDA", version=torch.version)


def _show(environments: list[PythonEnvironment], terminal: Terminal) -> None:
    if not environments:
        terminal.say(text("No Python environment was found."))
        return
    for environment in environments:
        about = [environment.kind, environment.app, f"Python {environment.version or '?'}"]
        terminal.say(literal(str(environment.target)))
        words = [terminal.rendered(torch_words(environment)), *(terminal.rendered(n) for n in notes_of(environment))]
        terminal.say(literal("    " + ", ".join([*(word for word in about if word), *words])))
    terminal.say(text("Choosing a target runs the start-up code of its Python."))
