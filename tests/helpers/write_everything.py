"""Writes every export, a saved report, a case and a kept snapshot of the spoiled report (run by ``watched_run``)."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpers.canaries import TEXTS, spoiled_report

from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.report.case import Case, CaseAnswer, CaseStep, answered, save_case
from gpuproof.core.report.export import FORMATS, export
from gpuproof.core.report.snapshot import keep_snapshot
from gpuproof.core.report.store import save_with_page


def main() -> None:
    """Write them into the folder that is named."""
    folder, report = Path(sys.argv[1]), spoiled_report()
    folder.mkdir()
    save_with_page(report, folder, "zh")
    for form in FORMATS:
        try:
            (folder / f"export.{form}").write_bytes(export(report, form, "zh"))
        except CouldNotFinish as problem:
            if "no font" not in str(problem):
                raise
    words = "\n".join(TEXTS.values())
    step = CaseStep(words=words, command=TEXTS["index"], check=TEXTS["path"])
    case = Case(question=words, report=report, log_excerpt=words)
    save_case(answered(case, CaseAnswer(words=words, steps=(step,))), folder / "reply.gpuproof")
    keep_snapshot(replace(report, conditions={**report.conditions, "driver_version": "580.159.04"}))


if __name__ == "__main__":
    main()
