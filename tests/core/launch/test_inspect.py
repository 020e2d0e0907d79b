"""Answers are kept however the run ends, and what was begun gets a reason."""

import sys

import pytest
from helpers.fake_agent import fake_agent

from gpuproof.core.launch import inspect as inspect_module
from gpuproof.core.launch.inspect import inspect_target, read_answer
from gpuproof.core.launch.model import Target

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts with a shebang line")
ANSWER = "hello(); send(type='answer', question='os.name', status='ok', text='Linux', took_s=0.01); "


def test_answers_of_a_finished_run_are_all_there_is(tmp_path):
    answers = inspect_target(fake_agent(tmp_path, ANSWER + "send(type='result')"))
    assert [(answer.question, answer.status, answer.text) for answer in answers] == [("os.name", "ok", "Linux")]


def test_a_crash_keeps_the_answers_and_gives_the_open_question_its_reason(tmp_path):
    body = ANSWER + "send(type='asking', question='torch.import'); os.kill(os.getpid(), signal.SIGSEGV)"
    answers = inspect_target(fake_agent(tmp_path, body))
    assert answers.get("os.name").text == "Linux"
    assert answers.get("torch.import").status == "failed"
    assert "SIGSEGV" in answers.get("torch.import").detail
    assert answers.get("agent.run").status == "failed"


def test_a_hang_keeps_the_answers_and_says_that_time_ran_out(tmp_path, monkeypatch):
    monkeypatch.setattr(inspect_module, "DEADLINE_S", 0.4)
    body = ANSWER + "send(type='asking', question='torch.import'); time.sleep(60)"
    answers = inspect_target(fake_agent(tmp_path, body))
    assert answers.get("os.name").text == "Linux"
    assert answers.get("torch.import").status == "timed_out"


def test_a_bug_of_the_agent_is_an_answer_too(tmp_path):
    answers = inspect_target(fake_agent(tmp_path, ANSWER + "send(type='error', kind='bug', detail='KeyError')"))
    assert answers.get("agent.run").detail == "bug: KeyError"


def test_every_answer_is_told_at_once(tmp_path):
    told = []
    inspect_target(fake_agent(tmp_path, ANSWER + "send(type='result')"), on_answer=told.append)
    assert [answer.question for answer in told] == ["os.name"]


@pytest.mark.parametrize(
    "changes", [{"status": "fine"}, {"status": None}, {"text": 7}, {"took_s": "long"}, {"status": ["ok"]}]
)
def test_an_answer_of_a_wrong_form_is_a_failed_answer(changes):
    message = {"type": "answer", "question": "q", "status": "ok", "text": "x", **changes}
    assert read_answer(message).status == "failed"


def test_this_python_can_be_asked_without_torch():
    answers = inspect_target(Target("self"), import_torch=False)
    assert len(answers) > 20
    assert answers.get("torch.import") is None or answers.get("torch.import").status != "ok"
