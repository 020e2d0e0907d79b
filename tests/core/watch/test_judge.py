"""What a program does, by what the driver saw of it."""

from dataclasses import replace

import pytest
from helpers.watched import an_observation

from gpuproof.core.watch.judge import judge
from gpuproof.core.watch.model import Observation, WatchedGpu


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        pytest.param([(5, 100, 97.0)], "gpu", id="busy-gpu"),
        pytest.param([(5, 100, 0.0)], "cpu", id="busy-cpu-idle-gpu"),
        pytest.param([(5, 100, 9.0)], "cpu", id="just-below-ten-percent"),
        pytest.param([(5, 100, 11.0)], "gpu", id="just-above-ten-percent"),
        pytest.param([(5, 1, 0.0)], "waits", id="nothing-works"),
        pytest.param([(5, 400, 0.0), (5, 100, 90.0)], "mixed", id="first-cpu-then-gpu"),
        pytest.param([(3, 1, 0.0), (9, 100, 95.0)], "gpu", id="waits-then-gpu"),
        pytest.param([(1, 100, 97.0)], "cannot_tell", id="too-short"),
    ],
)
def test_the_verdict_follows_who_works(parts, verdict):
    assert judge(an_observation(parts)).verdict == verdict


def test_the_phases_of_a_mixed_program_are_told():
    judged = judge(an_observation([(5, 400, 0.0), (5, 100, 90.0), (5, 1, 0.0)]))
    assert [phase.kind for phase in judged.phases] == ["cpu", "gpu", "waits"]
    assert judged.phases[0].end_s == pytest.approx(5, abs=1.1)
    assert judged.used_gpus == (0,)


def test_a_gpu_that_only_others_use_is_not_ours():
    assert judge(an_observation([(5, 100, 95.0)], mine=False, others=1)).verdict == "cpu"


def test_a_gpu_shared_with_others_cannot_be_told_without_shares():
    judged = judge(an_observation([(5, 100, 95.0)], others=1))
    assert judged.verdict == "cannot_tell"
    assert judged.advice


def test_the_drivers_share_of_the_process_decides_on_a_shared_gpu():
    seen = an_observation([(5, 100, 95.0)], others=1)
    samples = tuple(replace(row, process_sm_percent=80.0) if row.gpu == 0 else row for row in seen.samples)
    assert judge(replace(seen, samples=samples)).verdict == "gpu"
    samples = tuple(replace(row, process_sm_percent=0.0) if row.gpu == 0 else row for row in seen.samples)
    assert judge(replace(seen, samples=samples)).verdict == "cpu"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"pids_match_driver": False}, "container"),
        ({"is_wsl": True, "pids_match_driver": False}, "WSL2"),
        ({"gpus": (WatchedGpu(index=0, driver_model="WDDM"),)}, "WDDM"),
    ],
)
def test_where_processes_are_hidden_a_busy_gpu_cannot_be_told(changes, word):
    seen = an_observation([(5, 100, 95.0)], mine=False, memory=None, clients=(), **changes)
    judged = judge(seen)
    assert judged.verdict == "cannot_tell"
    assert word in str(judged.why)
    assert judged.advice


def test_where_processes_are_hidden_an_idle_gpu_and_a_busy_cpu_can_be_told():
    seen = an_observation([(5, 100, 2.0)], mine=False, memory=None, clients=(), pids_match_driver=False)
    assert judge(seen).verdict == "cpu"


@pytest.mark.parametrize(("first_mib", "verdict"), [(480.0, "gpu"), (4400.0, "cannot_tell")])
def test_a_gpu_that_fills_after_the_start_is_the_programs_own(first_mib, verdict):
    seen = an_observation([(1, 100, 0.0), (6, 100, 95.0)], mine=False, memory=None, clients=(), pids_match_driver=False)
    samples = tuple(
        replace(row, memory_used_mib=first_mib) if row.gpu == 0 and row.at_s == 0 else row for row in seen.samples
    )
    assert judge(replace(seen, samples=samples, started_here=True)).verdict == verdict
    assert judge(replace(seen, samples=samples)).verdict == "cannot_tell"


def test_without_a_driver_a_busy_cpu_is_the_cpu():
    seen = replace(an_observation([(5, 100, 0.0)]), gpus=(), nvml_problem="NVML Shared Library Not Found", nvml_code=12)
    host = tuple(row for row in seen.samples if row.gpu is None)
    assert judge(replace(seen, samples=host)).verdict == "cpu"


