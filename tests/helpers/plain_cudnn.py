"""cuDNN's backend calls, answered on the processor: graphs are read from their descriptors and computed with torch."""
# ruff: noqa: N802  the names are those of the library

import ctypes
from types import SimpleNamespace

import torch
from torch.nn import functional

POINTWISE, CONVOLUTION, CONFIG, HEURISTIC, PLAN = 0, 1, 3, 4, 5
FORWARD, BACKWARD_DATA, STEP, GRAPH, PACK, TENSOR = 10, 12, 13, 15, 16, 17
NAMES = ("create", "make", "set", "finalize", "get", "stream", "execute")
_MODES = {0: torch.add, 1: torch.mul, 3: torch.maximum, 100: torch.relu}
_DTYPES = {0: torch.float32, 2: torch.float16, 9: torch.bfloat16}


class PlainCudnn:
    """``refuse`` maps a call's name to the first number of that call that is refused; ``proposals`` is how many plans
    the heuristic has, of which those in ``unsupported`` cannot be built."""

    def __init__(self, proposals=2, unsupported=()):
        self.proposals = proposals
        self.unsupported = set(unsupported)
        self.refuse = {}
        self.counted = dict.fromkeys(NAMES, 0)
        self.alive = {}
        self.wrongly_destroyed = []
        self.executed = 0
        self._next = 100

    def _status(self, name):
        self.counted[name] += 1
        return 3000 if self.counted[name] >= self.refuse.get(name, 1 << 30) else 0

    def cudnnCreate(self, handle):
        handle._obj.value = 7
        return self._status("create")

    def cudnnBackendCreateDescriptor(self, kind, made):
        status = self._status("make")
        if status == 0:
            self._next += 1
            made._obj.value = self._next
            self.alive[self._next] = SimpleNamespace(kind=kind, values={}, is_final=False, place=None)
        return status

    def cudnnBackendSetAttribute(self, made, name, value_type, count, array):
        values = list(array)[: count.value]
        descriptor = self.alive[made.value]
        assert not descriptor.is_final
        descriptor.values[name] = [self.alive[value] for value in values] if value_type == 15 else values
        return self._status("set")

    def cudnnBackendFinalize(self, made):
        descriptor = self.alive[made.value]
        if descriptor.kind == PLAN and descriptor.values[401][0].place in self.unsupported:
            return 3000
        descriptor.is_final = True
        return self._status("finalize")

    def cudnnBackendGetAttribute(self, made, name, value_type, asked, count, array):
        descriptor = self.alive[made.value]
        if descriptor.kind == HEURISTIC:
            for place in range(min(self.proposals, asked.value)):
                config = self.alive[array[place]]
                config.place, config.values[0] = place, descriptor.values[201]
            count._obj.value = self.proposals
        else:
            array[0], count._obj.value = 64, 1
        return self._status("get")

    def cudnnSetStream(self, handle, stream):
        assert handle.value == 7
        return self._status("stream")

    def cudnnBackendExecute(self, handle, plan, pack):
        status = self._status("execute")
        if status == 0:
            self.executed += 1
            pack = self.alive[pack.value].values
            graph = self.alive[plan.value].values[401][0].values[0][0]
            _compute(graph.values[801], dict(zip(pack[1000], pack[1001], strict=True)))
        return status

    def cudnnBackendDestroyDescriptor(self, made):
        if self.alive.pop(made.value, None) is None:
            self.wrongly_destroyed.append(made.value)
        return 0


def _compute(operations, pointers):
    values = {}

    def read(tensor):
        number = tensor.values[906][0]
        if number not in values:
            values[number] = _memory(tensor, pointers[number]).float()
        return values[number]

    for operation in operations:
        if operation.kind == STEP:
            mode, out = operation.values[750][0].values[0][0], operation.values[753][0]
            result = _MODES[mode](read(operation.values[751][0]), *map(read, operation.values.get(752, ())))
        else:
            result, out = _convolved(operation, read)
        if out.values.get(907):
            values[out.values[906][0]] = result
        else:
            _memory(out, pointers[out.values[906][0]]).copy_(result)


def _convolved(operation, read):
    is_transposed = operation.kind == BACKWARD_DATA
    names = (708, 709, 711, 710) if is_transposed else (702, 703, 704, 705)
    rule, weight, source, out = (operation.values[name][0] for name in names)
    stride, before, after, dilation = (rule.values[name] for name in (103, 104, 105, 102))
    assert before == after
    x, w, size = read(source), read(weight), out.values[902]
    if not is_transposed:
        return functional.conv2d(x, w, None, stride, before, dilation), out
    result = torch.nn.grad.conv2d_input(tuple(size), w, x, stride, before, dilation)
    return result, out


def _memory(tensor, pointer):
    sizes, strides, dtype = tensor.values[902], tensor.values[903], _DTYPES[tensor.values[901][0]]
    span = 1 + sum((size - 1) * stride for size, stride in zip(sizes, strides, strict=True))
    raw = (ctypes.c_uint8 * (span * torch.empty((), dtype=dtype).element_size())).from_address(pointer)
    return torch.frombuffer(raw, dtype=dtype).as_strided(sizes, strides)
