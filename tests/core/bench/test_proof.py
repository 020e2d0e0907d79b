"""The three layers: what proves, what refutes, what is only missing; and the three cheats."""

from dataclasses import replace

import pytest
from helpers.benches import CUDA, PLACEMENT, a_diagnosis, a_result, some_samples
from helpers.machines import a_machine

from gpuproof.core.bench.model import Ratio
from gpuproof.core.bench.proof import prove
from gpuproof.core.diagnose import diagnose
from gpuproof.core.facts.machine import KernelCheck, TorchLive
from gpuproof.core.facts.unknown import NOT_ASKED
from gpuproof.core.facts.version import DottedVersion

LIVE = TorchLive(imported=True, is_available=True, kernel_checks=(KernelCheck(device=CUDA, ok=True),))


def _prove(result, machine=None, diagnosis=None):
    machine = machine or replace(a_machine(), torch_live=LIVE)
    return prove(machine, diagnosis or a_diagnosis(), result)


def _layers(proof):
    return {layer.name: layer.verdict for layer in proof.layers}


def test_a_good_run_is_proven_in_all_three_layers():
    proof = _prove(a_result())
    assert proof.verdict == "proven"
    assert set(_layers(proof).values()) == {"proven"}


def test_without_a_gpu_nothing_is_proven_and_every_layer_says_what_is_missing():
    result = a_result(gpu=None, speedup=None, placement={}, telemetry=())
    proof = _prove(result, machine=replace(a_machine(), torch_live=NOT_ASKED))
    assert proof.verdict == "not_proven"
    assert all(layer.missing for layer in proof.layers)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"parameters": {"cpu": 50}}, id="parameters"),
        pytest.param({"inputs": {"cpu": 5}}, id="inputs"),
        pytest.param({"outputs": {CUDA: 4, "cpu": 1}}, id="some-outputs"),
        pytest.param({"wanted": "cpu", "parameters": {"cpu": 1}}, id="the-whole-run"),
        pytest.param({"operators": {"cuda": 299, "cpu": 1}, "cpu_operators": ["convolution"]}, id="one-convolution"),
        pytest.param({"elements": {"cuda": 98, "cpu": 2}, "cpu_operators": ["relu"]}, id="two-percent-of-results"),
        pytest.param({"kernel_share": 0.29}, id="hardly-any-kernels"),
    ],
)
def test_work_that_lay_elsewhere_refutes(changes):
    proof = _prove(a_result(placement={**PLACEMENT, **changes}))
    assert proof.verdict == "refuted"
    assert _layers(proof)["placement"] == "refuted"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"operators": {"cuda": 320, "cpu": 1}, "cpu_operators": ["lift_fresh"]}, id="a-constant"),
        pytest.param({"elements": {"cuda": 995, "cpu": 5}, "cpu_operators": ["sum"]}, id="half-a-percent"),
        pytest.param({"kernel_share": 0.31}, id="launch-gaps"),
    ],
)
def test_small_things_beside_the_gpu_do_not_refute(changes):
    assert _prove(a_result(placement={**PLACEMENT, **changes})).verdict == "proven"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"kernel_share": None, "profiler_problem": "no CUPTI"}, id="no-profiler"),
        pytest.param({"parameters": {}}, id="no-parameters"),
        pytest.param({"operators": {}, "elements": {}}, id="no-operators"),
    ],
)
def test_what_was_not_observed_is_not_proven_and_named(changes):
    proof = _prove(a_result(placement={**PLACEMENT, **changes}))
    assert proof.verdict == "not_proven"
    layer = next(layer for layer in proof.layers if layer.name == "placement")
    assert len(layer.missing) == 1


def test_cheat_forgotten_move_to_the_gpu_is_refuted():
    on_cpu = {"parameters": {"cpu": 50}, "inputs": {"cpu": 5}, "outputs": {"cpu": 5}, "operators": {"cpu": 300},
              "elements": {"cpu": 10**9}, "cpu_operators": ["convolution", "addmm"], "kernel_share": None}  # fmt: skip
    result = a_result(
        placement={**PLACEMENT, **on_cpu},
        telemetry=some_samples(busy_percent=0.0, process_mib=None, memory_mib=500.0),
        speedup=Ratio(ratio=1.0, low=0.95, high=1.05),
    )
    proof = _prove(result)
    assert proof.verdict == "refuted"
    assert _layers(proof) == {"environment": "proven", "placement": "refuted", "behaviour": "refuted"}


