"""Going through the fix card of an answered case: one step after the other, and a fresh look after each."""

from __future__ import annotations

from dataclasses import dataclass

from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.problems import UserProblem
from gpuproof.core.report.case import Case, CaseStep
from gpuproof.core.words import Text, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """What a fresh look found. ``is_gone``: the cause of the case is no longer the root cause here."""

    words: Text
    title: Text  # the fresh diagnosis
    is_gone: bool
    is_healthy: bool


def steps_of(case: Case) -> tuple[CaseStep, ...]:
    """Return the steps of the answer; a case without any is said to be so."""
    if case.answer is None:
        raise UserProblem(
            text("This case has no answer yet."),
            text("Send it to a supporter; what comes back is opened the same way."),
        )
    if not case.answer.steps:
        raise UserProblem(text("The answer of this case has no steps."), text("Read it: gpuproof report show FILE"))
    return case.answer.steps


def recheck(case: Case, now: Diagnosis) -> Recheck:
    """Compare a fresh diagnosis with the cause that the case is about."""
    if now.cause == "healthy":
        return Recheck(words=text("Nothing is wrong any more."), title=now.title, is_gone=True, is_healthy=True)
    if now.cause == "cannot_tell":
        return Recheck(words=text("It cannot be told yet."), title=now.title, is_gone=False, is_healthy=False)
    if cause_of(case) in (now.cause, *(finding.cause for finding in now.findings)):
        return Recheck(words=text("It is still there."), title=now.title, is_gone=False, is_healthy=False)
    words = text("The cause of the case is not seen any more; something else is found now.")
    return Recheck(words=words, title=now.title, is_gone=True, is_healthy=False)


def cause_of(case: Case) -> str:
    """Return the label of what the case is about: the supporter's, else that of the report's own diagnosis."""
    told = case.answer.cause if case.answer is not None else ""
    return told or (case.report.diagnosis.cause if case.report.diagnosis is not None else "")


def is_from_here(case: Case) -> bool:
    """Tell whether the case is about this machine, by its stand-in; elsewhere a fresh look would say nothing of it."""
    from gpuproof.core.report.privacy.key import machine_pseudonym

    return case.report.machine_id == machine_pseudonym(case.report.target)


def look_again(target: str | None = None) -> Diagnosis:
    """Return a fresh diagnosis of this machine, or of another Python of it."""
    from gpuproof.core.diagnose import diagnose
    from gpuproof.core.facts.readers import read_machine
    from gpuproof.core.launch.inspect import inspect_target
    from gpuproof.core.launch.targets import parse_target

    return diagnose(read_machine(inspect_target(parse_target("self" if target is None else target))))
