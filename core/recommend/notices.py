"""What a person should know beside the choice: doubts, dated driver trouble, ends of life, the application's wishes."""

from __future__ import annotations

from gpuproof.core import knowledge
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.recommend.case import Case
from gpuproof.core.recommend.drivers import driver_branch
from gpuproof.core.recommend.fit import is_assumed
from gpuproof.core.recommend.options import Options
from gpuproof.core.recommend.search import nvidia_cards
from gpuproof.core.words import Text, text

_FLAGS = {
    "system": "--os",
    "machine": "--machine",
    "python": "--python",
    "cards": "--gpu",
    "driver": "--driver",
    "torch_pin": "--torch",
    "glibc": "--glibc",
}


def notices_for(case: Case, options: Options, overridden: tuple[str, ...]) -> tuple[Text, ...]:
    """Return every notice that applies."""
    found = [
        *_driver_notices(case),
        *_compatibility(case, options),
        *_app_notices(case, options),
        *_other(case, options),
    ]
    if overridden:
        names = ", ".join(_FLAGS.get(name, name) for name in overridden)
        found.append(text("Given by hand, not detected: {names}.", names=names))
    return tuple(found)


def _driver_notices(case: Case) -> list[Text]:
    if not nvidia_cards(case) or case.driver is None or isinstance(case.driver, Unknown):
        return []
    found = []
    branch = driver_branch(case)
    if branch and branch.has_ended(str(knowledge.table("driver_branches")["read_on"])):
        if branch.end_of_life == "past":
            found.append(text("Driver branch {branch} is past its end of life.", branch=branch.name))
        else:
            end = branch.end_of_life
            found.append(text("Driver branch {branch} is past its end of life ({end}).", branch=branch.name, end=end))
    for notice in knowledge.driver_notices(case.driver_system):
        if notice.first <= case.driver <= notice.last and _concerns(case, notice.cards):
            words = text("Driver {driver} is known for trouble, as of {dated}:", driver=case.driver, dated=notice.dated)
            found.extend((words, Text(notice.found), Text(notice.remedy)))  # translated by the words of their row
    return [*found, *_too_old_for_card(case, case.driver)]


def _concerns(case: Case, cards: tuple[object, ...]) -> bool:
    return not cards or any(card.compute_capability in cards for card in case.cards)


def _too_old_for_card(case: Case, driver: DottedVersion) -> list[Text]:
    """Doubt a driver that is older than the first branch known to drive the card: the number may be mistaken."""
    found = []
    for card in nvidia_cards(case):
        known = knowledge.architecture_of(card.compute_capability) if card.compute_capability else None
        if known and known.first_branch and driver.major < known.first_branch:
            words = text(
                "Driver {driver} is older than R{first}, the first branch for {card}: check the number.",
                driver=driver,
                first=known.first_branch,
                card=card.name,
            )
            found.append(words)
    return found


def _compatibility(case: Case, options: Options) -> list[Text]:
    """Say when the driver runs the build by minor-version compatibility only."""
    cuda = options.cuda.build.cuda if options.cuda else None
    branch = driver_branch(case)
    if cuda is None or branch is None or branch.cuda is None or branch.cuda >= cuda:
        return []
    return [
        text(
            "Driver {driver} speaks CUDA {spoken}; CUDA {cuda} runs on it by minor-version compatibility, "
            "which does not cover code that is compiled from PTX at run time.",
            driver=case.driver,
            spoken=branch.cuda,
            cuda=cuda,
        )
    ]


def _app_notices(case: Case, options: Options) -> list[Text]:
    app, chosen = case.app, options.chosen
    if app is None:
        return []
    found = []
    if app.stated_torch and chosen and chosen.release.version != app.stated_torch:
        words = text(
            "{app} names torch {torch}, which cannot be used here; the choice is newer and may need changes in {app}.",
            app=app.names[0],
            torch=app.stated_torch,
        )
        found.append(words)
    if app.minimum_driver and isinstance(case.driver, DottedVersion) and case.driver < app.minimum_driver:
        found.append(text("{app} asks for driver {needed} or newer.", app=app.names[0], needed=app.minimum_driver))
    memory = [card.memory_gib for card in nvidia_cards(case) if card.memory_gib]
    for resolution, least in app.vram_gb:
        if memory and max(memory) < least * 0.93:  # a card sold with 8 GB reports 7.6 to 8 GiB
            found.append(
                text(
                    "{app} needs {least} GB of GPU memory for {resolution}.",
                    app=app.names[0],
                    least=f"{least:g}",
                    resolution=resolution,
                )
            )
    return found


def _other(case: Case, options: Options) -> list[Text]:
    found = []
    if options.chosen and options.chosen.build.cuda and options.chosen.left_out:
        names = ", ".join(sorted({card.name for card in options.chosen.left_out}))
        words = text(
            "Hide {cards} from programs with CUDA_VISIBLE_DEVICES, or one may land there and fail.", cards=names
        )
        found.append(words)
    if options.chosen and is_assumed(options.chosen.release, options.chosen.build, case.platform):
        words = text(
            "{pick} is known from the index alone: that it holds code for this card is assumed "
            "from the line before it.",
            pick=options.chosen,
        )
        found.append(words)
    if case.system == "wsl" and any(card.vendor == "amd" for card in case.cards):
        found.append(
            text("ROCm in WSL needs AMD's own wheels and runtime; those of the PyTorch index do not see the GPU there.")
        )
    if case.system == "windows" and any(card.vendor == "amd" for card in case.cards):
        found.append(text("The PyTorch index has no ROCm build for Windows: use Linux, or AMD's own wheels."))
    for card in case.cards:
        if card.vendor == "amd" and card.gfx is None:
            found.append(
                text("The target of {card} is not known: add it to the name, such as (gfx1100).", card=card.name)
            )
    if options.chosen and options.chosen.release.version.startswith("2.2.") and case.platform == "macos_x86_64":
        found.append(text("torch 2.2 needs numpy below 2."))
    return found
