"""The network is the specified one: weights, parameters, arithmetic."""

import pytest

pytestmark = pytest.mark.torch

# exact counts of this build; the specification gives them to four digits
PARAMETERS = {"quick": 49_499_683, "standard": 50_032_067, "4k": 55_684_803}


def test_the_first_convolution_has_the_specified_hash(workload):
    from gpuproof.core.agent.workload.weights import CONFORMITY, conformity

    assert conformity(workload.network) == CONFORMITY


@pytest.mark.parametrize("name", ["quick", "standard", "4k"])
def test_parameters_are_counted_exactly(name):
    import torch

    from gpuproof.core.agent.workload.network import Network
    from gpuproof.core.agent.workload.presets import PRESETS

    with torch.device("meta"):
        network = Network(PRESETS[name])
    assert sum(parameter.numel() for parameter in network.parameters()) == PARAMETERS[name]
    assert PARAMETERS[name] == pytest.approx(PRESETS[name].parameters, rel=0.001)


@pytest.mark.parametrize("name", ["quick", "standard", "4k"])
def test_the_arithmetic_per_frame_is_the_specified_one(name):
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from gpuproof.core.agent.workload.network import Network
    from gpuproof.core.agent.workload.presets import PRESETS

    preset = PRESETS[name]
    with torch.device("meta"), torch.no_grad(), FlopCounterMode(display=False) as counter:
        network = Network(preset)
        skips = network.encoder(torch.empty(16, 6, preset.face, preset.face))
        low = network.decoder(network.alignment(torch.empty(16, 1, 80, 16), skips[-1]), skips)
        network.super_resolution(low)
    assert counter.get_total_flops() / 16e9 == pytest.approx(preset.gflop_per_frame, rel=0.001)


def test_norms_slopes_and_scales_are_set(workload):
    from torch import nn

    slopes = [module.weight for module in workload.network.modules() if isinstance(module, nn.PReLU)]
    assert slopes
    assert all(bool((slope == 0.25).all()) for slope in slopes)
    last = [unit for unit in workload.network.super_resolution.body if isinstance(unit, nn.Conv2d)][-1]
    assert not bool(last.bias.any())
    skip_half = workload.network.decoder.levels[1][0].conv.weight
    assert float(skip_half[:512].std() / skip_half[512:].std()) == pytest.approx(2.5, rel=0.02)
