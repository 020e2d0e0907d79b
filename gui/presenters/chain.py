"""The chain as it is shown while answers arrive: which link a question speaks of, and what each link is called."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gpuproof.core.diagnose.model import ChainLink, Diagnosis, Finding, LinkName, LinkState
from gpuproof.core.diagnose.notes import Note, notes_of
from gpuproof.core.facts.machine import Machine
from gpuproof.core.words import Text, text
from gpuproof.gui.style.colours import Tone

LINKS: tuple[LinkName, ...] = ("application", "torch", "cuda_libraries", "driver", "gpu")

# beginning of a question's id: the link that its answer speaks of; the first that fits counts
_QUESTIONS: tuple[tuple[str, LinkName], ...] = (
    ("torch.mapped_libraries", "cuda_libraries"),
    ("torch.companions", "cuda_libraries"),
    ("torch.", "torch"),
    ("python.packages", "torch"),
    ("python.conda", "torch"),
    ("driver.gpus_information", "gpu"),
    ("driver.", "driver"),
    ("nvml.", "driver"),
    ("wsl.libraries", "driver"),
    ("amd.", "gpu"),
    ("pci.", "gpu"),
    ("devices.", "gpu"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLink:
    """One link on the screen. ``state`` None: not judged yet; ``answers`` counts what has arrived for it."""

    name: LinkName
    state: LinkState | None = None
    answers: int = 0
    summary: Text | None = None
    evidence: tuple[Text, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()


WAITING: tuple[ShownLink, ...] = tuple(ShownLink(name=name) for name in LINKS)


def link_of(question: str) -> LinkName:
    """Return the link that a question's answer speaks of."""
    return next((link for beginning, link in _QUESTIONS if question.startswith(beginning)), "application")


def with_answer(links: tuple[ShownLink, ...], question: str) -> tuple[ShownLink, ...]:
    """Count one more answer at its link."""
    name = link_of(question)
    return tuple(replace(link, answers=link.answers + 1) if link.name == name else link for link in links)


def judged(diagnosis: Diagnosis, machine: Machine | None = None) -> tuple[ShownLink, ...]:
    """Return the links as the diagnosis sees them, each with the notes on the machine that speak of it."""
    by_id = {finding.id: finding for finding in diagnosis.findings}
    notes = notes_of(machine).seen if machine is not None else ()
    links = (_shown(link, by_id) for link in diagnosis.chain)
    return tuple(replace(link, notes=tuple(note for note in notes if note.link == link.name)) for link in links)


def in_focus(links: tuple[ShownLink, ...], diagnosis: Diagnosis | None) -> LinkName | None:
    """Return the link to show first: the one of the root cause, else the worst one, else the GPU."""
    if diagnosis is not None and diagnosis.primary is not None:
        return diagnosis.primary.link
    for state in ("broken", "warning", "unknown"):
        for link in links:
            if link.state == state and not (state == "unknown" and link.name == "application"):
                return link.name
    return links[-1].name if links else None


def link_title(name: LinkName) -> Text:
    """Return what a link is called."""
    return {
        "application": text("Application and Python"),
        "torch": text("PyTorch"),
        "cuda_libraries": text("CUDA runtime and cuDNN in the wheel"),
        "driver": text("NVIDIA driver"),
        "gpu": text("GPU"),
    }[name]


def state_word(link: ShownLink) -> Text:
    """Return the word of a link's state; an application that nobody named was not checked, which is no doubt."""
    if link.state is None:
        return text("Answering") if link.answers else text("Waiting")
    if link.state == "unknown" and link.name == "application":
        return text("Not checked")
    return {
        "ok": text("Good"),
        "warning": text("Attention"),
        "broken": text("Broken"),
        "unknown": text("Unknown"),
    }[link.state]


def state_tone(state: LinkState | None) -> Tone:
    """Return the tone of a state."""
    if state is None:
        return "unknown"
    tones: dict[LinkState, Tone] = {"ok": "ok", "warning": "warning", "broken": "bad", "unknown": "unknown"}
    return tones[state]


def _shown(link: ChainLink, by_id: dict[str, Finding]) -> ShownLink:
    return ShownLink(
        name=link.name,
        state=link.state,
        summary=link.summary,
        evidence=link.evidence,
        findings=tuple(by_id[found] for found in link.findings if found in by_id),
    )
