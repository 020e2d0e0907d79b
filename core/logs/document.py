"""The JSON document of one log's verdict; its fields are promised to scripts."""

from __future__ import annotations

from typing import Any

from gpuproof.core.logs.model import ComponentVerdict, Event, LogVerdict
from gpuproof.core.logs.pace import Pace
from gpuproof.core.words import Text


def log_document(verdict: LogVerdict, language: str) -> dict[str, Any]:
    """Return verdict, evidence and components as plain data, with sentences in the language."""
    return {
        "verdict": verdict.verdict,
        "why": verdict.why.render(language),
        "evidence": [_event(event, language) for event in verdict.events],
        "components": [_component(part, language) for part in verdict.components],
        "remedy": [remedy.render(language) for remedy in verdict.remedies],
        "next": verdict.next_step.render(language) if verdict.next_step else None,
        "notes": [note.render(language) for note in verdict.notes],
        "pace": _pace(verdict.pace) if verdict.pace else None,
        "applications": list(verdict.apps),
        "lines": verdict.lines,
        "encoding": verdict.encoding,
    }


def _pace(pace: Pace) -> dict[str, Any]:
    return {
        "work_s": round(pace.work_s, 1),
        "video_s": round(pace.video_s, 1),
        "ratio": round(pace.ratio, 2),
        "card": pace.card,
        "usual_up_to": pace.usual_up_to and round(pace.usual_up_to, 2),
        "suspicious_from": pace.suspicious_from and round(pace.suspicious_from, 2),
    }


def _event(event: Event, language: str) -> dict[str, Any]:
    return {
        "line": event.line,
        "text": event.text,
        "signal": event.signal.id,
        "meaning": Text(event.says).render(language),
        "kind": event.kind,
    }


def _component(part: ComponentVerdict, language: str) -> dict[str, Any]:
    return {
        "name": part.name,
        "verdict": part.verdict,
        "why": part.why.render(language),
        "evidence": [_event(event, language) for event in part.events],
    }
