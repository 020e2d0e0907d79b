"""A machine as JSON: what ``gpuproof inspect --json`` prints. An unknown fact says why it is unknown."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any

from gpuproof.core.facts.machine import ComputeCapability, Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion

_PAIRS = ("environment",)  # tuples of (name, value) that read better as an object


def machine_document(machine: Machine) -> dict[str, Any]:
    """Return every fact by its name; an Unknown is ``{"unknown": why, "detail": words, "source": question}``."""
    document = {}
    for field in dataclasses.fields(machine):
        value = getattr(machine, field.name)
        is_pairs = field.name in _PAIRS and isinstance(value, tuple)
        document[field.name] = dict(value) if is_pairs else plain(value)
    return document


def plain(value: Any) -> Any:
    """Turn a fact into JSON values: versions and capabilities become their text."""
    if isinstance(value, Unknown):
        return {"unknown": value.why.value, "detail": value.detail, "source": value.source}
    if isinstance(value, DottedVersion | ComputeCapability):
        return str(value)
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return value


def count_values(document: Any) -> int:
    """Count the single values that are known, however deep they lie; unknown, null and empty ones are no facts."""
    if isinstance(document, dict):
        return 0 if set(document) == {"unknown", "detail", "source"} else sum(map(count_values, document.values()))
    if isinstance(document, list):
        return sum(map(count_values, document)) if document else 1  # "there are none" is a fact
    return 0 if document is None or document == "" else 1