def test_a_driver_that_fails_otherwise_cannot_tell():
    seen = replace(an_observation([(5, 100, 0.0)]), gpus=(), nvml_problem="Unknown Error", nvml_code=999)
    host = tuple(row for row in seen.samples if row.gpu is None)
    assert judge(replace(seen, samples=host)).verdict == "cannot_tell"


def test_nothing_seen_cannot_tell():
    assert judge(Observation()).verdict == "cannot_tell"


def test_what_came_after_the_programs_end_does_not_count():
    seen = an_observation([(5, 100, 95.0), (20, None, 0.0)], ended_s=5.0)
    assert judge(seen).verdict == "gpu"


def test_a_program_that_waits_for_a_core_that_others_have_does_not_wait():
    seen = an_observation([(5, 20, 0.0)])
    assert judge(seen).verdict == "waits"
    samples = tuple(row if row.gpu == 0 else replace(row, process_wait_percent=70.0) for row in seen.samples)
    assert judge(replace(seen, samples=samples)).verdict == "cpu"


def starting(parts, opens_at_s, **changes):
    seen = an_observation(parts, **changes)
    samples = tuple(
        replace(row, process_memory_mib=0.0) if row.gpu == 0 and row.at_s < opens_at_s else row for row in seen.samples
    )
    return replace(seen, samples=samples, started_here=True)


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        pytest.param([(4, 114, 0.0), (8, 100, 94.0)], "gpu", id="imports-then-gpu"),
        pytest.param([(4, 114, 0.0), (12, 0, 0.0)], "waits", id="imports-then-sleeps"),
        pytest.param([(4, 114, 0.0), (8, 1000, 0.0)], "cpu", id="imports-then-cpu"),
        pytest.param([(4, 114, 0.0), (4, 600, 0.0), (4, 100, 90.0)], "mixed", id="imports-then-in-turns"),
    ],
)
def test_the_start_of_a_program_is_told_apart(parts, verdict):
    judged = judge(starting(parts, opens_at_s=3.75))
    assert judged.verdict == verdict
    assert judged.phases[0].kind == "start"
    assert judged.phases[0].end_s == pytest.approx(4.75, abs=0.3)


def test_a_program_that_never_opens_a_gpu_has_no_start_phase():
    judged = judge(starting([(8, 100, 0.0)], opens_at_s=100))
    assert judged.verdict == "cpu"
    assert [phase.kind for phase in judged.phases] == ["cpu"]


def test_a_program_that_ends_right_after_its_start_is_judged_by_all_of_it():
    assert judge(starting([(6, 100, 0.0)], opens_at_s=5)).verdict == "cpu"


def test_the_seconds_before_the_first_reading_do_not_count():
    seen = an_observation([(4, 100, 95.0), (4, 100, 95.0)])
    late = tuple(row for row in seen.samples if row.gpu is None or row.at_s >= 4)
    judged = judge(replace(seen, samples=late))
    assert judged.verdict == "gpu"
    assert [phase.kind for phase in judged.phases] == ["gpu"]


def test_a_gpu_that_stops_answering_cannot_be_told():
    seen = an_observation([(2, 100, 95.0), (8, 100, 95.0)])
    early = tuple(row for row in seen.samples if row.gpu is None or row.at_s < 2)
    assert judge(replace(seen, samples=early, lost=((0, 2.0),))).verdict == "cannot_tell"


def test_a_faster_gpu_that_idles_is_named():
    slow = WatchedGpu(index=0, name="slow", cores=1000, max_sm_clock_mhz=1000.0)
    fast = WatchedGpu(index=1, name="fast", cores=2000, max_sm_clock_mhz=1000.0)
    judged = judge(_two(slow, fast))
    assert any("CUDA_VISIBLE_DEVICES=1" in str(words) for words in judged.advice)
    assert not any("CUDA_VISIBLE_DEVICES" in str(words) for words in judge(_two(fast, slow, order=(0, 1))).advice)


def _two(first, second, order=(0, 1)):
    gpus = (replace(first, index=order[0]), replace(second, index=order[1]))
    return replace(an_observation([(5, 100, (95.0, 0.0))], cards=2), gpus=gpus)


@pytest.mark.parametrize(("busy", "word"), [(95.0, "well-fed"), (45.0, "can be normal"), (15.0, "waits for the CPU")])
def test_the_words_fit_how_busy_the_gpu_is(busy, word):
    assert any(word in str(words) for words in judge(an_observation([(5, 100, busy)])).advice)
