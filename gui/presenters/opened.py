"""A report file as a state of the wizard, and whose machine it tells about."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

from gpuproof.core.checkup import CheckupSettings, CheckupState
from gpuproof.core.facts.answers import Answers
from gpuproof.core.problems import UserProblem
from gpuproof.core.report.model import Report
from gpuproof.core.words import text
from gpuproof.gui.presenters.chain import WAITING, judged
from gpuproof.gui.presenters.check_state import CheckState
from gpuproof.gui.presenters.recorded_session import is_session, read_session

MOST_UNPACKED_BYTES = 64 << 20
_GZIP = b"\x1f\x8b"
_PACKED = (_GZIP, b"7z\xbc\xaf", b"\xfd7zXZ", b"BZh", b"Rar!")  # how such files begin


def open_file(path: Path) -> CheckState:
    """Read a report, a case, a recorded session, or an answers file or text that is judged now. May take a moment.

    Raises ``UserProblem`` with one line for whatever is neither.
    """
    from gpuproof.core.report.case import is_case, load_case
    from gpuproof.core.report.store import load_report, read_bounded

    data = unpacked(read_bounded(path), path.name)
    if is_case(data):
        case = load_case(data)
        return replace(state_of(case.report, path), case=case)
    if b'"gpuproof-report"' in data[:4000]:
        return state_of(load_report(data), path)
    if is_session(data):
        return CheckState(
            core=CheckupState(result=read_session(data)), is_foreign=True, is_opened=True, source=path.name
        )
    return _judged_now(data, path)


def unpacked(data: bytes, name: str) -> bytes:
    """Return what is inside a gzip file, within a limit, and anything else as it is. Other packers are refused."""
    import zlib

    if not data.startswith(_PACKED):
        return data
    if data.startswith(_GZIP):
        with contextlib.suppress(zlib.error):
            unpacker = zlib.decompressobj(wbits=31)
            inside = unpacker.decompress(data, MOST_UNPACKED_BYTES)
            if unpacker.eof:
                return inside
    raise UserProblem(
        text("{name} is a packed file that cannot be read here.", name=name),
        text("Unpack it, then open what is inside: a report (.json), a case (.gpuproof) or text."),
    )


def _judged_now(data: bytes, path: Path) -> CheckState:
    from gpuproof.core.diagnose import diagnose
    from gpuproof.core.diagnose.evidence import read_evidence
    from gpuproof.core.recommend import recommend
    from gpuproof.core.recommend.subject import subject_of

    machine = read_evidence(data)[1]
    diagnosis = diagnose(machine)
    recommendation = recommend(subject_of(machine))
    return CheckState(
        core=CheckupState(machine=machine, diagnosis=diagnosis, recommendation=recommendation),
        links=judged(diagnosis),
        is_foreign=True,
        is_opened=True,
        source=path.name,
    )


def state_of(report: Report, path: Path) -> CheckState:
    """Return the state that shows a report."""
    from gpuproof.core.facts.readers import read_machine

    answers = Answers.of(report.answers)
    machine = read_machine(answers)
    return CheckState(
        settings=CheckupSettings(app=report.app),
        core=CheckupState(
            answers=answers,
            machine=machine,
            diagnosis=report.diagnosis,
            recommendation=report.recommendation,
            result=report.result,
            proof=report.proof,
            report=report,
            report_path=path,
        ),
        links=judged(report.diagnosis, machine) if report.diagnosis is not None else WAITING,
        is_foreign=is_foreign(report),
        is_opened=True,
        source=path.name,
    )


def is_foreign(report: Report) -> bool:
    """Tell whether a report was made by another person or on another machine; in doubt it was."""
    from gpuproof.core.report.privacy.key import machine_pseudonym

    return report.machine_id != machine_pseudonym(report.target)
