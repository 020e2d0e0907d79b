"""One finding: what it is, what was seen, what mends it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from gpuproof.core.diagnose.model import Confidence, Finding, Severity, Step
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.style import lengths, theme
from gpuproof.gui.style.colours import Tone
from gpuproof.gui.views.command_box import CommandBox
from gpuproof.gui.views.help_link import help_link
from gpuproof.gui.views.parts import chip, data_label, icon_label, label, row

SEVERITY_TONES: dict[Severity, Tone] = {"error": "bad", "warning": "warning", "notice": "accent"}


def finding_card(finding: Finding, *, read_only: bool = False) -> QFrame:
    """Make a card; ``read_only`` leaves the remedy's commands out, for a report of somebody else's machine."""
    frame = QFrame()
    frame.setProperty("role", "card")
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(*[theme.px(20)] * 4)
    inside.setSpacing(theme.px(10))
    tone = SEVERITY_TONES[finding.severity]
    inside.addLayout(row(data_label(finding.title, "heading"), chip(confidence_word(finding.confidence), tone)))
    inside.addWidget(label(text("What was seen"), "section"))
    for line in finding.evidence:
        inside.addLayout(bullet(line))
    if finding.remedy.steps:
        inside.addSpacing(theme.px(4))
        inside.addWidget(label(text("What mends it"), "section"))
        for number, step in enumerate(finding.remedy.steps, start=1):
            add_step(inside, number, step, with_command=not read_only)
    about = help_link(text("About this finding"), f"findings.md#{finding.cause}")
    inside.addLayout(row(data_label(text("Rule: {id}", id=finding.id), "small"), about))
    return frame


def bullet(words: Text, icon: str = "next", role: str = "muted") -> QHBoxLayout:
    """Make one line of evidence."""
    line = row(spacing=6)
    mark = icon_label(icon, role, 14)
    mark.setContentsMargins(0, theme.px(2), 0, 0)
    lengths.hold(mark, width=16, height=19)
    line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(data_label(words), 1)
    return line


def confidence_word(confidence: Confidence) -> Text:
    """Return how sure a finding is, as a word."""
    return {"certain": text("Certain"), "likely": text("Likely"), "possible": text("Possible")}[confidence]


def add_step(inside: QVBoxLayout, number: int, step: Step, *, with_command: bool) -> None:
    """Add one numbered step, with its command where that may be shown."""
    line = row(spacing=6)
    line.addWidget(label(literal(f"{number}."), "muted"), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(data_label(step.words), 1)
    inside.addLayout(line)
    if step.command and with_command:
        inside.addWidget(CommandBox(text("Command of step {number}", number=number), step.command))
