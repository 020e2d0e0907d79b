"""``gpuproof report`` in the terminal: show, export, redact, and clear refusals."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from helpers.machines import a_machine
from helpers.reports import a_report, a_result

from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.report.export import export
from gpuproof.core.report.store import load_report, save_report


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(tmp_path / "data"))
    return save_report(a_report(), tmp_path)


def ran(*words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return main(words, Terminal(out=out, err=err)), out.getvalue(), err.getvalue()


def test_show_says_what_the_report_says(saved: Path) -> None:
    code, out, _ = ran("report", "show", str(saved))
    assert code == 0
    assert out.startswith("Proven: the GPU does the work")
    assert "frames/s" in out


def test_show_as_json_is_the_document(saved: Path) -> None:
    code, out, _ = ran("report", "show", str(saved), "--json")
    document = json.loads(out)
    assert code == 0
    assert document["format"] == "gpuproof-report"
    assert document["integrity"] == "intact"


def test_show_in_chinese(saved: Path) -> None:
    assert "已证实" in ran("report", "show", str(saved), "--lang", "zh")[1]


@pytest.mark.parametrize("form", ["html", "md", "txt", "csv", "json"])
def test_export_writes_the_format_of_the_ending_or_of_the_option(saved: Path, tmp_path: Path, form: str) -> None:
    by_ending, by_option = tmp_path / f"a.{form}", tmp_path / "b"
    assert ran("report", "export", str(saved), "--out", str(by_ending))[0] == 0
    assert ran("report", "export", str(saved), "--format", form, "--out", str(by_option))[0] == 0
    assert by_ending.read_bytes() == by_option.read_bytes() != b""


def test_redact_lists_what_was_taken_out(tmp_path: Path, saved: Path) -> None:
    full = tmp_path / "full.json"
    full.write_bytes(saved.read_bytes().replace(b'"target": "self"', b'"target":"python:/home/canaryuser7/bin/python"'))
    code, out, _ = ran("report", "redact", str(full), "--json")
    document = json.loads(out)
    assert code == 0
    assert Path(document["path"]).name == "gpuproof-report-20261120T120000Z-redacted.json"
    assert b"canaryuser7" not in Path(document["path"]).read_bytes()
    assert load_report(document["path"]).integrity == "intact"


@pytest.mark.parametrize("action", [("show",), ("export", "--format", "md"), ("redact",)])
def test_a_file_that_is_no_report_is_one_line_and_exit_code_two(tmp_path: Path, action: tuple[str, ...]) -> None:
    stranger = tmp_path / "stranger.json"
    stranger.write_text('{"hello": 1}')
    code, out, err = ran("report", action[0], str(stranger), *action[1:])
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["stranger.json"]


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    assert "No such file" in ran("report", "show", str(tmp_path / "none.json"))[2]
    assert "is not a file" in ran("report", "show", str(tmp_path))[2]


def test_an_unwritable_place_is_one_line(saved: Path) -> None:
    code, _, err = ran("report", "export", str(saved), "--out", "/proc/nowhere/x.html")
    assert code == 2
    assert "could not be written" in err


def test_names_given_by_us_repeat_nothing_of_the_input(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = tmp_path / "canaryuser7.json"
    private.write_bytes(saved.read_bytes())
    monkeypatch.chdir(tmp_path)
    out = ran("report", "export", str(private), "--format", "md", "--json")[1]
    assert json.loads(out)["path"] == "gpuproof-report-20261120T120000Z.md"


def test_the_preview_lists_every_replacement_and_writes_nothing(tmp_path: Path, saved: Path) -> None:
    full = tmp_path / "full.json"
    full.write_bytes(saved.read_bytes().replace(b'"target": "self"', b'"target":"python:/home/canaryuser7/bin/python"'))
    before = sorted(tmp_path.iterdir())
    rows = json.loads(ran("report", "redact", str(full), "--preview", "--json")[1])["replacements"]
    assert [row["becomes"][:5] for row in rows if row["found"] == "canaryuser7"] == ["user-"]
    assert sorted(tmp_path.iterdir()) == before


def test_a_case_goes_there_and_back(saved: Path, tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text("first\nCUDA out of memory\n")
    case, reply = tmp_path / "a.gpuproof", tmp_path / "b.gpuproof"
    assert ran("report", "case", str(saved), "--question", "Why?", "--log", str(log), "--out", str(case))[0] == 0
    step = "Use a smaller batch :: python run.py --batch 1"
    assert (
        ran("report", "answer", str(case), "--words", "Too little memory", "--step", step, "--out", str(reply))[0] == 0
    )
    code, out, _ = ran("report", "show", str(reply))
    assert code == 0
    for words in ("Question: Why?", "Answer: Too little memory", "python run.py --batch 1", "CUDA out of memory"):
        assert words in out
    document = json.loads(ran("report", "show", str(reply), "--json")[1])
    assert document["answer"]["steps"][0]["command"] == "python run.py --batch 1"


def test_an_upgrade_is_judged_by_two_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(tmp_path / "data"))
    before = save_report(a_report(result=a_result(doubts=())), tmp_path)
    machine = a_machine(driver_version=DottedVersion("591.44"))
    after = save_report(a_report(machine=machine, result=a_result(gpu_fps=4000, seed=8, doubts=())), tmp_path)
    assert "No report was kept" in ran("report", "after", str(after))[2]
    assert ran("report", "keep", str(before))[0] == 0
    code, out, _ = ran("report", "after", str(after), "--json")
    assert code == 1
    assert json.loads(out)["go_back_to"] == "580.159.04"


@pytest.mark.parametrize("form", ["html", "csv"])
def test_a_dash_exports_to_stdout_and_writes_no_file(
    saved: Path, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    words = ("report", "export", str(saved), "--format", form, "--out", "-")
    assert main(words, Terminal(out=out, err=io.StringIO())) == 0
    assert out.buffer.getvalue() == export(load_report(saved), form, "en")  # type: ignore[attr-defined]
    assert list(Path().iterdir()) == []
    code, said, problem = ran(*words, "--json")
    assert (code, said) == (2, "")
    assert "not both" in problem


def test_a_preview_without_a_replacement_says_so(saved: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean.json"
    assert ran("report", "redact", str(saved), "--out", str(clean))[0] == 0
    assert ran("report", "redact", str(clean), "--preview")[1] == "Nothing would be replaced.\n"


@pytest.mark.parametrize(("cause", "code"), [("cpu_wheel", 0), ("", 0), ("cpu-wheel", 2)])
def test_an_answer_names_a_cause_by_its_label(saved: Path, tmp_path: Path, cause: str, code: int) -> None:
    case, reply = tmp_path / "one.gpuproof", tmp_path / "reply.gpuproof"
    assert ran("report", "case", str(saved), "--out", str(case))[0] == 0
    words = ("report", "answer", str(case), "--words", "Take the CUDA build.", "--cause", cause, "--out", str(reply))
    given, _, problem = ran(*words)
    assert given == code
    assert reply.exists() is (code == 0)
    assert ("cpu_wheel" in problem) is (code == 2)
