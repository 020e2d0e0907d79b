"""The few fields of a report that a table of many needs, decoded without the rest: a thousand files in two seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from gpuproof.core.report.budget import check_budget, refused
from gpuproof.core.report.model import FORMAT, VERSION
from gpuproof.core.report.store import load_report, read_bounded
from gpuproof.core.words import text


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefSettings:
    """What was run."""

    preset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefDevice:
    """The figures of one side."""

    name: str
    variant: str
    frames_per_second: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefResult:
    """The result without blocks and samples."""

    settings: BriefSettings
    gpu: BriefDevice | None = None
    cpu: BriefDevice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The head of a report."""

    format: str
    version: int
    made_at: str
    machine_id: str
    conditions: dict[str, str | int | float | None] = field(default_factory=dict)
    result: BriefResult | None = None


def read_brief(path: Path) -> Brief:
    """Return the head of a report file; an older version is read in full and upgraded first."""
    import msgspec

    data = read_bounded(path)
    check_budget(data)
    try:
        brief: Brief = _decoder().decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise refused(text("This file is not opened: it is not a gpuproof report.")) from None
    if brief.format != FORMAT:
        raise refused(text("This file is not opened: it is not a gpuproof report."))
    if brief.version == VERSION:
        return brief
    report = load_report(data)
    return msgspec.convert({"format": FORMAT, "version": VERSION, **msgspec.to_builtins(report)}, Brief, strict=False)


@lru_cache(maxsize=1)
def _decoder() -> Any:
    import msgspec

    return msgspec.json.Decoder(Brief)
