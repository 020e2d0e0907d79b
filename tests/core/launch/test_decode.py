"""Bytes in any pieces become messages; everything else becomes one bounded word about it."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpuproof.core.launch.decode import Decoder, Malformed, decode_line, encode_line

HELLO = {"type": "hello", "protocol": 1, "nonce": "5f0c"}
LINE = json.dumps(HELLO).encode() + b"\n"


def test_a_line_is_a_message():
    assert Decoder().feed(LINE) == [HELLO]


def test_a_half_line_waits_for_its_other_half():
    decoder = Decoder()
    assert decoder.feed(LINE[:7]) == []
    assert decoder.feed(LINE[7:]) == [HELLO]


def test_several_lines_may_come_at_once():
    assert Decoder().feed(LINE * 3) == [HELLO] * 3


def test_empty_lines_mean_nothing():
    assert Decoder().feed(b"\n  \r\n" + LINE) == [HELLO]


@given(st.lists(st.integers(0, 3 * len(LINE)), max_size=6))
def test_it_does_not_matter_where_the_stream_is_cut(cuts):
    stream, decoder, found = LINE * 3, Decoder(), []
    edges = [0, *sorted(cuts), len(stream)]
    for start, end in itertools.pairwise(edges):
        found += decoder.feed(stream[start:end])
    assert found == [HELLO] * 3


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(b"Loading model...", "not JSON", id="a-library-that-prints"),
        pytest.param(b'{"type": "sample", "value": NaN}', "not JSON", id="no-json-number"),
        pytest.param(b'{"type": 3}', "not a message", id="type-is-no-text"),
        pytest.param(b'["type"]', "not a message", id="no-object"),
        pytest.param(b"\xff\xfe{}", "not JSON", id="no-utf-8"),
        pytest.param(b"[" * 100_000, "not JSON", id="nested-beyond-reason"),
        pytest.param(b'{"type": "x", "n": ' + b"9" * 10_000 + b"}", "not JSON", id="a-number-of-ten-thousand-digits"),
    ],
)
def test_what_is_no_message_is_malformed(line, reason):
    found = decode_line(line)
    assert isinstance(found, Malformed)
    assert found.reason == reason
    assert len(found.excerpt) <= 200


def test_an_excerpt_holds_no_control_characters():
    found = decode_line(b"\x1b[31mred\x07")
    assert isinstance(found, Malformed)
    assert "\x1b" not in found.excerpt
    assert "red" in found.excerpt


def test_a_line_that_is_too_long_is_dropped_and_the_next_one_is_read():
    decoder = Decoder(longest_line_bytes=100)
    found = decoder.feed(b"x" * 60) + decoder.feed(b"y" * 60) + decoder.feed(b"z" * 500 + b"\n" + LINE)
    assert [type(item) for item in found] == [Malformed, dict]
    assert found[0].reason == "line longer than 100 bytes"


def test_a_line_of_just_the_longest_length_is_read():
    decoder = Decoder(longest_line_bytes=len(LINE) - 1)
    assert decoder.feed(LINE) == [HELLO]


def test_a_stream_that_ends_in_a_line_without_newline_still_gives_a_whole_message():
    decoder = Decoder()
    decoder.feed(LINE[:-1])
    assert decoder.finish() == [HELLO]


def test_a_stream_that_ends_within_a_message_says_so():
    decoder = Decoder()
    decoder.feed(LINE[:9])
    assert [item.reason for item in decoder.finish()] == ["unfinished line"]


def test_a_clean_end_says_nothing():
    assert Decoder().finish() == []


def test_what_is_encoded_is_one_line_that_decodes():
    line = encode_line({"type": "cancel", "words": "显卡\n"})
    assert line.count(b"\n") == 1
    assert Decoder().feed(line) == [{"type": "cancel", "words": "显卡\n"}]


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_no_bytes_whatsoever_raise(pieces):
    decoder = Decoder(longest_line_bytes=200)
    found = [item for piece in pieces for item in decoder.feed(piece)] + decoder.finish()
    assert all(isinstance(item, Malformed) or isinstance(item["type"], str) for item in found)
