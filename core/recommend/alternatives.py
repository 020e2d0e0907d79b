"""Other valid ways with their trade-offs: a newer driver, another build, fewer cards, the CPU."""

from __future__ import annotations

from dataclasses import replace

from gpuproof.core.facts.machine import ComputeCapability
from gpuproof.core.knowledge import rocm_targets
from gpuproof.core.recommend.case import Case
from gpuproof.core.recommend.fit import minimum_for, obstacles
from gpuproof.core.recommend.model import Alternative, Card
from gpuproof.core.recommend.options import Options
from gpuproof.core.recommend.search import (
    Pick,
    all_builds,
    best_cuda,
    best_other,
    last_branch_for,
    maker_of,
    releases_in_order,
)
from gpuproof.core.words import Text, text

_LOWEST = ComputeCapability(0, 0)


def alternatives_for(case: Case, options: Options) -> tuple[Alternative, ...]:
    """Return the other ways, the most gainful first, each once."""
    found: list[Alternative] = []
    chosen = options.chosen
    found.extend(_with_another_driver(case, options))
    found.extend(_without_some_cards(case, options))
    if chosen is not None:
        found.extend(_other_builds(case, chosen))
        found.extend(_newest_rocm(case, chosen))
        found.extend(_without_cudnn(case, chosen))
    if options.cuda is None and options.other is None:
        found.extend(_with_another_python(case))
    if chosen is None or chosen.build.variant != "cpu":
        found.extend(_cpu(options))
    unique = {(each.torch, each.variant): each for each in reversed(found)}
    kept = dict.fromkeys((each.torch, each.variant) for each in found)
    taken = (chosen.release.version, chosen.build.variant) if chosen else None
    return tuple(unique[key] for key in kept if key != taken)


def _with_another_driver(case: Case, options: Options) -> list[Alternative]:
    ideal = options.ideal
    if ideal is None or (
        options.cuda and ideal.version <= options.cuda.version and len(ideal.cards) <= len(options.cuda.cards)
    ):
        return []
    needed = minimum_for(ideal.build, ideal.cards, case.driver_system)
    last = last_branch_for(ideal.cards)
    if case.driver is None:
        need = text("Install an NVIDIA driver, {needed} or newer.", needed=needed)
    else:
        need = text("Upgrade the driver to {needed} or newer.", needed=needed)
    if last:
        need = text("Put in an NVIDIA driver from {needed} up to branch R{last}.", needed=needed, last=last)
    gain = text("Newest torch for these cards.") if options.cuda else text("It lets the GPU do the work.")
    return [_alternative(ideal, gain, need)]


def _without_some_cards(case: Case, options: Options) -> list[Alternative]:
    """Offer the newest build for the newest card alone, and one for each card that the choice leaves out."""
    chosen = options.cuda
    if chosen is None:
        return []
    found: list[Alternative] = []
    if len(chosen.cards) > 1:
        newest_card = max(chosen.cards, key=lambda card: card.compute_capability or _LOWEST)
        alone = best_cuda(_only(case, newest_card))
        if alone and alone.version > chosen.version:
            others = ", ".join(sorted({card.name for card in chosen.cards} - {newest_card.name}))
            found.append(
                _alternative(
                    alone,
                    text(
                        "Newer torch for {card} alone; {others} would be left out.",
                        card=newest_card.name,
                        others=others,
                    ),
                )
            )
    for card in chosen.left_out:
        alone = best_cuda(_only(case, card))
        if alone:
            found.append(_alternative(alone, text("A second environment for {card} alone.", card=card.name)))
    return found


def _other_builds(case: Case, chosen: Pick) -> list[Alternative]:
    """Offer the other builds of the chosen release that fit as well."""
    found = []
    for build in chosen.release.builds:
        if build is chosen.build or chosen.build.variant == "cpu" or maker_of(build) != maker_of(chosen.build):
            continue
        if not obstacles(case, chosen.release, build, chosen.cards):
            pick = replace(chosen, build=build)
            found.append(
                _alternative(
                    pick, text("Fits as well; take it when another package asks for {variant}.", variant=build.variant)
                )
            )
    return found


def _without_cudnn(case: Case, chosen: Pick) -> list[Alternative]:
    """Offer a newer build whose own code runs on the card while its cuDNN does not, as with a K80 and torch 2.7."""
    if chosen.build.cuda is None:
        return []
    for release, build, against in all_builds(case, chosen.cards):
        if release is chosen.release:
            break
        if against and all(each.kind == "cudnn" for each in against):
            need = text("Switch cuDNN off in the program: torch.backends.cudnn.enabled = False.")
            words = text("Newer torch, but its cuDNN holds no code for this card: convolutions fail or are slow.")
            return [_alternative(Pick(release=release, build=build, cards=chosen.cards), words, need)]
    return []


def _newest_rocm(case: Case, chosen: Pick) -> list[Alternative]:
    """Offer a ROCm variant newer than any whose GPU list has been read; it may well work."""
    if not chosen.build.variant.startswith("rocm"):
        return []
    for release in releases_in_order(case):
        if release is chosen.release:
            break
        for build in release.builds:
            if (
                build.variant.startswith("rocm")
                and build.variant not in rocm_targets()
                and case.platform in build.platforms
            ):
                pick = Pick(release=release, build=build, cards=chosen.cards)
                need = text("Check AMD's list for {variant} first: it has not been read here.", variant=build.variant)
                return [_alternative(pick, text("Newest torch with ROCm."), need)]
    return []


def _with_another_python(case: Case) -> list[Alternative]:
    """Offer the GPU build that another Python would allow, as with a Pascal card on Python 3.15."""
    if case.python is None:
        return []
    free = replace(case, python=None)
    found = best_cuda(free) or best_other(free)
    if found is None:
        return []
    pythons = ", ".join(found.release.pythons.get(case.platform, ()))
    need = text("Use one of these Pythons: {pythons}.", pythons=pythons)
    return [_alternative(found, text("It lets the GPU do the work."), need)]


def _cpu(options: Options) -> list[Alternative]:
    if options.cpu is None:
        return []
    return [_alternative(options.cpu, text("Works without any GPU, many times slower."))]


def _only(case: Case, card: Card) -> Case:
    return replace(case, cards=(card,))


def _alternative(pick: Pick, trade_off: Text, needs: Text | None = None) -> Alternative:
    return Alternative(torch=pick.release.version, variant=pick.build.variant, trade_off=trade_off, needs=needs)
