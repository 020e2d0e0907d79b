"""What a finished run has to say: the three layers, the stages, the ladder, and the doubts."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gpuproof.core.bench.model import BenchResult, DeviceResult, Proof, ProofLayer
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.bench_texts import (
    PROOF_TONES,
    ladder,
    layer_title,
    result_doubts,
    several_texts,
    stage_title,
    stages_of,
    verdict_word,
)
from gpuproof.gui.presenters.graph_texts import figure
from gpuproof.gui.views.finding_card import bullet
from gpuproof.gui.views.parts import card, chip, label, row
from gpuproof.gui.views.stage_bars import Bar, Bars


def layer_cards(proof: Proof) -> QHBoxLayout:
    """Return the three layers side by side."""
    across = row(spacing=12)
    for layer in proof.layers:
        across.addWidget(_layer_card(layer), 1)
    return across


def stage_card(result: BenchResult) -> QFrame | None:
    """Return the stages of each device, or None when no device was measured."""
    devices = [device for device in (result.gpu, result.cpu) if device is not None and device.stages]
    if not devices:
        return None
    frame, inside = card()
    inside.addWidget(label(text("Stages of one frame"), "heading", wraps=True))
    for device in devices:
        inside.addWidget(label(_device_words(device), "small", wraps=True))
        inside.addWidget(_stage_bars(device))
    inside.addStretch(1)
    return frame


def ladder_card(result: BenchResult) -> QFrame | None:
    """Return every variant that was tried on the GPU, or on the CPU where there is no GPU."""
    device = result.gpu or result.cpu
    rungs = ladder(result)
    if device is None or not rungs:
        return None
    frame, inside = card()
    inside.addWidget(label(text("Ladder: what each setting is worth here"), "heading", wraps=True))
    most = max((rung.frames_per_second or 0.0 for rung in rungs), default=0.0) or 1.0
    colour = "cpu_line" if device.device == "cpu" else "gpu_line"
    bars = Bars(text("Speed by variant"))
    bars.show_bars(
        tuple(
            Bar(
                name=literal(rung.name),
                share=(rung.frames_per_second or 0.0) / most,
                figure=text("{speed} frames/s", speed=figure(rung.frames_per_second))
                if rung.frames_per_second is not None
                else rung.note or literal("–"),
                colour=colour,
                is_strong=rung.is_best,
            )
            for rung in rungs
        )
    )
    inside.addWidget(bars)
    inside.addStretch(1)
    return frame


def trouble_card(result: BenchResult) -> QFrame | None:
    """Return what did not work, such as a child that crashed, or None when all of it did."""
    if not result.problems:
        return None
    frame, inside = card(role="banner")
    frame.setProperty("tone", "bad")
    inside.addWidget(label(text("What did not work"), "heading", wraps=True))
    for words in result.problems:
        inside.addLayout(bullet(words, "cross", "bad"))
    return frame


def doubt_card(result: BenchResult) -> QFrame | None:
    """Return the reasons to trust the figures less, or None when there are none."""
    return _list_card(text("Doubts"), result_doubts(result), "warning", "warning")


def several_card(result: BenchResult) -> QFrame | None:
    """Return what was found of several GPUs, or None where one was measured."""
    return _list_card(text("Several GPUs"), several_texts(result))


def side_by_side(*cards: QWidget | None) -> QHBoxLayout:
    """Lay out those cards that there are."""
    across = row(spacing=16)
    for made in cards:
        if made is not None:
            across.addWidget(made, 1)
    return across


def _list_card(title: Text, lines: tuple[Text, ...], icon: str = "next", role: str = "muted") -> QFrame | None:
    if not lines:
        return None
    frame, inside = card()
    inside.addWidget(label(title, "heading", wraps=True))
    for words in lines:
        inside.addLayout(bullet(words, icon, role))
    return frame


def _layer_card(layer: ProofLayer) -> QFrame:
    frame, inside = card(margin=16)
    inside.addLayout(row(chip(verdict_word(layer.verdict), PROOF_TONES[layer.verdict]), None))
    inside.addWidget(label(layer_title(layer.name), "heading", wraps=True))
    for words in layer.evidence:
        inside.addLayout(bullet(words))
    for words in layer.missing:
        inside.addLayout(bullet(words, "question", "warning"))
    inside.addStretch(1)
    return frame


def _stage_bars(device: DeviceResult) -> Bars:
    stages = stages_of(device)
    longest = max((ms for _, ms in stages), default=0.0) or 1.0
    bars = Bars(_device_words(device))
    colour = "cpu_line" if device.device == "cpu" else "gpu_line"
    bars.show_bars(
        tuple(
            Bar(name=stage_title(stage), share=ms / longest, figure=text("{time} ms", time=figure(ms)), colour=colour)
            for stage, ms in stages
        )
    )
    return bars


def _device_words(device: DeviceResult) -> Text:
    return text("{name}, {variant}: milliseconds per frame", name=device.name, variant=device.variant)
