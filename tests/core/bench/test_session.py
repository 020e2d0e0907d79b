"""The session with scripted children: gates, order, failures of every kind, cancel."""

import threading
import time

import pytest

from gpuproof.core.bench import session as session_module
from gpuproof.core.bench.model import BenchSettings, Block
from gpuproof.core.bench.session import run_benchmark
from gpuproof.core.launch.model import Cancelled, Crashed, Finished, Target, TimedOut, WorkerError
from gpuproof.core.problems import UserProblem

CHECK = {"passed": True, "failed": [], "mean_difference": 0.01, "max_difference": 0.1}


def _row(phase, variant, index, started_s, device="cpu", frames=16, duration_s=0.1):
    return {
        "device": device, "phase": phase, "variant": variant, "io": "full", "index": index, "is_warm_up": False,
        "frames": frames, "duration_s": duration_s, "started_s": started_s, "submit_s": None,
        "stages_s": [["alignment", 0.1]],
    }  # fmt: skip


class Children:
    """Stands in for ``run_agent``: each side plays its script and the order of what was measured is kept."""

    def __init__(self, gpu="measures", cpu="measures"):
        self.scripts = {"gpu": gpu, "cpu": cpu}
        self.measured = []
        self.environments = {}
        self.active = set()

    def __call__(self, target, job, params, *, deadline_s, on_message, cancel, environment, inbox):
        if job == "watch":
            cancel.wait(5)
            return Cancelled()
        side = params["side"]
        self.environments[side] = dict(environment)
        on_message({"type": "hello", "pid": 1, "nonce": "x", "protocol": 1})
        return getattr(self, "_" + self.scripts[side])(side, on_message, cancel, inbox)

    def _measure(self, side, phase, on_message, cancel, inbox):
        on_message({"type": "ready", "phase": phase})
        while inbox.empty():
            if cancel.wait(0.005):
                return False
        inbox.get()
        assert not self.active, "two sides measured at once"
        self.active.add(side)
        self.measured.append(phase)
        device, frames = ("cpu", 16) if side == "cpu" else ("cuda:0", 160)
        on_message({"type": "blocks", "blocks": [_row(phase, "fp32", n, 1.0, device, frames) for n in range(8)]})
        self.active.discard(side)
        if side == "cpu":
            on_message({"type": "phase_done", "phase": phase})
        return True

    def _measures(self, side, on_message, cancel, inbox):
        for phase in ("cpu", "cpu_again") if side == "cpu" else ("gpu",):
            if not self._measure(side, phase, on_message, cancel, inbox):
                return Cancelled()
        result = {
            "type": "result", "workload_version": "1", "device": "cpu" if side == "cpu" else "cuda:0", "name": side,
            "variants": {"fp32": {"precision": "fp32", "batch": 16, "passed": True, "check": CHECK}},
        }  # fmt: skip
        return Finished(result=result)

    def _has_no_accelerator(self, side, on_message, cancel, inbox):
        return WorkerError(kind="no-accelerator", detail="torch sees none")

    def _has_no_torch(self, side, on_message, cancel, inbox):
        return WorkerError(kind="no-torch", detail="No module named 'torch'")

    def _crashes(self, side, on_message, cancel, inbox):
        self._measure(side, "gpu" if side == "gpu" else "cpu", on_message, cancel, inbox)
        return Crashed(detail="signal 11")

    def _hangs(self, side, on_message, cancel, inbox):
        self._measure(side, "gpu" if side == "gpu" else "cpu", on_message, cancel, inbox)
        return TimedOut(deadline_s=240.0)

    def _waits_for_cancel(self, side, on_message, cancel, inbox):
        on_message({"type": "ready", "phase": side})
        cancel.wait(5)
        return Cancelled()

    def _is_no_python(self, side, on_message, cancel, inbox):
        from gpuproof.core.words import literal

        raise UserProblem(literal("not a Python"))


@pytest.fixture
def play(monkeypatch):
    def run(children, events=None, cancel=None, **settings):
        import gpuproof.core.launch.run as run_module

        monkeypatch.setattr(run_module, "run_agent", children)
        tell = (events if events is not None else []).append
        return run_benchmark(
            Target("self"), BenchSettings(**settings), on_event=tell, cancel=cancel or threading.Event()
        )

    return run


def test_the_order_is_cpu_gpu_cpu_and_never_both(play):
    children = Children()
    result = play(children)
    assert children.measured == ["cpu", "gpu", "cpu_again"]
    assert result.gpu is not None
    assert result.speedup is not None
    assert result.speedup.ratio == pytest.approx(10.0)


def test_the_processors_child_sees_no_gpu(play):
    children = Children()
    play(children)
    assert children.environments["cpu"]["CUDA_VISIBLE_DEVICES"] == ""
    assert children.environments["gpu"] == {}


def test_without_a_gpu_the_processor_is_still_measured_twice(play):
    children = Children(gpu="has_no_accelerator")
    result = play(children)
    assert children.measured == ["cpu", "cpu_again"]
    assert result.gpu is None
    assert result.speedup is None
    assert result.cpu is not None
    assert "torch sees none" in str(result.problems[0])


def test_device_cpu_starts_no_child_for_a_gpu(play):
    children = Children()
    play(children, device="cpu")
    assert list(children.environments) == ["cpu"]


@pytest.mark.parametrize("script", ["crashes", "hangs"])
def test_a_gpu_child_that_dies_keeps_its_blocks_and_is_told(play, script):
    events = []
    result = play(Children(gpu=script), events)
    assert result.gpu is None
    assert len([block for block in result.blocks if block.phase == "gpu"]) == 8
    assert len([event for event in events if isinstance(event, Block)]) == 24
    assert result.cpu is not None
    assert len(result.problems) == 1


def test_a_processors_child_that_dies_does_not_stop_the_gpu(play):
    result = play(Children(cpu="crashes"))
    assert result.gpu is not None
    assert result.speedup is None
    assert "signal 11" in str(result.problems[0])


def test_no_torch_is_a_problem_that_names_the_remedy(play):
    with pytest.raises(UserProblem) as caught:
        play(Children(gpu="has_no_torch", cpu="has_no_torch"))
    assert "gpuproof check --yes" in str(caught.value.hint)
    assert caught.value.exit_code == 2


def test_an_unusable_target_is_the_launchers_problem(play):
    with pytest.raises(UserProblem, match="not a Python"):
        play(Children(gpu="is_no_python", cpu="is_no_python"))


def test_cancel_ends_every_child_at_once(play):
    cancel = threading.Event()
    threading.Timer(0.05, cancel.set).start()
    began = time.monotonic()
    result = play(Children(gpu="waits_for_cancel", cpu="waits_for_cancel"), cancel=cancel)
    assert time.monotonic() - began < 1.0
    assert result.gpu is None
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("bench-")]


def test_a_telemetry_child_that_fails_is_no_failure(play):
    children = Children()
    original = children.__call__

    def failing(target, job, params, **more):
        if job == "watch":
            return WorkerError(kind="bug", detail="boom")
        return original(target, job, params, **more)

    result = play(failing)
    assert result.gpu is not None
    assert result.telemetry == ()
    assert result.problems == ()


def test_deadlines_exist_for_every_preset():
    assert set(session_module.DEADLINES_S) == {"quick", "standard", "4k"}
