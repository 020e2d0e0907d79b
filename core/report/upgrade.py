"""Older report files, brought to the version of today one step at a time; newer ones are refused with the remedy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gpuproof.core.problems import UserProblem
from gpuproof.core.report.budget import refused
from gpuproof.core.report.model import FORMAT, VERSION
from gpuproof.core.words import text

# One function per step, {from: upgrade_FROM_to_NEXT}; each has a sample file in tests/data/reports/.
UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def upgraded(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document in the newest version; the input is not changed."""
    if document.get("format") != FORMAT:
        raise refused(text("This file is not opened: it is not a gpuproof report."))
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise refused(text("This file is not opened: its format version is not a number."))
    if version > VERSION:
        raise UserProblem(
            text(
                "This report has format version {found}; this gpuproof reads up to version {known}.",
                found=version,
                known=VERSION,
            ),
            text("Update gpuproof: pip install --upgrade gpuproof"),
        )
    for step in range(version, VERSION):
        document = UPGRADES[step](document)
    return {**document, "version": VERSION}
