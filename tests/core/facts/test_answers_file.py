"""The file form of answers: round trip, and files from strangers that are damaged, huge or newer."""

from __future__ import annotations

import json

import pytest
from helpers.recordings import no, ok

from gpuproof.core.facts.answers_file import is_answers_file, read_answers, read_recording, write_answers
from gpuproof.core.problems import UserProblem


def a_file(**changes: object) -> bytes:
    document = json.loads(write_answers([ok("os.identity", {"system": "linux"})], origin="a test"))
    return json.dumps({**document, **changes}).encode()


def test_answers_survive_writing_and_reading() -> None:
    given = [ok("a.text", text="x\n"), ok("a.value", {"n": [1, 2.5, None]}), no("a.denied", "denied", "may not look")]
    data = write_answers(given, origin="somewhere", kind="recorded", recorded="2026-11-20", redacted=True)
    recording = read_recording(data)
    assert list(recording.answers) == given
    assert (recording.origin, recording.kind, recording.recorded) == ("somewhere", "recorded", "2026-11-20")
    assert is_answers_file(data)


def test_a_byte_order_mark_does_not_disturb() -> None:
    assert len(read_answers(b"\xef\xbb\xbf" + a_file())) == 1


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="a-list"),
        pytest.param(b'{"format": "something"}', id="another-format"),
        pytest.param(b'{"format": "gpuproof-answers", "version": 1, "answers": [', id="cut-off"),
        pytest.param(b"\xff\xfe\x00", id="not-text"),
        pytest.param(b"[" * 5000, id="nested"),
        pytest.param(b"[" + b"[]," * 400_000 + b"[]]", id="a-bomb-of-lists"),
        pytest.param(b'{"format": "gpuproof-answers", "version": 1e999, "answers": []}', id="infinite-version"),
    ],
)
def test_a_file_that_is_not_one_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(UserProblem) as refused:
        read_answers(data)
    assert refused.value.exit_code == 2
    assert refused.value.hint is not None


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"version": None}, id="no-version"),
        pytest.param({"version": True}, id="a-truth-value-for-version"),
        pytest.param({"answers": {}}, id="answers-not-a-list"),
        pytest.param({"answers": ["x"]}, id="an-answer-that-is-a-word"),
        pytest.param({"answers": [{"question": 3, "status": "ok"}]}, id="question-not-a-word"),
        pytest.param({"answers": [{"question": "a", "status": "great"}]}, id="unknown-status"),
        pytest.param({"answers": [{"question": "a", "status": "ok", "took_s": "long"}]}, id="time-not-a-number"),
        pytest.param({"answers": [{"question": "a", "status": "ok", "text": 5}]}, id="text-not-a-text"),
    ],
)
def test_wrong_forms_are_refused_in_words(changes: dict[str, object]) -> None:
    with pytest.raises(UserProblem):
        read_answers(a_file(**changes))


def test_a_newer_file_names_the_remedy() -> None:
    with pytest.raises(UserProblem) as refused:
        read_answers(a_file(version=99))
    assert "99" in refused.value.message.render()
    assert refused.value.hint is not None
    assert "newer gpuproof" in refused.value.hint.render()
