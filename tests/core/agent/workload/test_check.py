"""The self-check passes what is right and fails every planted fault."""

import copy

import pytest

pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def _no_gradients():
    import torch

    with torch.no_grad():
        yield


def _compare(workload, output, precision):
    from gpuproof.core.agent.workload.check import compare

    return compare(workload.reference, output, precision, workload.preset)


def _run(workload, network=None, mel=None, **kwargs):
    from gpuproof.core.agent.workload.check import run_candidate
    from gpuproof.core.agent.workload.pipeline import Pipeline

    pipeline = Pipeline(network or workload.network, workload.preset, "cpu", **kwargs)
    reference = workload.reference if mel is None else workload.reference._replace(mel=mel)
    return run_candidate(pipeline, reference, 16)


def test_channels_last_and_another_micro_batch_agree_within_fp32(workload):
    figures = _compare(workload, _run(workload, channels_last=True), "fp32")
    assert figures["passed"], figures
    assert figures["max_difference"] < 0.01


def test_bf16_agrees_within_its_own_limits_and_not_within_those_of_fp16(workload):
    import torch

    output = _run(workload, dtype=torch.bfloat16, channels_last=True)
    figures = _compare(workload, output, "bf16")
    assert figures["passed"], figures
    assert not _compare(workload, output, "fp16")["passed"]


def test_the_same_run_twice_gives_the_same_bytes(workload):
    again = workload.plain.step(
        workload.reference.frames.clone(), workload.reference.places, workload.reference.mel, 8, keep=True
    )
    assert again.frames.equal(workload.reference.output.frames)
    assert again.high.equal(workload.reference.output.high)


def _three_blocks(network):
    network.alignment.blocks = network.alignment.blocks[:3]


def _no_positions(network):
    network.alignment.positions.zero_()


def _dead_slopes(network):
    from torch import nn

    for module in network.modules():
        if isinstance(module, nn.PReLU):
            module.weight.zero_()


@pytest.mark.parametrize("fault", [_three_blocks, _no_positions, _dead_slopes])
@pytest.mark.parametrize("precision", ["fp32", "tf32", "fp16", "bf16"])
def test_a_fault_in_the_network_fails(workload, faulty, fault, precision):
    assert not _compare(workload, faulty(fault), precision)["passed"]


@pytest.fixture(scope="module")
def faulty(workload):
    made = {}

    def run(fault):
        if fault not in made:
            network = copy.deepcopy(workload.network)
            fault(network)
            made[fault] = _run(workload, network)
        return made[fault]

    return run


@pytest.fixture(scope="module")
def shifted(workload):
    import torch

    with torch.no_grad():
        return _run(workload, mel=workload.inputs.mel[1:17])


@pytest.mark.parametrize("precision", ["fp32", "tf32", "fp16", "bf16"])
def test_audio_that_is_one_frame_late_fails(workload, shifted, precision):
    assert not _compare(workload, shifted, precision)["passed"]


@pytest.mark.parametrize("precision", ["fp32", "tf32", "fp16", "bf16"])
def test_two_swapped_frames_fail(workload, precision):
    right = workload.reference.output
    order = [0, 1, 2, 3, 5, 4, *range(6, 16)]
    figures = _compare(workload, right._replace(high=right.high[order]), precision)
    assert "mean_difference" in figures["failed"]


def test_silence_changes_the_picture(workload):
    import torch

    silent = _run(workload, mel=torch.full_like(workload.reference.mel, -4.0))
    changed = (silent.low - workload.reference.output.low).abs().mean() * 255
    assert float(changed) > 2.0


def test_a_window_never_depends_on_another(workload):
    import torch

    frames = workload.inputs.clip.frames[:32].clone()
    places, mel = workload.inputs.clip.places[:32], workload.inputs.mel[:32].clone()
    before = workload.plain.encode(workload.plain.prepare(workload.plain.gather(frames, places)))[-1]
    aligned = workload.plain.align(mel, before)
    mel[15] += 1.0
    changed = workload.plain.align(mel, before)
    assert not torch.equal(aligned[0], changed[0])
    assert torch.equal(aligned[16:], changed[16:])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda o: o._replace(high=o.high * float("nan")), "finite", id="not-a-number"),
        pytest.param(lambda o: o._replace(high=o.high + 2.0), "high_range", id="out-of-range"),
        pytest.param(lambda o: o._replace(low=o.low * 0.0), "low_range", id="dead"),
        pytest.param(lambda o: o._replace(high=o.high[:, :, :10]), "shapes", id="shape"),
        pytest.param(lambda o: o._replace(frames=o.frames ^ 1), "outside_box", id="outside-touched"),
    ],
)
def test_broken_outputs_are_named(workload, change, expected):
    assert expected in _compare(workload, change(workload.reference.output), "bf16")["failed"]


def test_the_mask_is_open_over_the_mouth_only():
    from gpuproof.core.agent.workload.pipeline import paste_mask

    mask = paste_mask(384)[..., 0]
    assert not bool(mask[: int(0.45 * 384)].any())
    assert float(mask[int(0.7 * 384), 192]) == 1.0
    assert float(mask[0].max()) == 0.0
    assert 0.0 < float(mask[192, 192]) < 1.0
