"""Shapes of lines, and how patterns are loosened so that digits do not matter."""

import re

import pytest

from gpuproof.core.logs import shapes
from gpuproof.core.logs.signals import table


def signal(name):
    return next(row for row in table() if row.id == name)


def test_a_shape_keeps_places_and_forgets_digits_and_capitals():
    assert shapes.shape(b"GPU 17: 3.5 MiB\rnext") == b"gpu 00: 0.0 mib\nnext"


def test_zero_is_told_from_other_digits():
    assert shapes.zero_or_not(b"0/33 Layers") == b"0/11 layers"


def test_a_short_shape_forgets_how_long_numbers_and_hexadecimal_names_are():
    first = shapes.short_shape(shapes.shape(b"job 7f3a9c1200 took 17.25 s"))
    assert first == shapes.short_shape(shapes.shape(b"job 00be11aa7d took 3.1 s"))


def test_a_time_at_the_beginning_is_masked_and_a_count_is_not():
    assert shapes.without_time(b"[2026-11-20 10:31:07,123] error 2") == b"[0000-00-00 00:00:00,000] error 2"
    assert shapes.without_time(b"0 GPUs found") == b"0 GPUs found"


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("offloaded [1-9]/33", "offloaded 0/71"),
        (r"used (?!0(?:\.0+)? MiB)\d+", "used 0.0 MiB"),
        ("float16 is", "float32 is"),
        (r"\d{2} GPU|100% CPU", "115% CPU"),
    ],
)
def test_a_loosened_pattern_matches_whatever_the_digits(pattern, line):
    assert not re.search(pattern, line)
    assert re.search(shapes.any_digits(pattern), line)


def test_a_denial_without_digits_stays():
    assert shapes.any_digits("gpu(?! memory)") == "gpu(?! memory)"


@pytest.mark.parametrize(
    ("name", "kind"), [("ggml-layers", "zero"), ("torch-no-driver", ""), ("wh-fp16", "exact"), ("cuda-error", "exact")]
)
def test_a_signal_tells_how_much_digits_matter(name, kind):
    assert shapes.digits_matter(signal(name)) == kind
