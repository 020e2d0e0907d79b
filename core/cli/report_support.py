"""The actions of ``gpuproof report`` for support and upgrades: case, answer, keep, after."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpuproof.core.cli.show_comparison import show_comparison
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import UserProblem
from gpuproof.core.report.atomic import unused
from gpuproof.core.report.case import Case, CaseAnswer, CaseStep, answered, load_case, log_tail, save_case
from gpuproof.core.report.document import to_document
from gpuproof.core.report.export.written import plain_text
from gpuproof.core.report.opening import open_report
from gpuproof.core.report.store import file_stem, load_report
from gpuproof.core.words import literal, text

if TYPE_CHECKING:
    from gpuproof.core.report.upgrade_verdict import UpgradeVerdict


def make_case(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Write a case file of a report, a question and the end of a log."""
    report = open_report(Path(arguments.file))
    log = log_tail(arguments.log) if arguments.log else ""
    path = arguments.out or unused(Path(), file_stem(report), ".gpuproof")
    save_case(Case(question=arguments.question, report=report, log_excerpt=log), path, privacy=arguments.privacy)
    terminal.emit({"path": str(path)}, lambda: terminal.say(text("Written: {path}", path=path)))
    return 0


def answer_case(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Write the reply to a case: the same case with the answer and its steps."""
    _require_label(arguments.cause)
    case = load_case(Path(arguments.file))
    steps = tuple(_step(words) for words in arguments.step)
    reply = answered(case, CaseAnswer(words=arguments.words, cause=arguments.cause, steps=steps))
    path = arguments.out or unused(Path(), f"{file_stem(case.report)}-reply", ".gpuproof")
    save_case(reply, path, privacy=arguments.privacy)
    terminal.emit({"path": str(path)}, lambda: terminal.say(text("Written: {path}", path=path)))
    return 0


def _require_label(cause: str) -> None:
    from gpuproof.core.diagnose.causes import TITLES

    if cause and cause not in TITLES:
        raise UserProblem(
            text("There is no cause {name}.", name=cause),
            text("Choose one of: {choices}.", choices=", ".join(sorted(TITLES))),
        )


def show_case(data: bytes, terminal: Terminal) -> int:
    """Show a case: question, answer with its steps, report, log. Commands are shown and never run."""
    case = load_case(data)
    terminal.emit(_document(case), lambda: _show(case, terminal))
    return 0


def keep(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Keep the report as the state before a driver upgrade."""
    from gpuproof.core.report.snapshot import keep_snapshot

    kept = keep_snapshot(load_report(Path(arguments.file)))
    document = {"driver_version": kept.driver_version, "made_at": kept.made_at, "path": str(kept.path)}
    words = text(
        "Kept (driver {driver}). Upgrade, restart, run gpuproof check, then: gpuproof report after REPORT",
        driver=kept.driver_version,
    )
    terminal.emit(document, lambda: terminal.say(words))
    return 0


def judge(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Judge the upgrade; 1 when it got slower."""
    from gpuproof.core.report.compare import comparison_document
    from gpuproof.core.report.snapshot import drop_snapshot, kept_snapshot
    from gpuproof.core.report.upgrade_verdict import judge_upgrade

    snapshot = kept_snapshot()
    if snapshot is None:
        raise UserProblem(
            text("No report was kept before the upgrade."), text("Before an upgrade: gpuproof report keep REPORT")
        )
    verdict = judge_upgrade(snapshot, load_report(Path(arguments.file)))
    document = {**upgrade_document(verdict, terminal), **comparison_document(verdict.comparison, terminal.language)}

    def show() -> None:
        show_upgrade(verdict, terminal)
        show_comparison(verdict.comparison, terminal, with_answer=False)

    terminal.emit(document, show)
    if arguments.forget:
        drop_snapshot()
    return 1 if verdict.go_back_to else 0


def upgrade_document(verdict: UpgradeVerdict, terminal: Terminal) -> dict[str, Any]:
    """Return the sentence and what to go back to."""
    how = verdict.how.render(terminal.language) if verdict.how else None
    return {"text": verdict.words.render(terminal.language), "go_back_to": verdict.go_back_to, "how": how}


def show_upgrade(verdict: UpgradeVerdict, terminal: Terminal) -> None:
    """Write the sentence and how to go back."""
    terminal.say(verdict.words)
    if verdict.how is not None:
        terminal.say(verdict.how)


def _show(case: Case, terminal: Terminal) -> None:
    terminal.say(text("Question: {words}", words=case.question))
    if case.answer is not None:
        terminal.say(text("Answer: {words}", words=case.answer.words))
        for number, step in enumerate(case.answer.steps, 1):
            terminal.say(literal(f"  {number}. {step.words}"))
            if step.command:
                terminal.say(literal(f"       {step.command}"))
            if step.check:
                terminal.say(text("     then look again: {check}", check=step.check))
        if case.answer.steps:
            terminal.say(text("One by one, with a fresh look after each: gpuproof report steps FILE"))
    terminal.say()
    terminal.say(plain_text(case.report, terminal.language).rstrip("\n"))
    if case.log_excerpt:
        terminal.say()
        terminal.say(case.log_excerpt)


def _document(case: Case) -> dict[str, Any]:
    from gpuproof.core.report.plain import plain

    answer = plain(case.answer) if case.answer else None
    return {
        "question": case.question, "answer": answer, "report": to_document(case.report), "log": case.log_excerpt
    }  # fmt: skip


def _step(words: str) -> CaseStep:
    said, _, command = words.partition(" :: ")
    return CaseStep(words=said.strip(), command=command.strip() or None, check="gpuproof diagnose")
