"""Convolutions fused with what follows them, each used only where it was measured to be faster than torch's own way."""

import functools
from typing import Any, Callable, Dict, NamedTuple, Optional, Sequence, Tuple

import torch
from torch.nn import functional

from .cudnn_graph import ADD, MAXIMUM, MULTIPLY, RELU, Convolved, CudnnError, FusedConvolution, Library, Plan
from .layers import TENSOR_CORE_CHANNELS

_BIAS = (ADD, 2)
_PRELU = (_BIAS, (MULTIPLY, 3), (MAXIMUM, "before"))  # a slope below 1: the larger of x and slope * x
_MOST_PLANS = 4
_REPEATS = 5


_LIBRARY: Dict[str, Any] = {}


def new_fuser() -> Tuple[Optional["Fuser"], str]:
    """Return a fuser, or why there is none."""
    if not _LIBRARY:
        try:
            _LIBRARY["made"] = Library()
        except (OSError, AttributeError, RuntimeError) as problem:  # torch itself refuses a cuDNN that does not fit it
            _LIBRARY["problem"] = "%s: %s" % (type(problem).__name__, problem)
    if "made" not in _LIBRARY:
        return None, str(_LIBRARY["problem"])[:200]
    return Fuser(_LIBRARY["made"]), ""


class _Chosen(NamedTuple):
    graph: FusedConvolution
    plan: Plan


class Fuser:
    """Runs a layer fused or plainly, whichever was faster when its shape was first seen."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._chosen: Dict[Any, Optional[_Chosen]] = {}
        self._forms: Dict[Any, Optional[_Chosen]] = {}
        self._constants: Dict[Any, Tuple[Any, ...]] = {}

    def convolution_prelu(self, x: Any, layer: Any, prelu: Any) -> Any:
        """Apply a 3x3 convolution and PReLU."""
        return self._apply(x, layer, _PRELU, prelu.weight, lambda: prelu(layer(x)))

    def convolution(self, x: Any, layer: Any) -> Any:
        """Apply a 3x3 convolution and its bias."""
        return self._apply(x, layer, (_BIAS,), None, lambda: layer(x))

    def transposed_relu(self, x: Any, layer: Any) -> Any:
        """Apply a transposed convolution and ReLU."""
        return self._apply(x, layer, (_BIAS, (RELU, None)), None, lambda: torch.relu_(layer(x)))

    def share(self) -> Tuple[int, int]:
        """Return how many of the shapes seen are run fused."""
        return sum(found is not None for found in self._forms.values()), len(self._forms)

    def _apply(self, x: Any, layer: Any, steps: Any, slope: Any, plain: Callable[[], Any]) -> Any:
        key = (layer, steps, tuple(x.shape), x.dtype)  # holding the layer, as a number of it could come again
        if key not in self._chosen:
            if torch.cuda.is_current_stream_capturing():
                return plain()  # nothing can be timed now
            self._chosen[key] = self._choose(x, layer, steps, slope, plain)
        chosen = self._chosen[key]
        if chosen is None:
            return plain()
        return self._run(chosen, x, layer, slope)

    def _run(self, chosen: _Chosen, x: Any, layer: Any, slope: Any) -> Any:
        out = _empty_output(x, layer)
        chosen.graph.run(chosen.plan, self._tensors(x, layer, slope), out)
        return out

    def _choose(self, x: Any, layer: Any, steps: Any, slope: Any, plain: Callable[[], Any]) -> Optional[_Chosen]:
        """Time the plain way and cuDNN's first proposals; a layer of the same form shares the choice."""
        form = _form(x, layer, steps)
        if form not in self._forms:
            self._forms[form] = self._fastest(x, layer, steps, slope, plain)
        return self._forms[form]

    def _fastest(self, x: Any, layer: Any, steps: Any, slope: Any, plain: Callable[[], Any]) -> Optional[_Chosen]:
        graph: Optional[FusedConvolution] = None
        best: Optional[_Chosen] = None
        try:
            what = Convolved(layer.stride[0], layer.padding[0], _is_transposed(layer), tuple(steps))
            tensors = self._tensors(x, layer, slope)
            graph = FusedConvolution(self._library, what, tensors, _empty_output(x, layer), _MOST_PLANS)
            best_s = _seconds(plain)
            for plan in graph.plans:
                spent = _seconds(functools.partial(self._run, _Chosen(graph, plan), x, layer, slope))
                if spent < best_s:
                    best, best_s = _Chosen(graph, plan), spent
        except (CudnnError, AttributeError, OSError):
            best = None  # the plain way is always there, and the result is checked either way
        if graph is not None and best is None:
            graph.close()
        return best

    def _tensors(self, x: Any, layer: Any, slope: Any) -> Sequence[Any]:
        """Return input, weight, bias and slopes as cuDNN wants them: channels last, few channels filled up."""
        key = (layer, slope is None)
        missing = max(0, TENSOR_CORE_CHANNELS - x.shape[1])
        if key not in self._constants:
            weight = layer.weight
            if missing:
                inputs = (0, 0, 0, missing) if _is_transposed(layer) else (0, missing)
                weight = functional.pad(weight, (0, 0, 0, 0, *inputs))
            rows = [weight.contiguous(memory_format=torch.channels_last), _row(layer.bias)]
            if slope is not None:
                rows.append(_row(slope))
            self._constants[key] = tuple(rows)
        if missing:
            x = functional.pad(x, (0, 0, 0, 0, 0, missing))
        return (x.contiguous(memory_format=torch.channels_last), *self._constants[key])


def _is_transposed(layer: Any) -> bool:
    return isinstance(layer, torch.nn.ConvTranspose2d)


def _form(x: Any, layer: Any, steps: Any) -> Any:
    """Return what two layers must have in common to be run by one graph."""
    more = getattr(layer, "output_padding", None)
    of_layer = (tuple(layer.weight.shape), layer.stride, layer.padding, more)
    return (_is_transposed(layer), *of_layer, tuple(x.shape), x.dtype, tuple(steps))


def _row(values: Any) -> Any:
    return values.reshape(1, -1, 1, 1).contiguous()


def _empty_output(x: Any, layer: Any) -> Any:
    batch, _, height, width = x.shape
    kernel, stride, padding = layer.kernel_size[0], layer.stride[0], layer.padding[0]
    if _is_transposed(layer):
        more = layer.output_padding[0]
        sides = [(side - 1) * stride - 2 * padding + kernel + more for side in (height, width)]
    else:
        sides = [(side + 2 * padding - kernel) // stride + 1 for side in (height, width)]
    shape = (batch, layer.out_channels, sides[0], sides[1])
    return torch.empty(shape, dtype=x.dtype, device=x.device, memory_format=torch.channels_last)


def _seconds(work: Callable[[], Any]) -> float:
    """Return the device's time for one call."""
    work()
    begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    begin.record()
    for _ in range(_REPEATS):
        work()
    end.record()
    end.synchronize()
    return float(begin.elapsed_time(end)) / 1000.0 / _REPEATS
