"""What this device can do at most, measured in seconds: products, convolutions, copies, launches. Never datasheets."""

import time
from functools import partial
from typing import Any, Callable, Dict, Tuple

import torch

from .accelerator import DTYPES, Accelerator, is_out_of_memory, set_precision

SIZES = (2048, 4096, 8192)
_COPY_BYTES = 256 << 20
_HOST_BYTES = 64 << 20
CONVOLUTIONS = ((64, 96, 64), (256, 24, 64))  # channels, grid, batch


def measure_limits(accelerator: Accelerator, longest_s: float, tick: Callable[[], None]) -> Dict[str, Any]:
    """Measure within about ``longest_s``; what did not fit or failed is simply not in the result."""
    began = time.perf_counter()
    found: Dict[str, Any] = {}
    for name, probe in _probes(accelerator, longest_s):
        tick()
        if time.perf_counter() - began > longest_s:
            found.setdefault("not_measured", []).append(name)
            continue
        try:
            found[name] = probe()
        except RuntimeError as problem:
            if not is_out_of_memory(problem):
                found.setdefault("failed", {})[name] = str(problem)[:200]
            accelerator.empty_cache()
    found["took_s"] = time.perf_counter() - began
    return found


def _probes(accelerator: Accelerator, longest_s: float) -> Tuple[Tuple[str, Callable[[], Any]], ...]:
    is_short = longest_s <= 4.0
    sizes = SIZES[1:] if is_short else SIZES
    rows: Dict[str, Callable[[], Any]] = {}
    rows["copy_device_gbs"] = lambda: _device_copy(accelerator)
    rows["copy_up_pinned_gbs"] = lambda: _host_copy(accelerator, True, True)
    rows["copy_down_pinned_gbs"] = lambda: _host_copy(accelerator, True, False)
    rows["copy_both_pinned_gbs"] = lambda: _both_ways(accelerator)
    rows["copy_up_pageable_gbs"] = lambda: _host_copy(accelerator, False, True)
    rows["copy_down_pageable_gbs"] = lambda: _host_copy(accelerator, False, False)
    rows["launch_us"] = lambda: _launch(accelerator)
    for precision in ("fp16", "fp32") if is_short else ("fp16", "fp32", "tf32", "bf16"):
        if not accelerator.why_not(precision):
            rows["matmul_tflops_" + precision] = partial(_matmul, accelerator, precision, sizes)
            rows["conv_tflops_" + precision] = partial(_convolution, accelerator, precision)
    return tuple(rows.items())


def _best_s(accelerator: Accelerator, work: Callable[[], Any], longest_s: float = 0.08) -> float:
    """Return the best time of one call, several calls per reading, closed by a synchronisation."""
    work()
    accelerator.synchronize()
    best = float("inf")
    calls = 1
    until = time.perf_counter() + longest_s
    while time.perf_counter() < until:
        began = time.perf_counter()
        for _ in range(calls):
            work()
        accelerator.synchronize()
        spent = time.perf_counter() - began
        best = min(best, spent / calls)
        calls = max(1, min(50, int(0.02 / max(spent / calls, 1e-6))))
    return best


def _matmul(accelerator: Accelerator, precision: str, sizes: Tuple[int, ...]) -> float:
    set_precision(precision)
    best = 0.0
    for size in sizes:
        if size >= 8192 and best and best < 5.0:
            break  # a slow device: the large product would take seconds
        left = torch.rand(size, size, device=accelerator.device).sub_(0.5).to(DTYPES[precision])
        right = torch.rand(size, size, device=accelerator.device).sub_(0.5).to(DTYPES[precision])
        out = torch.empty_like(left)
        seconds = _best_s(accelerator, partial(torch.mm, left, right, out=out))
        best = max(best, 2.0 * size**3 / seconds / 1e12)
    return best


def _convolution(accelerator: Accelerator, precision: str) -> float:
    set_precision(precision)
    torch.backends.cudnn.benchmark = True
    best = 0.0
    for channels, grid, batch in CONVOLUTIONS:
        layout = torch.channels_last
        shape = (batch, channels, grid, grid)
        x = torch.rand(shape, device=accelerator.device).sub_(0.5).to(DTYPES[precision], memory_format=layout)
        weight = torch.rand(channels, channels, 3, 3, device=accelerator.device).sub_(0.5)
        weight = weight.to(DTYPES[precision], memory_format=layout)
        seconds = _best_s(accelerator, partial(torch.conv2d, x, weight, padding=1))
        best = max(best, 2.0 * batch * channels * channels * 9 * grid * grid / seconds / 1e12)
    return best


def _device_copy(accelerator: Accelerator) -> float:
    """Count bytes read plus bytes written."""
    source = torch.empty(_COPY_BYTES, dtype=torch.uint8, device=accelerator.device).random_(0, 255)
    target = torch.empty_like(source)
    return 2.0 * _COPY_BYTES / _best_s(accelerator, lambda: target.copy_(source)) / 1e9


def _host_copy(accelerator: Accelerator, is_pinned: bool, is_up: bool) -> float:
    host = _host_bytes(_HOST_BYTES, is_pinned)
    device = torch.empty(_HOST_BYTES, dtype=torch.uint8, device=accelerator.device)
    source, target = (host, device) if is_up else (device, host)
    seconds = _best_s(accelerator, lambda: target.copy_(source, non_blocking=is_pinned))
    return _HOST_BYTES / seconds / 1e9


def _both_ways(accelerator: Accelerator) -> Any:
    """Return the rate of each direction while both run: what an overlapped pipeline can reach."""
    if not accelerator.has_streams:
        return None
    size = 64 << 20
    host_up, host_down = _host_bytes(size, True), _host_bytes(size, True)
    device_up = torch.empty(size, dtype=torch.uint8, device=accelerator.device)
    device_down = torch.empty_like(device_up)
    up, down = accelerator.module.Stream(), accelerator.module.Stream()

    def both() -> None:
        with accelerator.stream(up):
            device_up.copy_(host_up, non_blocking=True)
        with accelerator.stream(down):
            host_down.copy_(device_down, non_blocking=True)

    return size / _best_s(accelerator, both, 0.2) / 1e9


def _host_bytes(size: int, is_pinned: bool) -> Any:
    return torch.zeros(size, dtype=torch.uint8, pin_memory=is_pinned)


def _launch(accelerator: Accelerator) -> float:
    """Return microseconds per small operator, queued one after the other."""
    small = torch.zeros(16, device=accelerator.device)
    calls = 300

    def many() -> None:
        for _ in range(calls):
            small.add_(1.0)

    return _best_s(accelerator, many) / calls * 1e6
