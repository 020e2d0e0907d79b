"""Bytes of a stranger as plain values: the fast way gives what the standard library gives, or leaves it to the slow."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpuproof.core.problems import UserProblem
from gpuproof.core.report.budget import check_budget
from gpuproof.core.report.document import checksum_of, quick_checksum
from gpuproof.core.report.parse import _quickly, parse_object

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "h100.json"
TEXTS = st.text(alphabet=st.sampled_from('ab":\\,{}[]0.1e-5 字\n\x1f\u2028'), max_size=12)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**25), 10**25) | FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5), st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_document_is_parsed_as_the_standard_library_parses_it(document: dict[str, Any], ascii_only: bool) -> None:
    data = json.dumps(document, ensure_ascii=ascii_only).encode()
    try:
        found = parse_object(data)
    except UserProblem as problem:
        found = document if any(words in str(problem) for words in ("32 characters", "out of range")) else {}
    assert repr(found) == repr(document)


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4), TEXTS)
@settings(max_examples=200, deadline=None)
def test_a_key_that_stands_there_twice_is_never_passed(document: dict[str, Any], words: str) -> None:
    name = next(iter(document))
    inside = json.dumps(document)[1:]
    data = f"{{{json.dumps(name)}: {json.dumps(words)}, {inside}".encode()
    with pytest.raises(UserProblem):
        parse_object(data)


def test_the_fast_way_is_the_one_that_is_taken() -> None:
    data = EXAMPLE.read_bytes()
    assert _quickly(data, check_budget(data)) == json.loads(data)


@pytest.mark.parametrize("data", [b"[1]", b"\xff{}", b'{"a": NaN}', b'{"a": "\\ud800"}', b'{"a": 1} x', b'{"a":'])
def test_what_is_wrong_is_left_to_the_slow_way(data: bytes) -> None:
    assert _quickly(data, 1) is None
    with pytest.raises(UserProblem):
        parse_object(data)


def test_the_quick_checksum_is_the_documented_one() -> None:
    document = json.loads(EXAMPLE.read_bytes())
    assert quick_checksum(document) == checksum_of(document) == document["checksum"]


@given(st.lists(FLOATS | st.floats(1e-8, 1e-3) | st.floats(1e14, 1e24)))
@settings(max_examples=300, deadline=None)
def test_floats_are_written_as_the_standard_library_writes_them(floats: list[float]) -> None:
    document = {"floats": [value for value in floats if math.isfinite(value)], "more": {"x": 10.00005}}
    if all(1e-290 < abs(value) < 1e16 or value == 0 for value in document["floats"]):  # type: ignore[union-attr]
        assert quick_checksum(document) == checksum_of(document)


@given(st.dictionaries(TEXTS, VALUES, max_size=4), st.dictionaries(TEXTS, VALUES, max_size=4))
@settings(max_examples=200, deadline=None)
def test_two_documents_never_share_a_quick_checksum(first: dict[str, Any], second: dict[str, Any]) -> None:
    if repr(sorted(first.items(), key=str)) != repr(sorted(second.items(), key=str)) and first != second:
        assert quick_checksum(first) != checksum_of(second)
