"""The command dispatcher: exit codes, one document on stdout, problems in words."""

from __future__ import annotations

import io
import json
import types

import pytest

from gpuproof.core.cli import main as cli
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.words import text


def _run_with(monkeypatch: pytest.MonkeyPatch, words: list[str], run: object) -> tuple[int, str, str]:
    module = types.SimpleNamespace(add_arguments=lambda parser: parser.add_argument("--name"), run=run)
    monkeypatch.setattr(cli, "_load", lambda command: module)
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    code = cli.main(words, terminal)
    return code, terminal.out.getvalue(), terminal.err.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", [["inspect", "--json"], ["--json", "inspect"]], ids=["after", "before"])
def test_json_may_stand_before_or_after_the_command(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    def run(arguments: object, terminal: Terminal) -> int:
        terminal.say("words for people")
        terminal.emit({"answer": "你好"}, lambda: terminal.say("shown"))
        return 1

    code, out, err = _run_with(monkeypatch, words, run)
    assert (code, json.loads(out), err) == (1, {"answer": "你好"}, "")
    assert out.count("\n") == 1


@pytest.mark.parametrize("words", [["inspect", "--lang", "zh"], ["--lang", "zh", "inspect"], ["--lang=zh", "inspect"]])
def test_language_is_taken_from_the_option(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    def run(arguments: object, terminal: Terminal) -> int:
        terminal.say(text("Cancelled."))
        return 0

    assert _run_with(monkeypatch, words, run)[1] == "已取消。\n"


@pytest.mark.parametrize(("problem", "code"), [(UserProblem, 2), (CouldNotFinish, 3)], ids=["wrong-use", "unfinished"])
def test_a_problem_is_words_on_stderr_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, problem: type[UserProblem], code: int
) -> None:
    def run(arguments: object, terminal: Terminal) -> int:
        raise problem(text("Cancelled."), text("CPU"))

    assert _run_with(monkeypatch, ["inspect", "--json"], run) == (code, "", "Cancelled.\nCPU\n")


def test_an_unknown_command_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["fly"])
    assert ended.value.code == 2
    assert "fly" in capsys.readouterr().err


def test_without_a_display_the_app_points_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    assert cli.main([], terminal) == 3
    assert "gpuproof check" in terminal.err.getvalue()  # type: ignore[attr-defined]
