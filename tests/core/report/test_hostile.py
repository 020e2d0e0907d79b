"""Files from strangers: whatever they hold, they end as a typed report or as one line."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from helpers.reports import a_report
from hypothesis import given, settings
from hypothesis import strategies as st

from gpuproof.core.problems import UserProblem
from gpuproof.core.report import budget
from gpuproof.core.report.document import to_bytes
from gpuproof.core.report.store import load_report
from gpuproof.core.report.visible import visible

HOSTILE = {
    "nothing": b"",
    "not-json": b"hello",
    "binary": bytes(range(256)),
    "list": b"[]",
    "other-program": b'{"format": "something", "version": 1}',
    "cut-off": b'{"format": "gpuproof-report", "vers',
    "deep-lists": b"[" * 1_000_000,
    "deep-objects": b'{"a":' * 100_000,
    "too-many-values": b"[" + b"1," * 500_000 + b"1]",
    "too-many-keys": b"{" + b'"":1,' * 500_000 + b'"a":1}',
    "long-string": b'{"a":"' + b"x" * (budget.MAX_STRING_BYTES + 1) + b'"}',
    "unclosed-quotes": b'{"' + b'\\"' * 1_000_000,
    "only-quotes": b'"' * 2_000_001,
    "only-backslashes": b'{"' + b"\\" * 1_000_001,
    "long-number": b'{"a":' + b"1" * 5000 + b"}",
    "huge-number": b'{"a":1e999}',
    "tiny-number": b'{"a":1e-999}',
    "not-a-number": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "double-key": b'{"format":"gpuproof-report","format":"x"}',
    "lone-surrogate": b'{"a":"\\ud800"}',
    "lone-surrogate-key": b'{"\\udfff":1}',
    "raw-surrogate": b'{"a":"\xed\xa0\x80"}',
    "latin-1": b'{"a":"\xe9"}',
    "version-text": b'{"format":"gpuproof-report","version":"1"}',
    "version-true": b'{"format":"gpuproof-report","version":true}',
    "version-zero": b'{"format":"gpuproof-report","version":0}',
    "no-fields": b'{"format":"gpuproof-report","version":1}',
    "too-large": b" " * (budget.MAX_BYTES + 1),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_with_one_line_and_at_once(data: bytes) -> None:
    started = time.thread_time()
    with pytest.raises(UserProblem) as caught:
        load_report(data)
    assert time.thread_time() - started < 2.0
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300
    assert caught.value.hint is not None
    assert caught.value.exit_code == 2


def test_a_newer_version_is_refused_with_the_remedy() -> None:
    with pytest.raises(UserProblem, match="format version 7; this gpuproof reads up to version 1") as caught:
        load_report(b'{"format":"gpuproof-report","version":7,"anything":{}}')
    assert "Update gpuproof" in str(caught.value.hint)


def a_document(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(to_bytes(a_report()))
    document.update(changes)
    return document


@pytest.mark.parametrize(
    "template", ["{a.__class__}", "{a:>999999999}", "{a!r}", "{0}", "{", "}", "{a[0]}", "{a:{b}}", "{}"]
)
def test_a_sentence_that_is_a_program_is_refused(template: str) -> None:
    document = a_document()
    document["diagnosis"]["title"] = {"template": template, "values": [["a", "x"]]}
    with pytest.raises(UserProblem, match="one of its sentences"):
        load_report(json.dumps(document).encode())


def test_direction_and_control_characters_become_visible() -> None:
    document = a_document(target="self\u202egnp.exe\x1b[2J\u200b")
    assert load_report(json.dumps(document).encode()).target == "self<U+202E>gnp.exe<U+001B>[2J<U+200B>"
    assert visible("两行\n\t是可以的") == "两行\n\t是可以的"


@pytest.mark.parametrize(
    "columns", [{"at_s": [1, 2]}, {"at_s": [1], "gpu": [1, 2]}, {"at_s": 1}, {"at_s": ["x"]}, {"gpu": [1]}, []]
)
def test_telemetry_that_is_no_table_is_refused(columns: object) -> None:
    document = a_document()
    document["result"]["telemetry"] = {"rows": 1, "columns": columns}
    with pytest.raises(UserProblem):
        load_report(json.dumps(document).encode())


@pytest.mark.parametrize("rows", [[], {}, "1", None, -1, 2.5, True])
def test_a_number_of_rows_that_is_none_is_refused(rows: object) -> None:
    document = a_document()
    document["result"]["telemetry"] = {"rows": rows, "columns": {"at_s": [1.0, 2.0, 3.0]}}
    with pytest.raises(UserProblem):
        load_report(json.dumps(document).encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
KEYS = sorted(json.loads(to_bytes(a_report())))
VALID = to_bytes(a_report())


@settings(max_examples=80, deadline=None)
@given(key=st.sampled_from(KEYS), value=JSON)
def test_any_value_at_any_place_is_a_report_or_one_line(key: str, value: object) -> None:
    opened(json.dumps(a_document(**{key: value})).encode("utf-8", "surrogatepass"))


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, len(VALID)), cut=st.integers(0, 40), filling=st.binary(max_size=20))
def test_any_damage_is_noticed_or_one_line(at: int, cut: int, filling: bytes) -> None:
    damaged = VALID[:at] + filling + VALID[at + cut :]
    report = opened(damaged)
    if report is not None and json.loads(damaged) != json.loads(VALID):
        assert report.integrity != "intact"  # type: ignore[attr-defined]


def opened(data: bytes) -> object:
    try:
        return load_report(data)
    except UserProblem as problem:
        if "\n" in str(problem):
            raise
        return None
