"""Opens whatever can be shown as a report: a report file, or an answers file of the collector judged on the spot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gpuproof.core.facts.answers_file import MAX_BYTES, Recording, is_answers_file, read_recording
from gpuproof.core.report.model import Report
from gpuproof.core.report.store import load_report, read_bounded
from gpuproof.core.report.visible import visible

MOST_ANSWER_BYTES = MAX_BYTES


def open_report(source: Path | bytes) -> Report:
    """Return a report; an answers file is read, diagnosed and advised on as if the machine were this one."""
    data = source if isinstance(source, bytes) else read_bounded(source, MOST_ANSWER_BYTES)
    if is_answers_file(data):
        return report_of_recording(read_recording(data))
    return load_report(data)


def report_of_recording(recording: Recording) -> Report:
    """Return what this version says about recorded answers; there is no benchmark and so no proof."""
    from gpuproof.core.diagnose import diagnose
    from gpuproof.core.facts.readers import read_machine
    from gpuproof.core.recommend import recommend
    from gpuproof.core.recommend.subject import subject_of
    from gpuproof.core.report.build import build_report
    from gpuproof.core.report.privacy.key import pseudonym

    machine = read_machine(recording.answers)
    report = build_report(
        target="self",
        answers=recording.answers,
        machine=machine,
        diagnosis=diagnose(machine),
        recommendation=recommend(subject_of(machine)),
    )
    made_at = visible(recording.recorded) or report.made_at
    return replace(report, made_at=made_at, machine_id=pseudonym("machine", recording.origin), integrity="absent")
