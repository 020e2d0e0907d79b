"""Asks ONNX Runtime, where it is installed, which execution providers it has: in a child, as CUDA may be loaded."""

from __future__ import annotations

import os
from typing import Callable

from .place import Place
from .questions.kinds import Absent, Reply, TimedOut, one_line, reply_of

QUESTION = "onnx.providers"
PATIENCE_S = 30.0


def ask_onnx(place: Place, is_cancelled: "Callable[[], bool]") -> Reply:
    """Return the providers, best first."""
    return reply_of(lambda: _ask(place, is_cancelled))


def _ask(place: Place, is_cancelled: "Callable[[], bool]") -> Reply:
    if not any(os.path.isdir(os.path.join(folder, "onnxruntime")) for folder in place.import_path):
        raise Absent("ONNX Runtime is not installed")
    from .children import ENDED, HUNG, Child

    child = Child("onnx_child", {"onnx": True}, place)
    said = [message for message in child.lines(lambda: PATIENCE_S, is_cancelled) if isinstance(message, list)]
    for kind, what in (message for message in said if len(message) == 2):
        if kind == "answer":
            return Reply("ok", value=what)
        return Reply("denied" if str(what).startswith("PermissionError: ") else "failed", detail=one_line(what))
    if child.outcome == HUNG:
        raise TimedOut(child.detail)
    return Reply("failed", detail=one_line(child.detail) if child.outcome == ENDED else "cancelled")
