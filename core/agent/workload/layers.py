"""Convolutions with their activation, residual units and Transformer blocks. No batch norm, as after folding."""

from typing import Any, Tuple

import torch
from torch import nn
from torch.nn import functional

TENSOR_CORE_CHANNELS = 8  # what a tensor core takes at once: fewer are filled up with zeros


def can_fuse(x: Any) -> bool:
    """Tell whether cuDNN's convolution with bias and ReLU in one kernel fits: NVIDIA, 16 bits."""
    return bool(x.is_cuda and x.dtype != torch.float32 and not torch.version.hip)


def channels_last(x: Any) -> Any:
    """Return the tensor in that layout: told outright, a compiler makes it so at once instead of copying it later."""
    return x.contiguous(memory_format=torch.channels_last)


class Convolution(nn.Module):  # type: ignore[misc]
    """Convolution, bias, ReLU. ``fused`` does the three in one kernel where that is possible."""

    fused = False

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: Any = 1, padded: bool = True) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2 if padded else 0)

    def forward(self, x: Any) -> Any:
        """Apply."""
        c = self.conv
        if self.fused and can_fuse(x):
            return torch.cudnn_convolution_relu(channels_last(x), c.weight, c.bias, c.stride, c.padding, c.dilation, 1)
        return torch.relu(c(x))


class Residual(nn.Module):  # type: ignore[misc]
    """3x3 unit of the same width: relu(conv(x) + x)."""

    fused = False

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, 1, 1)

    def forward(self, x: Any) -> Any:
        """Apply."""
        c = self.conv
        if self.fused and can_fuse(x):
            return torch.cudnn_convolution_add_relu(x, c.weight, x, 1.0, c.bias, c.stride, c.padding, c.dilation, 1)
        return torch.relu(c(x) + x)


class Transposed(nn.Module):  # type: ignore[misc]
    """Transposed convolution, bias, ReLU: from 1x1 to the kernel's size, or doubling."""

    fuser: Any = None

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__()
        padding = 1 if stride == 2 else 0
        self.conv = nn.ConvTranspose2d(inputs, outputs, kernel, stride, padding, padding)

    def forward(self, x: Any) -> Any:
        """Apply."""
        if self.fuser is not None and can_fuse(x):
            return self.fuser.transposed_relu(x, self.conv)
        return torch.relu(self.conv(x))


class TransformerBlock(nn.Module):  # type: ignore[misc]
    """Pre-norm encoder block with one fused projection for query, key and value."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, eps=1e-5)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-5)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x: Any) -> Any:
        """Apply to [windows, 16, width]."""
        x = x + self.out(self._attend(self.norm1(x)))
        return x + self.down(functional.gelu(self.up(self.norm2(x))))

    def _attend(self, x: Any) -> Any:
        windows, length, width = x.shape
        shape: Tuple[int, ...] = (windows, length, 3, self.heads, width // self.heads)
        query, key, value = self.qkv(x).reshape(shape).permute(2, 0, 3, 1, 4).unbind(0)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        return mixed.transpose(1, 2).reshape(windows, length, width)


def sinusoids(length: int, width: int) -> Any:
    """Return the position table [length, width]: sine on even, cosine on odd columns."""
    position = torch.arange(length, dtype=torch.float64).unsqueeze(1)
    frequency = torch.pow(10000.0, -torch.arange(0, width, 2, dtype=torch.float64) / width)
    table = torch.zeros(length, width, dtype=torch.float64)
    table[:, 0::2] = torch.sin(position * frequency)
    table[:, 1::2] = torch.cos(position * frequency)
    return table.float()
