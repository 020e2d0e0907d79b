"""Typed facts as plain JSON: versions as text, an unknown fact as its reason, a fact nobody asked for left out."""

from __future__ import annotations

import enum
import math
from dataclasses import fields, is_dataclass
from typing import Any

from gpuproof.core.facts.machine import ComputeCapability, Machine
from gpuproof.core.facts.unknown import NOT_ASKED, Unknown
from gpuproof.core.facts.version import DottedVersion


def plain_facts(machine: Machine) -> dict[str, Any]:
    """Return a machine's facts as JSON; keys are the field names of ``Machine``, which carry the units."""
    found = {field.name: getattr(machine, field.name) for field in fields(machine)}
    return {name: plain(value) for name, value in found.items() if value != NOT_ASKED and value != ()}


def plain(value: Any) -> Any:
    """Return one value as JSON; a number that JSON cannot carry (nan, inf) becomes null."""
    if isinstance(value, Unknown):
        return {"unknown": value.why.value, "detail": value.detail, "source": value.source}
    if isinstance(value, (DottedVersion, ComputeCapability)):
        return str(value)
    if isinstance(value, enum.Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
