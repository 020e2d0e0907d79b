"""A compose file handed in whole: which service asks for no GPU, as symptoms that the rules weigh.

The kind is told by its first key (``services:``, ``version:`` ...), so that prose around an excerpt is no compose file.
"""

from __future__ import annotations

import re

from gpuproof.core.facts.foreign.draft import Draft
from gpuproof.core.facts.machine import Symptom

_FIRST = re.compile(
    r"(?:version|services|name|networks|volumes|include|configs|secrets|x-[\w-]{1,60})[ ]{0,4}:(?:\s|$)"
)
_HARMLESS = ("latest",)  # an image that is not pinned hides no GPU


def read(found: str, draft: Draft) -> list[str]:
    """Read the services; a text that only quotes some of such a file is left to the other readers."""
    lines = (line for line in found.split("\n") if line.strip() and not line.lstrip().startswith(("#", "---")))
    if not _FIRST.match(next(lines, "")) or re.search(r"^services\s{0,4}:", found, re.MULTILINE) is None:
        return []
    from gpuproof.core.facts.compose import read_compose

    try:
        services = read_compose(found)
    except ValueError:
        return []
    draft.container_kind = "docker"
    for service in services:
        kinds = [kind for kind, _ in service.mistakes if kind not in _HARMLESS]
        for kind in kinds:
            line = f"services.{service.name}: {kind} ({service.image or 'build'})"
            draft.symptoms.append(Symptom(id=f"compose.{kind}", line=line, source="compose file"))
        if service.asks_gpu and not kinds:
            line = f"services.{service.name}: {service.asks_gpu}"
            draft.symptoms.append(Symptom(id="works.compose", line=line, source="compose file"))
    return ["compose"]
