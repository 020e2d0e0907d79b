"""``collect``, ``collector`` and ``inspect``: what they print, what they write, and their exit codes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from helpers.recordings import answers, no, ok

from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.answers_file import read_recording

HERE = answers(
    ok("os.identity", {"system": "linux", "machine": "x86_64", "release": "6.1"}),
    no("driver.module_version", "absent", "no such file"),
    ok("python.interpreter", {"version": "3.11.7", "bits": 64, "prefix": "/home/otto/venv", "executable": "x"}),
)


def run(*words: str) -> tuple[int, str, str]:
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    code = main(words, terminal)
    return code, terminal.out.getvalue(), terminal.err.getvalue()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def this_machine(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []

    def inspect_target(target: object, **options: Any) -> Answers:
        options.pop("on_start", lambda: None)()
        calls.append({"target": str(target), **options})
        return HERE

    monkeypatch.setattr("gpuproof.core.launch.inspect.inspect_target", inspect_target)
    return calls


def test_inspect_prints_one_document_with_the_reasons_of_what_is_unknown(this_machine: list[dict[str, Any]]) -> None:
    code, out, err = run("inspect", "--json", "--no-import")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["os"]["system"] == "linux"
    assert document["driver_version"] == {
        "unknown": "absent", "detail": "no such file", "source": "driver.module_version",
    }  # fmt: skip
    assert document["gpus"]["unknown"] == "not_asked"
    assert this_machine == [{"target": "self", "import_torch": False}]
    given = {answer["question"]: answer for answer in document["answers"]}
    assert given["driver.module_version"] == {
        "question": "driver.module_version", "status": "absent", "detail": "no such file", "took_s": 0.0,
    }  # fmt: skip


def test_inspect_shows_groups_and_reasons_in_both_languages() -> None:
    code, out, _ = run("inspect")
    assert code == 0
    assert "GPU and driver" in out
    assert "not there (no such file)" in out
    assert "显卡与驱动" in run("inspect", "--lang", "zh")[1]


def test_inspect_says_how_many_questions_were_answered_and_which_were_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    given = answers(
        *HERE, no("driver.kernel_log", "denied", "may not be read"), no("nvml.snapshot", "timed_out", "15 s")
    )
    monkeypatch.setattr("gpuproof.core.launch.inspect.inspect_target", lambda target, **options: given)
    _, out, _ = run("inspect")
    assert "5 questions: 2 answered, 1 about things that are not there, 2 without an answer." in out
    assert "driver.kernel_log: permission denied (may not be read)" in out
    assert "nvml.snapshot: no answer in time (15 s)" in out


def test_collect_into_a_pipe_says_nothing_else_there(monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, err = run("collect", "--out", "/dev/null")
    assert (code, out) == (0, "")
    assert "/dev/null" in err
    assert Path("/dev/null").is_char_device()


def test_inspect_without_any_fact_could_not_finish(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = answers(no("agent.run", "failed", "the process ended by signal SIGKILL"))
    monkeypatch.setattr("gpuproof.core.launch.inspect.inspect_target", lambda target, **options: ended)
    code, out, err = run("inspect")
    assert (code, out) == (3, "")
    assert "SIGKILL" in err


def test_inspect_of_a_target_that_is_none_is_wrong_use() -> None:
    code, _, err = run("inspect", "--target", "elsewhere:x")
    assert code == 2
    assert "elsewhere:x" in err


def test_collect_writes_a_redacted_file_that_can_be_read_again(tmp_path: Path) -> None:
    out = tmp_path / "answers.json"
    code, words, _ = run("collect", "--out", str(out))
    recording = read_recording(out.read_bytes())
    assert code == 0
    assert str(out) in words
    assert recording.redacted
    assert len(recording.answers) == len(HERE)
    assert "otto" not in out.read_text()


def test_collect_without_room_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, out, err = run("collect", "--out", str(tmp_path / "file" / "answers.json"))
    assert (code, out) == (2, "")
    assert "Name another place, or make room" in err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_collector_writes_one_file(tmp_path: Path) -> None:
    out = tmp_path / "c.pyz"
    code, words, _ = run("collector", "--out", str(out), "--json")
    assert code == 0
    assert json.loads(words) == {"path": str(out), "bytes": out.stat().st_size}
    assert out.stat().st_size < 400 * 1024


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_dash_writes_the_answers_to_stdout_and_no_file(
    more: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run("collect", "--out", "-", *more)
    assert (code, err) == (0, "")
    assert len(read_recording(out.encode()).answers) == len(HERE)
    assert list(tmp_path.iterdir()) == []
