"""Formats that other packages add (entry points ``gpuproof.exporters``): ``name -> function(report, language)``.

The function gets the redacted report and returns bytes, which pass the same gate as every export.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

from gpuproof.core.plugins import Plugin, Trouble, load, plugins_of
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.report.model import Report
from gpuproof.core.words import text

_NAME = re.compile(r"[a-z0-9]{1,16}")  # it also becomes the ending of the file


def added_formats() -> dict[str, Plugin]:
    """Return the formats of installed packages by name; one that takes a shipped name is not reached."""
    return {one.name: one for one in reversed(plugins_of("gpuproof.exporters")) if _NAME.fullmatch(one.name)}


def export_by_plugin(redacted: Report, form: str, language: str) -> bytes:
    """Return what the plugin makes of a report; ``UserProblem`` when no plugin knows the format or it fails."""
    from gpuproof.core.report.export import FORMATS

    known = added_formats()
    if form not in known:
        raise UserProblem(
            text("{found} is not a format that reports are exported to.", found=form),
            text("Expected: {known}.", known=", ".join((*FORMATS, *sorted(known)))),
        )
    plugin = known[form]
    made = _made(plugin, redacted, language)
    if isinstance(made, Trouble):
        raise CouldNotFinish(made.words)
    return made


def _made(plugin: Plugin, report: Report, language: str) -> bytes | Trouble:
    function = load(plugin)
    if isinstance(function, Trouble):
        return function
    if not callable(function):
        return Trouble(plugin, "expected a function(report, language) that returns bytes")
    try:
        made = cast("Callable[[Report, str], object]", function)(report, language)
    except Exception as problem:
        return Trouble(plugin, f"{type(problem).__name__}: {' '.join(str(problem).split())[:300]}")
    return made if isinstance(made, bytes) else Trouble(plugin, f"it returned {type(made).__name__}, not bytes")
