"""How long reports take: a thousand loaded and compared, and the largest allowed one opened (time and memory).

    python tests/benchmarks/report_speed.py

A thousand files of two sizes: a short run, and the report of a whole check on an H100 (``docs/examples``), each with
other figures and another time. Wall time and processor time of this process stand side by side, since a machine
that others use gives no quiet wall time.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpers.reports import a_report, a_result, some_telemetry

from gpuproof.core.report import budget
from gpuproof.core.report.compare import compare, compare_runs
from gpuproof.core.report.document import to_bytes, to_document
from gpuproof.core.report.folder import read_folder
from gpuproof.core.report.measured import read_measured
from gpuproof.core.report.model import Report
from gpuproof.core.report.store import load_report

COUNT = 1000
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "h100.json"


def a_short_run(index: int) -> Report:
    """Return a report with a short benchmark."""
    result = a_result(gpu_fps=6100.0 + index, seed=index, telemetry=some_telemetry(300))
    return replace(a_report(), privacy="share", result=result)


def a_whole_check(index: int) -> Report:
    """Return the example report with all GPU blocks faster by a little."""
    report = load_report(EXAMPLE)
    assert report.result is not None
    assert report.result.gpu is not None
    factor = 1 + index / 5000
    blocks = tuple(replace(block, duration_s=block.duration_s / factor) for block in report.result.blocks)
    gpu = report.result.gpu
    figures = {name: getattr(gpu, name) * factor for name in ("frames_per_second", "low", "high")}
    return replace(report, result=replace(report.result, gpu=replace(gpu, **figures), blocks=blocks))


def timed(words: str, work: Callable[[], object]) -> None:
    """Print wall and processor time of one thing, the best of three."""
    times = []
    for _ in range(3):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    print(f"  {words}: {min(times)[0]:.2f} s (processor {min(times)[1]:.2f} s)")


def thousand(folder: Path, make: Callable[[int], Report]) -> None:
    """Write a thousand reports, then do with them what a person does."""
    made = [make(index) for index in range(20)]
    for index in range(COUNT):
        at = f"2026-11-{1 + index // 48:02}T{index // 2 % 24:02}:{30 * (index % 2):02}:00Z"
        (folder / f"report-{index:04}.json").write_bytes(to_bytes(replace(made[index % 20], made_at=at)))
    paths = sorted(folder.glob("*.json"))
    first = read_measured(paths[0])
    print(f"{COUNT} reports of {paths[0].stat().st_size / 1024:.0f} KiB ({make.__name__})")
    timed("a folder as a table, each compared with the first of its machine", lambda: read_folder(folder))
    timed("a folder against a baseline of ten", lambda: read_folder(folder, paths[:10]))
    timed("one baseline, every figure of each", lambda: [compare(first, read_measured(path)) for path in paths])
    timed("a baseline of 999 and one after", lambda: compare_runs([read_measured(p) for p in paths[:-1]], first))
    timed("100 opened in full, all parts judged", lambda: [load_report(path) for path in paths[:100]])
    command = [sys.executable, "-m", "gpuproof", "compare", str(folder), "--json"]
    timed(
        "gpuproof compare FOLDER, the whole command", lambda: subprocess.run(command, check=True, capture_output=True)
    )


def peak_mib() -> float:
    """Return the most memory that this process ever held; a child's own, not that of the process it came from."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def largest(path: str) -> None:
    """Open one file in this fresh process and print what it cost."""
    before = peak_mib()
    started, cpu = time.perf_counter(), time.process_time()
    load_report(Path(path))
    took, worked = time.perf_counter() - started, time.process_time() - cpu
    peak = peak_mib()
    size = os.path.getsize(path) / 1024 / 1024
    times = f"{took:.2f} s (processor {worked:.2f} s)"
    print(f"{Path(path).stem} ({size:.1f} MiB): {times}, peak {peak:.0f} MiB (process alone {before:.0f} MiB)")


def write_largest(path: Path, kind: str) -> None:
    """Write a valid report as near to the limits as one kind of content can bring it."""
    document = to_document(replace(a_report(), privacy="share"))
    result = document["result"]
    if kind == "telemetry":
        rows = (budget.MAX_NODES - 3000) // 9
        names = ("at_s", "gpu", "utilisation_percent", "memory_used_mib", "power_w", "sm_clock_mhz", "energy_j")
        columns = {name: [0 if name == "gpu" else index * 1.5 for index in range(rows)] for name in names}
        columns["throttle_reasons"] = [["x"]] * rows
        result["telemetry"] = {"rows": rows, "columns": columns}
    elif kind == "blocks":
        block = {key: value for key, value in result["blocks"][0].items() if key not in ("stages_s", "submit_s")}
        result["blocks"] = [block] * min((budget.MAX_NODES - 5000) // (len(block) + 1), 7_500_000 // 190)
    elif kind == "answers":
        long = {"question": "driver.module_version", "status": "ok", "text": "字" * 340_000}
        document["answers"] = [long] * 7
    elif kind == "names":
        document["facts"] = {f"名{index}": "值\u202e" for index in range(190_000)}
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def main() -> None:
    """Measure both."""
    for make in (a_short_run, a_whole_check):
        with tempfile.TemporaryDirectory() as name:
            os.environ["GPUPROOF_DATA_DIR"] = str(Path(name) / "data")
            thousand(Path(name), make)
    with tempfile.TemporaryDirectory() as name:
        for kind in ("telemetry", "blocks", "answers", "names"):
            path = Path(name) / f"largest-{kind}.json"
            write_largest(path, kind)
            child = multiprocessing.get_context("spawn").Process(target=largest, args=(str(path),))
            child.start()
            child.join()


if __name__ == "__main__":
    main()
