"""A bug of ours shown: its traceback without names, folders or credentials."""

from __future__ import annotations

import subprocess
import sys

import pytest
from helpers.canaries import CANARIES, CJK_USER, HOST, TEXTS, TOKEN, USER, leaks

from gpuproof.core.cli import main as cli
from gpuproof.core.report.privacy import crash, replacer
from gpuproof.core.report.store import load_report


@pytest.fixture(autouse=True)
def canary_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", USER)
    monkeypatch.setenv("HOSTNAME", HOST)
    monkeypatch.setenv("HOME", f"/home/{USER}")


def a_bug(words: str) -> Exception:
    try:
        raise ValueError(words)
    except ValueError as bug:
        return bug


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_no_canary_in_a_traceback(name: str) -> None:
    words = crash.crash_text(a_bug(TEXTS[name]))
    assert leaks(words) == []
    assert "ValueError" in words
    assert "a_bug" in words


def test_our_own_files_stay_readable() -> None:
    try:
        load_report(5)  # type: ignore[arg-type]
    except TypeError as bug:
        words = crash.crash_text(bug)
    assert 'File "gpuproof/core/report/store.py", line' in words
    assert 'File "python/pathlib' in words


def test_a_bug_in_the_redaction_hides_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError(USER)

    monkeypatch.setattr(replacer.Replacer, "__init__", breaks)
    words = crash.crash_text(a_bug(" ".join(CANARIES)))
    assert words.startswith("ValueError")
    assert leaks(words) == []


def test_the_command_ends_with_three_and_says_it_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> int:
        raise KeyError(f"/home/{CJK_USER}/secretproject {TOKEN}")

    monkeypatch.setattr(cli, "main", fails)
    with pytest.raises(SystemExit) as ended:
        cli.entry()
    assert ended.value.code == 3
    words = capsys.readouterr().err
    assert "gpuproof itself failed here: KeyError" in words
    assert leaks(words) == []


def test_a_thread_and_the_main_program_are_covered() -> None:
    code = f"""
import threading
from gpuproof.core.report.privacy.crash import show_crashes_redacted
show_crashes_redacted()
def fails(): raise OSError({TEXTS["path"]!r})
thread = threading.Thread(target=fails); thread.start(); thread.join()
raise OSError({TEXTS["index"]!r})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("OSError") >= 2
    assert leaks(done.stderr) == []
