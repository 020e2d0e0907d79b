"""Every doubt on both sides of its edge."""

import math

import pytest
from helpers.benches import CUDA, PLACEMENT, a_device, a_result, some_blocks, some_samples

from gpuproof.core.bench.doubts import find_doubts
from gpuproof.core.bench.model import BenchSettings


def _kinds(result, **messages):
    return {doubt.kind for doubt in find_doubts(result, messages)}


def test_a_good_run_has_no_doubt():
    assert _kinds(a_result()) == set()


@pytest.mark.parametrize(("second_s", "expected"), [(0.109, set()), (0.112, {"unstable"}), (0.088, {"unstable"})])
def test_a_second_measurement_that_differs_by_more_than_ten_percent(second_s, expected):
    blocks = (
        *some_blocks("cpu", "cpu", "fp32", 0.0),
        *some_blocks("cpu_again", "cpu", "fp32", 6.0, duration_s=second_s),
    )
    assert _kinds(a_result(blocks=blocks)) == expected


@pytest.mark.parametrize(("low", "high", "expected"), [(980.0, 1020.0, set()), (960.0, 1040.0, {"not_converged"})])
def test_an_interval_that_is_still_wide(low, high, expected):
    assert _kinds(a_result(gpu=a_device(low=low, high=high))) == expected


@pytest.mark.parametrize(
    ("preset", "half", "expected"),
    [
        ("quick", 0.08, set()),
        ("quick", 0.09, {"not_converged"}),
        ("standard", 0.05, set()),
        ("standard", 0.06, {"not_converged"}),
    ],
)
def test_a_quick_run_may_leave_the_processors_interval_wider(preset, half, expected):
    cpu = a_device(device="cpu", low=1000.0 * math.exp(-half), high=1000.0 * math.exp(half))
    assert _kinds(a_result(cpu=cpu, settings=BenchSettings(preset=preset))) == expected


@pytest.mark.parametrize(("load", "expected"), [(0.2, set()), (0.21, {"other_load"}), (None, set())])
def test_other_programs_on_the_processor(load, expected):
    assert _kinds(a_result(), cpu={"foreign_load": {"cpu": load}}) == expected


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [(("power_cap",), set()), (("hardware_thermal",), {"throttled"}), (("power_brake", "power_cap"), {"throttled"})],
)
def test_a_gpu_that_slows_itself_down(reasons, expected):
    assert _kinds(a_result(telemetry=some_samples(throttle_reasons=reasons))) == expected


@pytest.mark.parametrize(("submit_s", "expected"), [(0.091, {"launch_bound"}), (0.089, set()), (None, set())])
def test_a_gpu_that_waits_for_its_launches(submit_s, expected):
    result = a_result()
    model = some_blocks("gpu", CUDA, "fp16", 3.0, frames=100, io="none", submit_s=submit_s)
    assert _kinds(a_result(blocks=result.blocks + model)) == expected


@pytest.mark.parametrize(("battery", "expected"), [(True, {"on_battery"}), (False, set()), (None, set())])
def test_a_machine_on_battery(battery, expected):
    assert _kinds(a_result(), cpu={"on_battery": battery}) == expected


@pytest.mark.parametrize(("rate", "expected"), [(6.9, {"slow_bus"}), (7.0, set()), (None, set())])
def test_a_slow_bus(rate, expected):
    assert _kinds(a_result(limits={"copy_up_pinned_gbs": rate})) == expected


def test_another_program_on_the_gpu():
    held = [{"at_s": 1.0, "gpus": [{"gpu": 0, "mine": 1, "others": 1, "others_mib": 900.0}]}]
    alone = [{"at_s": 1.0, "gpus": [{"gpu": 0, "mine": 1, "others": 0, "others_mib": 0.0}]}]
    assert _kinds(a_result(placement={**PLACEMENT, "processes": held})) == {"other_gpu_process"}
    assert _kinds(a_result(placement={**PLACEMENT, "processes": alone})) == set()


@pytest.mark.parametrize(("share", "expected"), [(105.0, set()), (106.0, {"implausible"})])
def test_a_figure_above_the_measured_peak(share, expected):
    extra = {**a_device().extra, "pct_peak_matmul": share}
    assert _kinds(a_result(gpu=a_device(extra=extra))) == expected


@pytest.mark.parametrize(("blocks", "expected"), [(8, set()), (7, {"too_short"})])
def test_too_few_blocks(blocks, expected):
    extra = {**a_device().extra, "blocks": blocks}
    assert _kinds(a_result(gpu=a_device(extra=extra))) == expected


def test_a_device_that_nobody_tested():
    extra = {**a_device().extra, "is_tested": False, "kind": "xpu"}
    assert _kinds(a_result(gpu=a_device(extra=extra))) == {"untested"}


