"""Which of the driver's GPUs is the one that torch measured: the two count in orders that may differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gpuproof.core.bench.model import BenchResult, TelemetrySample


def rows_of_our_gpu(result: BenchResult) -> list[TelemetrySample]:
    """Return the samples of the GPU that was measured; none where several are there and none can be told apart."""
    rows = [sample for sample in result.telemetry if sample.gpu is not None]
    index = _our_index(result, rows)
    return [sample for sample in rows if sample.gpu == index]


def _our_index(result: BenchResult, rows: list[TelemetrySample]) -> int | None:
    """Return the driver's index of torch's device: the two orders may differ, so memory and names decide."""
    index = index_by_memory(rows)
    if index is not None:
        return index
    name = result.gpu.name if result.gpu is not None else ""
    listed = result.placement.get("gpus")
    gpus = listed if isinstance(listed, (list, tuple)) else ()
    named = [gpu.get("gpu") for gpu in gpus if isinstance(gpu, Mapping) and gpu.get("name") == name]
    return int(named[0]) if len(named) == 1 and named[0] is not None else None


def index_by_memory(rows: Iterable[TelemetrySample]) -> int | None:
    """Return the only GPU, or the one where our process holds most memory; None when that does not tell."""
    kept = [row for row in rows if row.gpu is not None]
    holding = {row.gpu: row.process_memory_mib for row in kept if row.process_memory_mib}
    if holding:
        return max(holding, key=lambda index: holding[index] or 0.0)
    present = {row.gpu for row in kept}
    return present.pop() if len(present) == 1 else None
