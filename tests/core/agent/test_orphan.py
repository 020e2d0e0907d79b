"""An agent whose parent is gone ends, even when its job does not react."""

import subprocess
import sys
import time
from pathlib import Path

AGENT = Path(__file__).resolve().parents[3] / "core" / "agent"
HANGING = """
import importlib.util, sys, time
spec = importlib.util.spec_from_file_location("channel", sys.argv[1])
channel = importlib.util.module_from_spec(spec)
spec.loader.exec_module(channel)
channel.ORPHAN_PATIENCE_S = 0.2
line = channel.open_channel()
line.watch_for_cancel()
line.send("hello")
time.sleep(60)
"""


def hanging_agent():
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING, str(AGENT / "channel.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    process.stdout.readline()
    return process


def test_a_hung_job_ends_when_stdin_ends():
    process = hanging_agent()
    began = time.monotonic()
    process.stdin.close()
    assert process.wait(20) == 0
    assert time.monotonic() - began >= 0.2
    process.stdout.close()


def test_the_end_of_stdin_is_seen_after_a_cancel_too():
    process = hanging_agent()
    process.stdin.write(b'{"type": "cancel"}\n')
    process.stdin.close()
    assert process.wait(20) == 0
    process.stdout.close()


def test_a_cancel_alone_gives_the_job_its_time():
    process = hanging_agent()
    process.stdin.write(b'{"type": "cancel"}\n')
    process.stdin.flush()
    try:
        process.wait(0.6)
        raise AssertionError("it left although its parent is still there")
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdin.close()
    process.stdout.close()
