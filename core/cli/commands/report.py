"""``gpuproof report``: show, export or redact a report file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.words import literal, text

if TYPE_CHECKING:
    from gpuproof.core.report.model import Report

_FORMATS = ("json", "html", "md", "txt", "pdf", "png", "csv")
_LEVELS = ("share", "support", "full")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare show, export and redact."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="what a report says")
    export = actions.add_parser("export", help="a report in another format")
    redact = actions.add_parser("redact", help="a report that is fit to share, and what was taken out")
    for action in (show, export, redact):
        action.add_argument("file", metavar="FILE", help="a report file")
        action.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help="one JSON document on stdout"
        )
        action.add_argument("--lang", choices=("en", "zh"), default=argparse.SUPPRESS, help="language of the words")
    export.add_argument("--format", choices=_FORMATS, help="default: by the ending of --out")
    for action in (export, redact):
        action.add_argument("--out", metavar="OUT", type=Path, help="the file to write")
        action.add_argument("--privacy", choices=_LEVELS, default="share", help="share (default), support or full")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Run the chosen action; a file that is no report ends with exit code 2."""
    from gpuproof.core.report.store import load_report

    report = load_report(Path(arguments.file))
    if arguments.action == "show":
        from gpuproof.core.report.document import to_document
        from gpuproof.core.report.export.written import plain_text

        document = {**to_document(report), "integrity": report.integrity}
        terminal.emit(document, lambda: terminal.say(plain_text(report, terminal.language).rstrip("\n")))
        return 0
    return (
        _export(arguments, report, terminal) if arguments.action == "export" else _redact(arguments, report, terminal)
    )


def _export(arguments: argparse.Namespace, report: Report, terminal: Terminal) -> int:
    from gpuproof.core.report.atomic import unused, write_whole
    from gpuproof.core.report.export import export
    from gpuproof.core.report.store import file_stem

    form = arguments.format or (arguments.out.suffix.lstrip(".").lower() if arguments.out else "html")
    data = export(report, form, terminal.language, privacy=arguments.privacy)
    path = write_whole(arguments.out or unused(Path(), file_stem(report), f".{form}"), data)
    document = {"path": str(path), "format": form, "privacy": arguments.privacy, "bytes": len(data)}
    terminal.emit(document, lambda: terminal.say(text("Written: {path}", path=path)))
    return 0


def _redact(arguments: argparse.Namespace, report: Report, terminal: Terminal) -> int:
    from gpuproof.core.report.export import words as w
    from gpuproof.core.report.privacy.redact import redact
    from gpuproof.core.report.store import save_report_as

    removed = redact(report, arguments.privacy).removed
    path = save_report_as(
        report, arguments.out or _redacted_name(report, Path(arguments.file).parent), privacy=arguments.privacy
    )

    def show() -> None:
        terminal.say(text("Written: {path}", path=path))
        for one in removed:
            kind = terminal.rendered(w.REMOVED_KINDS.get(one.kind, literal(one.kind)))
            terminal.say(literal(f"  {kind}: {one.count} {'→ ' + one.replaced_by if one.replaced_by else ''}".rstrip()))

    rows = [{"kind": one.kind, "count": one.count, "replaced_by": one.replaced_by} for one in removed]
    terminal.emit({"path": str(path), "privacy": arguments.privacy, "removed": rows}, show)
    return 0


def _redacted_name(report: Report, folder: Path) -> Path:
    from gpuproof.core.report.atomic import unused
    from gpuproof.core.report.store import file_stem

    return unused(folder, f"{file_stem(report)}-redacted", ".json")
