"""The whole way with real processes and a fake NVML: busy, idle, lost, hidden by a namespace."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gpuproof.core.problems import UserProblem
from gpuproof.core.watch.judge import judge
from gpuproof.core.watch.model import WatchSettings
from gpuproof.core.watch.session import check_pid, watch
from gpuproof.core.watch.together import Watching

FAKE = str(Path(__file__).resolve().parents[2] / "helpers" / "fake_pynvml.py")
BUSY = "import time\nend = time.monotonic() + 30\nwhile time.monotonic() < end: pass"
SLEEPY = "import time; time.sleep(30)"

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.fixture
def program():
    started = []

    def start(code):
        started.append(subprocess.Popen([sys.executable, "-c", code]))
        return started[-1].pid

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def look(tmp_path, monkeypatch):
    def watch_with(pid, seconds=2.4, **plan):
        plan.setdefault("processes", [])
        file = tmp_path / "plan.json"
        file.write_text(json.dumps(plan))
        monkeypatch.setenv("FAKE_NVML", str(file))
        return watch(WatchSettings(pid=pid, seconds=seconds, interval_s=0.1), pynvml_path=FAKE)

    return watch_with


def test_a_program_that_holds_the_busy_gpu_works_on_it(program, look):
    pid = program(SLEEPY)
    seen = look(pid, utilisation=[95], processes=[[pid, 4096]])
    judged = judge(seen)
    assert judged.verdict == "gpu"
    assert judged.used_gpus == (0,)


def test_a_busy_program_beside_an_idle_gpu_works_on_the_cpu(program, look):
    assert judge(look(program(BUSY), utilisation=[0])).verdict == "cpu"


def test_a_sleeping_program_waits(program, look):
    assert judge(look(program(SLEEPY), utilisation=[0])).verdict == "waits"


def test_a_lost_gpu_is_kept_in_what_was_seen(program, look):
    seen = look(program(SLEEPY), seconds=0.8, utilisation=[50], lost_after=3)
    assert [gpu for gpu, _ in seen.lost] == [0]


def test_a_program_that_ends_ends_the_watch(program, look):
    seen = look(program("import time; time.sleep(0.2)"), utilisation=[0])
    assert seen.ended_s is not None
    assert seen.samples[-1].at_s < 2


def test_an_interrupt_ends_the_watch_and_keeps_what_was_seen(program):
    watching = Watching(WatchSettings(pid=program(SLEEPY), interval_s=0.1))
    timer = threading.Timer(0.8, signal.raise_signal, (signal.SIGINT,))
    timer.start()
    seen = watching.wait()
    timer.join()
    assert len(seen.samples) >= 3
    assert seen.ended_s is None


def test_a_metrics_file_is_kept_on_request(program, tmp_path):
    file = tmp_path / "gpu.prom"
    watch(WatchSettings(pid=program(SLEEPY), seconds=0.3, interval_s=0.1, prometheus=str(file)))
    assert "gpuproof_host_memory_used_mib" in file.read_text(encoding="utf-8")


def test_a_process_that_is_not_there_is_refused():
    with pytest.raises(UserProblem):
        check_pid(-1)
    with pytest.raises(UserProblem):
        check_pid(2**22 + 1)
    check_pid(os.getpid())


def test_a_gpu_that_is_not_there_is_refused_at_once(program, tmp_path, monkeypatch):
    file = tmp_path / "plan.json"
    file.write_text("{}")
    monkeypatch.setenv("FAKE_NVML", str(file))
    begun = time.monotonic()
    with pytest.raises(UserProblem, match="no GPU 3"):
        watch(WatchSettings(pid=program(SLEEPY), seconds=30, gpus=(0, 3)), pynvml_path=FAKE)
    assert time.monotonic() - begun < 20
