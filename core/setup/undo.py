"""Puts back what a set-up changed: one that was interrupted, or the last one that finished."""

from __future__ import annotations

import shutil
from pathlib import Path

from gpuproof.core.launch.process_tree import end_marked
from gpuproof.core.problems import UserProblem
from gpuproof.core.setup import journal as journals
from gpuproof.core.setup import snapshot as snapshots
from gpuproof.core.setup.journal import Journal
from gpuproof.core.setup.model import Restored
from gpuproof.core.setup.packages import changes_between, installed_packages
from gpuproof.core.setup.refusals import processes_using
from gpuproof.core.setup.watching import SCRATCH_PREFIX
from gpuproof.core.words import Text, text


def unfinished() -> Journal | None:
    """Return the set-up that was interrupted, if there is one."""
    return next((journal for journal in journals.journals() if journal.is_unfinished), None)


def require_none_at_work() -> None:
    """Raise ``UserProblem`` while a set-up runs, and until an interrupted one was put back."""
    running = next((journal for journal in journals.journals() if journal.is_running), None)
    if running is not None:
        raise UserProblem(
            text("Another set-up is at work on {prefix}.", prefix=running.prefix),
            text("Wait until it has ended."),
        )
    left = unfinished()
    if left is not None:
        raise UserProblem(
            text("A set-up of {prefix} was interrupted on {when}.", prefix=left.prefix, when=left.started[:16]),
            text("Put it back first: {command}", command="gpuproof setup --undo"),
        )


def last_undoable(prefix: Path | None = None) -> Journal:
    """Return the set-up that ``--undo`` means: an interrupted one first, else the last finished one."""
    found = [
        journal
        for journal in journals.journals()
        if journal.can_be_undone and (prefix is None or Path(journal.prefix) == prefix)
    ]
    if not found:
        raise UserProblem(
            text("There is no set-up to undo."),
            text("Only the last set-up of an environment can be undone, and only once."),
        )
    return next((journal for journal in found if journal.is_unfinished), found[0])


def undo(journal: Journal) -> Restored:
    """Put one set-up back. May be called again when it was interrupted itself.

    An installer may have outlived the program that was killed: it is ended first.
    """
    end_marked(journal.id)
    running = tuple(processes_using(Path(journal.prefix)))
    if running:
        names = ", ".join(f"{name} ({pid})" for pid, name in running[:5])
        raise UserProblem(
            text("Programs are running from {prefix}: {programs}.", prefix=journal.prefix, programs=names),
            text("Close them first: files in use must not be exchanged."),
        )
    restored, _ = put_back(journal, "undone")
    return restored


def forget() -> int:
    """Give up the kept files of every finished set-up, to free their room; returns the bytes. No undo after that."""
    freed = 0
    for journal in journals.journals():
        if journal.state == "done" and journal.backup:
            snapshot = _snapshot(journal)
            freed += snapshots.kept_bytes(snapshot)
            snapshots.discard(snapshot)
            journals.move_on(journal, "forgotten")
    return freed


def put_back(journal: Journal, state: journals.State) -> tuple[Restored, Journal]:
    """Restore files, then compare the packages with those that were there; a state that was never left is no work."""
    if journal.state == "recording":  # the copy may be half-made, and nothing was changed yet
        _discard(journal)
        return Restored(), journals.move_on(journal, state)
    end_marked(journal.id)
    was_done = journal.state == "done"
    journal = journals.take_over(journal)
    restored = _remove_new_environment(journal) if journal.is_new else _restore_files(journal)
    if restored.is_complete:
        _discard(journal)
    elif not was_done and _can_be_tried_again(journal):  # half-done and not mended: it stays on record
        return restored, journal
    return restored, journals.move_on(journal, state)


def _can_be_tried_again(journal: Journal) -> bool:
    """Tell whether another undo could achieve more; else an old record must not stand in the way for ever."""
    return journal.is_new or _snapshot(journal).files.is_dir()


def _restore_files(journal: Journal) -> Restored:
    snapshot = _snapshot(journal)
    if not snapshot.prefix.exists():  # somebody removed the whole environment meanwhile
        return Restored()
    for scratch in Path(journal.prefix).glob(SCRATCH_PREFIX + "*"):
        shutil.rmtree(scratch, ignore_errors=True)
    if not snapshot.files.is_dir():
        return Restored(not_restored=(text("The kept files are gone: {folder}", folder=snapshot.folder),))
    restored = snapshots.restore(snapshot)
    return Restored(
        files_restored=restored.files_restored,
        files_removed=restored.files_removed,
        not_restored=(*restored.not_restored, *_differences(journal)),
    )


def _differences(journal: Journal) -> tuple[Text, ...]:
    different = changes_between(journal.before, installed_packages(Path(journal.prefix)))
    return tuple(
        text(
            "{name} is {now}, it was {before}.",
            name=change.name,
            now=change.after or "-",
            before=change.before or "-",
        )
        for change in different
    )


def _remove_new_environment(journal: Journal) -> Restored:
    prefix = Path(journal.prefix)
    if not prefix.exists():
        return Restored()
    mark = prefix / ".gpuproof-setup"
    is_ours = mark.is_file() and mark.read_text(encoding="utf-8") == journal.id
    if not is_ours and any(prefix.iterdir()):
        return Restored(not_restored=(text("{folder} is not the one that set-up made; it stays.", folder=prefix),))
    shutil.rmtree(prefix, ignore_errors=True)
    if prefix.exists():
        return Restored(not_restored=(text("{folder} could not be removed completely.", folder=prefix),))
    return Restored(files_removed=1)


def _snapshot(journal: Journal) -> snapshots.Snapshot:
    return snapshots.Snapshot(Path(journal.prefix), Path(journal.backup))


def _discard(journal: Journal) -> None:
    if journal.backup:
        snapshots.discard(_snapshot(journal))
