"""What watching costs the watched program: the same work with and without a watch beside it, in turn.

Run: python tests/benchmarks/watch_cost.py [ROUNDS]. The aim is at most 0.5 %. Work is counted in the program's own
process, a fixed number of loops; the two cases alternate so that other load falls on both alike.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

WORK = """
import time, sys
sys.stdin.readline()
begun = time.perf_counter()
total = 0
for _ in range(1500):
    total += sum(value * value for value in range(60_000))
print(time.perf_counter() - begun, flush=True)
"""
WATCH = "from gpuproof.core.cli.main import entry; entry()"


def one(watched: bool) -> float:
    """Return the seconds of one run of the work."""
    program = subprocess.Popen([sys.executable, "-c", WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    watcher = None
    if watched:
        words = [sys.executable, "-c", WATCH, "watch", "--pid", str(program.pid), "--json"]
        watcher = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert watcher.stderr is not None
        watcher.stderr.readline()  # it says that it watches; give the sampler a moment to start
        subprocess.run([sys.executable, "-c", "import time; time.sleep(1)"], check=True)
    out, _ = program.communicate("go\n", timeout=300)
    if watcher is not None:
        document = json.loads(watcher.communicate(timeout=60)[0])
        assert document["samples"] > 3, document
    return float(out)


def main() -> None:
    """Measure and print the difference with its spread."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    plain, watched = [], []
    for _ in range(rounds):
        plain.append(one(watched=False))
        watched.append(one(watched=True))
    ratios = sorted(after / before for before, after in zip(plain, watched, strict=True))
    print(f"without {statistics.median(plain):.3f} s, with {statistics.median(watched):.3f} s (median of {rounds})")
    print(
        f"cost {100 * (statistics.median(ratios) - 1):+.2f} % (pairs from {100 * (ratios[0] - 1):+.2f} to"
        f" {100 * (ratios[-1] - 1):+.2f} %); best against best {100 * (min(watched) / min(plain) - 1):+.2f} %"
    )


if __name__ == "__main__":
    main()
