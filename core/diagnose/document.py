"""The diagnosis as the JSON document that scripts and support tools read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gpuproof.core.diagnose.model import Diagnosis, Finding
from gpuproof.core.words import Language

if TYPE_CHECKING:
    from gpuproof.core.diagnose.notes import Note, Notes


def diagnosis_document(
    diagnosis: Diagnosis, language: Language = "en", *, notes: Notes | None = None
) -> dict[str, Any]:
    """Return the document; words are in the language, labels and commands never translated."""
    document: dict[str, Any] = {
        "primary": _primary(diagnosis, language),
        "findings": [_finding(finding, language) for finding in diagnosis.findings],
        "unknown": [{"rule": rule, "missing": missing.render(language)} for rule, missing in diagnosis.unknown],
        "ask_next": diagnosis.ask_next.render(language) if diagnosis.ask_next is not None else None,
        "chain": [
            {
                "link": link.name,
                "state": link.state,
                "summary": link.summary.render(language),
                "evidence": [line.render(language) for line in link.evidence],
                "findings": list(link.findings),
            }
            for link in diagnosis.chain
        ],
    }
    crashed = (*diagnosis.crashed, *(notes.crashed if notes is not None else ()))
    if notes is not None:
        document["notes"] = [_note(note, language) for note in notes.seen]
    if crashed:
        document["crashed"] = [{"rule": rule, "detail": detail} for rule, detail in crashed]
    return document


def _note(note: Note, language: Language) -> dict[str, Any]:
    return {
        "id": note.id,
        "link": note.link,
        "severity": note.severity,
        "title": note.title.render(language),
        "evidence": [line.render(language) for line in note.evidence],
        "steps": [{"words": step.words.render(language), "command": step.command} for step in note.steps],
        "source": note.source,
    }


def _primary(diagnosis: Diagnosis, language: Language) -> dict[str, Any]:
    if diagnosis.primary is not None:
        return _finding(diagnosis.primary, language)
    return {
        "cause": diagnosis.cause,
        "id": diagnosis.cause,
        "title": diagnosis.title.render(language),
        "confidence": diagnosis.confidence,
        "evidence": [link.summary.render(language) for link in diagnosis.chain if link.state == "ok"],
        "remedy": [],
    }


def _finding(finding: Finding, language: Language) -> dict[str, Any]:
    from gpuproof.core.diagnose.myths import myths_for

    return {
        "cause": finding.cause,
        "id": finding.id,
        "title": finding.title.render(language),
        "confidence": finding.confidence,
        "severity": finding.severity,
        "link": finding.link,
        "evidence": [line.render(language) for line in finding.evidence],
        "remedy": [_step(step.words.render(language), step.command) for step in finding.remedy.steps],
        "steps": [{"words": step.words.render(language), "command": step.command} for step in finding.remedy.steps],
        "folded_under": finding.folded_under,
        "source": finding.source,
        "see": [myth.id for myth in myths_for(finding.cause)],
    }


def _step(words: str, command: str | None) -> str:
    return words if command is None else f"{words}: {command}"
