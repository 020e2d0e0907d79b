"""Verdicts of rules and what is made of them: findings, the chain, one primary cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import Text

Severity = Literal["error", "warning", "notice"]
Confidence = Literal["certain", "likely", "possible"]
LinkName = Literal["application", "torch", "cuda_libraries", "driver", "gpu"]
LinkState = Literal["ok", "warning", "broken", "unknown"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a remedy: words, and the exact command where there is one (shown and copied, never run)."""

    words: Text
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """What mends a finding, in order."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """The rule looked and found nothing wrong."""

    evidence: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The rule found the fault. ``id`` refines the rule's id where one rule knows several forms."""

    title: Text
    evidence: tuple[Text, ...]
    remedy: Remedy
    confidence: Confidence = "certain"
    id: str = ""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """A fact that the rule needs is unknown. ``ask`` is the one observation that would decide, if it is known."""

    missing: tuple[Unknown, ...]
    ask: Text | None = None


@dataclass(frozen=True, slots=True)
class CrashedRule:
    """The rule itself raised; the others still ran."""

    detail: str


Verdict = Passed | Failed | CannotTell | CrashedRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A released id never changes. ``cause`` is a label of the cause vocabulary; ``link`` its place in the chain."""

    id: str
    cause: str
    link: LinkName
    check: Callable[[Machine], Verdict]
    severity: Severity = "error"
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A failed rule, ready to be shown. ``folded_under`` names the finding whose consequence this one is."""

    id: str
    rule: str
    cause: str
    link: LinkName
    severity: Severity
    confidence: Confidence
    title: Text
    evidence: tuple[Text, ...]
    remedy: Remedy
    source: str = ""
    folded_under: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """One link from the application down to the GPU, with the words that describe what was found there."""

    name: LinkName
    state: LinkState
    summary: Text
    evidence: tuple[Text, ...] = ()
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The answer. ``cause`` is a cause label, ``healthy`` or ``cannot_tell``; ``primary`` is None for these two."""

    cause: str
    title: Text
    confidence: Confidence
    primary: Finding | None
    findings: tuple[Finding, ...]  # primary first, then the others, folded ones after their cause
    unknown: tuple[tuple[str, Text], ...]  # (rule id, what is missing) of rules that could not tell
    ask_next: Text | None
    chain: tuple[ChainLink, ...]
    crashed: tuple[tuple[str, str], ...] = ()
