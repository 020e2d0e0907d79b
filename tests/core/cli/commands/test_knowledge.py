"""``gpuproof knowledge``: show tells dates and age, update tells what is new."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from helpers.wheel_index import html_page, sending, serving

from gpuproof.core import knowledge
from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.knowledge import age


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "*")
    knowledge.forget()
    yield tmp_path
    monkeypatch.undo()
    knowledge.forget()


def run(*words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["knowledge", *words], Terminal(out=out, err=err))
    return code, out.getvalue(), err.getvalue()


def test_show_lists_dates_and_sources() -> None:
    code, out, _ = run("show", "--json")
    found = json.loads(out)
    assert code == 0
    releases = next(table for table in found["tables"] if table["name"] == "torch_releases")
    assert releases["read_on"] == "2026-11-20"
    assert releases["rows"] == 28
    assert releases["sources"]["pypi"]
    assert found["index"] is None


def test_show_is_meant_when_nothing_is_said() -> None:
    code, out, _ = run()
    assert code == 0
    assert "torch_releases" in out


@pytest.mark.parametrize(("days", "is_old"), [(120, False), (121, True)])
def test_tables_are_old_after_120_days(days: int, is_old: bool) -> None:
    today = date(2026, 11, 20) + timedelta(days=days)
    assert {found.is_old for found in age.table_ages(today) if found.read_on == "2026-11-20"} == {is_old}


def test_an_old_table_is_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age, "OLD_AFTER_DAYS", -100_000)
    _, _, err = run("show")
    assert "older than" in err
    assert "knowledge update" in err


def test_update_from_a_mirror_and_show_it(data_folder: Path) -> None:
    with serving(sending(html_page(), "text/html")) as base:
        code, out, err = run("update", "--index", base, "--json")
    assert code == 0
    assert "2.16.0" in json.loads(out)["new_releases"]
    assert base in err
    shown = json.loads(run("show", "--json")[1])
    assert shown["index"]["origin"].startswith(base)


def test_update_says_what_is_new_and_when_nothing_is(tmp_path: Path) -> None:
    page = tmp_path / "torch.html"
    page.write_bytes(html_page())
    assert "New release: torch 2.16.0" in run("update", "--from", str(page))[1]
    page.write_bytes(b'<a href="torch-2.15.0%2Bcu132-cp312-cp312-win_amd64.whl">x</a>')
    assert "Nothing is new" in run("update", "--from", str(page))[1]


def test_trouble_is_two_lines_on_stderr() -> None:
    with serving(sending(b"", "text/html", 404)) as base:
        code, out, err = run("update", "--index", base, "--json")
    assert code == 3
    assert out == ""
    assert "Traceback" not in err
    assert "404" in err


def test_a_wrong_place_is_exit_code_2(tmp_path: Path) -> None:
    assert run("update", "--from", str(tmp_path / "nowhere"))[0] == 2
