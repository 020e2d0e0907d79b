"""Raw blocks and telemetry samples as one CSV table; a cell that a spreadsheet would run as a formula is quoted."""

from __future__ import annotations

import csv
import io
from dataclasses import fields
from typing import Any

from gpuproof.core.bench.model import Block, TelemetrySample
from gpuproof.core.report.model import Report

_BLOCK = [field.name for field in fields(Block) if field.name != "stages_s"]
_SAMPLE = [field.name for field in fields(TelemetrySample)]


def table(report: Report) -> str:
    """Return one row a block (``kind`` block, stage times in ``stage_NAME_s``) and one a sample (``kind`` sample)."""
    blocks = report.result.blocks if report.result else ()
    samples = report.result.telemetry if report.result else ()
    stages = list(dict.fromkeys(f"stage_{name}_s" for block in blocks for name, _ in block.stages_s))
    head = ["kind", *_BLOCK, *stages, *_SAMPLE]
    out = io.StringIO()
    writer = csv.DictWriter(out, [_cell(name) for name in head], lineterminator="\r\n", restval="")
    writer.writeheader()
    for block in blocks:
        times = {f"stage_{name}_s": seconds for name, seconds in block.stages_s}
        writer.writerow(_row({"kind": "block", **{name: getattr(block, name) for name in _BLOCK}, **times}))
    for sample in samples:
        writer.writerow(_row({"kind": "sample", **{name: getattr(sample, name) for name in _SAMPLE}}))
    return out.getvalue()


def _row(values: dict[str, Any]) -> dict[str, Any]:
    return {_cell(name): _cell(value) for name, value in values.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        value = " ".join(str(item) for item in value)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return "" if value is None else value
