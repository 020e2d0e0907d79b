"""``gpuproof compare``: two reports, a baseline of several, a folder as a table, or a folder against a baseline."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import literal, text

if TYPE_CHECKING:
    from gpuproof.core.report.measured import Measured

_FEW = 16  # files that are opened in full; of more only the parts that a comparison needs are read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the files."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="BEFORE... AFTER; or one folder of reports; or BASELINE... FOLDER",
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Compare; 1 when something got slower or nothing can be said, 2 for a file that is no report, 0 otherwise."""
    paths = [Path(name) for name in arguments.files]
    if paths[-1].is_dir():
        from gpuproof.core.cli.show_folder import show_folder

        return show_folder(paths[-1], terminal, paths[:-1])
    if len(paths) == 1:
        raise UserProblem(
            text("One file alone cannot be compared: {path}", path=paths[0]),
            text("Expected: gpuproof compare BEFORE AFTER, or a folder of reports."),
        )
    from gpuproof.core.cli.show_comparison import show_comparison
    from gpuproof.core.report.compare import compare_runs, comparison_document
    from gpuproof.core.report.measured import read_measured

    few = len(paths) <= _FEW
    reports = [_opened(path, _open_whole if few else read_measured, terminal) for path in paths]
    comparison = compare_runs(reports[:-1], reports[-1])
    document = comparison_document(comparison, terminal.language)
    terminal.emit(document, lambda: show_comparison(comparison, terminal))
    got_slower = any(result.verdict == "slower" for result in comparison.results)
    return 1 if got_slower or not comparison.comparable else 0


def _open_whole(path: Path) -> Measured:
    from gpuproof.core.report.measured import measured
    from gpuproof.core.report.store import load_report

    return measured(load_report(path))


def _opened(path: Path, read: Callable[[Path], Measured], terminal: Terminal) -> Measured:
    """Open one of several files; of the one that is refused the name is said too."""
    try:
        return read(path)
    except UserProblem as problem:
        if str(path) not in problem.message.render(terminal.language):
            terminal.progress(literal(f"{path}:"))
        raise
