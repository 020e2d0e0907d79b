"""What several GPUs mean for the person: the weakest, who slows whom, the default, the copies between them."""

from __future__ import annotations

from itertools import groupby

from gpuproof.core.bench.model import CardResult, Doubt, PairResult, Rate, SeveralGpus
from gpuproof.core.words import Text, text

_WEAKER = 0.90  # a card below this share of the fastest is called weaker, when both intervals say so too
_SLOWED = 0.90  # the same for a card beside itself alone


def several_statements(several: SeveralGpus) -> tuple[Text, ...]:
    """Return the answers in words, one line each."""
    return (
        *(_card_words(card) for card in several.cards),
        *_weakest_words(several),
        *_slowed_words(several),
        *_default_words(several),
        *_pair_words(several.pairs),
        *_left_out_words(several),
        *several.problems,
    )


def several_doubts(several: SeveralGpus) -> tuple[Doubt, ...]:
    """Return what deserves a look: like cards that differ, cards that slow each other, copies that arrive wrong."""
    found = []
    weakest, best = weakest_and_best(several)
    if weakest is not None and best is not None and weakest.name == best.name:
        words = text(
            "{weak} reaches {percent} % of {best}, though both are {name}. Compare their slots, power limits and "
            "temperatures, and what else runs on them.",
            weak=weakest.device, best=best.device, name=best.name, percent=_percent(_share(weakest, best)),
        )  # fmt: skip
        found.append(Doubt(kind="weaker_gpu", words=words, side="gpu"))
    slowed = slowed_cards(several)
    if slowed:
        words = text(
            "The GPUs slow each other down: {devices} lose more than a tenth when all work at once. They share PCIe "
            "lanes, the power supply or the cooling; run fewer at once or spread them over other slots.",
            devices=", ".join(card.device for card in slowed),
        )
        found.append(Doubt(kind="gpus_slow_each_other", words=words, side="gpu"))
    wrong = [pair for pair in several.pairs if pair.is_right is False]
    if wrong:
        words = text(
            "Copies from {source} to {target} arrive with other bytes than were sent. Programs that use both GPUs "
            "hang or compute nonsense. Turn off the IOMMU (or ACS) in the BIOS, or set NCCL_P2P_DISABLE=1.",
            source=wrong[0].source, target=wrong[0].target,
        )  # fmt: skip
        found.append(Doubt(kind="peer_copy_wrong", words=words, side="gpu"))
    return tuple(found)


def weakest_and_best(several: SeveralGpus) -> tuple[CardResult | None, CardResult | None]:
    """Return the slowest and the fastest card; (None, None) where they do not clearly differ."""
    ordered = sorted(_rated(several), key=lambda card: card.alone["none"].frames_per_second)
    if len(ordered) < 2 or not _is_slower(ordered[0], ordered[-1]):
        return None, None
    return ordered[0], ordered[-1]


def _rated(several: SeveralGpus) -> list[CardResult]:
    return [card for card in several.cards if "none" in card.alone]


def slowed_cards(several: SeveralGpus) -> tuple[CardResult, ...]:
    """Return the cards that clearly lose more than a tenth while all work."""
    return tuple(card for card in several.cards if any(_is_slowed(card, io) for io in card.together))


def _is_slowed(card: CardResult, io: str) -> bool:
    alone, together = card.alone.get(io), card.together.get(io)
    return alone is not None and together is not None and together.high < _SLOWED * alone.low


def _card_words(card: CardResult) -> Text:
    shown = {"device": card.device, "name": card.name}
    alone, together = card.alone.get("full"), card.together.get("full")
    if alone is None:
        return text("{device} ({name}): could not be measured", **shown)
    if together is None:
        return text("{device} ({name}): {fps} frames/s alone", fps=_fps(alone), **shown)
    share = together.frames_per_second / alone.frames_per_second
    return text(
        "{device} ({name}): {fps} frames/s alone, {together} ({percent} %) while all GPUs work",
        fps=_fps(alone), together=_fps(together), percent=_percent(share), **shown,
    )  # fmt: skip


