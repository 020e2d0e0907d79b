"""How long reports take: a thousand loaded and compared, and the largest allowed one opened (time and memory).

python tests/benchmarks/report_speed.py
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpers.reports import a_report, a_result, some_telemetry

from gpuproof.core.report import budget
from gpuproof.core.report.compare import compare
from gpuproof.core.report.document import to_bytes, to_document
from gpuproof.core.report.folder import read_folder
from gpuproof.core.report.store import load_report


def thousand(folder: Path) -> None:
    """Write a thousand reports, then read them as a table, and in full with a comparison each."""
    base = replace(a_report(), privacy="share")
    data = [
        to_bytes(replace(base, result=a_result(gpu_fps=6100.0 + index, seed=index, telemetry=some_telemetry(300))))
        for index in range(20)
    ]
    for index in range(1000):
        (folder / f"report-{index:04}.json").write_bytes(data[index % 20])
    print(f"size of one: {len(data[0]) / 1024:.0f} KiB")
    started = time.perf_counter()
    table = read_folder(folder)
    print(f"table of {len(table.rows)}: {time.perf_counter() - started:.2f} s")
    started = time.perf_counter()
    first = load_report(folder / "report-0000.json")
    for path in sorted(folder.glob("*.json")):
        compare(first, load_report(path))
    print(f"1000 loaded in full and compared: {time.perf_counter() - started:.2f} s")


def largest(path: str) -> None:
    """Open one file in this fresh process and print what it cost."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    load_report(Path(path))
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = os.path.getsize(path) / 1024 / 1024
    print(f"{Path(path).stem} ({size:.1f} MiB): {took:.2f} s, peak {peak:.0f} MiB (process alone {before:.0f} MiB)")


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
    with tempfile.TemporaryDirectory() as name:
        os.environ["GPUPROOF_DATA_DIR"] = name
        thousand(Path(name))
        for kind in ("telemetry", "blocks", "answers", "names"):
            path = Path(name) / f"largest-{kind}.json"
            write_largest(path, kind)
            child = multiprocessing.get_context("spawn").Process(target=largest, args=(str(path),))
            child.start()
            child.join()


if __name__ == "__main__":
    main()
