"""``gpuproof compare``: two reports, a baseline of several, or a folder as a table with history."""

from __future__ import annotations

import argparse
from pathlib import Path

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the files."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="BEFORE... AFTER, or one folder of reports")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Compare; 1 when something got slower or nothing can be said, 2 for a file that is no report, 0 otherwise."""
    paths = [Path(name) for name in arguments.files]
    if len(paths) == 1:
        if not paths[0].is_dir():
            raise UserProblem(
                text("One file alone cannot be compared: {path}", path=paths[0]),
                text("Expected: gpuproof compare BEFORE AFTER, or a folder of reports."),
            )
        from gpuproof.core.cli.show_comparison import show_folder

        return show_folder(paths[0], terminal)
    from gpuproof.core.cli.show_comparison import show_comparison
    from gpuproof.core.report.compare import compare_runs, comparison_document
    from gpuproof.core.report.store import load_report

    reports = [load_report(path) for path in paths]
    comparison = compare_runs(reports[:-1], reports[-1])
    document = comparison_document(comparison, terminal.language)
    terminal.emit(document, lambda: show_comparison(comparison, terminal))
    got_slower = any(result.verdict == "slower" for result in comparison.results)
    return 1 if got_slower or not comparison.comparable else 0
