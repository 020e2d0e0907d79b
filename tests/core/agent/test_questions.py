"""Every question of the catalogue: present, absent, denied, timed out; and what each may never do."""

from __future__ import annotations

import builtins
import os
import time
from pathlib import Path
from typing import Any, NoReturn

import pytest

from gpuproof.core.agent.asking import Asking
from gpuproof.core.agent.place import Place
from gpuproof.core.agent.questions.catalogue import QUESTIONS, privacy_of
from gpuproof.core.agent.questions.driver import NVIDIA_SMI
from gpuproof.core.agent.questions.kinds import Call, ListFolder, Question, ReadFile, Reply, RunCommand, Variables

EVERY = [pytest.param(question, id=question.id) for question in (*QUESTIONS, NVIDIA_SMI)]
PRIVACY = ("public", "path", "identity", "secret", "free_text")


def asked(question: Question, place: Place) -> Reply:
    """Ask as the job does: with a thread and a deadline."""
    replies: dict[str, Reply] = {}

    def keep(question_id: str, reply: Reply, took_s: float) -> None:
        replies[question_id] = reply

    asking = Asking(place, keep, lambda: False)
    asking.start([question])
    asking.finish()
    return replies[question.id]


def hung(*_: Any) -> NoReturn:
    """Stand for a call that does not come back within the test; the thread is a daemon's."""
    while True:
        os.read(_NEVER[0], 1)


_NEVER = os.pipe()


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    folder = tmp_path / "programs"
    folder.mkdir()
    return folder


def a_program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)


@pytest.mark.parametrize("question", EVERY)
def test_a_question_has_a_deadline_a_source_and_a_privacy_class(question: Question) -> None:
    assert 0 < question.deadline_s <= 15
    assert question.source
    assert question.privacy in PRIVACY
    assert privacy_of(question.id) == question.privacy
    assert set(question.systems) <= {"linux", "windows", "macos"}


def test_no_id_is_used_twice() -> None:
    ids = [question.id for question in QUESTIONS]
    assert len(ids) == len(set(ids))


def test_an_unknown_id_counts_as_the_most_private() -> None:
    assert privacy_of("something.else") == "secret"
    assert privacy_of("torch.kernel.cuda:3") == "free_text"


@pytest.mark.parametrize("question", EVERY)
def test_present_gives_ok(question: Question, tmp_path: Path, programs: Path) -> None:
    place = Place(root=str(tmp_path), environ={"PATH": str(programs), "CUDA_VISIBLE_DEVICES": "0"})
    if isinstance(question, ReadFile):
        file = tmp_path / question.path.lstrip("/")
        file.parent.mkdir(parents=True)
        file.write_text("words\n")
        assert asked(question, place) == Reply("ok", text="words\n")
    elif isinstance(question, ListFolder):
        (tmp_path / question.path.lstrip("/") / "inside").mkdir(parents=True)
        assert asked(question, place) == Reply("ok", value=["inside"])
    elif isinstance(question, RunCommand):
        line = question.keep[0] if question.keep else "words"
        a_program(programs, question.command[0], f"echo 'x {line} y'; echo other >&2")
        assert asked(question, place) == Reply("ok", text=f"x {line} y\n")
    elif isinstance(question, Variables):
        assert asked(question, place).value["CUDA_VISIBLE_DEVICES"] == "0"
    else:
        assert asked(question._replace(function=lambda place: {"a": 1}), place) == Reply("ok", value={"a": 1})


@pytest.mark.parametrize("question", EVERY)
def test_nothing_there_is_absent_or_an_empty_answer_and_never_a_failure(question: Question, tmp_path: Path) -> None:
    reply = asked(question, Place(root=str(tmp_path), environ={"PATH": ""}, import_path=[]))
    assert reply.status in ("ok", "absent"), reply
    if reply.status == "absent":
        assert reply.detail
        assert "\n" not in reply.detail


