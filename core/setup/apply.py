"""Carries a plan out: record, install, verify; puts everything back when any of it fails or somebody cancels."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.setup import journal as journals
from gpuproof.core.setup import snapshot as snapshots
from gpuproof.core.setup.install import install
from gpuproof.core.setup.journal import Journal
from gpuproof.core.setup.model import OnEvent, Restored, SetupLine, SetupOutcome, SetupPlan, SetupStage
from gpuproof.core.setup.packages import installed_packages
from gpuproof.core.setup.running import ToolRun, run_tool
from gpuproof.core.setup.tools import pip_for
from gpuproof.core.setup.undo import put_back, require_none_at_work
from gpuproof.core.setup.venvs import make_venv
from gpuproof.core.setup.verify import Verification, verify
from gpuproof.core.words import Text, text

_WORTH_A_WORD_BYTES = 100 << 20
NEW_MARK = ".gpuproof-setup"  # in an environment that set-up made, so that undo may remove it


def apply_plan(
    plan: SetupPlan, *, on_event: OnEvent | None = None, cancel: threading.Event | None = None
) -> SetupOutcome:
    """Return how it ended. Raises ``UserProblem`` when an earlier set-up is unfinished, before anything is changed."""
    tell = on_event or (lambda event: None)
    stop = cancel or threading.Event()
    require_none_at_work()
    before = {} if plan.is_new else installed_packages(plan.prefix)
    try:
        journal = journals.begin(plan, before)
    except OSError as problem:
        raise CouldNotFinish(
            text("The record of the set-up could not be written: {reason}", reason=str(problem)),
            text("Nothing was changed. Free some disk space and try again."),
        ) from problem
    return _Applying(plan, journal, tell, stop).to_the_end()


class _Applying:
    """One set-up at work."""

    def __init__(self, plan: SetupPlan, journal: Journal, tell: OnEvent, stop: threading.Event) -> None:
        self._plan = plan
        self._journal = journal
        self._tell = tell
        self._stop = stop

    def to_the_end(self) -> SetupOutcome:
        try:
            problem, seen = self._work()
        except OSError as trouble:
            problem, seen = text("The system refused: {reason}", reason=str(trouble)), Verification()
        except UserProblem as trouble:
            problem, seen = trouble.message, Verification()
        except BaseException:
            self._restore("failed")
            raise
        if problem is None:
            self._journal = journals.move_on(self._journal, "done")
            notices = (*seen.notices, *self._write_constraints(), *self._kept())
            return SetupOutcome(journal=self._journal.id, verified=seen.seen, notices=notices)
        restored = self._restore("failed")
        return SetupOutcome(
            journal=self._journal.id,
            verified=seen.seen,
            problem=problem,
            restored=restored,
            was_cancelled=self._stop.is_set(),
        )

    def _work(self) -> tuple[Text | None, Verification]:
        steps: tuple[Callable[[], Text | None], ...] = (self._prepare, self._install)
        for step in steps:
            problem = step()
            if problem is not None:
                return problem, Verification()
        self._tell(SetupStage("verify"))
        self._journal = journals.move_on(self._journal, "verifying")
        seen = verify(self._plan, self._tell, self._stop)
        problem = text("Cancelled.") if self._stop.is_set() else seen.problem
        if problem is None and self._journal.backup:
            snapshots.note_created(snapshots.Snapshot(self._plan.prefix, Path(self._journal.backup)))
        return problem, seen

    def _prepare(self) -> Text | None:
        if self._plan.is_new:
            return self._create()
        self._tell(SetupStage("record"))
        for old in journals.journals():
            if old.state == "done" and old.prefix == self._journal.prefix:
                snapshots.discard(snapshots.Snapshot(Path(old.prefix), Path(old.backup)))
        snapshots.take(self._plan.prefix, self._journal.id)
        self._journal = journals.move_on(self._journal, "installing")
        return None

    def _create(self) -> Text | None:
        self._tell(SetupStage("create"))
        self._journal = journals.move_on(self._journal, "installing")
        prefix = self._plan.prefix
        prefix.mkdir(parents=True, exist_ok=True)
        (prefix / NEW_MARK).write_text(self._journal.id, encoding="utf-8")
        return self._problem_of(make_venv(self._plan.base_interpreter, prefix, self._run))

    def _install(self) -> Text | None:
        self._tell(SetupStage("install"))
        plan = self._plan
        run = install(
            pip_for(plan.interpreter),
            plan.interpreter,
            plan.prefix,
            plan.source.requirements,
            options=plan.source.options,
            resolution=plan.source.resolution,
            on_line=lambda line: self._tell(SetupLine(line)),
            on_progress=self._tell,
            environment=plan.environment,
            mark=self._journal.id,
            cancel=self._stop,
        )
        return self._problem_of(run)

    def _run(self, command: Sequence[str]) -> ToolRun:
        self._tell(SetupLine("$ " + " ".join(command)))
        return run_tool(
            command,
            on_line=lambda line: self._tell(SetupLine(line)),
            cancel=self._stop,
            environment=self._plan.environment,
            mark=self._journal.id,
        )

    def _problem_of(self, run: ToolRun) -> Text | None:
        if run.ending == "done":
            return None
        if run.ending == "cancelled":
            return text("Cancelled.")
        return text("The installation failed: {reason}", reason=run.last_error or str(run.exit_status))

    def _write_constraints(self) -> tuple[Text, ...]:
        file = self._plan.constraints_file
        if file is None:
            return ()
        try:
            write_constraints(file, installed_packages(self._plan.prefix))
        except OSError as problem:
            return (text("The constraints file could not be written: {reason}", reason=str(problem)),)
        return (text("Later installations keep this torch with: {command}", command=f"pip install -c {file} ..."),)

    def _kept(self) -> tuple[Text, ...]:
        if not self._journal.backup:
            return ()
        size = snapshots.kept_bytes(snapshots.Snapshot(self._plan.prefix, Path(self._journal.backup)))
        if size < _WORTH_A_WORD_BYTES:
            return ()
        return (
            text(
                "The former files are kept and take {size} MB; {command} frees them.",
                size=round(size / 1e6),
                command="gpuproof setup --forget",
            ),
        )

    def _restore(self, state: journals.State) -> Restored:
        self._tell(SetupStage("restore"))
        restored, self._journal = put_back(self._journal, state)
        return restored


def write_constraints(file: Path, installed: dict[str, str]) -> None:
    """Pin torch and its companions, for ``pip install -c FILE -r requirements.txt``: a later installation that would
    swap them for another build then stops with an error instead.
    """
    names = ("torch", "torchvision", "torchaudio", "triton")
    lines = [f"{name}=={installed[name]}" for name in names if name in installed]
    file.write_text("\n".join(["# kept by gpuproof: pip install -c this-file -r requirements.txt", *lines, ""]))
