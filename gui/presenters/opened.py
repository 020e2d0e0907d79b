"""A report file as a state of the wizard, and whose machine it tells about."""

from __future__ import annotations

from pathlib import Path

from gpuproof.core.checkup import CheckupSettings, CheckupState
from gpuproof.core.facts.answers import Answers
from gpuproof.core.report.model import Report
from gpuproof.gui.presenters.chain import WAITING, judged
from gpuproof.gui.presenters.check_state import CheckState


def open_report(path: Path) -> CheckState:
    """Read a report. Raises ``UserProblem`` with one line for whatever is not one. May take a moment."""
    from gpuproof.core.report.store import load_report

    return state_of(load_report(path), path)


def state_of(report: Report, path: Path) -> CheckState:
    """Return the state that shows a report."""
    from gpuproof.core.facts.readers import read_machine

    answers = Answers.of(report.answers)
    return CheckState(
        settings=CheckupSettings(app=report.app),
        core=CheckupState(
            answers=answers,
            machine=read_machine(answers),
            diagnosis=report.diagnosis,
            recommendation=report.recommendation,
            result=report.result,
            proof=report.proof,
            report=report,
            report_path=path,
        ),
        links=judged(report.diagnosis) if report.diagnosis is not None else WAITING,
        is_foreign=is_foreign(report),
        is_opened=True,
        source=path.name,
    )


def is_foreign(report: Report) -> bool:
    """Tell whether a report was made by another person or on another machine; in doubt it was."""
    from gpuproof.core.report.privacy.key import machine_pseudonym

    return report.machine_id != machine_pseudonym(report.target)
