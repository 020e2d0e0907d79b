"""Does one published build fit? Each reason against it is kept, so that the answer can say why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gpuproof.core import knowledge
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.knowledge import TorchBuild, TorchRelease
from gpuproof.core.recommend.case import SYSTEM_NAMES, Case
from gpuproof.core.recommend.model import Card
from gpuproof.core.words import Text, text

FROM_INDEX = "from index"
ObstacleKind = Literal[
    "stage", "platform", "python", "glibc", "macos", "app", "kernel", "cudnn", "target", "driver", "pin"
]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason against a build. ``driver`` and ``pin`` can be changed by the person; the others cannot."""

    kind: ObstacleKind
    reason: Text


def obstacles(case: Case, release: TorchRelease, build: TorchBuild, cards: Sequence[Card]) -> tuple[Obstacle, ...]:
    """Return every reason against a build for these cards; empty: it fits."""
    found = [*_wheel_obstacles(case, release, build), *_app_obstacles(case, release, build)]
    if build.cuda is not None:
        for card in cards:
            found.extend(_kernel_obstacles(case, release, build, card))
        found.extend(_driver_obstacles(case, build, cards))
    elif build.variant.startswith("rocm"):
        found.extend(_target_obstacles(build, cards))
    if case.pin and not case.pin.allows(release.version, build.variant):
        found.append(Obstacle("pin", text("The pin {pin} excludes it.", pin=case.pin.words)))
    return tuple(found)


def minimum_for(build: TorchBuild, cards: Sequence[Card], driver_system: str) -> DottedVersion | None:
    """Return the oldest driver for a CUDA build on these cards: the CUDA family's, or the card's own floor."""
    if build.cuda is None:
        return None
    needed = knowledge.minimum_driver(build.cuda, driver_system)
    for card in cards:
        known = knowledge.architecture_of(card.compute_capability) if card.compute_capability else None
        if known and known.hard_floor and (needed is None or needed < DottedVersion(str(known.hard_floor))):
            needed = DottedVersion(str(known.hard_floor))
    return needed


def _wheel_obstacles(case: Case, release: TorchRelease, build: TorchBuild) -> list[Obstacle]:
    found = []
    if not build.is_recommendable:
        words = text("The official list of builds does not name it.")
        found.append(Obstacle("stage", words))
    if case.platform not in build.platforms:
        words = text("No {variant} build is published for {platform}.", variant=build.variant, platform=case.platform)
        found.append(Obstacle("platform", words))
    python = case.python
    if python and (python.bits == 32 or python.wheel_key not in release.pythons.get(case.platform, ())):
        words = text("torch {torch} has no wheel for Python {python}.", torch=release.version, python=python)
        found.append(Obstacle("python", words))
    floor = release.minimum_glibc.get(case.platform)
    if case.glibc and floor and case.glibc < floor:
        words = text("Its wheels need glibc {needed}; this system has {found}.", needed=floor, found=case.glibc)
        found.append(Obstacle("glibc", words))
    if case.macos and release.minimum_macos and case.platform == "macos_arm64" and case.macos < release.minimum_macos:
        words = text(
            "Its wheels need macOS {needed}; this Mac has {found}.", needed=release.minimum_macos, found=case.macos
        )
        found.append(Obstacle("macos", words))
    return found


def _app_obstacles(case: Case, release: TorchRelease, build: TorchBuild) -> list[Obstacle]:
    app = case.app
    if app is None:
        return []
    if app.minimum_torch and DottedVersion(release.version) < app.minimum_torch:
        words = text("{app} needs torch {needed} or newer.", app=app.names[0], needed=app.minimum_torch)
        return [Obstacle("app", words)]
    if app.minimum_cuda and build.cuda and build.cuda < app.minimum_cuda:
        words = text("{app} needs CUDA {needed} or newer.", app=app.names[0], needed=app.minimum_cuda)
        return [Obstacle("app", words)]
    return []


