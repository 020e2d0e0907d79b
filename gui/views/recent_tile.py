"""One recent report on the home page: verdict as icon and word, what was measured, when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from PySide6.QtCore import QDateTime, QLocale

from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.bench_texts import PROOF_TONES, verdict_word
from gpuproof.gui.presenters.graph_texts import figure
from gpuproof.gui.presenters.recent import RecentReport
from gpuproof.gui.style import speech
from gpuproof.gui.style.colours import Tone
from gpuproof.gui.views.banner import TONE_ICONS
from gpuproof.gui.views.card_button import CardButton
from gpuproof.gui.views.parts import chip, icon_label, label


class RecentTile(CardButton):
    """A line that opens its report."""

    def __init__(self, report: RecentReport, clicked: Callable[[], object]) -> None:
        super().__init__(clicked, margins=(16, 10), spacing=12, radius=10)
        self._report = report
        tone, words = _verdict(report)
        self._words = words
        device = report.device or report.path.name
        self._when = label(literal(""), "muted")
        parts = [
            icon_label(TONE_ICONS[tone], tone, 20),
            chip(words, tone),
            label(literal(device), "heading"),
            label(said_of(report), "muted", wraps=True),
        ]
        for part in parts[:-1]:
            self.inside.addWidget(part)
        self.inside.addWidget(parts[-1], 1)
        self.inside.addWidget(self._when)
        self.let_through(*parts, self._when)
        self.retranslate()

    def retranslate(self) -> None:
        """Say the time in the present language's form."""
        when = when_words(self._report.made_at)
        speech.put_data(self._when, when)
        self.setAccessibleName(f"{speech.say(self._words)}: {self._report.device or self._report.path.name}, {when}")


def _verdict(report: RecentReport) -> tuple[Tone, Text]:
    if report.verdict is not None:
        return PROOF_TONES[report.verdict], verdict_word(report.verdict)
    if report.has_fault:
        return "bad", text("Fault found")
    return "unknown", text("Inspected only")


def said_of(report: RecentReport) -> Text:
    """Return what was measured, or what the diagnosis said where nothing was."""
    if report.frames_per_second is None:
        return report.title or literal("")
    return text("{speed} frames/s", speed=figure(report.frames_per_second))


def when_words(made_at: str) -> str:
    """Return a time of day in the present language's form and this computer's zone."""
    try:
        moment = datetime.strptime(made_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).astimezone()
    except ValueError:
        return made_at
    language = QLocale.Language.Chinese if speech.language() == "zh" else QLocale.Language.English
    form = "yyyy年M月d日 HH:mm" if speech.language() == "zh" else "d MMM yyyy, HH:mm"
    return QLocale(language).toString(QDateTime.fromSecsSinceEpoch(round(moment.timestamp())), form)
