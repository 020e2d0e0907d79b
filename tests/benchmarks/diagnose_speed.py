"""How long ``gpuproof diagnose`` of a pasted text takes, whole process, against ``python -c pass`` in the same run.

Run: ``python tests/benchmarks/diagnose_speed.py [ROUNDS]``. Processes are interleaved and medians compared, so that
other load on the machine meets both alike. The aims: at most 12 times an empty Python; 1 MB of text under 1 s.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START = "import sys; from gpuproof.core.cli.main import main; sys.exit(main(sys.argv[1:]))"
PASTE = """Collecting environment information...
PyTorch version: 2.6.0+cu126
CUDA used to build PyTorch: 12.6
OS: Microsoft Windows 11 Pro
Is CUDA available: True
GPU models and configuration: GPU 0: NVIDIA GeForce RTX 5090
Nvidia driver version: 572.60
RuntimeError: CUDA error: no kernel image is available for execution on the device
"""


def _seconds(arguments: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        stdout=subprocess.DEVNULL,
        check=False,
        cwd=ROOT,
        env=dict(os.environ, PYTHONPATH=str(ROOT)),
    )
    return time.perf_counter() - start


def main() -> int:
    """Measure, print, and return 1 when an aim is missed."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "paste.txt"), Path(folder, "megabyte.txt")
        small.write_text(PASTE, encoding="utf-8")
        line = "2026-01-01 12:00:00 step 17 loss 0.123 torch cuda version device gpu error-free line of a long log\n"
        large.write_text(line * (1_000_000 // len(line)) + PASTE, encoding="utf-8")
        empty, paste, megabyte = [], [], []
        for _ in range(rounds):
            empty.append(_seconds(["-c", "pass"]))
            paste.append(_seconds(["-c", START, "diagnose", str(small), "--json"]))
            megabyte.append(_seconds(["-c", START, "diagnose", str(large), "--json"]))
    base, mine, big = (statistics.median(found) for found in (empty, paste, megabyte))
    print(f"python -c pass {base * 1000:.1f} ms; diagnose {mine * 1000:.1f} ms = {mine / base:.1f} x; 1 MB {big:.2f} s")
    return 0 if mine / base <= 12 and big < 1 else 1


if __name__ == "__main__":
    sys.exit(main())
