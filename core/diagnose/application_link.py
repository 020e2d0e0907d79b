"""The chain's first link when an application was named: each of its own requirements, met, missed or not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gpuproof.core.diagnose.model import CannotTell, ChainLink, Failed, LinkState, Passed, Rule, Verdict
from gpuproof.core.words import Text, text

_MET = {
    "application.driver": text("the driver is new enough"),
    "application.torch": text("torch is new enough"),
    "application.cuda": text("torch's CUDA is new enough"),
    "application.memory": text("the GPU memory suffices"),
}
_NOT_KNOWN = {
    "application.driver": text("the driver could not be checked"),
    "application.torch": text("torch could not be checked"),
    "application.cuda": text("torch's CUDA could not be checked"),
    "application.memory": text("the GPU memory could not be checked"),
}


def with_application(
    chain: tuple[ChainLink, ...], app: str | None, verdicts: Sequence[tuple[Rule, Verdict]]
) -> tuple[ChainLink, ...]:
    """Return the chain with the application's checks in its first link; as it was when no application was named."""
    own = [(rule, verdict) for rule, verdict in verdicts if rule.id in _MET]
    if app is None or not own:
        return chain
    first, *others = chain
    evidence = tuple(line for rule, verdict in own for line in _lines(rule, verdict))
    return (replace(first, state=_state(first, own), summary=_summary(app, own), evidence=evidence), *others)


def _lines(rule: Rule, verdict: Verdict) -> tuple[Text, ...]:
    if isinstance(verdict, Failed):
        return verdict.evidence
    return (_MET[rule.id],) if isinstance(verdict, Passed) else (_NOT_KNOWN[rule.id],)


def _state(link: ChainLink, own: Sequence[tuple[Rule, Verdict]]) -> LinkState:
    """A missed requirement keeps the state that its finding gave; one that nobody could check is no "ok"."""
    if any(isinstance(verdict, Failed) for _, verdict in own):
        return link.state
    return "ok" if all(isinstance(verdict, Passed) for _, verdict in own) else "unknown"


def _summary(app: str, own: Sequence[tuple[Rule, Verdict]]) -> Text:
    from gpuproof.core.knowledge import app_profile

    profile = app_profile(app)
    name = profile.names[0] if profile is not None else app
    missed = sum(isinstance(verdict, Failed) for _, verdict in own)
    unknown = sum(isinstance(verdict, CannotTell) for _, verdict in own)
    if missed:
        return text(
            "{application}: {missed} of {all} requirements are not met", application=name, missed=missed, all=len(own)
        )
    if unknown:
        return text(
            "{application}: {unknown} of {all} requirements could not be checked",
            application=name,
            unknown=unknown,
            all=len(own),
        )
    return text("{application}: all {all} requirements are met", application=name, all=len(own))
