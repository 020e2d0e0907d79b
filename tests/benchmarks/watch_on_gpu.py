"""Watch on a real GPU: a program that uses it, one that only pretends, one that works in turns, one that sleeps.

Run: python tests/benchmarks/watch_on_gpu.py OUT_FOLDER [PYTHON_WITH_TORCH]. Writes one JSON document a case and
``summary.json``; exits 1 when a verdict is not the expected one. It also measures what watching costs the GPU work.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
ENTRY = "from gpuproof.core.cli.main import entry; entry()"
HEAD = "import time, torch\n"
PRETENDS = "print('Using device: cuda:0', flush=True)\nx = torch.randn(512, 512)\n"
PROGRAMS = {
    # name: (code, expected behaviour, expected joint verdict)
    "uses": (
        HEAD + "print('Using device: cuda:0', flush=True)\nx = torch.randn(8192, 8192, device='cuda').bfloat16()\n"
        "end = time.monotonic() + 8\nwhile time.monotonic() < end:\n    for _ in range(20): x @ x\n"
        "    torch.cuda.synchronize()\nprint('done')",
        "gpu",
        "proven",
    ),
    "pretends": (
        HEAD + PRETENDS + "end = time.monotonic() + 8\nwhile time.monotonic() < end: x @ x\nprint('done')",
        "cpu",
        "refuted",
    ),
    "pretends-and-holds-memory": (
        HEAD
        + "held = torch.zeros(1 << 28, device='cuda')\n"
        + PRETENDS
        + "end = time.monotonic() + 8\nwhile time.monotonic() < end: x @ x\nprint('done')",
        "cpu",
        "refuted",
    ),
    "in-turns": (
        HEAD + "x = torch.randn(8192, 8192, device='cuda').bfloat16()\ny = torch.randn(512, 512)\n"
        "for _ in range(2):\n    end = time.monotonic() + 4\n    while time.monotonic() < end: y @ y\n"
        "    end = time.monotonic() + 4\n    while time.monotonic() < end:\n        for _ in range(20): x @ x\n"
        "        torch.cuda.synchronize()\nprint('done')",
        "mixed",
        "proven",
    ),
    "sleeps": (HEAD + "x = torch.zeros(10, device='cuda')\ntime.sleep(12)", "waits", "not_proven"),
}
FIXED_WORK = (
    HEAD + "x = torch.randn(4096, 4096, device='cuda').bfloat16()\n"
    "for _ in range(50): x @ x\ntorch.cuda.synchronize()\nimport sys\nsys.stdin.readline()\n"
    "begun = time.perf_counter()\nfor _ in range(30000): x @ x\ntorch.cuda.synchronize()\n"
    "print(time.perf_counter() - begun, flush=True)"
)


def main() -> int:
    """Run every case and the cost, and write what came out."""
    out = Path(sys.argv[1])
    python = sys.argv[2] if len(sys.argv) > 2 else sys.executable
    out.mkdir(parents=True, exist_ok=True)
    summary: dict[str, object] = {}
    is_right = True
    for name, (code, behaviour, joint) in PROGRAMS.items():
        document = watched(python, code)
        (out / f"watch-{name}.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
        row = {"verdict": document["verdict"], "joint": document["joint"]["verdict"], "expected": [behaviour, joint]}
        row["right"] = (document["verdict"], row["joint"]) == (behaviour, joint)
        is_right &= bool(row["right"])
        summary[name] = {**row, "figures": document["figures"], "evidence": document["evidence"]}
        print(name, row, flush=True)
    summary["cost"] = cost(python)
    print("cost", summary["cost"], flush=True)
    (out / "summary.json").write_text(json.dumps(summary, indent=1), encoding="utf-8")
    return 0 if is_right else 1


def watched(python: str, code: str) -> dict[str, Any]:
    """Return the document of one watched command."""
    words = [sys.executable, "-c", ENTRY, "watch", "--json", "--", python, "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=180, cwd=REPOSITORY)
    if not done.stdout.strip():
        raise SystemExit(f"no document: {done.stderr[-2000:]}")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def cost(python: str, rounds: int = 5) -> dict[str, object]:
    """Time the same GPU work with and without a watch, in turn."""
    plain, beside = [], []
    for _ in range(rounds):
        plain.append(fixed_work(python, is_watched=False))
        beside.append(fixed_work(python, is_watched=True))
    ratios = [after / before for before, after in zip(plain, beside, strict=True)]
    return {
        "without_s": plain,
        "with_s": beside,
        "cost_percent_median": round(100 * (statistics.median(ratios) - 1), 3),
        "cost_percent_best": round(100 * (min(beside) / min(plain) - 1), 3),
    }


def fixed_work(python: str, *, is_watched: bool) -> float:
    """Return the seconds of one run of a fixed amount of GPU work."""
    program = subprocess.Popen(
        [python, "-c", FIXED_WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    )
    watcher = None
    if is_watched:
        words = [sys.executable, "-c", ENTRY, "watch", "--pid", str(program.pid), "--json"]
        watcher = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=REPOSITORY)
    subprocess.run([sys.executable, "-c", "import time; time.sleep(8)"], check=True)  # torch loads, the sampler settles
    seconds = float(program.communicate("go\n", timeout=180)[0])
    if watcher is not None:
        watcher.communicate(timeout=60)
    return seconds


if __name__ == "__main__":
    sys.exit(main())
