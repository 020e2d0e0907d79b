"""Every excerpt of ``tests/log_excerpts`` gets the verdict that its table says."""

import re
from pathlib import Path

import pytest

from gpuproof.core.logs.scan import scan

EXCERPTS = Path(__file__).resolve().parents[2] / "log_excerpts"
HEADER = re.compile(r"^=== (?P<id>\S+)\|(?P<verdict>\w+)$")


def excerpts():
    for file in sorted(EXCERPTS.glob("*.txt")):
        lines = None
        for line in file.read_text(encoding="utf-8").splitlines():
            header = HEADER.match(line)
            if header:
                lines = []
                yield pytest.param(header["verdict"], lines, id=header["id"])
            elif lines is not None:
                lines.append(line)


CASES = list(excerpts())


def test_there_are_enough_excerpts_of_every_verdict():
    verdicts = [case.values[0] for case in CASES]
    assert len(verdicts) >= 80
    assert {verdict for verdict in verdicts if verdicts.count(verdict) >= 10} == {
        "gpu_used",
        "cpu_fallback",
        "gpu_error",
        "oom",
        "inconclusive",
    }


@pytest.mark.parametrize(("verdict", "lines"), CASES)
def test_the_excerpt_gets_its_verdict(verdict, lines):
    judged = scan(lines)
    assert judged.verdict == verdict, (judged.why, [event.text for event in judged.events])
    if verdict != "inconclusive":
        assert judged.events
        assert all(1 <= event.line <= len(lines) for event in judged.events)
