"""``gpuproof check``: inspect, diagnose, recommend, benchmark, prove and report, in one go."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpuproof.core.bench.model import Block, Preview, Progress, TelemetrySample
from gpuproof.core.checkup import (
    AnswerArrived,
    Checkup,
    CheckupEvent,
    CheckupSettings,
    CheckupState,
    SetUpSaid,
    StepFinished,
    StepName,
    StepStarted,
)
from gpuproof.core.cli.chosen_target import chosen_target
from gpuproof.core.cli.report_support import show_upgrade, upgrade_document
from gpuproof.core.cli.show_checkup import show_checkup
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Language, Text, literal, text

if TYPE_CHECKING:
    from gpuproof.core.report.upgrade_verdict import UpgradeVerdict

PRESETS = ("quick", "standard", "4k")
DEVICES = ("auto", "cpu", "cuda", "hip", "xpu", "mps")
_STEP_WORDS: dict[StepName, Text] = {
    "target": text("Looking for a Python environment that has torch"),
    "inspect": text("Inspecting the machine"),
    "diagnose": text("Looking for the cause"),
    "recommend": text("Choosing the torch wheel and driver"),
    "set_up": text("Setting up gpuproof's own benchmark environment"),
    "benchmark": text("Running the sample workload"),
    "prove": text("Weighing the proof"),
    "report": text("Writing the report"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--target", metavar="T", help="self, python:PATH, conda:NAME, docker:NAME, ssh:HOST, wsl:DISTRO"
    )
    parser.add_argument("--preset", default="quick", help="quick, standard or 4k")
    parser.add_argument("--device", default="auto", help="auto, cuda:N or cpu")
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder for the report (JSON and HTML)")
    parser.add_argument("--app", metavar="ID", help="check an application's own requirements too, e.g. heygem")
    parser.add_argument("--yes", action="store_true", help="set up the benchmark environment without asking")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Run the whole check; 0 when healthy and proven, 1 when not."""
    settings = _settings(arguments, terminal)
    checkup = Checkup(settings, _Narrator(terminal))
    previous = _cancel_on_interrupt(checkup)
    try:
        state = checkup.run()
    finally:
        if previous is not None:
            signal.signal(signal.SIGINT, previous)
    document = check_document(state, terminal.language)
    upgrade = _upgrade(state)
    if upgrade is not None:
        document["upgrade"] = upgrade_document(upgrade, terminal)
    terminal.emit(document, lambda: _show(state, upgrade, terminal))
    _remember(state)
    return 0 if _is_well(state) else 1


def _upgrade(state: CheckupState) -> UpgradeVerdict | None:
    """Return what became of the driver upgrade that a report was kept for."""
    from gpuproof.core.report.upgrade_verdict import judge_if_upgraded

    return judge_if_upgraded(state.report) if state.report is not None else None


def _show(state: CheckupState, upgrade: UpgradeVerdict | None, terminal: Terminal) -> None:
    show_checkup(state, terminal)
    if upgrade is not None:
        terminal.say()
        show_upgrade(upgrade, terminal)
        terminal.say(text("The whole comparison: gpuproof report after {path}", path=state.report_path))


def check_document(state: CheckupState, language: Language) -> dict[str, Any]:
    """Build the promised JSON: the benchmark's fields with diagnosis, recommendation and report beside them."""
    from gpuproof.core.bench.document import bench_document
    from gpuproof.core.diagnose.document import diagnosis_document
    from gpuproof.core.diagnose.notes import notes_of
    from gpuproof.core.recommend.document import recommendation_document

    assert state.result is not None
    assert state.diagnosis is not None
    assert state.recommendation is not None
    document = bench_document(state.result, state.proof, language)
    notes = notes_of(state.machine) if state.machine is not None else None
    document["diagnosis"] = diagnosis_document(state.diagnosis, language, notes=notes)
    document["recommendation"] = recommendation_document(state.recommendation, language)
    document["target"] = str(state.target)
    document["report"] = str(state.report_path)
    return document


