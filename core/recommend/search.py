"""Searches the published builds: newest first, for all cards together when that is possible, else for the most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from gpuproof.core import knowledge
from gpuproof.core.facts.machine import ComputeCapability
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.knowledge import TorchBuild, TorchRelease
from gpuproof.core.recommend.case import Case
from gpuproof.core.recommend.fit import Obstacle, minimum_for, obstacles
from gpuproof.core.recommend.model import Card

Releases = Sequence[TorchRelease] | None
_NO_LIMIT = DottedVersion("99999")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A build, the cards that it serves, and the cards of the same maker that it cannot serve."""

    release: TorchRelease
    build: TorchBuild
    cards: tuple[Card, ...]
    left_out: tuple[Card, ...] = ()

    @property
    def version(self) -> DottedVersion:
        """Return the release as a version that compares."""
        return DottedVersion(self.release.version)

    def __str__(self) -> str:
        return f"torch {self.release.version} {self.build.variant}"


def maker_of(build: TorchBuild) -> str:
    """Return whose GPUs a build is for."""
    if build.cuda is not None:
        return "nvidia"
    return {"xpu": "intel", "cpu": "any"}.get(build.variant, "amd")


def nvidia_cards(case: Case) -> tuple[Card, ...]:
    """Return the cards that a CUDA build could serve; macOS has none."""
    return () if case.system == "macos" else tuple(card for card in case.cards if card.vendor == "nvidia")


def best_cuda(case: Case, releases: Releases = None) -> Pick | None:
    """Return the newest CUDA build for the machine as it is, for as many different cards as possible."""
    cards = nvidia_cards(case)
    for served in _card_sets(cards):
        if case.driver is not None and not _one_driver_can_serve(served):
            continue
        found = newest(case, served, lambda build: build.cuda is not None, releases)
        if found:
            return replace(found, left_out=tuple(card for card in cards if card not in served))
    return None


def best_cuda_with_any_driver(case: Case) -> Pick | None:
    """Return the newest release that the best driver would allow, as the build that asks least of the driver."""
    cards = nvidia_cards(case)
    for served in _card_sets(cards):
        if not _one_driver_can_serve(served):
            continue
        last = last_branch_for(served)
        driver = DottedVersion(f"{last}.99999") if last else _NO_LIMIT
        free = replace(case, driver=driver)
        found = newest(free, served, lambda build: build.cuda is not None)
        if found:
            found = _least_demanding(free, found)
            return replace(found, left_out=tuple(card for card in cards if card not in served))
    return None


def _least_demanding(case: Case, pick: Pick) -> Pick:
    """Return the build of the same release that runs on the oldest driver; the pick itself where none is older."""
    needed = minimum_for(pick.build, pick.cards, case.driver_system)
    for build in pick.release.builds:
        other = minimum_for(build, pick.cards, case.driver_system)
        if other and needed and other < needed and not obstacles(case, pick.release, build, pick.cards):
            pick, needed = replace(pick, build=build), other
    return pick


def best_other(case: Case, releases: Releases = None) -> Pick | None:
    """Return the newest ROCm or XPU build for an AMD or Intel GPU; None on WSL, macOS and where none is published."""
    amd = tuple(card for card in case.cards if card.vendor == "amd" and card.gfx)
    if case.system == "linux":
        for card in amd:
            found = newest(case, (card,), lambda build: build.variant.startswith("rocm"), releases)
            if found:
                others = tuple(each for each in amd if each.gfx != card.gfx)
                return replace(found, left_out=others)
    intel = tuple(card for card in case.cards if card.vendor == "intel" and knowledge.intel_runs_xpu(card.name))
    if intel and case.system != "macos":
        return newest(case, intel, lambda build: build.variant == "xpu", releases)
    return None


def best_cpu(case: Case, releases: Releases = None) -> Pick | None:
    """Return the newest CPU build; on an Apple Silicon Mac it is also the one that uses the GPU, through MPS."""
    return newest(case, (), lambda build: build.variant == "cpu", releases)


def newest(
    case: Case, cards: tuple[Card, ...], wanted: Callable[[TorchBuild], bool], releases: Releases = None
) -> Pick | None:
    """Return the newest release with a build that fits, as its preferred build; among all releases or those given."""
    for release in releases_in_order(case) if releases is None else releases:
        fitting = [build for build in release.builds if wanted(build) and not obstacles(case, release, build, cards)]
        if fitting:
            build = max(fitting, key=lambda build: _preference(case, release, build))
            return Pick(release=release, build=build, cards=cards)
    return None


def releases_in_order(case: Case) -> list[TorchRelease]:
    """Return the releases newest first; the one that the application itself states comes before all."""
    releases = list(knowledge.torch_releases())
    if case.app and case.app.stated_torch and not case.pin:
        releases.sort(key=lambda release: release.version != case.app.stated_torch)  # type: ignore[union-attr]
    return releases


def all_builds(case: Case, cards: tuple[Card, ...]) -> Iterator[tuple[TorchRelease, TorchBuild, tuple[Obstacle, ...]]]:
    """Yield every build with the reasons against it, newest release first."""
    for release in knowledge.torch_releases():
        for build in release.builds:
            yield release, build, obstacles(case, release, build, cards)


def last_branch_for(cards: tuple[Card, ...]) -> int | None:
    """Return the last driver branch that still knows all of the cards; None: no end in sight."""
    ends = [knowledge.last_branch(card.compute_capability) for card in cards if card.compute_capability]
    return min((end for end in ends if end is not None), default=None)


def _preference(case: Case, release: TorchRelease, build: TorchBuild) -> tuple[bool, bool, bool, tuple[int, ...]]:
    """Rank builds of one release: the application's own, the one that PyPI serves (most used), stable, newest."""
    app = case.app
    stated = app is not None and (app.stated_torch, app.stated_variant) == (release.version, build.variant)
    linux = "linux_aarch64" if case.platform.endswith("aarch64") else "linux_x86_64"
    version = build.cuda.parts if build.cuda else tuple(int(part) for part in _digits(build.variant))
    return (stated, release.pypi.get(linux) == build.variant, build.stage == "stable", version)


def _digits(variant: str) -> list[str]:
    return [part for part in variant.lstrip("rocmxpu").split(".") if part.isdigit()]


def _card_sets(cards: tuple[Card, ...]) -> Iterator[tuple[Card, ...]]:
    """Yield the sets of cards to serve: all first, then fewer, sets with newer cards before others."""
    kinds = sorted({card.compute_capability for card in cards if card.compute_capability}, reverse=True)
    for count in range(len(kinds), 0, -1):
        for chosen in combinations(kinds, count):
            yield tuple(card for card in cards if card.compute_capability in chosen)


def _one_driver_can_serve(cards: tuple[Card, ...]) -> bool:
    """Say whether one driver knows all of the cards: none knows both a K80 (to R470) and an RTX 40 (from R520)."""
    last = last_branch_for(cards)
    return last is None or all(_first_branch(card.compute_capability) <= last for card in cards)


def _first_branch(device: ComputeCapability | None) -> int:
    known = knowledge.architecture_of(device) if device else None
    return (known.first_branch or 0) if known else 0
