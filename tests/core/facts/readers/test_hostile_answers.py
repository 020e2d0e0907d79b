"""Answers from strangers: whatever stands in them, readers give facts or reasons that JSON can hold."""

from __future__ import annotations

import json

from helpers import recordings
from helpers.recordings import answers, no, ok, replaced
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpuproof.core.agent.questions.catalogue import CHILD_QUESTIONS, QUESTIONS
from gpuproof.core.facts.document import machine_document
from gpuproof.core.facts.readers import read_machine

IDS = [*(question.id for question in QUESTIONS), *CHILD_QUESTIONS, "torch.kernel.cuda:0", "driver.nvidia_smi_xml"]
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30)
)
KEYS = st.sampled_from(
    ["system", "release", "packages", "gpus", "init", "ok", "v", "e", "name", "version", "path", "location", "memory"]
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=20
)
QUICK = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(st.dictionaries(st.sampled_from(IDS), VALUES, max_size=8))
def test_any_values_give_a_machine(values: dict[str, object]) -> None:
    machine = read_machine(answers(*(ok(question, value) for question, value in values.items())))
    json.dumps(machine_document(machine), allow_nan=False)


@QUICK
@given(st.sampled_from(IDS), st.text(max_size=200))
def test_any_text_in_a_recorded_machine_gives_a_machine(question: str, text: str) -> None:
    base = recordings.recording("h100-agent").answers
    machine = read_machine(replaced(base, ok(question, text=text)))
    json.dumps(machine_document(machine), allow_nan=False)


def test_every_question_missing_at_once_and_alone_gives_a_machine() -> None:
    base = recordings.recording("h100-agent").answers
    for question in IDS:
        read_machine(replaced(base, no(question, "denied", "x")))
    read_machine(answers(*(no(question, "failed", "x") for question in IDS)))
