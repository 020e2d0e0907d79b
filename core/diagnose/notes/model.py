"""A note, and the rule that makes one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gpuproof.core.diagnose.model import LinkName, Step
from gpuproof.core.facts.machine import Machine
from gpuproof.core.words import Text

NoteSeverity = Literal["warning", "notice"]


@dataclass(frozen=True, slots=True)
class Observed:
    """What a look saw: one sentence, the evidence, and what to do about it in order."""

    title: Text
    evidence: tuple[Text, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRule:
    """A released id never changes. ``warning`` may end a program or half its speed, ``notice`` is good to know."""

    id: str
    link: LinkName
    look: Callable[[Machine], Observed | None]
    severity: NoteSeverity = "notice"
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something seen that is no root cause."""

    id: str
    link: LinkName
    severity: NoteSeverity
    title: Text
    evidence: tuple[Text, ...]
    steps: tuple[Step, ...]
    source: str = ""

    @classmethod
    def of(cls, rule: NoteRule, found: Observed) -> Note:
        """Return what a rule saw."""
        return cls(
            id=rule.id,
            link=rule.link,
            severity=rule.severity,
            title=found.title,
            evidence=found.evidence,
            steps=found.steps,
            source=rule.source,
        )
