"""A tree ends as a whole; what cannot end is reported; a zombie counts as ended."""

import subprocess
import sys
import time

import psutil
import pytest

from gpuproof.core.launch import process_tree
from gpuproof.core.launch.process_tree import MARK_VARIABLE, end_tree, is_alive, snapshot

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-ISc", "import time; time.sleep(60)"], stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
time.sleep(60)
"""


def start_parent(**environment):
    process = subprocess.Popen(
        [sys.executable, "-ISc", PARENT], stdout=subprocess.PIPE, env={**environment, "PATH": "/usr/bin"}
    )
    return process, int(process.stdout.readline())


def test_children_are_in_the_snapshot_and_the_process_itself_is_not():
    process, child = start_parent()
    try:
        assert [member.pid for member in snapshot(process.pid)] == [child]
    finally:
        assert end_tree(process) == ()
        process.stdout.close()


def test_a_tree_that_lost_its_root_is_found_by_its_mark():
    process, child = start_parent(**{MARK_VARIABLE: "a-mark-of-this-test"})
    process.kill()
    process.wait()
    process.stdout.close()
    assert [member.pid for member in snapshot(process.pid, "a-mark-of-this-test")] == [child]
    assert end_tree(process, "a-mark-of-this-test") == ()
    assert not psutil.pid_exists(child) or not is_alive(psutil.Process(child))


class ProcessBeingLoaded:
    """Shows nothing of itself for the first looks, like a program that the kernel is still loading."""

    def __init__(self, looks_until_loaded):
        self.looks_left = looks_until_loaded

    def environ(self):
        self.looks_left -= 1
        return {} if self.looks_left >= 0 else {MARK_VARIABLE: "mine"}

    def cmdline(self):
        return [] if self.looks_left >= 0 else ["python"]


def marked_among(process, monkeypatch):
    monkeypatch.setattr(psutil, "process_iter", lambda: iter([process]))
    return list(process_tree._marked("mine"))


def test_a_program_that_is_still_being_loaded_is_waited_for(monkeypatch):
    process = ProcessBeingLoaded(looks_until_loaded=3)
    assert marked_among(process, monkeypatch) == [process]


def test_a_program_that_never_shows_itself_costs_the_patience_and_no_more(monkeypatch):
    monkeypatch.setattr(process_tree, "_EXEC_PATIENCE_S", 0.05)
    assert marked_among(ProcessBeingLoaded(looks_until_loaded=1 << 30), monkeypatch) == []


def test_another_mark_is_left_alone():
    process, _ = start_parent(**{MARK_VARIABLE: "mine"})
    assert snapshot(1 << 22, "another") == ()
    end_tree(process, "mine")
    process.stdout.close()


def test_a_zombie_counts_as_ended():
    process = subprocess.Popen([sys.executable, "-ISc", ""])
    handle = psutil.Process(process.pid)
    deadline = time.monotonic() + 10
    while handle.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_alive(handle)
    process.wait()


def test_ending_what_has_ended_is_nothing():
    process = subprocess.Popen([sys.executable, "-ISc", ""])
    process.wait()
    assert end_tree(process) == ()


def test_a_process_that_cannot_be_ended_is_reported(monkeypatch):
    process, child = start_parent()
    real = process_tree.snapshot
    monkeypatch.setattr(psutil.Process, "kill", lambda self: None)  # as if it hung inside a driver call
    left = end_tree(process, patience_s=0.2)
    monkeypatch.undo()
    assert left == (child,)
    psutil.Process(child).kill()
    assert real(process.pid) == ()
    process.stdout.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_process_that_ignores_polite_signals_ends():
    code = "import signal,time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-ISc", code], stdout=subprocess.PIPE)
    process.stdout.readline()
    assert end_tree(process) == ()
    assert process.returncode == -9
    process.stdout.close()
