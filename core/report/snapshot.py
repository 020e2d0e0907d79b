"""The driver upgrade assistant: a snapshot before, kept over the restart; afterwards a run to compare it with.

The snapshot is an ordinary report in the data folder, at level support, beside a note of what was planned. At the next
start the running driver is compared with the snapshot's; a difference means that the after-run can be offered.
What the after-run says is settled in ``upgrade_verdict``.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from gpuproof.core.launch.places import data_folder
from gpuproof.core.problems import UserProblem
from gpuproof.core.report.atomic import write_whole
from gpuproof.core.report.model import Report
from gpuproof.core.report.parse import parse_object
from gpuproof.core.report.store import read_bounded, save_report_as
from gpuproof.core.words import text

_NOTE_BYTES = 4096
_MODULE_VERSION = Path("/sys/module/nvidia/version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was kept before an upgrade."""

    driver_version: str
    made_at: str
    path: Path


def keep_snapshot(report: Report) -> Snapshot:
    """Keep a report with a benchmark as the state before an upgrade; an older snapshot is replaced."""
    driver = report.conditions.get("driver_version")
    if report.result is None or not isinstance(driver, str):
        raise UserProblem(
            text("This report holds no benchmark or no driver version, so nothing could be compared later."),
            text("Expected: the report of a finished check on the machine that will be upgraded."),
        )
    path = save_report_as(report, _folder() / "before.json", privacy="support")
    snapshot = Snapshot(driver_version=driver, made_at=report.made_at, path=path)
    note = {**asdict(snapshot), "path": path.name}
    write_whole(_folder() / "before.note.json", json.dumps(note).encode())
    return snapshot


def kept_snapshot() -> Snapshot | None:
    """Return the snapshot that is kept, without reading the report; None when there is none or it was damaged."""
    try:
        note = parse_object(read_bounded(_folder() / "before.note.json", _NOTE_BYTES), _NOTE_BYTES)
    except UserProblem:
        return None
    driver, made_at, path = note.get("driver_version"), note.get("made_at"), _folder() / "before.json"
    if not isinstance(driver, str) or not isinstance(made_at, str) or not path.is_file():
        return None
    return Snapshot(driver_version=driver, made_at=made_at, path=path)


def driver_changed_since(snapshot: Snapshot, running_driver: str | None = None) -> bool:
    """Tell whether another driver runs now; fit for the start of the app, as it reads one small file at most."""
    now = running_driver if running_driver is not None else running_driver_here()
    return now is not None and now != snapshot.driver_version


def running_driver_here() -> str | None:
    """Return the loaded driver's version where a small file (Linux) or the registry (Windows) tells it at once.

    None: only the agent can tell.
    """
    try:
        if sys.platform == "win32":
            return _windows_driver()
        return _MODULE_VERSION.read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeError):
        return None


def _windows_driver() -> str | None:
    """Return NVIDIA's number of the driver that Windows has set up: 32.0.15.8129 is 581.29."""
    from gpuproof.core.agent.place import Place
    from gpuproof.core.agent.questions.windows import adapters
    from gpuproof.core.facts.answers import Answer, Answers
    from gpuproof.core.facts.readers.driver import read_driver_version
    from gpuproof.core.facts.unknown import Unknown

    found = Answer(question="windows.adapters", status="ok", value=adapters(Place()))
    version = read_driver_version(Answers.of([found]))
    return None if isinstance(version, Unknown) else str(version)


def drop_snapshot() -> None:
    """Forget the snapshot, once the after-run was judged or the person declined."""
    for name in ("before.note.json", "before.json"):
        (_folder() / name).unlink(missing_ok=True)


def _folder() -> Path:
    return data_folder() / "upgrade"
