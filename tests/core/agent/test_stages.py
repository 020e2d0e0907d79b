"""Every question that a child answers: present, absent, denied, timed out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gpuproof.core.agent import onnx, torch_live
from gpuproof.core.agent.children import ENDED, HUNG
from gpuproof.core.agent.place import Place
from gpuproof.core.agent.questions.catalogue import CHILD_QUESTIONS
from gpuproof.core.agent.questions.kinds import Reply
from gpuproof.core.facts.answers import Answer, Answers
from gpuproof.core.facts.readers import read_machine
from gpuproof.core.facts.unknown import Unknown, Why

STAGES = [name + "cuda:0" if name.endswith(".") else name for name in CHILD_QUESTIONS if name.startswith("torch.")]


class Scripted:
    """Stands for the child: says what it was told to say, then ends as it was told to end."""

    said: list[list[Any]]
    outcome = ENDED
    detail = ""

    def __init__(self, *given: Any, **more: Any) -> None:
        pass

    def lines(self, patience_s: Callable[[], float], is_cancelled: Callable[[], bool]) -> Iterator[Any]:
        yield from self.said


def asked(
    monkeypatch: pytest.MonkeyPatch, *said: list[Any], outcome: str = ENDED, detail: str = ""
) -> dict[str, Reply]:
    child = type("Child", (Scripted,), {"said": list(said), "outcome": outcome, "detail": detail})
    monkeypatch.setattr(torch_live, "Child", child)
    replies: dict[str, Reply] = {}
    live = torch_live.TorchLive(Place(environ={}), {}, lambda q, reply, s: replies.update({q: reply}), lambda q: None)
    live.start()
    live.finish(lambda: False)
    return replies


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_answers_is_present(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    assert asked(monkeypatch, ["asking", stage], ["answer", stage, {"a": 1}])[stage] == Reply("ok", value={"a": 1})


@pytest.mark.parametrize("stage", torch_live.STAGES)
def test_a_torch_that_is_not_there_makes_every_stage_absent(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    words = "ModuleNotFoundError: No module named 'torch'"
    replies = asked(monkeypatch, ["asking", "torch.import"], ["failed", "torch.import", words])
    assert replies[stage].status == "absent"
    assert replies[stage].detail


def test_a_part_of_torch_that_is_missing_is_not_a_torch_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "ModuleNotFoundError: No module named 'torch._C'"
    replies = asked(monkeypatch, ["asking", "torch.import"], ["failed", "torch.import", words])
    assert replies["torch.import"].status == "failed"


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_may_not_look_is_denied(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    words = "PermissionError: [Errno 13] Permission denied: '/opt/torch/lib'"
    assert asked(monkeypatch, ["asking", stage], ["failed", stage, words])[stage].status == "denied"


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_hangs_is_timed_out(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    reply = asked(monkeypatch, ["asking", stage], outcome=HUNG, detail="no answer in 60 s")[stage]
    assert (reply.status, reply.detail) == ("timed_out", "no answer in 60 s")


@pytest.mark.parametrize(
    ("says", "status"),
    [
        ("def get_available_providers(): return ['CUDAExecutionProvider']", "ok"),
        ("raise PermissionError(13, 'Permission denied')", "denied"),
        ("raise OSError('libcudart.so.12: cannot open shared object file')", "failed"),
        ("import time; time.sleep(60)", "timed_out"),
    ],
)
def test_onnx_runtime_answers_refuses_breaks_or_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, status: str
) -> None:
    if status == "timed_out":
        monkeypatch.setattr(onnx, "PATIENCE_S", 0.3)
    (tmp_path / "onnxruntime").mkdir()
    (tmp_path / "onnxruntime" / "__init__.py").write_text(says)
    place = Place(environ={**os.environ, "PYTHONPATH": str(tmp_path)}, import_path=[str(tmp_path)])
    assert onnx.ask_onnx(place, lambda: False).status == status


# question: the fact that it alone gives
FACTS = {
    "nvml.snapshot": "gpus",
    "torch.import": "torch_live",
    "torch.configuration": "torch_configuration",
    "torch.mapped_libraries": "mapped_libraries",
    "onnx.providers": "onnx_providers",
}


@pytest.mark.parametrize(("question", "field"), FACTS.items())
@pytest.mark.parametrize("why", [Why.ABSENT, Why.DENIED, Why.TIMED_OUT])
def test_a_fact_says_which_of_the_reasons_it_was(question: str, field: str, why: Why) -> None:
    answer = Answer(question=question, status=why.value, detail="because")  # type: ignore[arg-type]
    found = getattr(read_machine(Answers.of([answer])), field)
    assert isinstance(found, Unknown)
    assert (found.why, found.detail) == (why, "because")
