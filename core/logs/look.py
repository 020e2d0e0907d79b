"""What a closer look at a line returns, and what all looks share."""

from __future__ import annotations

import re
from collections.abc import Callable

from gpuproof.core.logs.model import Kind, Signal
from gpuproof.core.logs.phrases import CODEC, FATAL, HELPER

Look = tuple[Kind, bool, str]  # kind, decisive, component
Check = Callable[[Signal, "re.Match[str]", str], "Look | None"]


def is_fatal(line: str) -> bool:
    """Tell whether the line itself is an exception or an error-level message."""
    return FATAL.search(line) is not None


def as_it_is(signal: Signal) -> Look:
    """Return what the row says."""
    return signal.kind, signal.decisive, signal.component


def component_of(signal: Signal, words: str) -> str:
    """Return the component that the words are about."""
    if CODEC.search(words):
        return "video_codec"
    return "helper" if HELPER.search(words) else signal.component
