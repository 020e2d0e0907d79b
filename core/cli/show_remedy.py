"""What was seen and what to do about it, in the terminal: the same under a finding and under a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.words import Text, text

if TYPE_CHECKING:
    from gpuproof.core.diagnose.model import Step


def show_remedy(evidence: tuple[Text, ...], steps: tuple[Step, ...], terminal: Terminal) -> None:
    """Write the evidence, then the numbered steps, each with its command on a line of its own."""
    language = terminal.language
    for line in evidence:
        terminal.say(text("  seen: {line}", line=line.render(language)))
    for number, step in enumerate(steps, start=1):
        terminal.say(text("  {number}. {words}", number=number, words=step.words.render(language)))
        if step.command:
            terminal.say(f"     {step.command}")
