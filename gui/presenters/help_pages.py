"""The documentation as pages of the window: our own files, in the present language where there is one."""

from __future__ import annotations

import re
from importlib import resources

FIRST = "index.md"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\.md\Z")


def page_names() -> tuple[str, ...]:
    """Return the names of all pages, the first one first."""
    names = sorted(entry.name for entry in resources.files("gpuproof.docs").iterdir() if _NAME.match(entry.name))
    return tuple(sorted(names, key=lambda name: name != FIRST))


def read_page(name: str, language: str) -> str | None:
    """Return a page's Markdown; English where there is no translation, None for a name that is no page."""
    if not _NAME.match(name):
        return None
    root = resources.files("gpuproof.docs")
    for place in (root.joinpath(language).joinpath(name), root.joinpath(name)):
        if place.is_file():
            return place.read_text(encoding="utf-8")
    return None


def link_target(link: str) -> tuple[str, str]:
    """Return page and place of a link inside the documentation: ``../verdict.md#doubts`` is verdict.md and doubts."""
    path, _, place = link.partition("#")
    return path.rsplit("/", 1)[-1], place