def _weakest_words(several: SeveralGpus) -> list[Text]:
    weakest, best = weakest_and_best(several)
    if weakest is None or best is None:
        return [text("None of the GPUs is clearly weaker than the others")] if len(_rated(several)) > 1 else []
    percent = _percent(_share(weakest, best))
    return [
        text("The weakest is {weak}: {percent} % of {best}", weak=weakest.device, best=best.device, percent=percent)
    ]


def _slowed_words(several: SeveralGpus) -> list[Text]:
    if slowed_cards(several):
        return []  # said as a doubt, with what to do
    compared = [card for card in several.cards if card.together]
    return [text("The GPUs do not slow each other down when all work at once")] if len(compared) > 1 else []


def _default_words(several: SeveralGpus) -> list[Text]:
    if not several.cards:
        return []
    first = several.cards[0]
    words = _taken_words(first)
    _, best = weakest_and_best(several)
    if best is None or best.device == first.device or not _is_slower(first, best):
        return [words]
    number = best.driver_index
    if number is None:
        return [words, text("The fastest, {best}, then stands idle: name it in the program", best=best.device)]
    return [words, text(
        "The fastest, {best}, then stands idle: set CUDA_DEVICE_ORDER=PCI_BUS_ID and CUDA_VISIBLE_DEVICES={number}",
        best=best.device, number=number,
    )]  # fmt: skip


def _taken_words(card: CardResult) -> Text:
    known = {"device": card.device, "name": card.name}
    if card.driver_index is None:
        return text("A program that names no GPU takes {device} ({name})", **known)
    return text(
        "A program that names no GPU takes {device} ({name}), which nvidia-smi lists as GPU {index}",
        index=card.driver_index,
        **known,
    )


def _is_slower(card: CardResult, best: CardResult) -> bool:
    rate = card.alone.get("none")
    return rate is not None and rate.high < _WEAKER * best.alone["none"].low


def _pair_words(pairs: tuple[PairResult, ...]) -> list[Text]:
    found = []
    measured = [pair for pair in pairs if pair.gbs is not None]
    for direct, group in groupby(sorted(measured, key=lambda pair: str(pair.direct)), key=lambda pair: pair.direct):
        rows = sorted(group, key=lambda pair: pair.gbs or 0.0)
        slowest, fastest = rows[0], rows[-1]
        words = _PAIR_WORDS[direct].filled(
            low=f"{slowest.gbs:.1f}", high=f"{fastest.gbs:.1f}", count=len(rows),
            slowest=f"{slowest.source} > {slowest.target}",
        )  # fmt: skip
        found.append(words)
    found += [
        text("Copies from {source} to {target} failed: {problem}",
             source=pair.source, target=pair.target, problem=pair.problem)
        for pair in pairs if pair.problem
    ]  # fmt: skip
    return found


_PAIR_WORDS = {
    True: text("Direct copies between GPUs: {low} to {high} GB/s over {count} pairs (slowest: {slowest})"),
    False: text(
        "Copies between GPUs go through the processor's memory, as the driver allows no direct way: {low} to {high} "
        "GB/s over {count} pairs (slowest: {slowest})"
    ),
    None: text("Copies between GPUs: {low} to {high} GB/s over {count} pairs (slowest: {slowest})"),
}


def _left_out_words(several: SeveralGpus) -> list[Text]:
    count = len(several.left_out)
    return [text("{count} pairs of GPUs were not measured: the time was over", count=count)] if count else []


def _share(card: CardResult, best: CardResult) -> float:
    return card.alone["none"].frames_per_second / best.alone["none"].frames_per_second


def _fps(rate: Rate) -> str:
    return f"{rate.frames_per_second:,.0f}"


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f}"
