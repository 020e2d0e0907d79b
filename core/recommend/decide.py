"""The decision: the newest build that is valid for the machine as it is, and everything a person may ask about it.

Order of makers: NVIDIA, then AMD (ROCm), then Intel (XPU), then the CPU build. ``choice`` is for the machine as it
is. When no CUDA build works with the present driver (none, or too old), the CPU build is what works now, and the GPU
build stands first in ``alternatives`` with the driver it needs. A driver past a card's last branch does not change
the wheel: the choice is the wheel for the card, and the driver has to go back. A pin that keeps a usable GPU idle
gives no choice at all, with the smallest change that would work.
"""

from __future__ import annotations

from typing import Literal

from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.knowledge import index_url, kernel_list
from gpuproof.core.recommend.alternatives import alternatives_for
from gpuproof.core.recommend.case import Case, case_of
from gpuproof.core.recommend.commands import commands_for
from gpuproof.core.recommend.drivers import advise_driver
from gpuproof.core.recommend.fit import is_assumed
from gpuproof.core.recommend.installed import broken_words, installed_fits, installed_words, was_not_stopped
from gpuproof.core.recommend.model import Card, Choice, DriverAdvice, Recommendation, Subject
from gpuproof.core.recommend.notices import notices_for
from gpuproof.core.recommend.options import weigh
from gpuproof.core.recommend.reasons import because, missing_facts, rejected
from gpuproof.core.recommend.search import Pick
from gpuproof.core.words import text


def recommend(subject: Subject) -> Recommendation:
    """Decide on the wheel and the driver; missing facts are named instead of guessed."""
    missing = missing_facts(subject)
    if isinstance(subject.system, Unknown) or isinstance(subject.cards, Unknown) or _has_unknown_card(subject.cards):
        return Recommendation(
            choice=None,
            driver=DriverAdvice(action="keep"),
            because=(text("A fact that decides is missing."),),
            missing=missing,
            overridden=subject.overridden,
        )
    case = case_of(subject)
    options = weigh(case)
    choice = _choice(case, options.chosen) if options.chosen else None
    advice = advise_driver(case, options.cuda, options.ideal)
    loads = subject.installed_loads is not False
    fits = installed_fits(case, options, subject.installed_torch) if was_not_stopped(subject) else None
    fits = fits if loads else False
    return Recommendation(
        choice=choice,
        driver=advice,
        because=(
            *(installed_words(options, subject.installed_torch, fits) if loads else broken_words(subject)),
            *because(case, options, advice),
        ),
        rejected=rejected(case, options.chosen),
        alternatives=alternatives_for(case, options),
        notices=notices_for(case, options, subject.overridden),
        missing=missing,
        is_installed=loads and _is_installed(subject.installed_torch, options.chosen),
        installed_fits=fits,
        certainty=_certainty(case, options.chosen) if options.chosen else "confirmed",
        overridden=subject.overridden,
    )


def _has_unknown_card(cards: tuple[Card, ...]) -> bool:
    return any(card.vendor == "nvidia" and card.compute_capability is None for card in cards)


def _choice(case: Case, pick: Pick) -> Choice:
    return Choice(
        torch=pick.release.version,
        variant=pick.build.variant,
        index_url=index_url(pick.build.variant),
        python_ok=True,
        commands=commands_for(case, pick),
        torchvision=pick.release.torchvision,
        torchaudio=pick.release.torchaudio,
    )


def _certainty(case: Case, pick: Pick) -> Literal["confirmed", "inferred"]:
    """Say how sure the rows are that decided: that the wheel is published, and what code it holds."""
    rows = [pick.build.certainty_for(case.platform)]
    codes = kernel_list(pick.release.version, pick.build.variant, case.platform) if pick.build.cuda else None
    rows.extend([codes.certainty] if codes else [])
    rows.extend(["inferred"] if is_assumed(pick.release, pick.build, case.platform) else [])
    return "inferred" if "inferred" in rows else "confirmed"


def _is_installed(installed: str | None, chosen: Pick | None) -> bool:
    if not installed or chosen is None:
        return False
    version, _, label = installed.partition("+")
    variant = label or chosen.release.pypi.get("linux_x86_64")  # PyPI's Linux wheels carry no label
    return version == chosen.release.version and variant == chosen.build.variant
