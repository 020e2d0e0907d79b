"""The diagnosis as the JSON document that scripts and support tools read."""

from __future__ import annotations

from typing import Any

from gpuproof.core.diagnose.model import Diagnosis, Finding
from gpuproof.core.words import Language


def diagnosis_document(diagnosis: Diagnosis, language: Language = "en") -> dict[str, Any]:
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
    if diagnosis.crashed:
        document["crashed"] = [{"rule": rule, "detail": detail} for rule, detail in diagnosis.crashed]
    return document


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
