"""The whole inspect job in a real child: everything answered, nothing written, a hung question alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gpuproof.core.agent.questions.catalogue import questions_for
from gpuproof.core.agent.questions.system import this_system

START = Path(__file__).resolve().parents[3] / "core" / "agent" / "start" / "start_agent.py"
PYTHONS = Path.home() / ".pyenv" / "versions"


def run(python: str, **params: Any) -> list[dict[str, Any]]:
    request = json.dumps({"protocol": 1, "nonce": "n", "job": "inspect", "params": params}) + "\n"
    with subprocess.Popen([python, str(START)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(request)
        child.stdin.flush()
        messages = [json.loads(line) for line in child.stdout]
    assert child.returncode == 0
    return messages


def test_every_question_is_answered_once_and_one_result_ends_it() -> None:
    messages = run(sys.executable, import_torch=False)
    assert messages[0]["type"] == "hello"
    assert messages[0]["nonce"] == "n"
    assert [message["type"] for message in messages].count("result") == 1
    assert messages[-1]["type"] == "result"
    answered = [message["question"] for message in messages if message["type"] == "answer"]
    assert len(answered) == len(set(answered))
    assert {question.id for question in questions_for(this_system())} <= set(answered)
    assert "nvml.snapshot" in answered
    assert not [question for question in answered if question.startswith(("torch.import", "onnx"))]
    for message in messages[1:-1]:
        assert message["status"] == "ok" or message["detail"], message
        assert message["took_s"] >= 0


def test_a_hung_question_costs_its_own_deadline_and_nothing_else() -> None:
    begun = time.monotonic()
    messages = {
        message.get("question"): message for message in run(sys.executable, import_torch=False, test_questions=True)
    }
    assert time.monotonic() - begun < 30
    assert messages["test.hang"]["status"] == "timed_out"
    assert messages["test.hung_command"]["status"] == "timed_out"
    assert messages["test.crash"]["detail"] == "ZeroDivisionError: on purpose"
    assert messages["os.identity"]["status"] == "ok"


@pytest.mark.parametrize("version", ["3.8.18", "3.9.18", "3.13.0"])
def test_older_and_newer_pythons_answer_and_nothing_is_written_there(version: str, tmp_path: Path) -> None:
    base = PYTHONS / version / "bin" / "python"
    if not base.exists():
        pytest.skip("not on this machine")
    venv = tmp_path / "venv"
    subprocess.run([str(base), "-m", "venv", "--without-pip", str(venv)], check=True)
    site = next((venv / "lib").glob("python3.*/site-packages"))
    (site / "torch").mkdir()
    (site / "torch" / "__init__.py").write_text("from . import version\n")
    (site / "torch" / "version.py").write_text("__version__ = '0.0'\ncuda = None\n")
    before = snapshot(venv)
    messages = {message.get("question"): message for message in run(str(venv / "bin" / "python"), import_torch=True)}
    assert messages["python.interpreter"]["value"]["version"] == version
    assert messages["torch.import"]["status"] == "ok"
    assert snapshot(venv) == before


def snapshot(folder: Path) -> dict[str, float]:
    return {path: os.lstat(os.path.join(at, path)).st_mtime for at, _, paths in os.walk(folder) for path in paths}
