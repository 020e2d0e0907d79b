"""Planted private details, every spelling of them, and a report that holds all of them everywhere."""

from __future__ import annotations

import json
import unicodedata
import urllib.parse
from dataclasses import replace

from helpers.machines import a_gpu, a_machine
from helpers.reports import a_report

from gpuproof.core.facts.answers import Answer
from gpuproof.core.report.model import Report

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
