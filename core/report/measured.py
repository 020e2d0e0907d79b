"""What a comparison needs of a report: its figures with their errors, its conditions, its doubts.

``read_measured`` takes just these parts out of a file, so that a thousand files of a folder take about a second. The
other parts are skipped, not judged: whether a file is a sound report in all of them is for ``load_report`` to say.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from gpuproof.core.bench.model import Block, Doubt
from gpuproof.core.report.budget import check_budget_of_parts, refused
from gpuproof.core.report.document import check_templates
from gpuproof.core.report.metrics import Figures, Metric, metrics_of
from gpuproof.core.report.model import FORMAT, VERSION, Report
from gpuproof.core.report.store import load_report, read_bounded
from gpuproof.core.report.visible import visible, visible_values
from gpuproof.core.words import text

Value = str | int | float | None
_LOADED_PERCENT = 80.0
_CLOCKS = (("clock_under_load_mhz", "sm_clock_mhz"), ("memory_clock_under_load_mhz", "memory_clock_mhz"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run as a comparison sees it; ``conditions`` hold the clocks under load too."""

    made_at: str
    machine_id: str
    preset: str = ""
    conditions: dict[str, Value] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    gpu: Figures | None = None
    cpu: Figures | None = None
    metrics: dict[str, Metric] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    preset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Device:
    device: str
    name: str
    variant: str
    frames_per_second: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    utilisation_percent: list[float | None] | None = None
    sm_clock_mhz: list[float | None] | None = None
    memory_clock_mhz: list[float | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telemetry:
    columns: _Columns = _Columns()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    settings: _Settings
    gpu: _Device | None = None
    cpu: _Device | None = None
    doubts: list[dict[str, Any]] = field(default_factory=list)
    blocks: tuple[Block, ...] = ()
    telemetry: _Telemetry = _Telemetry()


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    format: str
    version: int
    made_at: str = ""
    machine_id: str = ""
    conditions: dict[str, Value] = field(default_factory=dict)
    result: _Result | None = None


def measured(run: Report | Measured) -> Measured:
    """Return what a comparison needs of an opened report."""
    if isinstance(run, Measured):
        return run
    result = run.result
    if result is None:
        return Measured(made_at=run.made_at, machine_id=run.machine_id, conditions=run.conditions)
    busy = [sample for sample in result.telemetry if (sample.utilisation_percent or 0) >= _LOADED_PERCENT]
    columns = {name: [getattr(sample, name) for sample in busy] for _, name in _CLOCKS}
    loads = [sample.utilisation_percent for sample in busy]
    return Measured(
        made_at=run.made_at,
        machine_id=run.machine_id,
        preset=result.settings.preset,
        conditions={**run.conditions, **_clocks(loads, columns)},
        doubts=result.doubts,
        gpu=result.gpu,
        cpu=result.cpu,
        metrics=metrics_of(result.gpu, result.cpu, result.blocks),
    )


def read_measured(source: Path | bytes, *, with_stages: bool = True) -> Measured:
    """Return what a comparison needs of a report file; an older version is read in full and upgraded first."""
    import msgspec

    data = source if isinstance(source, bytes) else read_bounded(source)
    check_budget_of_parts(data)
    try:
        found: _File = _decoder().decode(data)
        if found.format == FORMAT and found.version == VERSION:
            return _shown(found, is_ascii=data.isascii() and b"\\u" not in data, with_stages=with_stages)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError):
        raise refused(text("This file is not opened: it is not a gpuproof report.")) from None
    if found.format != FORMAT:
        raise refused(text("This file is not opened: it is not a gpuproof report."))
    return measured(load_report(data))


def _shown(found: _File, *, is_ascii: bool, with_stages: bool) -> Measured:
    """Return the parts with every character visible and every sentence in the known form."""
    import msgspec

    head = {"made_at": found.made_at, "machine_id": found.machine_id, "conditions": found.conditions}
    result = found.result
    if result is None:
        return Measured(**visible_values(head))
    check_templates(result.doubts)
    columns = result.telemetry.columns
    clocks = _clocks(columns.utilisation_percent, {name: getattr(columns, name) for _, name in _CLOCKS})
    blocks = result.blocks if is_ascii or _is_visible(result.blocks) else _made_visible_blocks(result.blocks)
    gpu, cpu = (_made_visible_device(device) for device in (result.gpu, result.cpu))
    parts = visible_values({**head, "preset": result.settings.preset})
    return Measured(
        **{**parts, "conditions": {**parts["conditions"], **clocks}},
        doubts=msgspec.convert(visible_values(result.doubts), tuple[Doubt, ...], strict=True),
        gpu=gpu,
        cpu=cpu,
        metrics=metrics_of(gpu, cpu, blocks, with_stages=with_stages),
    )


def _is_visible(blocks: tuple[Block, ...]) -> bool:
    """Tell whether no name in the blocks holds a hidden character: a Chinese report rarely does."""
    names = {name for block in blocks for name in (block.device, block.phase, block.variant, block.io)}
    names |= {name for block in blocks for name, _ in block.stages_s}
    return all(visible(name) == name for name in names)


def _made_visible_blocks(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    import msgspec

    found: tuple[Block, ...] = msgspec.convert(_made_visible(blocks), tuple[Block, ...])
    return found


def _made_visible_device(device: _Device | None) -> _Device | None:
    import msgspec

    return None if device is None else msgspec.convert(_made_visible(device), _Device)


def _made_visible(value: Any) -> Any:
    import msgspec

    return visible_values(msgspec.to_builtins(value))


def _clocks(loads: Sequence[Any] | None, columns: Mapping[str, Sequence[Any] | None]) -> dict[str, Value]:
    """Return the median clock over the samples in which the GPU was busy."""
    found: dict[str, Value] = {}
    for name, column in _CLOCKS:
        values = list(_busy(loads or (), columns[column] or ()))
        if values:
            found[name] = round(statistics.median(values))
    return found


def _busy(loads: Iterable[float | None], clocks: Iterable[float | None]) -> Iterable[float]:
    for load, clock in zip(loads, clocks, strict=False):
        if clock is not None and (load or 0) >= _LOADED_PERCENT:
            yield clock


@lru_cache(maxsize=1)
def _decoder() -> Any:
    import msgspec

    return msgspec.json.Decoder(_File)
