"""A diagnosis in the tone and the one sentence that a banner shows."""

from __future__ import annotations

from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.words import Text, text
from gpuproof.gui.style.colours import Tone


def banner_tone(diagnosis: Diagnosis) -> Tone:
    """Return the tone of a diagnosis."""
    if diagnosis.primary is not None:
        return "bad" if diagnosis.primary.severity == "error" else "warning"
    return "ok" if diagnosis.cause == "healthy" else "unknown"


def banner_words(diagnosis: Diagnosis) -> Text:
    """Return the sentence below the title."""
    others = len(diagnosis.findings) - 1
    if diagnosis.primary is not None and others > 0:
        return text("This is the root cause. Further findings: {count}.", count=others)
    if diagnosis.primary is not None:
        return text("This is the root cause. Below stands what was seen and what mends it.")
    if diagnosis.cause == "healthy":
        return text("No fault in what was looked at. Only the benchmark proves that it holds under work.")
    return text("Something could not be observed; no cause is claimed.")
