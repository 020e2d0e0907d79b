"""What surrounds a line in container logs and terminals is taken off before a pattern looks."""

import pytest

from gpuproof.core.logs.lines import clean, shown


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("heygem-gen-video  | Using device: cuda", "Using device: cuda"),
        ("\x1b[32mINFO\x1b[0m Device: cpu\x1b[K", "INFO Device: cpu"),
        (
            '{"log":"Using \\"cuda\\" \\u001b[1mnow\\n","stream":"stdout","time":"2026-01-01T00:00:00Z"}',
            'Using "cuda" now',
        ),
        ("2026-01-01T00:00:00.123456789Z stdout F Device: cpu", "Device: cpu"),
        ("C:\\cuda\\x | y", "C:\\cuda\\x | y"),
        (" 10%|#   | 1/10", " 10%|#   | 1/10"),
    ],
)
def test_a_line_is_cleaned(raw, line):
    assert clean(raw) == line


def test_evidence_is_short_and_printable():
    assert shown("a\x00b\x1bc") == "a b c"
    assert len(shown("x" * 5000)) == 300
