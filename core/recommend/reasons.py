"""Why this, why not the others, and which facts are missing; each sentence cites a fact and a table's bound."""

from __future__ import annotations

from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.knowledge import TorchBuild, TorchRelease
from gpuproof.core.recommend.case import SYSTEM_NAMES, Case
from gpuproof.core.recommend.drivers import is_past, maximum_branch
from gpuproof.core.recommend.fit import Obstacle, minimum_for
from gpuproof.core.recommend.model import DriverAdvice, Rejected, Subject
from gpuproof.core.recommend.options import Options
from gpuproof.core.recommend.search import Pick, all_builds, maker_of, nvidia_cards
from gpuproof.core.recommend.smallest_change import python_that_would_work, smallest_change
from gpuproof.core.words import Text, text

_MACHINE_KINDS = ("x86_64", "aarch64", "arm64")


def missing_facts(subject: Subject) -> tuple[Text, ...]:
    """Name each fact that nobody gave and nobody could see."""
    found = []
    if isinstance(subject.system, Unknown):
        found.append(text("The operating system is not known: give --os."))
    if isinstance(subject.cards, Unknown):
        found.append(text("The GPU is not known: give --gpu (or --gpu none)."))
        return tuple(found)
    nvidia = [card for card in subject.cards if card.vendor == "nvidia"]
    for card in nvidia:
        if card.compute_capability is None:
            found.append(
                text("The compute capability of {card} is not known: give --compute-capability.", card=card.name)
            )
    if nvidia and isinstance(subject.driver, Unknown):
        found.append(text("The driver version is not known: give --driver (or --driver none)."))
    return tuple(found)


def because(case: Case, options: Options, advice: DriverAdvice) -> tuple[Text, ...]:
    """Say why the choice is what it is, or why there is none."""
    if options.chosen is None:
        return _no_choice(case, options)
    found = [_headline(case, options.chosen)]
    if options.chosen.build.cuda:
        found.extend(_cuda_reasons(case, options.chosen))
    else:
        found.extend(_other_reasons(case, options, advice))
    found.append(_python_reason(case, options.chosen))
    if advice.action == "keep" and options.cuda is not None:
        found.append(text("A newer driver would gain nothing here: no newer torch becomes possible."))
    return tuple(found)


def rejected(case: Case, chosen: Pick | None) -> tuple[Rejected, ...]:
    """Say why not each newer release, why not the other builds of the chosen one, and each older line once."""
    found: list[Rejected] = []
    lines: set[str] = set()
    cards = chosen.cards if chosen and chosen.cards else nvidia_cards(case)
    for release, build, against in all_builds(case, cards):
        if chosen and release is chosen.release and build is chosen.build:
            lines.add(build.variant)
            continue
        if any(each.kind == "platform" for each in against):
            continue
        is_older = chosen is not None and release.released < chosen.release.released
        if is_older and build.variant in lines:
            continue
        lines.add(build.variant)
        found.append(
            Rejected(
                torch=release.version, variant=build.variant, reason=_why_not(case, release, build, against, chosen)
            )
        )
    return tuple(found)


def _why_not(
    case: Case, release: TorchRelease, build: TorchBuild, against: tuple[Obstacle, ...], chosen: Pick | None
) -> Text:
    wanted = chosen.build.variant if chosen else ""
    if build.variant == "cpu" and wanted != "cpu" and not against:
        return text("It would leave the GPU idle.")
    if build.cuda is not None and not nvidia_cards(case):
        return text("It needs an NVIDIA GPU; this machine has none.")
    if maker_of(build) not in {card.vendor for card in case.cards} | {"any"}:
        return text("It is for a GPU that this machine does not have.")
    if against:
        return against[0].reason
    if build.variant.startswith("rocm") and case.system == "wsl":
        return text(
            "ROCm in WSL needs AMD's own wheels and runtime; those of the PyTorch index do not see the GPU there."
        )
    if chosen is None:
        return text("Whether it holds code for the GPU of this machine is not known.")
    if release is chosen.release:
        return text(
            "It would work too; {chosen} is the build that this release is mostly used with.",
            chosen=chosen.build.variant,
        )
    if case.app and case.app.stated_torch == chosen.release.version:
        return text("{app} names torch {torch}.", app=case.app.names[0], torch=chosen.release.version)
    return text("It is older than the choice.")


