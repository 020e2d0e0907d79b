"""Installers run with live lines, and end with everything they started."""

import sys
import threading

import psutil

from gpuproof.core.setup.running import run_tool


def python(code):
    return [sys.executable, "-ISc", code]


def test_lines_arrive_as_they_are_printed():
    lines = []
    run = run_tool(python("import sys; print('one'); print('two', file=sys.stderr)"), on_line=lines.append)
    assert run.ending == "done"
    assert sorted(lines) == ["one", "two"]
    assert run.exit_status == 0


def test_a_progress_bar_that_rewrites_its_line_gives_lines():
    lines = []
    run_tool(python("print('10%\\r20%\\r\\x1b[32m30%\\x1b[0m')"), on_line=lines.append)
    assert lines == ["10%", "20%", "30%"]


def test_a_failure_keeps_its_last_words():
    run = run_tool(python("print('Looking'); print('ERROR: no such wheel'); print('hint'); raise SystemExit(3)"))
    assert (run.ending, run.exit_status) == ("failed", 3)
    assert run.last_error == "ERROR: no such wheel"


def test_without_an_error_line_the_last_line_counts():
    assert run_tool(python("print('a'); print('b'); raise SystemExit(1)")).last_error == "b"
    assert run_tool(python("raise SystemExit(1)")).last_error == ""


def test_a_program_that_is_not_there_is_no_exception():
    run = run_tool(["/nonexistent/pip"])
    assert run.ending == "not_started"
    assert "/nonexistent/pip" in run.last_error


def test_a_cancel_ends_the_whole_tree():
    cancel, pids = threading.Event(), []

    def on_line(line):
        pids.append(int(line))
        cancel.set()

    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-ISc', 'import time; time.sleep(60)'], start_new_session=True)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)"
    )
    run = run_tool(python(code), on_line=on_line, cancel=cancel)
    assert run.ending == "cancelled"
    assert run.left_behind == ()
    assert not psutil.pid_exists(pids[0]) or psutil.Process(pids[0]).status() == psutil.STATUS_ZOMBIE


def test_silence_ends_it():
    assert run_tool(python("import time; time.sleep(60)"), silent_for_s=0.3).ending == "silent"


def test_something_that_moves_is_no_silence():
    ticks = []

    def on_tick():
        ticks.append(1)
        return True

    run = run_tool(python("import time; time.sleep(0.7)"), on_tick=on_tick, silent_for_s=0.5)
    assert run.ending == "done"
    assert ticks


def test_a_flood_is_kept_bounded():
    run = run_tool(python("print('x' * 1_000_000); [print(n) for n in range(5000)]"))
    assert run.ending == "done"
    assert len(run.tail) == 60
    assert run.tail[-1] == "4999"


def test_what_misleads_an_installer_is_taken_out(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example.org/simple")
    lines = []
    code = (
        "import os; print([os.environ.get(n) for n in ('PYTHONPATH', 'PIP_TARGET', 'PIP_INDEX_URL', 'PIP_USER', 'X')])"
    )
    run_tool(python(code), on_line=lines.append, environment={"X": "y"})
    assert lines == ["[None, None, 'https://mirror.example.org/simple', '0', 'y']"]
