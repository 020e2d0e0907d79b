"""The report step: what was taken out before saving, a look at the file itself, and copies in other formats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.report.model import Removed, Report
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.background import Background, Result
from gpuproof.gui.style import speech

if TYPE_CHECKING:
    from gpuproof.core.report.privacy.redact import Replacement

FORMATS: tuple[tuple[str, Text], ...] = (
    ("html", text("Web page")),
    ("pdf", text("PDF")),
    ("png", text("Picture of the result")),
    ("md", text("Markdown")),
    ("txt", text("Plain text")),
    ("csv", text("Table of samples")),
    ("json", text("gpuproof report")),
)
_PREVIEW_CHARACTERS = 60_000
_KINDS: dict[str, Text] = {
    "user": text("User names"),
    "host": text("Computer names"),
    "name": text("Names of targets"),
    "dir": text("Folder names"),
    "program": text("Program names"),
    "gpu": text("GPU identifiers"),
    "uuid": text("Unique identifiers"),
    "serial": text("Serial numbers"),
    "mac": text("Network hardware addresses"),
    "ip": text("Network addresses"),
    "mail": text("Mail addresses"),
    "login": text("Logins in addresses"),
    "secret": text("Passwords and tokens"),
    "answer": text("Whole answers"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportState:
    """What the step shows about the saved file."""

    path: Path | None = None
    size_bytes: int = 0
    removed: tuple[Removed, ...] = ()
    items: tuple[Replacement, ...] = ()  # one by one, for a report of this session: never saved
    preview: str = ""
    saved: Path | None = None
    is_working: bool = False
    problem: Text | None = None
    hint: Text | None = None


class ReportPresenter(QObject):
    """Reads the saved file as anybody would who gets it; exports from that, so nothing else can leak."""

    state_changed = Signal(object)  # ReportState
    text_made = Signal(str)
    print_ready = Signal(object)  # bytes: the layout of the pages, see ``core.report.export.pages_for_print``

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self._report: Report | None = None
        self.state = ReportState()

    def look_at(self, path: Path, original: Report | None = None) -> None:
        """Read a saved report and show what it holds; with the original also what each stand-in stands for."""
        self._set(ReportState(path=path, is_working=True))
        self._background.start(lambda: _read(path, original), self._shown, self._failed)

    def save_case(self, question: str, log: Path | None, path: Path) -> None:
        """Write a case file: this report and a question, for a supporter."""
        self._start(lambda report: _save_case(report, question, log, path), self._saved)

    def save_as(self, format_name: str, path: Path) -> None:
        """Write a copy in another format."""
        language = speech.language()
        self._start(lambda report: _export(report, format_name, path, language), self._saved)

    def copy_as_text(self) -> None:
        """Make the report as plain text, for the clipboard."""
        language = speech.language()
        self._start(lambda report: _as_text(report, language), self._copied)

    def lay_out_for_print(self) -> None:
        """Settle what the printed pages say."""
        language = speech.language()
        self._start(lambda report: _pages(report, language), self._laid_out)

    def page(self) -> Path | None:
        """Return the web page that was written beside the report, if it is there."""
        path = self.state.path
        page = path.with_suffix(".html") if path is not None else None
        return page if page is not None and page.is_file() else None

    def _start(self, work: Callable[[Report], Result], done: Callable[[Result], None]) -> None:
        """Work on the report in the background; nothing happens without one, or while it is worked on."""
        report = self._report
        if report is None or self.state.is_working:
            return
        self._set(replace(self.state, is_working=True, problem=None, hint=None, saved=None))
        self._background.start(lambda: work(report), done, self._failed)

    def _laid_out(self, layout: bytes) -> None:
        self._set(replace(self.state, is_working=False))
        self.print_ready.emit(layout)

    def _copied(self, words: str) -> None:
        self._set(replace(self.state, is_working=False))
        self.text_made.emit(words)

    def _shown(self, read: tuple[Report, str, int, tuple[Replacement, ...]]) -> None:
        self._report, preview, size, items = read
        removed = self._report.removed
        state = replace(self.state, is_working=False, items=items, removed=removed)
        self._set(replace(state, preview=preview, size_bytes=size))

    def _saved(self, path: Path) -> None:
        self._set(replace(self.state, is_working=False, saved=path))

    def _failed(self, problem: UserProblem) -> None:
        self._set(replace(self.state, is_working=False, problem=problem.message, hint=problem.hint))

    def _set(self, state: ReportState) -> None:
        self.state = state
        self.state_changed.emit(state)


def removed_words(removed: Removed) -> tuple[Text, Text]:
    """Say what was taken out, and how often and what stands there instead."""
    name = _KINDS.get(removed.kind, literal(removed.kind))
    if removed.replaced_by:
        return name, text("{count} ×, now {stand_in}", count=removed.count, stand_in=removed.replaced_by)
    return name, text("{count} ×, left out", count=removed.count)


def item_words(item: Replacement) -> Text:
    """Say what one identifier becomes, or that an answer is left out."""
    if item.becomes:
        return text("{found} becomes {becomes} ({count} ×)", found=item.found, becomes=item.becomes, count=item.count)
    return text("{found} is left out", found=item.found)


def _save_case(report: Report, question: str, log: Path | None, path: Path) -> Path:
    from gpuproof.core.report.case import Case, log_tail, save_case

    excerpt = log_tail(log) if log is not None else ""
    return save_case(Case(question=question, report=report, log_excerpt=excerpt), path)


def _read(path: Path, original: Report | None) -> tuple[Report, str, int, tuple[Replacement, ...]]:
    import json

    from gpuproof.core.report.case import is_case, load_case
    from gpuproof.core.report.privacy.redact import replacements
    from gpuproof.core.report.store import load_report, read_bounded, shareable_bytes
    from gpuproof.gui.presenters.opened import unpacked

    data = unpacked(read_bounded(path), path.name)
    report = load_case(data).report if is_case(data) else load_report(data)
    size, inside = len(data), shareable_bytes(report) if is_case(data) else data
    pretty = json.dumps(json.loads(inside), ensure_ascii=False, indent=2)
    items = replacements(original) if original is not None and original.privacy is None else ()
    return report, pretty[:_PREVIEW_CHARACTERS], size, items


def _pages(report: Report, language: str) -> bytes:
    from gpuproof.core.report.export import pages_for_print

    return pages_for_print(report, language)


def _as_text(report: Report, language: str) -> str:
    from gpuproof.core.report.export import export

    return export(report, "txt", language).decode("utf-8")


def _export(report: Report, format_name: str, path: Path, language: str) -> Path:
    from gpuproof.core.report.atomic import write_whole
    from gpuproof.core.report.export import export

    try:
        return write_whole(path, export(report, format_name, language))
    except OSError as problem:
        raise CouldNotFinish(
            text("The file could not be written: {reason}", reason=problem.strerror or str(problem)),
            text("Choose another folder, or free some space."),
        ) from problem