@pytest.mark.parametrize("question", EVERY)
def test_a_refusal_is_denied(
    question: Question, tmp_path: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(root=str(tmp_path), environ={"PATH": str(programs)})
    if isinstance(question, RunCommand):
        a_program(programs, question.command[0], "echo 'Operation not permitted' >&2; exit 4")
    elif isinstance(question, Call):
        question = question._replace(function=refuse)
    elif isinstance(question, Variables):
        pytest.skip("a process may always read its own environment")
    else:
        monkeypatch.setattr(builtins, "open", refuse)
        monkeypatch.setattr(os, "listdir", refuse)
    reply = asked(question, place)
    assert reply.status == "denied"
    assert "not permitted" in reply.detail or "denied" in reply.detail


def refuse(*_: Any, **__: Any) -> NoReturn:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("question", EVERY)
def test_a_hung_question_is_timed_out(
    question: Question, tmp_path: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(root=str(tmp_path), environ={"PATH": str(programs)})
    question = question._replace(deadline_s=0.1)
    if isinstance(question, RunCommand):
        a_program(programs, question.command[0], "exec /bin/sleep 30")
    elif isinstance(question, Call):
        question = question._replace(function=hung)
    elif isinstance(question, Variables):
        pytest.skip("reading the own environment cannot hang")
    else:
        monkeypatch.setattr(place, "text_of", hung)
        monkeypatch.setattr(place, "names_in", hung)
    reply = asked(question, place)
    assert reply.status == "timed_out"
    assert "no answer in" in reply.detail


def test_a_command_that_is_ended_leaves_no_process(tmp_path: Path, programs: Path) -> None:
    a_program(programs, "modinfo", "echo $$ > " + str(tmp_path / "pid") + "; sleep 30 & wait")
    place = Place(environ={"PATH": str(programs) + ":/usr/bin:/bin"})
    question = RunCommand("x", ("modinfo",), deadline_s=1.0)
    assert asked(question, place).status == "timed_out"
    group = int((tmp_path / "pid").read_text())
    until = time.monotonic() + 20
    while running_in(group) and time.monotonic() < until:
        time.sleep(0.01)
    assert running_in(group) == []


def running_in(group: int) -> list[int]:
    """Return the living processes of a group; a zombie waits for its parent and holds nothing."""
    states = {pid: Path(f"/proc/{pid}/stat") for pid in os.listdir("/proc") if pid.isdigit()}
    found = []
    for pid, path in states.items():
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(pid))
    return found


def test_a_command_is_never_taken_from_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_program(tmp_path, "modinfo", "echo hostile")
    monkeypatch.chdir(tmp_path)
    reply = asked(RunCommand("x", ("modinfo",)), Place(root=str(tmp_path), environ={"PATH": ".::bin"}))
    assert reply.status == "absent"


def test_a_command_that_floods_is_cut(programs: Path) -> None:
    a_program(programs, "modinfo", "head -c 300000 /dev/zero | tr '\\0' x")
    place = Place(environ={"PATH": str(programs) + ":/usr/bin:/bin"})
    reply = asked(RunCommand("x", ("modinfo",), max_bytes=1000), place)
    assert reply.text == "x" * 1000


def test_a_command_that_fails_says_its_status_and_its_words(programs: Path) -> None:
    a_program(programs, "nvidia-smi", "echo 'no devices were found' >&2; exit 6")
    reply = asked(RunCommand("x", ("nvidia-smi",)), Place(environ={"PATH": str(programs)}))
    assert (reply.status, reply.detail) == ("failed", "exit status 6: no devices were found")


def test_a_file_without_end_is_cut() -> None:
    reply = asked(ReadFile("x", "/dev/zero", max_bytes=100), Place())
    assert reply.text == "\0" * 100


def test_a_variable_that_may_hold_a_password_is_only_said_to_be_set() -> None:
    (question,) = [question for question in QUESTIONS if isinstance(question, Variables)]
    place = Place(environ={"PIP_INDEX_URL": "https://me:hunter2@host/", "HOME": "/home/me", "AWS_KEY": "x"})
    assert asked(question, place).value == {"PIP_INDEX_URL": "(set, not shown)"}
