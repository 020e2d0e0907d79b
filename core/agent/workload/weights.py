"""Fixed random weights, damped so that no dtype overflows and the audio matters (see the scales below)."""

import hashlib
import math
from typing import Any, Dict

from torch import nn

from .layers import Residual, TransformerBlock
from .network import Decoder, Network, SuperResolution, empty_network
from .picture import tensor_bytes
from .presets import SEED, Preset
from .stream import RandomStream

CONFORMITY = "89766699f7aef4cf"  # sha256 of the first encoder convolution's float32 bytes starts so
_BIAS_STD = 0.02


def build_network(preset: Preset) -> Network:
    """Build and fill the network on the CPU in float32; every other dtype is a cast of this one."""
    network = empty_network(preset)
    fill(network)
    return network


def fill(network: Network) -> None:
    """Draw every layer's weight, then its bias, in construction order from one stream."""
    stream = RandomStream(SEED)
    stds = _special_stds(network)
    zero_biases = _zero_biases(network)
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            std = stds.get(id(module), _default_std(module))
            _draw(module.weight, std, stream)
            _draw(module.bias, 0.0 if id(module) in zero_biases else _BIAS_STD, stream)
        elif isinstance(module, nn.LayerNorm):
            module.weight.fill_(1.0)
            module.bias.fill_(0.0)
        elif isinstance(module, nn.PReLU):
            module.weight.fill_(0.25)
    _balance(network.decoder)


def conformity(network: Network) -> str:
    """Return the first 16 hex digits of the first convolution's hash; equal to CONFORMITY for a right build."""
    first = next(module for module in network.encoder.modules() if isinstance(module, nn.Conv2d))
    return hashlib.sha256(tensor_bytes(first.weight.detach())).hexdigest()[:16]


def _draw(parameter: Any, std: float, stream: RandomStream) -> None:
    if std == 0.0:
        parameter.fill_(0.0)
        return
    stream.fill_uniform(parameter, math.sqrt(3.0) * std)


def _default_std(module: nn.Module) -> float:
    if isinstance(module, nn.Linear):
        return 1.0 / math.sqrt(module.in_features)
    assert isinstance(module, (nn.Conv2d, nn.ConvTranspose2d))
    fan = float(module.in_channels * module.kernel_size[0] * module.kernel_size[1])
    if isinstance(module, nn.ConvTranspose2d):
        fan /= module.stride[0] * module.stride[1]
    return math.sqrt(2.0 / fan)


def _special_stds(network: Network) -> Dict[int, float]:
    stds: Dict[int, float] = {id(_last_of_head(network.decoder)): 0.6 / math.sqrt(32.0)}
    for module in network.modules():
        if isinstance(module, Residual):
            stds[id(module.conv)] = 0.35 * _default_std(module.conv)
        elif isinstance(module, TransformerBlock):
            for linear in (module.out, module.down):
                stds[id(linear)] = 0.5 * _default_std(linear)
    convolutions = _convolutions(network.super_resolution)
    for convolution in convolutions:
        stds[id(convolution)] = math.sqrt(2.0 / (1.0625 * 9.0 * convolution.in_channels))
    stds[id(convolutions[-1])] *= 0.06
    return stds


def _zero_biases(network: Network) -> Any:
    return {id(_last_of_head(network.decoder)), id(_convolutions(network.super_resolution)[-1])}


def _convolutions(module: SuperResolution) -> Any:
    return [unit for unit in module.body if isinstance(unit, nn.Conv2d)]


def _last_of_head(decoder: Decoder) -> Any:
    return decoder.head[1]


def _balance(decoder: Decoder) -> None:
    """Let the decoder's path weigh more than the skips: else a wrong alignment drowns in rounding."""
    first = decoder.levels[0][0].conv
    first.weight.mul_(2.0)
    before = first.out_channels
    for level in list(decoder.levels)[1:]:
        convolution = level[0].conv
        convolution.weight[:before] *= 1.25  # a transposed convolution's inputs are its first dimension
        convolution.weight[before:] *= 0.5
        before = convolution.out_channels
    head = decoder.head[0].conv
    head.weight[:, :before] *= 1.25
    head.weight[:, before:] *= 0.5
