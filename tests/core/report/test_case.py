"""The case file: question and report there, answer and fix card back, and nothing else ever opened."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from helpers.reports import a_report

from gpuproof.core.problems import UserProblem
from gpuproof.core.report.case import Case, CaseAnswer, CaseStep, answered, case_bytes, is_case, load_case, save_case
from gpuproof.core.report.store import shareable_bytes

ANSWER = CaseAnswer(
    words="The torch in this environment has no CUDA.",
    cause="cpu_wheel",
    steps=(CaseStep(words="Install the right wheel", command="pip install torch", check="gpuproof diagnose"),),
)


def a_case(**changes: object) -> Case:
    parts: dict[str, object] = {"question": "Why is it slow?", "report": a_report(), "log_excerpt": "line 1\nline 2"}
    return Case(**{**parts, **changes})  # type: ignore[arg-type]


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


def test_a_case_goes_to_support_and_comes_back_answered(tmp_path: Path) -> None:
    sent = load_case(save_case(a_case(), tmp_path / "mine.gpuproof"))
    assert (sent.question, sent.log_excerpt, sent.answer) == ("Why is it slow?", "line 1\nline 2", None)
    assert sent.report.diagnosis == a_report().diagnosis
    reply = load_case(save_case(answered(sent, ANSWER), tmp_path / "reply.gpuproof"))
    assert reply.answer == ANSWER
    assert reply.question == sent.question


def test_question_and_log_are_redacted_like_the_report() -> None:
    question = "My folder is /home/canaryuser7/secretproject, host 192.168.4.7"
    case = load_case(case_bytes(a_case(question=question, log_excerpt="user canaryuser7 said hf_CanaryToken4242")))
    shown = case.question + case.log_excerpt
    assert "canaryuser7" not in shown
    assert "secretproject" not in shown
    assert "192.168" not in shown
    assert "CanaryToken" not in shown


def test_a_fix_card_is_redacted_too() -> None:
    step = CaseStep(
        words="In /home/canaryuser7/secretproject", command="cd /home/canaryuser7/secretproject", check="ls"
    )
    found = load_case(case_bytes(answered(a_case(), CaseAnswer(words="hello canaryuser7", steps=(step,)))))
    assert found.answer is not None
    assert found.answer.steps[0].check == "ls"
    assert "canaryuser7" not in repr(found.answer)
    assert "secretproject" not in repr(found.answer)


def test_a_long_log_keeps_its_end() -> None:
    case = load_case(case_bytes(a_case(log_excerpt="\n".join(f"row {n}" for n in range(9000)))))
    assert case.log_excerpt.endswith("row 8999")
    assert len(case.log_excerpt.splitlines()) == 2000


def test_the_same_case_gives_the_same_bytes() -> None:
    assert case_bytes(a_case()) == case_bytes(a_case())
    assert is_case(case_bytes(a_case()))


NOTE = json.dumps({"format": "gpuproof-case", "version": 1, "asked": "?"}).encode()
REPORT = shareable_bytes(a_report())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 not a zip",
        zipped(),
        zipped(case__json=NOTE),
        zipped(report__json=REPORT),
        zipped(case__json=NOTE, report__json=b"{}"),
        zipped(case__json=b"[]", report__json=REPORT),
        zipped(case__json=NOTE, report__json=REPORT, run__sh=b"echo"),
        zipped(case__json=NOTE.replace(b"1", b"2"), report__json=REPORT),
        zipped(case__json=NOTE, report__json=REPORT, log__txt=b"x" * (600 * 1024)),
        zipped(case__json=NOTE, report__json=b" " * (9 * 1024 * 1024)),
        zipped(**{"case__json": NOTE, "report__json": REPORT, "../../evil__txt": b"x"}),
        zipped(case__json=NOTE[:-1] + b',"answer":{"words":1}}', report__json=REPORT),
    ],
)
def test_whatever_is_not_a_case_is_refused(data: bytes) -> None:
    with pytest.raises(UserProblem) as caught:
        load_case(data)
    assert "\n" not in str(caught.value)


def test_a_member_that_is_there_twice_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("case.json", NOTE)
        archive.writestr("report.json", REPORT)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("case.json", NOTE)
    with pytest.raises(UserProblem, match="other parts"):
        load_case(out.getvalue())


def test_a_header_that_lies_about_a_size_is_refused() -> None:
    honest = zipped(case__json=NOTE, report__json=REPORT, log__txt=b"y" * (700 * 1024))
    size = (700 * 1024).to_bytes(4, "little")
    with pytest.raises(UserProblem):
        load_case(honest.replace(size, (1000).to_bytes(4, "little")))


def test_hidden_characters_of_an_answer_are_shown() -> None:
    note = NOTE[:-1] + b',"answer":{"words":"ok \\u202e","steps":[{"words":"x","command":"rm\\u200b"}]}}'
    answer = load_case(zipped(case__json=note, report__json=REPORT)).answer
    assert answer is not None
    assert answer.words == "ok <U+202E>"
    assert answer.steps[0].command == "rm<U+200B>"
