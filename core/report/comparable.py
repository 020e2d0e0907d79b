"""Whether two runs may be compared, and what else differs between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gpuproof.core.report.measured import Measured, Value
from gpuproof.core.words import Text, text

Side = Literal["gpu", "cpu", "both"]

# A different value of one of these means that another thing was measured; the side says which figures it touches.
_MUST_AGREE: dict[str, Side] = {
    "preset": "both",
    "workload_version": "both",
    "gpu_device": "gpu",
    "gpu_variant": "gpu",
    "gpu_batch": "gpu",
    "cpu_device": "cpu",
    "cpu_variant": "cpu",
    "cpu_batch": "cpu",
    "power_source": "both",
}
_MUST_AGREE_WORDS: dict[str, Text] = {
    "preset": text("Another preset was run: {before} before, {after} after."),
    "workload_version": text("Another version of the workload was run: {before} before, {after} after."),
    "gpu_device": text("Another GPU was measured: {before} before, {after} after."),
    "gpu_variant": text("The GPU ran in another precision or mode: {before} before, {after} after."),
    "gpu_batch": text("The GPU ran another batch size: {before} before, {after} after."),
    "cpu_device": text("Another processor was measured: {before} before, {after} after."),
    "cpu_variant": text("The CPU ran in another precision or mode: {before} before, {after} after."),
    "cpu_batch": text("The CPU ran another batch size: {before} before, {after} after."),
    "power_source": text("The machine had another power source: {before} before, {after} after."),
}
# Reports from before a doubt named its side: "unstable" and "other_load" were said of the processor alone.
_SIDE_UNTOLD: dict[str, Side] = {"unstable": "cpu", "other_load": "cpu", "on_battery": "both"}
_SPOILING_DOUBTS: dict[str, tuple[Text, Text]] = {
    "unstable": (text("The run before was unstable."), text("The run after was unstable.")),
    "other_load": (
        text("Other programs were busy during the run before."),
        text("Other programs were busy during the run after."),
    ),
    "on_battery": (
        text("The machine ran on battery during the run before."),
        text("The machine ran on battery during the run after."),
    ),
}
_NO_FIGURES = (text("The report before holds no benchmark."), text("The report after holds no benchmark."))
_NOT_A_CHANGE = frozenset(_MUST_AGREE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why figures may not be compared; ``side`` says which: those of one device, or (``both``) all."""

    kind: str
    side: Side
    words: Text
    detail: Text | None = None  # the doubt in its own words

    def render(self, language: str) -> str:
        """Return the sentence with its detail."""
        return self.words.render(language) + (f" {self.detail.render(language)}" if self.detail else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A condition that differs; it may be the cause of a difference in speed."""

    name: str
    before: Value
    after: Value


def reasons_against(before: Measured, after: Measured) -> tuple[Reason, ...]:
    """Return every reason why the two must not be compared; empty when they may be."""
    pair = (before, after)
    reasons = [
        Reason(kind="no_figures", side="both", words=words)
        for words, report in zip(_NO_FIGURES, pair, strict=True)
        if not _ran(report)
    ]
    if reasons:
        return tuple(reasons)
    for name, side in _MUST_AGREE.items():
        values = before.conditions.get(name), after.conditions.get(name)
        if None not in values and values[0] != values[1]:
            words = _MUST_AGREE_WORDS[name].filled(before=_shown(values[0]), after=_shown(values[1]))
            reasons.append(Reason(kind=name, side=side, words=words))
    return (*reasons, *_doubts(0, before), *_doubts(1, after))


def changes_between(before: Measured, after: Measured) -> tuple[Change, ...]:
    """Return what else differs: driver, torch, CUDA, power limit, clocks, settings ..."""
    first, second = before.conditions, after.conditions
    names = [name for name in dict.fromkeys((*first, *second)) if name not in _NOT_A_CHANGE]
    return tuple(
        Change(name=name, before=first.get(name), after=second.get(name))
        for name in names
        if not _same(first.get(name), second.get(name))
    )


def _ran(report: Measured) -> bool:
    return report.gpu is not None or report.cpu is not None


def _doubts(which: int, report: Measured) -> list[Reason]:
    return [
        Reason(
            kind=doubt.kind,
            side=doubt.side or _SIDE_UNTOLD[doubt.kind],
            words=_SPOILING_DOUBTS[doubt.kind][which],
            detail=doubt.words,
        )
        for doubt in report.doubts
        if doubt.kind in _SPOILING_DOUBTS
    ]


def _same(before: Value, after: Value) -> bool:
    if isinstance(before, (int, float)) and isinstance(after, (int, float)):
        return abs(before - after) <= 0.02 * max(abs(before), abs(after))
    return before == after


def _shown(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
