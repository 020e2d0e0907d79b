"""Benchmarks in real children that die, hang or are cancelled: what had arrived is kept, and nothing stays behind.

A ``sitecustomize`` on the child's path does the harm, at the message that the test names.
"""

import sys
import textwrap
import threading
import time
import uuid
from types import SimpleNamespace

import psutil
import pytest

from gpuproof.core.bench import session as session_module
from gpuproof.core.bench.model import BenchSettings, Block, Progress
from gpuproof.core.bench.session import run_benchmark
from gpuproof.core.launch import run as run_module
from gpuproof.core.launch.model import Cancelled, Crashed, Target, TimedOut

pytestmark = [
    pytest.mark.torch,
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]

SOON_S = 8.0  # on a machine that others keep busy; tests/benchmarks/bench_cancel.py holds the second
MARK = "GPUPROOF_TEST_MARK"
# what happens in place of the third message with blocks, in the child's main thread
ENDINGS = {
    "none": "pass",
    "segfault": "ctypes.string_at(0)",
    "kill": "os.kill(os.getpid(), signal.SIGKILL)",
    # what a hung driver call is: the interpreter's lock is held, no thread of the child runs any more
    "hang": "signal.signal(signal.SIGTERM, signal.SIG_IGN); ctypes.PyDLL(None).sleep(600)",
}
CUSTOM = """\
import ctypes, json, os, signal, sys

plain, counted = json.dumps, {{}}
if hasattr(os, "sched_setaffinity"):  # on a busy machine, several threads wait for each other most of the time
    os.sched_setaffinity(0, {{min(os.sched_getaffinity(0))}})


def dumps(message, **more):
    kind = message.get("step") or message.get("type") if isinstance(message, dict) else None
    counted[kind] = counted.get(kind, 0) + 1
    if kind == "ready":  # only now: the module is loaded; choosing the fastest way would take most of the test
        side = sys.modules["gpuproof_agent.workload.cpu_side"]
        side.MICROS["quick"], side._TUNE_S["quick"] = (4,), 0.01
    if kind == {kind!r} and counted[kind] == {number}:
        {harm}
    return plain(message, **more)


json.dumps = dumps
"""


