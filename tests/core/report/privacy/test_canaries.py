"""Planted private details never come out, in any spelling, in any artefact."""

from __future__ import annotations

import json
import os
import socket
import unicodedata
import urllib.parse
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.machines import a_gpu, a_machine
from helpers.reports import a_report

from gpuproof.core.facts.answers import Answer, Answers
from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.report.export import export
from gpuproof.core.report.export.paper import layout_bytes
from gpuproof.core.report.model import Report
from gpuproof.core.report.privacy.redact import redact
from gpuproof.core.report.store import load_report, save_report, shareable_bytes

USER = "canaryuser7"
HOST = "canaryhost-lab42"
CJK_USER = "金丝雀用户"
SERIAL = "1654922009123"
UUID = "GPU-5e1f0c9a-77aa-4b21-9c3d-0123456789ab"
MAC = "3c:ec:ef:12:ab:cd"
IP = "192.168.77.31"
IPV6 = "fd12:3456:789a::17"
TOKEN = "hf_CanaryTokenCanaryToken42"
PASSWORD = "canarypass99"
CANARIES = (USER, HOST, CJK_USER, SERIAL, UUID, MAC, IP, IPV6, TOKEN, PASSWORD, "secretproject")

TEXTS = {
    "path": f"/home/{USER}/secretproject/.venv/bin/python",
    "upper": f"C:\\USERS\\{USER.upper()}\\secretproject\\run.py and {HOST.upper()}",
    "escaped": f"file:///home/{USER}/x%20y {urllib.parse.quote('/home/' + CJK_USER)}",
    "escaped_wholly": "".join(f"%{ord(letter):02x}" for letter in USER),
    "json": json.dumps({"home": f"/home/{CJK_USER}/x", "mac": MAC}),
    "cjk": f"/home/{CJK_USER}/项目/run.py {unicodedata.normalize('NFD', CJK_USER)}",
    "truncated": f"{USER[:7]}+ 4321 python  {HOST[:10]} {UUID[:16]} C:\\Users\\{USER[:6].upper()}~1\\x",
    "serial": f"<serial>{SERIAL}</serial> Serial Number : {SERIAL}",
    "network": f"inet {IP}/24 link/ether {MAC} {MAC.upper()} inet6 {IPV6} ssh {USER}@{HOST}:22",
    "index": f"PIP_INDEX_URL=https://{USER}:{PASSWORD}@pypi.{HOST}.example:8443/simple and again {PASSWORD.upper()}",
    "token": f"HF_TOKEN={TOKEN} Authorization: Bearer {TOKEN} {TOKEN[:12]}",
    "uname": f"Linux {HOST} 6.8.0-45-generic #45-Ubuntu SMP",
    "quoted": f'File "/home/{USER}/my secretproject/app.py", line 3, in <module>',
}


@pytest.fixture(autouse=True)
def canary_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", USER)
    monkeypatch.setenv("HOSTNAME", HOST)
    monkeypatch.setenv("HOME", f"/home/{USER}")


def spoiled_report() -> Report:
    """Return a report with every canary in answers, facts, sentences, figures, conditions and names."""
    answers = [Answer(question="driver.nvidia_smi_xml", status="ok", text="\n".join(TEXTS.values()))]
    answers += [
        Answer(question="torch.available", status="ok", value={"warnings": [words], words: 1})
        for words in TEXTS.values()
    ]
    answers += [Answer(question="torch.import", status="failed", detail=TEXTS["quoted"])]
    answers += [Answer(question="nobody.asked", status="ok", text=" ".join(CANARIES))]
    gpu = a_gpu(uuid=UUID)
    report = a_report(target=f"python:/home/{USER}/secretproject/bin/python", machine=a_machine(gpus=(gpu,)))
    facts = {**report.facts, "notes": list(TEXTS.values()), "serial": int(SERIAL)}
    assert report.result is not None
    result = replace(report.result, limits={"note": TEXTS}, placement={TEXTS["path"]: TEXTS["network"]})
    conditions = {**report.conditions, "note": TEXTS["index"]}
    return replace(
        report,
        answers=tuple(answers),
        facts=facts,
        result=result,
        conditions=conditions,
        tools=dict(TEXTS),
        app=TEXTS["cjk"],
    )


def spellings(canary: str) -> set[str]:
    plain = {canary, canary.upper(), canary.lower(), canary.title(), urllib.parse.quote(canary)}
    plain |= {"".join(f"%{byte:02X}" for byte in canary.encode()), json.dumps(canary)[1:-1]}
    plain |= {unicodedata.normalize("NFD", canary)}
    return plain | {canary[: max(6, len(canary) * 2 // 3)]} if canary.isascii() and len(canary) > 8 else plain


def leaks(words: str) -> list[str]:
    folded = words.casefold()
    return [form for canary in CANARIES for form in spellings(canary) if form.casefold() in folded]


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
