"""How rules make verdicts: a failed one takes title and remedy from its cause, a passed or undecided one is short."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gpuproof.core.diagnose.causes import remedy_of, title_of
from gpuproof.core.diagnose.context import nothing_said, quotes, torch_live
from gpuproof.core.diagnose.model import CannotTell, Confidence, Failed, Passed, Verdict
from gpuproof.core.facts.machine import Machine, Symptom
from gpuproof.core.words import Text


def failed(
    cause: str,
    machine: Machine,
    evidence: Iterable[Text],
    confidence: Confidence = "certain",
    *,
    id: str = "",  # noqa: A002  the field of the verdict
    title: Text | None = None,
) -> Failed:
    """Return the verdict for a cause, with the remedy for this machine."""
    return Failed(
        title=title or title_of(cause),
        evidence=tuple(evidence),
        remedy=remedy_of(cause, machine),
        confidence=confidence,
        id=id,
    )


def by_message(
    cause: str, machine: Machine, symptoms: tuple[Symptom, ...], confidence: Confidence | None = None
) -> Failed:
    """Return the verdict of a message; its row of the table says how sure the message alone makes it."""
    from gpuproof.core.facts.foreign.symptoms import error_row_by_id

    rows = error_row_by_id()
    order: tuple[Confidence, ...] = ("possible", "likely", "certain")
    stated: list[Confidence] = [rows[symptom.id]["sure"] for symptom in symptoms if symptom.id in rows]
    strongest: Confidence = max(stated, key=order.index) if stated else "possible"
    return failed(
        cause, machine, quotes(symptoms), confidence or strongest, id=f"{cause.replace('_', '-')}.{symptoms[0].id}"
    )


def with_evidence(verdict: Failed, more: tuple[Text, ...]) -> Failed:
    """Return the verdict with what the inspection itself saw of it."""
    return replace(verdict, evidence=(*verdict.evidence, *more)) if more else verdict


def no_message(machine: Machine) -> Verdict:
    """No message of the kind: fine when torch ran, else nobody could tell."""
    if torch_live(machine) is not None or machine.symptoms:
        return Passed()
    return CannotTell((nothing_said(machine),))
