"""How long a benchmark takes to end once it is cancelled, at many moments of it, and whether anything stays behind.

Limit: 1 s at any moment. Run it with a Python that has torch, on a quiet machine: ``python
tests/benchmarks/bench_cancel.py``. A second before the end of the full run is left out: it may be done by then.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 1.0


def cancelled_after(moment_s: float) -> tuple[float, int]:
    """Cancel a quick benchmark after so many seconds; return how long it took to end and how many children it left."""
    from gpuproof.core.bench.model import BenchSettings
    from gpuproof.core.bench.session import run_benchmark
    from gpuproof.core.launch.targets import parse_target

    cancel, at = threading.Event(), [0.0]

    def now() -> None:
        at[0] = time.perf_counter()
        cancel.set()

    timer = threading.Timer(moment_s, now)
    timer.start()
    run_benchmark(parse_target("self"), BenchSettings(preset="quick"), on_event=lambda event: None, cancel=cancel)
    ended = time.perf_counter()
    timer.cancel()
    left = [child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]
    return (ended - at[0] if at[0] else 0.0), len(left)


def main() -> int:
    """Measure, print, and return 1 when the limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=20)
    sys.path.insert(0, str(ROOT))
    begun = time.perf_counter()
    cancelled_after(600.0)
    whole_s = time.perf_counter() - begun
    moments = parser.parse_args().moments
    results = []
    for number in range(moments):
        moment_s = (whole_s - 1.0) * number / max(1, moments - 1)
        results.append(cancelled_after(moment_s))
        print(f"cancelled after {moment_s:5.2f} s: ended in {results[-1][0]:.3f} s, {results[-1][1]} children left")
    worst, left = max(seconds for seconds, _ in results), sum(count for _, count in results)
    is_met = worst < LIMIT_S and not left
    print(
        f"{'ok' if is_met else 'MISSED'}  worst of {moments}: {worst:.3f} s (limit {LIMIT_S} s); children left: {left}"
    )
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
