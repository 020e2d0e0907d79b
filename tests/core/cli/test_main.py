"""The command dispatcher: exit codes, one document on stdout, problems in words."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import types
from pathlib import Path

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


@pytest.mark.parametrize("words", [["knowledge", "show"], ["knowledge", "show", "--json"]], ids=["words", "json"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_behind_stdout_is_words_and_exit_code_3(words: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gpuproof", *words], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 3
    said = done.stderr.decode().splitlines()
    assert len(said) == 2
    assert "No space left on device" in said[0]


@pytest.mark.parametrize("words", [["knowledge", "show"], ["knowledge", "show", "--json"]], ids=["words", "json"])
@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes the stream")
def test_a_closed_stdout_is_no_traceback(words: list[str]) -> None:
    command = f'"{sys.executable}" -m gpuproof {" ".join(words)} >&-'
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk", "utf-8"])
def test_no_encoding_of_the_console_breaks_an_answer(encoding: str) -> None:
    base = [sys.executable, "-m", "gpuproof", "--lang", "zh", "recommend", "--gpu", "none", "--os", "linux"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    words, document = (
        subprocess.run([*base, *more], capture_output=True, check=False, env=environment) for more in ([], ["--json"])
    )
    assert (words.returncode, words.stderr) == (0, b"")
    assert words.stdout.decode(encoding)
    assert json.loads(document.stdout.decode(encoding))["choice"]["variant"] == "cpu"


@pytest.mark.parametrize("command", ["diagnose", "scan-log"])
@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes the stream")
def test_a_closed_stdin_is_no_traceback(command: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m gpuproof {command} - --json <&-'], capture_output=True, check=False
    )
    assert done.returncode in (1, 2)
    assert b"Traceback" not in done.stderr


def test_check_refuses_a_device_that_cannot_be_before_it_measures() -> None:
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    assert cli.main(["check", "--device", "nope"], terminal) == 2
    assert "There is no device 'nope'." in terminal.err.getvalue()  # type: ignore[attr-defined]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a file without an end")
def test_diagnose_reads_no_more_than_its_limit() -> None:
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    assert cli.main(["diagnose", "/dev/zero"], terminal) == 2
    assert "at most 32 MiB" in terminal.err.getvalue()  # type: ignore[attr-defined]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_request_to_end_is_a_cancel_like_ctrl_c(name: str) -> None:
    number = getattr(signal, name)
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        signal.signal(number, signal.SIG_DFL)
        cli._let_a_request_to_end_cancel()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        signal.signal(number, signal.SIG_IGN)
        cli._let_a_request_to_end_cancel()
        assert signal.getsignal(number) is signal.SIG_IGN  # whoever started us asked for that, as nohup does
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@pytest.mark.parametrize("command", ["inspect", "diagnose", "recommend", "bench", "check", "collect", "setup"])
def test_an_empty_target_is_refused_and_not_taken_for_this_python(command: str) -> None:
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    assert cli.main([command, "--target", ""], terminal) == 2
    assert "'' is not a target." in terminal.err.getvalue()  # type: ignore[attr-defined]


def test_of_two_reports_the_one_that_is_refused_is_named(tmp_path: Path) -> None:
    good = Path(__file__).parents[2] / "data" / "reports" / "version-1.json"
    bad = tmp_path / "cut.json"
    bad.write_text('{"format": "gpuproof-report", ', encoding="utf-8")
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    assert cli.main(["compare", str(good), str(bad)], terminal) == 2
    said = terminal.err.getvalue().splitlines()  # type: ignore[attr-defined]
    assert said[0] == f"{bad}:"
    assert "cut off" in said[1]
