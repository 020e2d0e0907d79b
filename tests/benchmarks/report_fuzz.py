"""Coverage-guided fuzzing of everything that opens a stranger's file: reports, cases, table heads.

    python tests/benchmarks/report_fuzz.py [SECONDS] [SEED]

Inputs that reach new lines of ``core/report`` are kept and mutated further. Anything but a typed result or a one-line
refusal, anything slower than two seconds, and memory that grows, ends the run with the input written beside it.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))
_OURS = ("core/report", "core/facts")
_WORDS = [
    b"{}",
    b"[]",
    b"null",
    b"true",
    b"1e999",
    b"-0",
    b"1E400",
    b"NaN",
    b'"\\ud800"',
    b'"\\u0000"',
    b"\xff",
    b"\xed\xa0\x80",
    b"[" * 40,
    b'{"a":' * 40,
    b'"template":"{a.b}"',
    b'"template":"{"',
    b'"version":2',
    b'"version":1.0',
    b"9" * 40,
    b'""',
    b",",
    b'"columns":{}',
    b'"rows":-1',
    b"\xe2\x80\xae",
    b'"values":[["a"]]',
    b'"verdict":"maybe"',
    b"PK\x03\x04",
]


class Coverage:
    """Lines of ``core/report`` that were reached, by a trace function."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, int]] = set()
        self.new = 0

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Follow only our own files."""
        return self._line if any(part in frame.f_code.co_filename for part in _OURS) else None

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            place = (frame.f_code.co_filename, frame.f_lineno)
            if place not in self.seen:
                self.seen.add(place)
                self.new += 1
        return self._line


def mutated(rng: random.Random, corpus: list[bytes]) -> bytes:
    """Return a variation of a kept input: bytes, words, cuts, joins, or a value of its JSON replaced."""
    data = bytearray(rng.choice(corpus))
    if rng.random() < 0.4:
        return _json_mutated(rng, bytes(data))
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(5)
        if kind == 0:
            data[at : at + rng.randint(0, 30)] = b""
        elif kind == 1:
            data[at:at] = rng.choice(_WORDS)
        elif kind == 2 and data:
            data[at % len(data)] = rng.randrange(256)
        elif kind == 3:
            other = rng.choice(corpus)
            start = rng.randrange(len(other) + 1)
            data[at:at] = other[start : start + rng.randint(1, 400)]
        else:
            data[at : at + 1] = bytes([rng.choice(b'{}[]",:\\0e-.')])
    return bytes(data)


def _json_mutated(rng: random.Random, data: bytes) -> bytes:
    try:
        document = json.loads(data)
    except ValueError:
        return data[: rng.randrange(len(data) + 1)]
    places = [
        (holder, key)
        for holder in _holders(document)
        for key in (holder if isinstance(holder, dict) else range(len(holder)))
    ]
    if not places:
        return data
    for _ in range(rng.randint(1, 3)):
        holder, key = rng.choice(places)
        choices = [
            None,
            True,
            -1,
            10**18,
            1.5,
            "",
            "x" * 50,
            "\u202e",
            [],
            {},
            [[]],
            {"template": "{a!r}", "values": []},
        ]
        try:
            holder[key] = rng.choice(choices)
            if rng.random() < 0.2:
                del holder[key]
        except (KeyError, IndexError):
            continue
    return json.dumps(document).encode("utf-8", "surrogatepass")


def _holders(value: Any) -> list[Any]:
    found, waiting = [], [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, (dict, list)):
            found.append(item)
            waiting.extend(item.values() if isinstance(item, dict) else item)
    return found


def openers() -> list[Callable[[bytes], object]]:
    """Return what is fed; a report that opens is exported and compared as well."""
    from gpuproof.core.report.case import load_case
    from gpuproof.core.report.compare import compare, comparison_document
    from gpuproof.core.report.export.page import page
    from gpuproof.core.report.export.paper import layout_bytes
    from gpuproof.core.report.export.table import table
    from gpuproof.core.report.export.written import markdown, plain_text
    from gpuproof.core.report.measured import read_measured
    from gpuproof.core.report.opening import open_report
    from gpuproof.core.report.store import load_report

    def report(data: bytes) -> object:
        opened = load_report(data)
        page(opened, "zh"), markdown(opened, "en"), plain_text(opened, "en"), table(opened)
        layout_bytes(opened, "pdf", "zh"), layout_bytes(opened, "png", "en")
        return comparison_document(compare(opened, opened), "zh")

    return [report, report, load_case, open_report, read_measured]


def seeds() -> list[bytes]:
    """Return the inputs to begin with: small reports, a case, recorded answers, and telling words."""
    from helpers.reports import a_broken_diagnosis, a_report, a_result

    from gpuproof.core.report.case import Case, case_bytes
    from gpuproof.core.report.store import shareable_bytes

    small = a_result(telemetry=a_result().telemetry[:4], blocks=a_result().blocks[:6])
    corpus = [
        shareable_bytes(a_report(result=small, diagnosis=a_broken_diagnosis())),
        shareable_bytes(a_report(result=None)),
    ]
    corpus += [case_bytes(Case(question="?", report=a_report(result=None), log_excerpt="x")), *_WORDS]
    answers = json.loads((TESTS / "captures" / "h100.json").read_bytes())
    for start in range(0, len(answers["answers"]), 12):
        corpus.append(json.dumps({**answers, "answers": answers["answers"][start : start + 12]}).encode())
    return corpus


def main() -> int:
    """Fuzz for so many seconds; prints the counts."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    os.environ["GPUPROOF_DATA_DIR"] = tempfile.mkdtemp(prefix="gpuproof-fuzz-")
    from gpuproof.core.problems import UserProblem

    corpus = seeds()
    coverage, tried, opened, slowest = Coverage(), 0, 0, 0.0
    targets, ends = openers(), time.monotonic() + seconds
    while time.monotonic() < ends:
        data = mutated(rng, corpus)
        coverage.new, started = 0, time.perf_counter()
        sys.settrace(coverage.trace)
        try:
            rng.choice(targets)(data)
            opened += 1
        except UserProblem as problem:
            if "\n" in str(problem):
                return _failed(data, "more than one line")
        except Exception as bug:
            sys.settrace(None)
            return _failed(data, f"{type(bug).__name__}: {bug}")
        finally:
            sys.settrace(None)
        tried, slowest = tried + 1, max(slowest, time.perf_counter() - started)
        if slowest > 2.0:
            return _failed(data, "slower than two seconds")
        if coverage.new and len(data) < 200_000:
            corpus.append(data)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    lines = len(coverage.seen)
    print(f"{tried} inputs, {opened} opened, {len(corpus)} kept, {lines} lines reached")
    print(f"slowest {slowest:.2f} s, peak {peak} MiB: no failure")
    return 0


def _failed(data: bytes, why: str) -> int:
    path = Path("report_fuzz_failure.bin")
    path.write_bytes(data)
    print(f"FAILED: {why} (input in {path})")
    return 1


if __name__ == "__main__":
    sys.exit(main())
