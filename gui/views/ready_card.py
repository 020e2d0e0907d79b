"""Before a benchmark: what will be run, how long it takes, and what may be seen meanwhile."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout

from gpuproof.core.bench.model import PresetName
from gpuproof.core.words import Text, text
from gpuproof.gui.presenters.check_state import CheckState
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.finding_card import bullet
from gpuproof.gui.views.parts import label

PRESETS: dict[PresetName, Text] = {
    "quick": text("Quick: 720p, under a minute"),
    "standard": text("Standard: 1080p, a few minutes"),
    "4k": text("Thorough: 4K with a face of 256 pixels"),
}


class ReadyCard(QFrame):
    """Stands where the results will stand."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._title = label(text("Ready to start"), "heading")
        self._preset = label(PRESETS["quick"], "muted", wraps=True)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(*[theme.px(24)] * 4)
        inside.setSpacing(theme.px(10))
        inside.addWidget(self._title)
        inside.addWidget(self._preset)
        inside.addSpacing(theme.px(6))
        for words, icon in (
            (
                text("The processor works first, then the GPU, then the processor again: drift shows itself."),
                "benchmark",
            ),
            (text("Meanwhile the driver is asked about load, memory, power, temperature and clocks."), "watch"),
            (text("Close other programs that use the GPU; what disturbs is named as a doubt."), "info"),
            (text("It can be stopped at any time. Nothing is installed or changed."), "lock"),
        ):
            inside.addLayout(bullet(words, icon, "accent"))

    def show_state(self, state: CheckState) -> None:
        """Say whether it can start, and which preset it will be."""
        can_start = state.core.diagnosis is not None
        speech.put(self._title, text("Ready to start") if can_start else text("The inspection comes first"))
        after = text("Then the benchmark can start.")
        speech.put(self._preset, PRESETS[state.settings.preset] if can_start else after)
