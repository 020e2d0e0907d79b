"""What to do about the NVIDIA driver, and how; shown, never run.

The actions, exactly:

- ``keep``: the driver runs the choice, and no newer branch would make a newer torch possible on these cards.
- ``install``: there is an NVIDIA card and no driver (or its version is unknown: ``minimum`` says what it must be).
- ``upgrade``: a newer driver makes the GPU usable, serves more of the cards, or makes a newer torch possible.
- ``downgrade``: the driver is past the last branch that knows a card which the choice serves.
- ``none``: no NVIDIA GPU, a Mac, or no driver and no torch build that could use the card anyway.

``minimum`` is the oldest driver for what the action gains (with ``keep``: for the choice), counted with NVIDIA's
minor-version compatibility. ``branch`` is the branch to be on. ``maximum_branch`` is the last one for a card.
"""

from __future__ import annotations

from dataclasses import replace

from gpuproof.core import knowledge
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.knowledge import DriverBranch
from gpuproof.core.recommend.case import Case
from gpuproof.core.recommend.driver_steps import driver_steps
from gpuproof.core.recommend.fit import minimum_for
from gpuproof.core.recommend.model import Card, DriverAction, DriverAdvice
from gpuproof.core.recommend.search import Pick, best_cuda_with_any_driver, last_branch_for, nvidia_cards


def advise_driver(case: Case, now: Pick | None, ideal: Pick | None) -> DriverAdvice:
    """Advise on the driver: ``now`` is the best CUDA build as the machine is, ``ideal`` with the best driver."""
    cards = nvidia_cards(case)
    if not cards:
        return DriverAdvice(action="none")
    last = maximum_branch(case, now or ideal)
    action = _action(case, now, ideal)
    aim = ideal if action in ("install", "upgrade") else now or ideal
    minimum = minimum_for(aim.build, aim.cards, case.driver_system) if aim else None
    minimum = _with_app_floor(case, minimum)
    if aim and minimum and last and minimum.major > last:  # the card that the aim leaves out must not name the branch
        cards, last = aim.cards, last_branch_for(aim.cards)
    branch = _branch_to_be_on(case, action, last, minimum)
    return DriverAdvice(
        action=action,
        minimum=str(minimum) if minimum else None,
        branch=None if _is_integrated(cards) or branch is None else f"R{branch}",
        maximum_branch=f"R{last}" if last else None,
        how=driver_steps(case, action, branch, cards) if action != "none" else (),
    )


def maximum_branch(case: Case, pick: Pick | None) -> int | None:
    """Return the last branch for the cards; a card left out does not hold back a driver that is already past it."""
    everything = last_branch_for(_cards_with_a_future(case))
    served = last_branch_for(pick.cards) if pick else everything
    if everything == served or everything is None:
        return served
    return served if driver_branch(case) is not None and is_past(case, everything) else everything


def _cards_with_a_future(case: Case) -> tuple[Card, ...]:
    """Return the cards that some build could serve: one that none serves does not hold the driver back."""
    cards = nvidia_cards(case)
    useful = tuple(card for card in cards if best_cuda_with_any_driver(replace(case, cards=(card,), pin=None)))
    return useful or cards


def driver_branch(case: Case) -> DriverBranch | None:
    """Return the branch of the machine's driver, where there is one."""
    if case.driver is None or isinstance(case.driver, Unknown):
        return None
    return knowledge.branch_of(case.driver, case.driver_system)


def is_past(case: Case, last: int | None) -> bool:
    """Say whether the driver belongs to a branch after the last one for a card."""
    branch = driver_branch(case)
    if branch is not None:
        return last is not None and branch.number > last
    known = isinstance(case.driver, DottedVersion)
    return known and last is not None and case.driver.major > last + 4  # type: ignore[union-attr]


def _action(case: Case, now: Pick | None, ideal: Pick | None) -> DriverAction:
    if case.driver is None:
        return "install" if ideal else "none"
    if isinstance(case.driver, Unknown):
        return "install" if ideal else "keep"
    served = now or ideal
    last = last_branch_for(served.cards if served else nvidia_cards(case))
    if is_past(case, last):
        return "downgrade"
    if ideal is None:
        return "keep"
    app_floor = case.app.minimum_driver if case.app else None
    if now is None or (app_floor and case.driver < app_floor):
        return "upgrade"
    return "upgrade" if len(ideal.cards) > len(now.cards) or _gains(case, now, ideal) else "keep"


def _gains(case: Case, now: Pick, ideal: Pick) -> bool:
    """Say whether the best driver allows a newer release; the application's own version is as good as it gets."""
    stated = case.app.stated_torch if case.app else None
    if now.release.version == stated and len(ideal.cards) <= len(now.cards):
        return False
    return ideal.version > now.version and len(ideal.cards) >= len(now.cards)


def _with_app_floor(case: Case, minimum: DottedVersion | None) -> DottedVersion | None:
    floor = case.app.minimum_driver if case.app else None
    return floor if floor and minimum and floor > minimum else minimum


def _is_integrated(cards: tuple[Card, ...]) -> bool:
    """Say whether the driver comes with JetPack instead of an installer."""
    known = [knowledge.architecture_of(card.compute_capability) for card in cards if card.compute_capability]
    return any(found.is_integrated for found in known if found)


def _branch_to_be_on(case: Case, action: DriverAction, last: int | None, minimum: DottedVersion | None) -> int | None:
    """Choose the branch: the card's last one; else the present one while it lives; else the newest long-term one."""
    if action == "none":
        return None
    if last is not None:
        return last
    today = str(knowledge.table("driver_branches")["read_on"])
    present = driver_branch(case)
    if action == "keep" and present is not None and not present.has_ended(today):
        return present.number
    alive = [branch for branch in knowledge.driver_branches() if branch.has_ended(today) is False]
    at_least = max(minimum.major if minimum else 0, present.number if present and action == "keep" else 0)
    fitting = [branch for branch in alive if branch.number >= at_least]
    long_term = [branch for branch in fitting if branch.kind == "lts"]
    if long_term or fitting:
        return max(long_term or fitting, key=lambda branch: branch.number).number
    return present.number if present else None
