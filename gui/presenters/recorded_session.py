"""A recorded benchmark session, as its children sent it: one message a line, played through what follows them.

A line: ``{"side": "gpu", "at_s": 12.3, "message": {"type": "block", ...}}``.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

if TYPE_CHECKING:
    from gpuproof.core.bench.model import BenchResult

_SIDES = ("cpu", "gpu", "watch")
_MOST_LINES = 500_000


def is_session(data: bytes) -> bool:
    """Tell whether the first line is a message of a benchmark's child."""
    try:
        first = json.loads(data[:100_000].split(b"\n", 1)[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and first.get("side") in _SIDES and isinstance(first.get("message"), dict)


def read_session(data: bytes) -> BenchResult:
    """Return the result that the session had; ``UserProblem`` for a damaged one."""
    from gpuproof.core.bench.assemble import Ending, assemble
    from gpuproof.core.bench.collect import Collector
    from gpuproof.core.bench.model import BenchSettings
    from gpuproof.core.launch.model import Finished

    collector = Collector(lambda event: None)
    endings: dict[str, Any] = {}
    try:
        for line in islice(data.splitlines(), _MOST_LINES):
            entry = json.loads(line)
            side, message = entry["side"], entry["message"]
            if message["type"] == "result" and side != "watch":
                endings[side] = Ending(Finished(result=message))
            collector.take(side, message, float(entry["at_s"]))
        return assemble(BenchSettings(), collector, endings)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise UserProblem(
            text("The recorded session cannot be read: {detail}", detail=str(problem)[:200]),
            text("Open the file as it was recorded."),
        ) from problem
