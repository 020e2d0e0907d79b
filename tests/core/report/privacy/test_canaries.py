"""Planted private details never come out, in any spelling, in any artefact."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from helpers.canaries import HOST, PASSWORD, TOKEN, USER, leaks, spoiled_report
from helpers.reports import a_report

from gpuproof.core.facts.answers import Answer, Answers
from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.report.export import export
from gpuproof.core.report.export.paper import layout_bytes
from gpuproof.core.report.privacy.redact import redact
from gpuproof.core.report.store import load_report, save_report, shareable_bytes


@pytest.fixture(autouse=True)
def canary_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", USER)
    monkeypatch.setenv("HOSTNAME", HOST)
    monkeypatch.setenv("HOME", f"/home/{USER}")


@pytest.mark.parametrize("privacy", ["share", "support"])
def test_no_canary_in_a_saved_report_or_its_name(tmp_path: Path, privacy: str) -> None:
    path = save_report(spoiled_report(), tmp_path, privacy=privacy)  # type: ignore[arg-type]
    found = leaks(path.read_text(encoding="utf-8"))
    assert [form for form in found if not (privacy == "support" and form.casefold().startswith("secretpr"))] == []
    assert leaks(path.name) == []
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", ["json", "html", "md", "txt", "csv"])
def test_no_canary_in_an_export(form: str, language: str) -> None:
    assert leaks(export(spoiled_report(), form, language).decode()) == []


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_no_canary_in_what_is_drawn(form: str) -> None:
    assert leaks(layout_bytes(redact(spoiled_report()), form, "en").decode()) == []


def test_a_canary_that_redaction_missed_stops_the_export(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpuproof.core.report.privacy.redact.redact", lambda report, privacy="share": report)
    for form in ("json", "html", "txt", "pdf"):
        with pytest.raises(CouldNotFinish, match="Nothing was saved"):
            export(spoiled_report(), form)


def test_nothing_opens_a_network_connection(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    path = save_report(spoiled_report(), tmp_path)
    for form in ("html", "md", "txt", "csv"):
        export(load_report(path), form)


def test_credentials_leave_even_at_level_full() -> None:
    words = shareable_bytes(spoiled_report(), "full").decode()
    assert PASSWORD not in words
    assert TOKEN not in words
    assert USER in words


def test_an_answer_outside_the_catalogue_is_left_out_and_counted() -> None:
    report = load_report(shareable_bytes(spoiled_report()))
    assert "nobody.asked" not in {answer.question for answer in report.answers}
    assert any(removed.kind == "answer" and removed.count == 1 for removed in report.removed)


def test_redacting_twice_changes_nothing() -> None:
    once = shareable_bytes(spoiled_report())
    assert shareable_bytes(load_report(once)) == once


def test_the_same_machine_keeps_its_stand_ins_and_another_key_gives_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = load_report(shareable_bytes(spoiled_report()))
    assert load_report(shareable_bytes(spoiled_report())).facts["gpus"][0]["uuid"] == first.facts["gpus"][0]["uuid"]
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(tmp_path))
    other = load_report(shareable_bytes(spoiled_report()))
    assert other.facts["gpus"][0]["uuid"] != first.facts["gpus"][0]["uuid"]
    assert other.machine_id != first.machine_id


def test_a_redacted_report_still_says_what_was_found() -> None:
    report = load_report(shareable_bytes(spoiled_report()))
    plain = a_report()
    assert report.diagnosis == plain.diagnosis
    assert report.recommendation == plain.recommendation
    assert report.proof == plain.proof
    assert report.result is not None
    assert plain.result is not None
    assert report.result.blocks == plain.result.blocks
    assert report.facts["torch"]["location"] == "/opt/app/.venv/lib/python3.12/site-packages/torch"


def test_answers_left_at_unusual_keys_do_not_collide() -> None:
    twins = Answers.of([Answer(question="torch.available", status="ok", value={f"/home/{USER}/a": 1})])
    assert USER not in shareable_bytes(a_report(answers=twins)).decode()