def test_cheat_work_on_the_cpu_while_the_gpu_spins_is_refuted():
    result = a_result(
        placement={**PLACEMENT, "operators": {"cpu": 300, "cuda": 3}, "elements": {"cpu": 10**9, "cuda": 10**6},
                   "cpu_operators": ["convolution"]},
        telemetry=some_samples(busy_percent=100.0),
        speedup=Ratio(ratio=1.0, low=0.95, high=1.05),
    )  # fmt: skip
    assert _prove(result).verdict == "refuted"


def test_cheat_fallback_after_an_out_of_memory_is_refuted_and_an_honest_stop_is_not_proven():
    fallen = {**PLACEMENT, "operators": {"cuda": 40, "cpu": 260}, "elements": {"cuda": 1, "cpu": 9},
              "cpu_operators": ["convolution"]}  # fmt: skip
    assert _prove(a_result(placement=fallen)).verdict == "refuted"
    stopped = a_result(gpu=None, speedup=None)
    assert _prove(stopped).verdict == "not_proven"


def test_a_busy_gpu_in_the_control_run_refutes():
    proof = _prove(a_result(telemetry=some_samples(busy_percent=80.0, idle_percent=75.0)))
    assert _layers(proof)["behaviour"] == "refuted"


@pytest.mark.parametrize(
    ("busy", "verdict"), [pytest.param(21.0, "proven", id="just-busy"), pytest.param(19.0, "refuted", id="idle")]
)
def test_an_idle_gpu_refutes(busy, verdict):
    assert _layers(_prove(a_result(telemetry=some_samples(busy_percent=busy))))["behaviour"] == verdict


def test_a_driver_without_a_process_list_can_still_prove_and_says_so():
    proof = _prove(a_result(telemetry=some_samples(process_mib=None)))
    assert proof.verdict == "proven"
    assert any("does not list processes" in str(words) for layer in proof.layers for words in layer.missing)


def test_without_telemetry_behaviour_is_not_proven():
    result = a_result(telemetry=(), placement={**PLACEMENT, "telemetry_problem": "Driver Not Loaded"})
    proof = _prove(result)
    assert proof.verdict == "not_proven"
    assert any("Driver Not Loaded" in str(words) for layer in proof.layers for words in layer.missing)


@pytest.mark.parametrize(
    ("speedup", "verdict"),
    [
        pytest.param(Ratio(ratio=2.0, low=1.6, high=2.4), "proven", id="clearly-slower-without"),
        pytest.param(Ratio(ratio=1.6, low=1.4, high=1.8), "not_proven", id="not-clearly"),
        pytest.param(Ratio(ratio=1.0, low=0.9, high=1.05), "refuted", id="not-slower"),
        pytest.param(None, "not_proven", id="no-control-run"),
    ],
)
def test_the_control_run_decides(speedup, verdict):
    assert _layers(_prove(a_result(speedup=speedup)))["behaviour"] == verdict


def test_with_two_gpus_the_one_that_holds_our_process_is_watched():
    busy = tuple(replace(row, gpu=1) for row in some_samples())
    idle = some_samples(busy_percent=0.0, process_mib=None)
    assert _layers(_prove(a_result(telemetry=(*idle, *busy))))["behaviour"] == "proven"


def test_an_error_in_the_stack_leaves_the_environment_unproven_although_a_kernel_ran():
    machine = replace(a_machine(), torch_live=LIVE, driver_version=DottedVersion("470.57.02"))
    diagnosis = diagnose(replace(machine, torch_live=TorchLive(imported=True, is_available=False)))
    assert diagnosis.cause == "driver_lib_mismatch"
    proof = _prove(a_result(), machine=machine, diagnosis=diagnosis)
    assert _layers(proof)["environment"] == "not_proven"
    assert proof.verdict == "not_proven"


def test_no_kernel_at_inspection_leaves_the_environment_unproven():
    proof = _prove(a_result(), machine=replace(a_machine(), torch_live=NOT_ASKED))
    assert _layers(proof) == {"environment": "not_proven", "placement": "proven", "behaviour": "proven"}
    assert proof.verdict == "not_proven"


def test_a_found_fault_is_said_in_the_readers_language():
    machine = replace(a_machine(), gpus=(), torch_live=NOT_ASKED)
    found = diagnose(machine)
    evidence = prove(machine, found, a_result(gpu=None, speedup=None)).layers[0].evidence
    assert found.primary is not None
    assert found.primary.title in evidence
    assert found.primary.title.render("zh") in {line.render("zh") for line in evidence}
    assert found.primary.title.render("zh") != found.primary.title.render("en")
