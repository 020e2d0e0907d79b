"""The same fuzzing as ``report_fuzz.py``, guided by libFuzzer's coverage of the byte code.

    pip install atheris msgspec jinja2     (in an environment of its own; Python 3.11 to 3.13)
    python tests/benchmarks/report_fuzz_atheris.py FOLDER [libFuzzer options, such as -max_total_time=600]

FOLDER keeps the inputs that reach something new. Half of the mutations are libFuzzer's own, half those of
``report_fuzz.py``, which know JSON. A crash, a hang of two seconds or 600 MiB of memory ends the run with the input.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

import atheris  # type: ignore[import-not-found]  # noqa: E402

with atheris.instrument_imports(include=["gpuproof.core.report", "gpuproof.core.facts"]):
    import report_fuzz

    import gpuproof.core.facts.readers
    import gpuproof.core.report.build
    import gpuproof.core.report.export.view  # noqa: F401

    TARGETS = report_fuzz.openers()

from gpuproof.core.problems import UserProblem  # noqa: E402


def one(data: bytes) -> None:
    """Feed one input to every opener."""
    for target in TARGETS[1:]:
        try:
            target(data)
        except UserProblem as problem:
            if "\n" in str(problem):
                raise RuntimeError("more than one line") from problem


def mutate(data: bytes, most: int, seed: int) -> bytes:
    """Return a variation by libFuzzer or by the one that knows JSON."""
    rng = random.Random(seed)
    if rng.random() < 0.5 or not data:
        return bytes(atheris.Mutate(data, most))
    return report_fuzz.mutated(rng, [data, *SEEDS])[:most]


if __name__ == "__main__":
    os.environ["GPUPROOF_DATA_DIR"] = tempfile.mkdtemp(prefix="gpuproof-fuzz-")
    SEEDS = report_fuzz.seeds()
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed_input in enumerate(SEEDS):
        (folder / f"seed-{number:03}").write_bytes(seed_input)
    options = ["-timeout=2", "-rss_limit_mb=600", "-max_len=200000", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], str(folder), *options, *sys.argv[2:]], one, custom_mutator=mutate)
    atheris.Fuzz()
