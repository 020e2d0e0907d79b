"""The programs that use a GPU: their numbers and memory from the driver, their names from the system beside it."""

from __future__ import annotations

from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.gpu import GpuProcess
from gpuproof.core.facts.reading import fields_of, flag, mib, objects_in, whole, words

QUESTION = "gpu.processes"
MOST = 200


def read_processes(answers: Answers, gpu: int, compute: Any, graphics: Any) -> tuple[GpuProcess, ...]:
    """Join compute and graphics processes of one GPU; Windows gives no memory per process (None)."""
    named = _named(answers, gpu)
    found: dict[int, GpuProcess] = {}
    for kind, entries in (("compute", compute), ("graphics", graphics)):
        for entry in objects_in(entries):
            pid = whole(entry.get("pid"))
            if pid is not None and len(found) < MOST:
                found.setdefault(pid, _process(pid, kind, entry, named.get(pid, {})))
    return tuple(found.values())


def _process(pid: int, kind: str, entry: dict[str, Any], named: dict[str, Any]) -> GpuProcess:
    return GpuProcess(
        pid=pid,
        name=words(named.get("own_name")) or words(named.get("name")),
        memory_mib=mib(entry.get("usedGpuMemory")),
        is_own=flag(named.get("own")),
        kind=kind,
    )


def _named(answers: Answers, gpu: int) -> dict[int, dict[str, Any]]:
    return {
        pid: entry
        for entry in objects_in(fields_of(answers, QUESTION).get("processes"))
        if entry.get("gpu") == gpu and (pid := whole(entry.get("pid"))) is not None
    }