def test_variants_that_were_wrong_or_too_large_are_named():
    variants = {
        **a_device().variants,
        "tf32": {"check": {"passed": False, "failed": ["finite"]}},
        "fp32": {"out_of_memory": 1, "batch": 32, "check": {"passed": True, "failed": []}},
    }
    assert _kinds(a_result(gpu=a_device(variants=variants))) == {"fast_but_wrong", "out_of_memory"}


def test_a_clock_that_still_rises():
    from dataclasses import replace

    rows = [replace(row, sm_clock_mhz=1000.0 + 100.0 * max(0.0, row.at_s - 3.0)) for row in some_samples()]
    assert _kinds(a_result(telemetry=tuple(rows))) == {"clock_ramp"}
    steady = [replace(row, sm_clock_mhz=1980.0) for row in some_samples()]
    assert _kinds(a_result(telemetry=tuple(steady))) == set()
    of_another = [replace(row, gpu=1, process_memory_mib=None) for row in rows]
    assert _kinds(a_result(telemetry=tuple(steady + of_another))) == set()


def test_a_clock_that_rises_between_the_blocks_of_several_gpus_is_none_of_ours():
    from dataclasses import replace

    rows = [replace(row, sm_clock_mhz=1000.0 if row.at_s < 7.0 else 1980.0) for row in some_samples()]
    later = some_blocks("together", "cuda:1", "fp16", 6.0, count=30)
    assert _kinds(a_result(telemetry=tuple(rows), blocks=(*a_result().blocks, *later))) == set()


H100 = {"gpu": 0, "name": "NVIDIA Test", "pcie_width_max": 16, "pcie_generation_card": 5}


def _on(row, **limits):
    return a_result(placement={**PLACEMENT, "gpus": [row]}, limits=limits)


@pytest.mark.parametrize(
    ("row", "rate", "expected"),
    [
        pytest.param(H100, 55.0, set(), id="gen-5-x16-healthy"),
        pytest.param(H100, 31.6, set(), id="just-above-half"),
        pytest.param(H100, 25.0, {"slow_bus"}, id="a-generation-less"),
        pytest.param({**H100, "pcie_width_max": 4, "pcie_generation_card": 3}, 3.4, set(), id="a-card-of-four-lanes"),
        pytest.param({**H100, "pcie_width_max": None}, 25.0, set(), id="width-unknown"),
        pytest.param({**H100, "pcie_width_max": None}, 3.4, {"slow_bus"}, id="width-unknown-but-slow"),
        pytest.param({**H100, "name": "another"}, 25.0, {"slow_bus"}, id="the-only-card"),
    ],
)
def test_a_bus_below_what_the_card_can_carry(row, rate, expected):
    assert _kinds(_on(row, copy_up_pinned_gbs=rate)) == expected


@pytest.mark.parametrize(
    ("limit", "usual", "expected"),
    [(700.0, 700.0, set()), (665.0, 700.0, set()), (660.0, 700.0, {"power_limit"}), (300.0, None, set())],
)
def test_a_power_limit_below_the_default(limit, usual, expected):
    assert _kinds(_on({**H100, "power_limit_w": limit, "power_limit_default_w": usual})) == expected


def test_one_of_two_equal_cards_held_back_is_not_pinned_on_this_one():
    held, free = ({**H100, "power_limit_w": watts, "power_limit_default_w": 700.0} for watts in (300.0, 700.0))
    assert _kinds(a_result(placement={**PLACEMENT, "gpus": [held, free]})) == set()


@pytest.mark.parametrize(("share", "expected"), [(77.0, set()), (50.0, set()), (49.0, {"below_its_kind"})])
def test_a_card_below_its_data_sheet(share, expected):
    gpu = a_device(extra={**a_device().extra, "pct_expected_matmul": share})
    assert _kinds(a_result(gpu=gpu)) == expected


def test_every_doubt_names_the_side_whose_figures_it_touches():
    wide = a_device(low=900.0, high=1100.0)
    blocks = (
        *some_blocks("cpu", "cpu", "fp32", 0.0),
        *some_blocks("cpu_again", "cpu", "fp32", 6.0, duration_s=0.2),
    )
    messages = {"cpu": {"on_battery": True, "foreign_load": {"cpu": 0.5}}}
    found = {(doubt.kind, doubt.side) for doubt in find_doubts(a_result(gpu=wide, blocks=blocks), messages)}
    assert {("unstable", "cpu"), ("other_load", "cpu"), ("on_battery", "both"), ("not_converged", "gpu")} <= found
    assert None not in {side for _, side in found}
