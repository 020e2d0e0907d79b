"""How long ``gpuproof inspect`` takes beside torch's own tools, interleaved in one run, as ratios.

Limits: ``inspect --no-import`` at most 0.10 of ``python -m torch.utils.collect_env`` and at most 0.4 s; ``inspect`` at
most 1.10 of ``python -c "import torch; torch.cuda.is_available()"`` in the same interpreter, with at least ten times
the facts of collect_env. Run it with a Python that has torch: ``python tests/benchmarks/inspect_speed.py``.
"""

from __future__ import annotations

import argparse
import compileall
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GPUPROOF = "from gpuproof.core.cli.main import entry; entry()"
COMMANDS = {
    "inspect --no-import": ["-c", GPUPROOF, "inspect", "--no-import", "--json"],
    "inspect": ["-c", GPUPROOF, "inspect", "--json"],
    "collect_env": ["-m", "torch.utils.collect_env"],
    "import torch": ["-c", "import torch; torch.cuda.is_available()"],
}


def measure(rounds: int) -> dict[str, list[float]]:
    """Return the seconds of every command, one after the other in every round; a first round warms the disk."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for number in range(rounds + 1):
        for name, arguments in COMMANDS.items():
            begun = time.perf_counter()
            subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=True)
            if number:
                seconds[name].append(time.perf_counter() - begun)
    return seconds


def facts_of_inspect() -> tuple[int, int]:
    """Count what inspect was told, and what its readers made of it.

    The yardstick is collect_env's own form, a line with a value: a line of a text that was read counts as one, and so
    does every single value of an answer that comes as data. What is unknown, empty or null and the time that a
    question took count as nothing.
    """
    sys.path.insert(0, str(ROOT))
    from gpuproof.core.facts.document import machine_document
    from gpuproof.core.facts.readers import read_machine
    from gpuproof.core.launch.inspect import inspect_target
    from gpuproof.core.launch.targets import parse_target

    answers = inspect_target(parse_target("self"))
    given = [answer for answer in answers if answer.status == "ok"]
    lines = sum(1 for answer in given for line in (answer.text or "").splitlines() if line.strip())
    told = lines + sum(values(answer.value) for answer in given)
    return told, values(machine_document(read_machine(answers)))


def values(found: object) -> int:
    """Count single values, however deep they lie."""
    if isinstance(found, dict):
        is_unknown = set(found) == {"unknown", "detail", "source"}
        return 0 if is_unknown else sum(values(part) for name, part in found.items() if name != "took_s")
    if isinstance(found, list):
        return sum(map(values, found))
    return 0 if found is None or found == "" else 1


def facts_of_collect_env() -> int:
    """Count what collect_env knows: its lines that hold a value."""
    command = [sys.executable, *COMMANDS["collect_env"]]
    text = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    empty = ("N/A", "Could not collect", "")
    pairs = (line.partition(":") for line in text.splitlines() if ":" in line or "==" in line)
    return sum(1 for key, _, value in pairs if "==" in key or value.strip() not in empty)


def main() -> int:
    """Measure, print, and return 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    for folder in ("core", "gpuproof"):  # an installation has its byte code, a fresh clone does not
        compileall.compile_dir(ROOT / folder, quiet=2)
    seconds = measure(rounds)
    median = {name: statistics.median(values) for name, values in seconds.items()}
    for name, values in seconds.items():
        print(f"{name:22} median {median[name]:.3f} s, {min(values):.3f} to {max(values):.3f} s, n={rounds}")
    (ours, typed), theirs = facts_of_inspect(), facts_of_collect_env()
    print(f"facts: inspect {ours} in its answers, {typed} as typed facts; collect_env {theirs}")
    checks = [
        ("inspect --no-import / collect_env", median["inspect --no-import"] / median["collect_env"], 0.10),
        ("inspect --no-import, seconds", median["inspect --no-import"], 0.4),
        ("inspect / import torch", median["inspect"] / median["import torch"], 1.10),
        (f"collect_env's facts x 10 / inspect's ({theirs} and {ours})", theirs * 10 / ours, 1.0),
    ]
    for name, value, limit in checks:
        print(f"{'ok ' if value <= limit else 'MISSED'} {name}: {value:.3f} (limit {limit})")
    return 0 if all(value <= limit for _, value, limit in checks) else 1


if __name__ == "__main__":
    sys.exit(main())
