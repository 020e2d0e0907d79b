"""Does the torch that is installed already do its work here? Then nothing has to be done, whatever is newest."""

from __future__ import annotations

from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.knowledge import TorchBuild, TorchRelease, last_branch, torch_release
from gpuproof.core.recommend.case import Case
from gpuproof.core.recommend.drivers import is_past
from gpuproof.core.recommend.fit import obstacles
from gpuproof.core.recommend.model import Card, Subject
from gpuproof.core.recommend.options import Options
from gpuproof.core.recommend.search import nvidia_cards
from gpuproof.core.words import Text, text

_ABOUT_THE_INSTALLATION = ("stage", "platform", "python", "glibc", "macos")  # it is installed, so these are settled


def installed_fits(case: Case, options: Options, installed: str | None) -> bool | None:
    """Say whether the installed torch uses every card that the choice would; None: not in the tables, cannot tell."""
    found = _in_tables(case, installed)
    if found is None or options.chosen is None:
        return None
    release, build = found
    if build.variant == "cpu" or options.chosen.build.variant == "cpu":
        is_all_there_is = build.variant == options.chosen.build.variant == "cpu" and options.ideal is None
        return is_all_there_is and not _obstacles(case, release, build, ())
    wanted = nvidia_cards(case) if options.cuda else options.chosen.cards
    cards = tuple(card for card in wanted if card in options.chosen.cards)
    if (build.cuda is None) != (options.chosen.build.cuda is None):
        return False
    if build.cuda is not None and isinstance(case.driver, Unknown):
        return None
    ends = [last_branch(card.compute_capability) for card in cards if card.compute_capability]
    return not any(is_past(case, end) for end in ends) and not _obstacles(case, release, build, cards)


def installed_words(options: Options, installed: str | None, fits: bool | None) -> tuple[Text, ...]:
    """Say first that nothing has to be done, and what the newest would be."""
    if not fits or options.chosen is None or installed is None:
        return ()
    newest = options.chosen.release.version
    is_newest = installed.split("+", 1)[0] == newest
    if options.chosen.build.variant == "cpu":
        return (_words_without_cards(installed, None if is_newest else newest),)
    if is_newest:
        return (
            text(
                "torch {installed}, which is installed, fits these cards and this driver: nothing has to be installed.",
                installed=installed,
            ),
        )
    return (
        text(
            "torch {installed}, which is installed, fits these cards and this driver: nothing has to be installed. "
            "{newest} is the newest.",
            installed=installed,
            newest=newest,
        ),
    )


def _words_without_cards(installed: str, newest: str | None) -> Text:
    """Say the same of a computer whose processor does the work."""
    if newest is None:
        return text("torch {installed}, which is installed, is all that this computer can use.", installed=installed)
    return text(
        "torch {installed}, which is installed, is all that this computer can use. {newest} is the newest.",
        installed=installed,
        newest=newest,
    )


def was_not_stopped(subject: Subject) -> bool:
    """Tell whether the import came to an end or was never tried: one that hung leaves the fit open."""
    loads = subject.installed_loads
    return not isinstance(loads, Unknown) or loads.why not in (Why.TIMED_OUT, Why.FAILED, Why.DENIED)


def broken_words(subject: Subject) -> tuple[Text, ...]:
    """Say of an installed torch whose import fails that its fit does not count."""
    if subject.installed_torch is None:
        return ()
    return (
        text(
            "torch {installed} is installed and cannot be imported: install it anew, with --force-reinstall where the "
            "version stays.",
            installed=subject.installed_torch,
        ),
    )


def _in_tables(case: Case, installed: str | None) -> tuple[TorchRelease, TorchBuild] | None:
    version, _, label = (installed or "").partition("+")
    release = torch_release(version)
    variant = label or (
        release.pypi.get(case.platform) if release else None
    )  # PyPI's wheels carry no label in their name
    build = release.build(variant) if release and variant else None
    return (release, build) if release and build else None


def _obstacles(case: Case, release: TorchRelease, build: TorchBuild, cards: tuple[Card, ...]) -> list[str]:
    found = obstacles(case, release, build, cards)
    return [each.kind for each in found if each.kind not in _ABOUT_THE_INSTALLATION]
