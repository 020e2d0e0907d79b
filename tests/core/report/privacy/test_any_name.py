"""Whatever people and machines are called: the name goes, the report stays whole, a second pass changes nothing."""

from __future__ import annotations

import json
import urllib.parse
from dataclasses import replace

import pytest
from helpers.reports import a_report
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gpuproof.core.facts.answers import Answer
from gpuproof.core.report.privacy.redact import redact
from gpuproof.core.report.privacy.spelling import is_only_by_position
from gpuproof.core.report.store import load_report, shareable_bytes

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFXYZ0123456789-_.张伟李娜王芳刘洋陈静杨äöüéñçøßłžі"
NAMES = st.text(LETTERS, min_size=1, max_size=14).filter(lambda name: name.strip("-_.") == name)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(user=NAMES, host=NAMES)
@example(user="li", host="a")
@example(user="torch", host="gpu")
@example(user="张伟", host="实验室服务器")
@example(user="max", host="DESKTOP-4K2J9QX")
@example(user="dev", host="core")
@example(user="1234567890", host="0000000000")
@example(user="0", host="0000")
@example(user="1e5", host="0.0")
@example(user="000000", host="xxxxxx")
@example(user="000000", host="0.0")
@example(user="0", host="vAluEs0")
@example(user="8192", host="24564")
@example(user="ß" * 7, host="İstanbul".lower())
def test_any_name_goes_and_the_report_stays(user: str, host: str) -> None:
    texts = {
        "home": f"/home/{user}/x/run.py",
        "windows": f"C:\\Users\\{user}\\x.py",
        "upper": f"seen {user.upper()} and {host.upper()} there",
        "escaped": urllib.parse.quote(f"/home/{user}/ü"),
        "json": json.dumps({"home": f"/home/{user}"}),
        "prompt": f"{user}@{host}:~$ nvidia-smi",
        "uname": f"Linux {host} 6.8.0-45-generic",
    }
    answers = tuple(Answer(question="torch.available", status="ok", value={"warnings": [w]}) for w in texts.values())
    plain = a_report(target=f"python:/home/{user}/venv/bin/python")
    report = replace(plain, answers=answers, tools={"note": " ".join(texts.values())})
    data = shareable_bytes(report)
    opened = load_report(data)
    assert opened.diagnosis == plain.diagnosis
    assert opened.result == plain.result
    assert redact(opened) == opened
    shown = data.decode().casefold()
    assert f"/home/{user.casefold()}/" not in shown or user.casefold() in GENERIC or is_mask(user)
    if len(user) > 5 and not is_mask(user) and not is_only_by_position(user) and user.casefold() not in GENERIC:
        assert user.casefold() not in shown


def is_mask(name: str) -> bool:
    """Tell a name of nothing but zeros, dots and x: it stands where somebody has blotted out the real one."""
    return len(name) >= 6 and set(name) <= set("0-.x")


GENERIC = ("root", "user", "admin", "test", "pi", "all", "app", "vm", "home")
