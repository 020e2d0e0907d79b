"""The actions of ``gpuproof report`` on one report: show, export, redact, sign."""

from __future__ import annotations

import argparse
from pathlib import Path

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import UserProblem
from gpuproof.core.report.atomic import unused, write_whole
from gpuproof.core.report.document import to_document
from gpuproof.core.report.export import export
from gpuproof.core.report.export import words as w
from gpuproof.core.report.export.written import plain_text
from gpuproof.core.report.opening import MOST_ANSWER_BYTES, open_report
from gpuproof.core.report.store import file_stem, load_report, read_bounded, save_report_as
from gpuproof.core.words import literal, text


def show(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Show a report, a case with its question and answer, or an answers file as if its machine were this one."""
    from gpuproof.core.cli.report_support import show_case
    from gpuproof.core.report.case import is_case
    from gpuproof.core.report.signature import signature_of

    path = Path(arguments.file)
    data = read_bounded(path, MOST_ANSWER_BYTES)
    if is_case(data):
        return show_case(data, terminal)
    report, signature = open_report(data), signature_of(path)

    def words() -> None:
        terminal.say(plain_text(report, terminal.language).rstrip("\n"))
        if signature.state != "none":
            terminal.say(signature.words)

    signed = {"state": signature.state, "key": signature.key}
    terminal.emit({**to_document(report), "integrity": report.integrity, "signature": signed}, words)
    return 0


def export_report(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Write the report in another format; the name we choose tells nothing of the input's name."""
    report = open_report(Path(arguments.file))
    form = arguments.format or (arguments.out.suffix.lstrip(".").lower() if arguments.out else "") or "html"
    data = export(report, form, terminal.language, privacy=arguments.privacy)
    if str(arguments.out) == "-":
        return _to_stdout(data, terminal)
    path = write_whole(arguments.out or unused(Path(), file_stem(report), f".{form}"), data)
    document = {"path": str(path), "format": form, "privacy": arguments.privacy, "bytes": len(data)}
    terminal.emit(document, lambda: terminal.say(text("Written: {path}", path=path)))
    return 0


def _to_stdout(data: bytes, terminal: Terminal) -> int:
    if terminal.as_json:
        raise UserProblem(
            text("Standard output takes the report or the JSON answer, not both."), text("Name a file with --out.")
        )
    terminal.out.flush()
    terminal.out.buffer.write(data)
    return 0


def redact_report(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Write the redacted report, or with --preview only list every replacement."""
    from gpuproof.core.report.privacy.redact import redact, replacements

    report = open_report(Path(arguments.file))
    if arguments.preview:
        rows = replacements(report, arguments.privacy)
        document = [{"kind": one.kind, "found": one.found, "becomes": one.becomes, "count": one.count} for one in rows]
        lines = "\n".join(f"  {one.found} -> {one.becomes or '–'} ({one.count})" for one in rows)
        shown = literal(lines) if rows else text("Nothing would be replaced.")
        terminal.emit({"replacements": document}, lambda: terminal.say(shown))
        return 0
    removed = redact(report, arguments.privacy).removed
    path = arguments.out or unused(Path(arguments.file).parent, f"{file_stem(report)}-redacted", ".json")
    save_report_as(report, path, privacy=arguments.privacy)

    def show_removed() -> None:
        terminal.say(text("Written: {path}", path=path))
        for one in removed:
            kind = terminal.rendered(w.REMOVED_KINDS.get(one.kind, literal(one.kind)))
            terminal.say(
                literal(f"  {kind}: {one.count} {'-> ' + one.replaced_by if one.replaced_by else ''}".rstrip())
            )

    counted = [{"kind": one.kind, "count": one.count, "replaced_by": one.replaced_by} for one in removed]
    terminal.emit({"path": str(path), "privacy": arguments.privacy, "removed": counted}, show_removed)
    return 0


def sign(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Sign the report file as it is."""
    from gpuproof.core.report.signature import sign_report, signature_of

    path = Path(arguments.file)
    load_report(path)
    written = sign_report(path, arguments.key.expanduser())
    state = signature_of(path)
    terminal.emit({"path": str(written), "key": state.key}, lambda: terminal.say(state.words))
    return 0
