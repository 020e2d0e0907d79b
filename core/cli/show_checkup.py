"""The answer of a check in the terminal: diagnosis, figures with their intervals, the proof, the report."""

from __future__ import annotations

from gpuproof.core.bench.model import BenchResult, DeviceResult
from gpuproof.core.checkup import CheckupState
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.recommend.model import Recommendation
from gpuproof.core.words import Text, literal, text

_VERDICT_WORDS = {
    "proven": text("PROVEN: the GPU does the work."),
    "not_proven": text("NOT PROVEN: it could not be shown that the GPU does the work."),
    "refuted": text("REFUTED: the GPU does not do the work."),
}
_LAYER_WORDS = {
    "environment": text("environment"),
    "placement": text("placement"),
    "behaviour": text("behaviour"),
}
_MARKS = {"proven": "+", "not_proven": "?", "refuted": "x"}


def show_checkup(state: CheckupState, terminal: Terminal) -> None:
    """Write everything that the check found, in the order in which a person reads it."""
    _show_diagnosis(state, terminal)
    if state.result is not None:
        show_result(state.result, terminal)
    _show_proof(state, terminal)
    terminal.say()
    terminal.say(text("Report: {path}", path=state.report_path))
    html = state.report_path.with_suffix(".html") if state.report_path else None
    if html is not None and html.exists():
        terminal.say(text("To read and share: {path}", path=html))


def _show_diagnosis(state: CheckupState, terminal: Terminal) -> None:
    diagnosis, recommendation = state.diagnosis, state.recommendation
    terminal.say()
    if diagnosis is not None:
        terminal.say(text("Diagnosis: {title}", title=diagnosis.title.render(terminal.language)))
        if diagnosis.primary is not None:
            for item in diagnosis.primary.evidence:
                terminal.say(literal("  - " + item.render(terminal.language)))
            for step in diagnosis.primary.remedy.steps:
                terminal.say(literal("  > " + step.words.render(terminal.language)))
                if step.command:
                    terminal.say(literal("      " + step.command))
        elif diagnosis.ask_next is not None:
            terminal.say(literal("  " + diagnosis.ask_next.render(terminal.language)))
    if recommendation is not None:
        _show_recommendation(recommendation, terminal)


def _show_recommendation(recommendation: Recommendation, terminal: Terminal) -> None:
    choice, later = recommendation.choice, recommendation.after_driver
    if later is not None:
        terminal.say(
            text(
                "First the driver, then torch {torch} ({variant}); until then only the CPU can work.",
                torch=later.torch,
                variant=later.variant,
            )
        )
    if recommendation.installed_fits and not recommendation.is_installed:
        fits = text("The installed torch fits these cards and this driver: nothing has to be installed.")
        without_cards = text("The installed torch is all that this computer can use: nothing has to be installed.")
        terminal.say(without_cards if choice is not None and choice.variant == "cpu" else fits)
        if choice is not None:
            terminal.say(
                text("The newest that fits is {torch} ({variant}).", torch=choice.torch, variant=choice.variant)
            )
    elif choice is not None and recommendation.is_installed:
        words = text(
            "Recommended: torch {torch} ({variant}), which is installed.", torch=choice.torch, variant=choice.variant
        )
        terminal.say(words)
    elif choice is not None:
        terminal.say(text("Recommended: torch {torch} ({variant})", torch=choice.torch, variant=choice.variant))
        terminal.say(literal("      " + choice.commands.pip))


def show_result(result: BenchResult, terminal: Terminal) -> None:
    """Write the figures with their intervals, the stages, and the doubts."""
    terminal.say()
    terminal.say(text("Sample workload, random weights: preset {preset}", preset=result.settings.preset))
    for side, words in ((result.gpu, text("GPU")), (result.cpu, text("CPU"))):
        if side is None:
            terminal.say(text("  {side}: not measured", side=words.render(terminal.language)))
        else:
            _show_side(side, words, terminal)
    if result.speedup is not None:
        ratio = result.speedup
        terminal.say(
            text(
                "  GPU against CPU: {ratio} times faster (95 % interval {low} to {high})",
                ratio=f"{ratio.ratio:.1f}",
                low=f"{ratio.low:.1f}",
                high=f"{ratio.high:.1f}",
            )
        )
    for doubt in result.doubts:
        terminal.say(text("  Doubt: {words}", words=doubt.words.render(terminal.language)))
    for problem in result.problems:
        terminal.say(literal("  ! " + problem.render(terminal.language)))


def _show_side(side: DeviceResult, words: Text, terminal: Terminal) -> None:
    terminal.say(
        text(
            "  {side}: {fps} frames/s (95 % interval {low} to {high}), {variant}, {name}",
            side=words.render(terminal.language),
            fps=f"{side.frames_per_second:,.1f}",
            low=f"{side.low:,.1f}",
            high=f"{side.high:,.1f}",
            variant=side.variant,
            name=side.name,
        )
    )
    if side.stages:
        stages = ", ".join(f"{_stage(name, terminal)} {each:.3g} ms" for name, each in side.stages.items())
        terminal.say(text("       per frame: {stages}", stages=stages))


def _stage(name: str, terminal: Terminal) -> str:
    from gpuproof.core.report.export.words import STAGES

    return terminal.rendered(STAGES.get(name, literal(name))).lower()


def _show_proof(state: CheckupState, terminal: Terminal) -> None:
    if state.proof is None:
        return
    terminal.say()
    terminal.say(_VERDICT_WORDS[state.proof.verdict])
    for layer in state.proof.layers:
        name = _LAYER_WORDS[layer.name].render(terminal.language)
        terminal.say(literal(f"  [{_MARKS[layer.verdict]}] {name}"))
        for item in layer.evidence:
            terminal.say(literal("      " + item.render(terminal.language)))
        for item in layer.missing:
            terminal.say(text("      not observed: {what}", what=item.render(terminal.language)))