def _kernel_obstacles(case: Case, release: TorchRelease, build: TorchBuild, card: Card) -> list[Obstacle]:
    device = card.compute_capability
    if device is None:
        words = text("The compute capability of {card} is not known.", card=card.name)
        return [Obstacle("kernel", words)]
    codes = machine_code(release, build, case.platform)
    if not codes:
        words = text(
            "Which cards {variant} of torch {torch} holds code for is not known yet.",
            variant=build.variant,
            torch=release.version,
        )
        return [Obstacle("kernel", words)]
    if not knowledge.runs_on(codes, device, build.cuda):
        words = text(
            "It holds no code for {card} (compute capability {capability}), only {codes}.",
            card=card.name,
            capability=device,
            codes=" ".join(codes),
        )
        return [Obstacle("kernel", words)]
    oldest = knowledge.cudnn_minimum_capability(build.cudnn) if build.cudnn else None
    if oldest and device < oldest:
        words = text(
            "Its cuDNN {cudnn} holds no code below {oldest}; {card} is {capability}.",
            cudnn=build.cudnn,
            oldest=oldest,
            card=card.name,
            capability=device,
        )
        return [Obstacle("cudnn", words)]
    return []


def machine_code(release: TorchRelease, build: TorchBuild, platform: str) -> tuple[str, ...]:
    """Return the finished code of a wheel without its PTX: cuBLAS and cuDNN beside it hold none, so PTX alone fails.

    The Windows cu118 wheels carry ``compute_37``, and RTX 50 cards are still reported not to work with them.
    """
    codes = knowledge.arch_list(release.version, build.variant, platform)
    if codes is None and is_assumed(release, build, platform):
        codes = _assumed_code(release, build, platform)
    return tuple(code for code in codes or () if code.startswith("sm_"))


def is_assumed(release: TorchRelease, build: TorchBuild, platform: str) -> bool:
    """Say whether a CUDA build came from the index alone, so that nobody has read which cards it holds code for."""
    from_index = build.cuda is not None and release.source.startswith(FROM_INDEX)
    return from_index and knowledge.arch_list(release.version, build.variant, platform) is None


def _assumed_code(release: TorchRelease, build: TorchBuild, platform: str) -> tuple[str, ...]:
    """Take the same variant of the line before, without its oldest code: what a new line drops is the oldest cards."""
    for older in knowledge.torch_releases():
        if DottedVersion(older.version) < DottedVersion(release.version) and older.build(build.variant):
            known = knowledge.arch_list(older.version, build.variant, platform)
            if known:
                finished = sorted(
                    (code for code in known if code.startswith("sm_")), key=lambda code: int(code[3:].rstrip("af"))
                )
                return tuple(finished[1:])
    return ()


def _driver_obstacles(case: Case, build: TorchBuild, cards: Sequence[Card]) -> list[Obstacle]:
    needed = minimum_for(build, cards, case.driver_system)
    if needed is None or isinstance(case.driver, Unknown):
        return []
    if case.driver is None:
        words = text("It needs an NVIDIA driver {needed} or newer; none is installed.", needed=needed)
        return [Obstacle("driver", words)]
    if case.driver < needed:
        words = text(
            "It needs driver {needed} or newer on {system}; this machine has {found}.",
            needed=needed,
            system=SYSTEM_NAMES[case.system],
            found=case.driver,
        )
        return [Obstacle("driver", words)]
    return []


def _target_obstacles(build: TorchBuild, cards: Sequence[Card]) -> list[Obstacle]:
    targets = knowledge.rocm_targets().get(build.variant)
    if targets is None:
        return [
            Obstacle("target", text("Which AMD GPUs {variant} holds code for is not known.", variant=build.variant))
        ]
    for card in cards:
        if card.gfx not in targets:
            words = text("It holds no code for {card} ({target}).", card=card.name, target=card.gfx or "?")
            return [Obstacle("target", words)]
    return []
