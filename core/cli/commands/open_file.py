"""``gpuproof open [FILE]``: the app, with a report or case file; what a double click in the file manager runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", nargs="?", type=Path, help="a report, answers file or .gpuproof case")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Open the window; a missing file is said before Qt is loaded."""
    from gpuproof.core.cli.commands.app import open_app

    if arguments.file is not None and not arguments.file.is_file():
        raise UserProblem(
            text("There is no file {path}.", path=arguments.file),
            text("Name a report, an answers file or a .gpuproof case."),
        )
    return open_app(terminal, arguments.file, arguments.lang)