class _Narrator:
    """Says on stderr what is going on: each step once, the benchmark's progress at most every two percent."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._last_percent = -100.0

    def __call__(self, event: CheckupEvent) -> None:
        if isinstance(event, StepStarted):
            self._terminal.progress(literal("> " + _STEP_WORDS[event.step].render(self._terminal.language)))
        elif isinstance(event, SetUpSaid):
            self._terminal.progress(literal("  " + event.line))
        elif isinstance(event, Progress):
            self._say_progress(event)
        elif isinstance(event, (AnswerArrived, StepFinished, Block, TelemetrySample, Preview)):
            pass  # the terminal shows the results at the end; live graphs are the app's

    def _say_progress(self, event: Progress) -> None:
        percent = 100 * event.fraction
        if percent - self._last_percent < 2:
            return
        self._last_percent = percent
        words = event.words.render(self._terminal.language)
        if event.remaining_s is None:
            self._terminal.progress(text("  {percent} %  {words}", percent=f"{percent:3.0f}", words=words))
        else:
            self._terminal.progress(
                text(
                    "  {percent} %  {words} (about {seconds} s left)",
                    percent=f"{percent:3.0f}",
                    words=words,
                    seconds=f"{event.remaining_s:.0f}",
                )
            )


def _settings(arguments: argparse.Namespace, terminal: Terminal) -> CheckupSettings:
    if arguments.preset not in PRESETS:
        raise UserProblem(
            text(
                "Found preset {found}; expected one of {expected}.",
                found=arguments.preset,
                expected=", ".join(PRESETS),
            ),
            text("Try: gpuproof check --preset quick"),
        )
    if arguments.device.split(":")[0] not in DEVICES:
        raise UserProblem(
            text("There is no device {found}.", found=repr(arguments.device)),
            text("Choose one of: {choices}.", choices="auto, cpu, cuda:N, xpu:N, mps"),
        )
    if arguments.app:
        from gpuproof.core.knowledge import require_app

        require_app(arguments.app)
    if arguments.out is not None:
        ensure_writable(arguments.out)
    target = chosen_target(arguments.target, terminal) if arguments.target is not None else None
    return CheckupSettings(
        target=target,
        preset=arguments.preset,
        device=arguments.device,
        app=arguments.app,
        out_folder=arguments.out,
        may_set_up=target is None and _may_set_up(arguments.yes, terminal),
        language=terminal.language,
    )


def ensure_writable(folder: Path) -> None:
    """Refuse a report folder that cannot be written before a minute of measuring, and leave nothing behind."""
    made = _missing_parents(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"0" * 65536)
            probe.flush()
    except OSError as problem:
        raise UserProblem(
            text("The report cannot be written to {folder}: {why}.", folder=folder, why=problem.strerror or problem),
            text("Name a folder with free space that you may write to: --out DIR"),
        ) from problem
    finally:
        for parent in made:
            _remove_if_empty(parent)


def _missing_parents(folder: Path) -> list[Path]:
    missing = []
    for candidate in (folder, *folder.parents):
        if candidate.exists():
            break
        missing.append(candidate)
    return missing


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return


def _may_set_up(yes: bool, terminal: Terminal) -> bool:
    """Ask before a download, and only a person at a terminal; a script says --yes."""
    from gpuproof.core.setup.bench_environment import find_bench_python

    if yes:
        return True
    if find_bench_python() is not None:
        return False
    if not sys.stdin.isatty() or terminal.as_json:
        return False
    terminal.progress(text("No torch was found in any Python here. gpuproof can set up an environment of its own."))
    terminal.progress(text("What would be installed is said before anything happens. Do it? [y/N]"))
    return sys.stdin.readline().strip().lower() in ("y", "yes", "j", "是")


def _cancel_on_interrupt(checkup: Checkup) -> Any:
    if threading.current_thread() is not threading.main_thread():
        return None
    return signal.signal(signal.SIGINT, lambda number, frame: checkup.cancel())


def _remember(state: CheckupState) -> None:
    """Let ``gpuproof preflight`` repeat a good verdict, and never one that no longer holds."""
    from gpuproof.core.preflight import LastGood, fingerprint, forget, remember

    assert state.target is not None
    if not _is_well(state):
        forget(state.target)
        return
    seen = fingerprint(state.target)
    if seen is not None:
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        remember(LastGood(target=str(state.target), checked_at=now, report=str(state.report_path), fingerprint=seen))


def _is_well(state: CheckupState) -> bool:
    healthy = state.diagnosis is not None and state.diagnosis.cause == "healthy"
    return healthy and state.proof is not None and state.proof.verdict == "proven"