def _headline(case: Case, chosen: Pick) -> Text:
    if chosen.build.cuda and is_past(case, maximum_branch(case, chosen)):
        return text(
            "torch {torch} as {variant} is the newest release for this card, once the driver knows it again.",
            torch=chosen.release.version,
            variant=chosen.build.variant,
        )
    if case.pin is not None:
        return text(
            "torch {torch} as {variant} is the newest that the pin {pin} allows and this machine can use as it is.",
            torch=chosen.release.version,
            variant=chosen.build.variant,
            pin=case.pin.words,
        )
    return text(
        "torch {torch} as {variant} is the newest release that fits this machine as it is.",
        torch=chosen.release.version,
        variant=chosen.build.variant,
    )


def _cuda_reasons(case: Case, chosen: Pick) -> list[Text]:
    found = []
    if case.app and case.app.stated_torch == chosen.release.version:
        found.append(text("{app} names torch {torch}.", app=case.app.names[0], torch=chosen.release.version))
    for name, capability in dict.fromkeys((card.name, card.compute_capability) for card in chosen.cards):
        words = text("It holds code for {card} (compute capability {capability}).", card=name, capability=capability)
        found.append(words)
    for card in chosen.left_out:
        found.append(text("{card} is left out: no build serves it together with the others.", card=card.name))
    needed = minimum_for(chosen.build, chosen.cards, case.driver_system)
    last = maximum_branch(case, chosen)
    if is_past(case, last):
        found.append(
            text(
                "Driver {found} is past R{last}, the last branch that knows this card: it must go back first.",
                found=case.driver,
                last=last,
            )
        )
    elif case.driver is not None and not isinstance(case.driver, Unknown):
        found.append(
            text(
                "Driver {found} covers it: {variant} needs {needed} or newer on {system}.",
                found=case.driver,
                variant=chosen.build.variant,
                needed=needed,
                system=SYSTEM_NAMES[case.system],
            )
        )
    return found


def _other_reasons(case: Case, options: Options, advice: DriverAdvice) -> list[Text]:
    chosen = options.chosen
    assert chosen is not None
    if chosen.build.variant != "cpu":
        return [text("{card} is served by this build.", card=card.name) for card in chosen.cards]
    if case.system == "macos":
        silicon = case.platform.endswith("arm64")
        return [
            text("A Mac has no CUDA; on Apple silicon this build uses the GPU through MPS.")
            if silicon
            else text("A Mac has no CUDA, and torch 2.2.2 was the last release for Intel Macs.")
        ]
    if options.ideal and case.driver is None:
        return [
            text(
                "Without an NVIDIA driver only the CPU build works now; {ideal} follows after the driver.",
                ideal=options.ideal,
            )
        ]
    if options.ideal:
        return [
            text(
                "With driver {found} only the CPU build works now; {ideal} needs {needed} or newer.",
                found=case.driver,
                ideal=options.ideal,
                needed=advice.minimum,
            )
        ]
    unusable = [card for card in case.cards if card.vendor in ("nvidia", "amd")]
    if unusable:
        return [
            text("No published build holds code for {card} on this system, so the CPU does the work.", card=card.name)
            for card in unusable
        ]
    return [text("There is no GPU that torch could use, so the CPU does the work.")]


def _python_reason(case: Case, chosen: Pick) -> Text:
    pythons = chosen.release.pythons.get(case.platform, ())
    if case.python is None:
        return text("Any of these Pythons will do: {pythons}.", pythons=", ".join(pythons))
    return text("There is a wheel for Python {python} on {platform}.", python=case.python, platform=case.platform)


def _no_choice(case: Case, options: Options) -> tuple[Text, ...]:
    if case.python and case.python.bits == 32:
        return (text("torch has no wheel for a 32-bit Python: install a 64-bit one."),)
    if case.glibc == DottedVersion("0"):
        return (text("torch has no wheel for systems with musl such as Alpine: use one with glibc (Debian, Ubuntu)."),)
    machine = case.platform.split("_", 1)[1]
    if machine not in _MACHINE_KINDS or not any(
        "platform" not in {each.kind for each in against} for _, _, against in all_builds(case, ())
    ):
        found = [text("torch publishes no wheel for {platform}.", platform=case.platform)]
        if case.platform == "windows_aarch64":
            found.append(text("Windows on ARM also runs an x86_64 Python, by emulation: there is a wheel for that."))
        return tuple(found)
    if options.pin_in_the_way or case.pin:
        return (
            text("No build that the pin {pin} allows can use this machine.", pin=case.pin.words if case.pin else ""),
            *smallest_change(case),
        )
    return (
        text("No torch release fits Python {python} on {platform}.", python=case.python, platform=case.platform),
        *python_that_would_work(case),
    )
