"""``gpuproof expect write/verify``: keep the promise of a good report and check it later."""

from __future__ import annotations

import argparse
from pathlib import Path

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.expect import NEEDS_BENCHMARK, Checked, Promise, from_bytes, observe, promises_of, to_bytes, verify
from gpuproof.core.facts.machine import Machine
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.report.model import Report
from gpuproof.core.words import literal, text

_MARKS = {"kept": "+", "broken": "x", "cannot_tell": "?"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("action", choices=("write", "verify"))
    parser.add_argument("file", type=Path, help="write: a good report; verify: the expect file")
    parser.add_argument("--out", type=Path, default=Path("gpuproof-expect.json"), help="write: where to")
    parser.add_argument("--report", type=Path, help="verify: hold this report against it instead of checking now")
    parser.add_argument("--target", metavar="T", help="verify: which environment to check now")
    parser.add_argument("--preset", default="quick", help="verify: preset of the workload where speed was promised")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Write an expect file, or return 0 when every promise is kept and 1 when one is not."""
    if arguments.action == "write":
        return _write(arguments, terminal)
    promises = from_bytes(_read(arguments.file))
    seen = _from_report(arguments.report) if arguments.report else _check_now(arguments, promises, terminal)
    checked = verify(promises, observe(*seen))
    document = {
        "kept": all(item.outcome == "kept" for item in checked),
        "promises": [
            {
                "what": item.promise.what,
                item.promise.comparison: item.promise.value,
                "found": item.found,
                "outcome": item.outcome,
            }
            for item in checked
        ],
    }
    terminal.emit(document, lambda: _show(checked, terminal))
    return 0 if document["kept"] else 1


def _write(arguments: argparse.Namespace, terminal: Terminal) -> int:
    report, machine = _from_report(arguments.file)
    promises = promises_of(report, machine)
    if not promises:
        raise UserProblem(text("This report observed nothing that could be promised."))
    try:
        arguments.out.write_bytes(to_bytes(promises, report.made_at))
    except OSError as problem:
        raise CouldNotFinish(
            text("{path} cannot be written: {why}.", path=arguments.out, why=problem.strerror or problem)
        ) from problem
    document = {"file": str(arguments.out), "promises": len(promises)}
    terminal.emit(document, lambda: terminal.say(text("Written: {path}", path=arguments.out)))
    return 0


def _read(path: Path) -> bytes:
    from gpuproof.core.expect import MAX_BYTES

    try:
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise UserProblem(
            text("{path} cannot be read: {why}.", path=path, why=problem.strerror or problem),
            text("Write one from a good report: gpuproof expect write REPORT --out expect.json"),
        ) from problem


def _from_report(path: Path) -> tuple[Report, Machine]:
    from gpuproof.core.facts.answers import Answers
    from gpuproof.core.facts.readers import read_machine
    from gpuproof.core.report.store import load_report

    report = load_report(path)
    return report, read_machine(Answers.of(report.answers))


def _check_now(arguments: argparse.Namespace, promises: list[Promise], terminal: Terminal) -> tuple[Report, Machine]:
    from gpuproof.core.checkup import Checkup, CheckupSettings
    from gpuproof.core.launch.targets import parse_target

    target = parse_target(arguments.target) if arguments.target is not None else None
    checkup = Checkup(CheckupSettings(target=target, preset=arguments.preset))
    machine = checkup.inspect()
    checkup.diagnose()
    if any(promise.what in NEEDS_BENCHMARK for promise in promises):
        terminal.progress(text("The promise is about speed or proof: the sample workload runs."))
        checkup.benchmark()
        checkup.prove()
    return checkup.build_report(), machine


def _show(checked: list[Checked], terminal: Terminal) -> None:
    for item in checked:
        terminal.say(literal(f"[{_MARKS[item.outcome]}] {item.why.render(terminal.language)}"))
