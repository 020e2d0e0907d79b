"""``gpuproof watch``: exit codes, JSON, and a command's own streams."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ENTRY = "from gpuproof.core.cli.main import entry; entry()"
ROOT = Path(__file__).resolve().parents[4]
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def gpuproof(*words, text=None):
    return subprocess.run(
        [sys.executable, "-c", ENTRY, "watch", *words],
        check=False,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.fspath(ROOT), "LC_ALL": "C.UTF-8"},
    )


def test_a_process_is_judged_and_the_document_is_alone_on_stdout():
    done = gpuproof("--pid", str(os.getpid()), "--seconds", "0.3", "--interval", "0.1", "--json", "--lines")
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert document["verdict"] == "cannot_tell"
    assert document["samples"] >= 3
    rows = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert rows
    assert "at_s" in rows[0]


def test_a_command_keeps_its_stdin_stdout_and_exit_code():
    code = "import sys; print(sys.stdin.read().upper()); sys.exit(3)"
    done = gpuproof("--seconds", "5", "--", sys.executable, "-c", code, text="hello")
    assert done.returncode == 3
    assert done.stdout.strip() == "HELLO"
    assert "  log: This log does not tell" in done.stderr


def test_options_after_the_dashes_belong_to_the_command_and_json_is_ours():
    code = "import sys; print('Using device: cpu', sys.argv[1:])"
    done = gpuproof("--json", "--", sys.executable, "-c", code, "--json", "--pid", "x")
    document = json.loads(done.stdout)
    assert document["log"]["verdict"] == "cpu_fallback"
    assert document["joint"]["verdict"] == "refuted"
    assert document["exit_code"] == done.returncode == 0
    assert "['--json', '--pid', 'x']" in done.stderr


def test_check_makes_an_unproven_command_fail():
    assert gpuproof("--check", "--", sys.executable, "-c", "print('hi')").returncode == 1


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--pid", "99999999"],
        ["--pid", "1", "--", "true"],
        ["--", "/no/such/program"],
        ["--seconds", "-1"],
        ["--pid", "1", "--interval", "0.01"],
        ["--pid", "1", "--alarm-memory", "150"],
    ],
)
def test_wrong_use_is_two_with_one_line_that_says_what_to_do(words):
    done = gpuproof(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_watch_that_is_over_before_the_command_says_so():
    done = gpuproof("--seconds", "0.5", "--interval", "0.1", "--", sys.executable, "-c", "import time; time.sleep(2.5)")
    assert done.returncode == 0
    assert "Watching is over; the program goes on" in done.stderr


def test_a_request_to_end_is_handed_on_to_the_command():
    code = (
        "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(9)); print('up', flush=True); time.sleep(60)"
    )
    watching = subprocess.Popen(
        [sys.executable, "-c", ENTRY, "watch", "--", sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.fspath(ROOT)},
    )
    assert watching.stdout.readline() == b"up\n"
    watching.terminate()
    assert watching.communicate(timeout=60)[0] == b""
    assert watching.returncode == 9