class Bench:
    """One benchmark of the processor in a real child; ``harm`` is an ending, at the ``number``-th message of a kind."""

    def __init__(self, folder, monkeypatch):
        self.mark = uuid.uuid4().hex
        self.folder = folder
        self.events = []
        self.outcomes = {}
        self.cancel = threading.Event()
        self.cancelled_s = 0.0
        monkeypatch.setenv(MARK, self.mark)
        monkeypatch.setenv("PYTHONPATH", str(folder))
        monkeypatch.setattr(session_module, "assemble", self._assemble(session_module.assemble))

    def run(self, harm="none", kind="blocks", number=3, on_event=None):
        script = textwrap.dedent(CUSTOM).format(kind=kind, number=number, harm=ENDINGS[harm])
        (self.folder / "sitecustomize.py").write_text(script)

        def hear(event):
            self.events.append(event)
            if on_event is not None:
                on_event(event)

        settings = BenchSettings(preset="quick", device="cpu", precisions=("fp32",))
        return run_benchmark(Target("self"), settings, on_event=hear, cancel=self.cancel)

    def cancel_now(self):
        if not self.cancel.is_set():
            self.cancelled_s = time.monotonic()
            self.cancel.set()

    def blocks(self):
        return tuple(event for event in self.events if isinstance(event, Block))

    def left_behind(self):
        """Return the processes that were started with this test's mark and are still there."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self.mark and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process.pid)
            except psutil.Error:
                continue
        return found

    def _assemble(self, own):
        def assemble(settings, collected, endings, *more):
            self.outcomes.update({side: ending.outcome for side, ending in endings.items()})
            return own(settings, collected, endings, *more)

        return assemble


@pytest.fixture
def bench(tmp_path, monkeypatch):
    return Bench(tmp_path, monkeypatch)


def _check_what_is_kept(bench, result):
    """Check that every block that had arrived is in the result, and that no figure was made of half a run."""
    assert result.blocks == bench.blocks()
    assert {block.phase for block in result.blocks} == {"cpu"}
    assert any(not block.is_warm_up for block in result.blocks)
    assert result.cpu is None
    assert result.speedup is None
    assert bench.left_behind() == []


@pytest.mark.parametrize(("harm", "name"), [("segfault", "by SIGSEGV"), ("kill", "by SIGKILL")])
def test_a_child_that_dies_in_its_measurement_keeps_its_blocks_and_is_told(bench, harm, name):
    result = bench.run(harm)
    outcome = bench.outcomes["cpu"]
    assert isinstance(outcome, Crashed)
    assert name in outcome.detail
    (words,) = result.problems
    assert "The CPU run crashed" in str(words)
    assert name in str(words)
    assert "What it had measured before is kept." in str(words)
    _check_what_is_kept(bench, result)


def test_a_child_that_hangs_in_its_measurement_is_ended_at_its_deadline(bench, monkeypatch):
    late = SimpleNamespace(s=0.0)
    deadline_s = session_module.DEADLINES_S["quick"]
    monkeypatch.setattr(run_module, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + late.s))

    def jump(event):
        if len(bench.blocks()) and event is bench.blocks()[-1] and not event.is_warm_up:
            late.s = deadline_s  # the clock of the deadline alone goes ahead

    began = time.monotonic()
    result = bench.run("hang", on_event=jump)
    assert time.monotonic() - began < 30
    outcome = bench.outcomes["cpu"]
    assert isinstance(outcome, TimedOut)
    assert outcome.deadline_s == deadline_s
    assert outcome.record.left_behind == ()
    assert [str(words) for words in result.problems] == ["The CPU run did not end within 240 s and was stopped."]
    _check_what_is_kept(bench, result)


def test_a_child_that_hangs_while_it_prepares_is_ended_at_its_deadline(bench, monkeypatch):
    monkeypatch.setitem(session_module.DEADLINES_S, "quick", 1.0)
    began = time.monotonic()
    result = bench.run("hang", kind="torch", number=1)
    assert 1.0 <= time.monotonic() - began < 20.0
    assert isinstance(bench.outcomes["cpu"], TimedOut)
    assert [str(words) for words in result.problems] == ["The CPU run did not end within 1 s and was stopped."]
    assert result.blocks == ()
    assert bench.left_behind() == []


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("importing torch", "Loading torch"),
        ("preparing", "Drawing the sample video"),
        ("choosing", "Choosing the fastest way for this processor"),
    ],
)
def test_a_cancel_before_the_measurement_ends_everything_at_once(bench, moment, words):
    def hear(event):
        if isinstance(event, Progress) and str(event.words) == words:
            bench.cancel_now()

    result = bench.run(on_event=hear)
    assert time.monotonic() - bench.cancelled_s < SOON_S
    _check_cancelled(bench, result)
    assert result.blocks == ()


def test_a_cancel_while_measuring_ends_everything_at_once(bench):
    def hear(event):
        if isinstance(event, Block) and not event.is_warm_up:
            bench.cancel_now()

    result = bench.run(on_event=hear)
    assert time.monotonic() - bench.cancelled_s < SOON_S
    _check_cancelled(bench, result)
    assert result.blocks == bench.blocks()
    assert result.blocks


def test_a_cancel_ends_a_child_that_hangs_and_hears_nothing(bench):
    def hear(event):
        if isinstance(event, Progress) and str(event.words) == "Making the sample network (random weights)":
            bench.cancel_now()

    result = bench.run("hang", kind="clip", number=1, on_event=hear)
    assert time.monotonic() - bench.cancelled_s < SOON_S
    _check_cancelled(bench, result)


def _check_cancelled(bench, result):
    assert isinstance(bench.outcomes["cpu"], Cancelled)
    assert bench.outcomes["cpu"].record.left_behind == ()
    assert result.problems == ()
    assert result.cpu is None
    assert bench.left_behind() == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("bench-")]
