"""Notes as a whole: none on a healthy or unseen machine, never a finding, complete in both languages."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from helpers.machines import a_machine
from helpers.recordings import machine as recorded

from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.diagnose import diagnose, notes
from gpuproof.core.diagnose.notes import notes_of
from gpuproof.core.diagnose.notes.catalogue import NOTE_RULES
from gpuproof.core.diagnose.notes.model import NoteRule, Observed
from gpuproof.core.facts.conditions import MemoryState
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.parts import Power

CAPTURES = Path(__file__).resolve().parents[3] / "captures"
RECORDED = {
    "ada-healthy": (),
    "companions": ("software.other-torch",),
    "exclusive-process": ("cards.taken",),
    "h100-agent": (),
    "h200x2-agent": ("software.onnx-on-cpu",),
    "shadowing-cudnn": (),
    "throttled-container": (
        "running.shared-memory",
        "running.quota",
        "running.killed-for-memory",
        "running.memory-short",
        "machine.few-processors",
    ),
    "kubernetes-quota": ("machine.few-processors",),
    "sleeping-laptop": ("machine.asleep",),
    "two-ada-no-p2p": ("cards.no-direct-way",),
    "two-torches": ("software.incomplete", "software.left-overs"),
    "windows-no-page-file": ("software.no-page-file",),
    "windows-tcc": ("cards.order",),
    "wsl2-healthy": (),
}


def test_a_healthy_machine_and_one_that_nobody_looked_at_have_no_notes() -> None:
    assert notes_of(a_machine()).seen == ()
    assert notes_of(Machine()) == notes.Notes()


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_machine_gets_its_notes_and_keeps_its_findings(name: str) -> None:
    found = notes_of(recorded(name))
    assert found.crashed == ()
    assert tuple(note.id for note in found.seen) == RECORDED[name]
    assert all(note.evidence and note.steps for note in found.seen)


def test_released_ids_are_unique_and_of_one_form() -> None:
    ids = [rule.id for rule in NOTE_RULES]
    assert len(set(ids)) == len(ids)
    assert {name.split(".")[0] for name in ids} == {"running", "machine", "cards", "software"}


def test_what_may_end_a_program_comes_first() -> None:
    machine = a_machine(power=Power(on_battery=True), memory_state=MemoryState(oom_kills=1))
    assert [note.severity for note in notes_of(machine).seen] == ["warning", "notice"]


def test_a_rule_that_raises_leaves_the_others_running(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(machine: Machine) -> Observed | None:
        raise ValueError("a bug")

    from gpuproof.core.diagnose.notes import catalogue

    monkeypatch.setattr(catalogue, "NOTE_RULES", (NoteRule(id="x.broken", link="gpu", look=broken), *NOTE_RULES))
    found = notes_of(a_machine(power=Power(on_battery=True)))
    assert found.crashed == (("x.broken", "ValueError: a bug"),)
    assert [note.id for note in found.seen] == ["running.saving-power"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command_shows_notes_below_a_healthy_answer(language: str) -> None:
    capture = str(CAPTURES / "throttled-container.json")
    out = io.StringIO()
    assert main(["diagnose", capture, "--json", "--lang", language], Terminal(out=out, err=io.StringIO())) == 0
    document = json.loads(out.getvalue())
    assert (document["primary"]["cause"], document["findings"]) == ("healthy", [])
    assert [note["id"] for note in document["notes"]] == list(RECORDED["throttled-container"])
    assert {"link", "severity", "title", "evidence", "steps", "source"} <= set(document["notes"][0])
    shown = io.StringIO()
    main(["diagnose", capture, "--lang", language], Terminal(out=shown, err=io.StringIO()))
    assert "--shm-size=8g" in shown.getvalue()
    assert document["notes"][0]["title"] in shown.getvalue()


def test_a_faulty_machine_keeps_its_cause_beside_its_notes() -> None:
    assert diagnose(recorded("two-torches")).cause == "mixed_install"
