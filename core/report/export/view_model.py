"""What every export shows, as plain words: the parts of a view, and the speaker that renders them."""

from __future__ import annotations

from dataclasses import dataclass, field

from gpuproof.core.report.visible import visible
from gpuproof.core.words import Text

Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One headline number: what it is, the value, its interval, how it was taken."""

    label: str
    value: str
    unit: str
    interval: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerView:
    """One layer of the proof or one link of the chain."""

    name: str
    state: str  # proven, not_proven, refuted; ok, warning, broken, unknown
    state_words: str
    meaning: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding with its remedy; a step is (words, command or "")."""

    title: str
    note: str
    severity: str
    evidence: tuple[str, ...]
    steps: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceView:
    """The recommendation."""

    choice: str
    driver: str
    because: tuple[str, ...]
    rejected: Rows
    commands: Rows
    how: tuple[str, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that an export shows. ``state`` picks the colour: proven, not_proven, refuted, healthy, problem."""

    language: str
    state: str
    verdict: str
    summary: str
    made: str
    figures: tuple[Figure, ...] = ()
    layers: tuple[LayerView, ...] = ()
    chain: tuple[LayerView, ...] = ()
    findings: tuple[FindingView, ...] = ()
    notes: tuple[FindingView, ...] = ()  # good to know, and no cause of a fault
    unknown: tuple[str, ...] = ()
    ask_next: str = ""
    advice: AdviceView | None = None
    stages: tuple[tuple[str, ...], ...] = ()
    variants: tuple[tuple[str, ...], ...] = ()
    more: tuple[tuple[str, ...], ...] = ()
    doubts: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    first_run: Rows = ()
    limits: Rows = ()
    conditions: Rows = ()
    removed: Rows = ()
    privacy: str = ""
    integrity: str = ""
    origin: Rows = field(default=())


class Speaker:
    """Renders texts in one language and makes hidden characters visible."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, words: Text | str) -> str:
        """Return words fit to show."""
        return visible(words.render(self.language) if isinstance(words, Text) else words)

    def each(self, several: tuple[Text, ...]) -> tuple[str, ...]:
        """Return several texts fit to show."""
        return tuple(self(one) for one in several)
