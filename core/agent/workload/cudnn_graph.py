"""Builds and runs small cuDNN operation graphs: a convolution with what follows it in one kernel.

torch offers convolution with bias and ReLU as one kernel, but not with PReLU, and no transposed convolution with
either. cuDNN, which torch has loaded, offers both through its graph interface; it is called here by ctypes. The numbers
below are those of NVIDIA's public header ``cudnn_graph.h`` (unchanged from cuDNN 8.0 to 9).
"""

import ctypes
import os
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

import torch

HALF, FLOAT, BFLOAT16 = 2, 0, 9
_DTYPES = {torch.float16: HALF, torch.bfloat16: BFLOAT16, torch.float32: FLOAT}
ADD, MULTIPLY, MAXIMUM, RELU = 0, 1, 3, 100
# kinds of descriptors
_POINTWISE, _CONVOLUTION, _CONFIG, _HEURISTIC, _PLAN = 0, 1, 3, 4, 5
_FORWARD, _BACKWARD_DATA, _POINTWISE_STEP, _GRAPH, _PACK, _TENSOR = 10, 12, 13, 15, 16, 17
# kinds of attribute values
_T_HANDLE, _T_DTYPE, _T_BOOL, _T_INT, _T_FLOAT, _T_POINTER = 0, 1, 2, 3, 4, 6
_T_MODE, _T_HEURISTIC, _T_POINTWISE, _T_DESCRIPTOR = 7, 8, 14, 15
_C_TYPES: Dict[int, Any] = {
    _T_HANDLE: ctypes.c_void_p,
    _T_DTYPE: ctypes.c_int,
    _T_BOOL: ctypes.c_bool,
    _T_INT: ctypes.c_int64,
    _T_FLOAT: ctypes.c_float,
    _T_POINTER: ctypes.c_void_p,
    _T_MODE: ctypes.c_int,
    _T_HEURISTIC: ctypes.c_int,
    _T_POINTWISE: ctypes.c_int,
    _T_DESCRIPTOR: ctypes.c_void_p,
}
_CROSS_CORRELATION = 1
_HEURISTIC_A = 3
_WORKSPACE_SIZE = 402
_RESULTS = 202
_MOST_CONFIGS = 24
# attributes of a convolution step: alpha, beta, convolution, weight, input, output
_FORWARD_STEP = (700, 701, 702, 703, 704, 705)
_BACKWARD_STEP = (706, 707, 708, 709, 711, 710)

Attribute = Tuple[int, int, Sequence[Any]]


class CudnnError(RuntimeError):
    """A call that cuDNN refused: its status and what was asked."""


class Library:
    """cuDNN as torch has loaded it, with a handle of our own."""

    def __init__(self) -> None:
        version = int(torch.backends.cudnn.version() or 0)
        major = version // 10000 if version >= 90000 else version // 1000
        name = "cudnn64_%d.dll" % major if os.name == "nt" else "libcudnn.so.%d" % major
        self._calls = ctypes.CDLL(name)  # found by its name, as it is loaded already
        handle = ctypes.c_void_p()
        self.check(self._calls.cudnnCreate(ctypes.byref(handle)), "create")
        self.handle = handle.value

    def check(self, status: int, what: str) -> None:
        """Raise unless the status says success."""
        if status != 0:
            raise CudnnError("cuDNN answered %d to %s" % (status, what))

    def describe(self, kind: int, attributes: Iterable[Attribute] = (), finalize: bool = True) -> Any:
        """Return a descriptor with these attributes."""
        made = ctypes.c_void_p()
        self.check(self._calls.cudnnBackendCreateDescriptor(kind, ctypes.byref(made)), "descriptor %d" % kind)
        try:
            for name, value_type, values in attributes:
                array = (_C_TYPES[value_type] * len(values))(*values)
                count = ctypes.c_int64(len(values))
                status = self._calls.cudnnBackendSetAttribute(made, name, value_type, count, array)
                self.check(status, "attribute %d" % name)
            if finalize:
                self.check(self._calls.cudnnBackendFinalize(made), "finalize %d" % kind)
        except CudnnError:
            self.destroy(made.value)
            raise
        return made.value

    def read(self, descriptor: Any, name: int, value_type: int, array: Any) -> int:
        """Read an attribute into an array and return how many values there are."""
        count = ctypes.c_int64()
        asked = ctypes.c_int64(len(array))
        status = self._calls.cudnnBackendGetAttribute(
            ctypes.c_void_p(descriptor), name, value_type, asked, ctypes.byref(count), array
        )
        self.check(status, "reading %d" % name)
        return min(count.value, len(array))

    def execute(self, plan: Any, pack: Any) -> None:
        """Queue a plan on torch's current stream."""
        stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
        self.check(self._calls.cudnnSetStream(ctypes.c_void_p(self.handle), stream), "stream")
        handle, plan, pack = (ctypes.c_void_p(value) for value in (self.handle, plan, pack))
        self.check(self._calls.cudnnBackendExecute(handle, plan, pack), "execute")

    def destroy(self, descriptor: Any) -> None:
        """Give a descriptor back."""
        self._calls.cudnnBackendDestroyDescriptor(ctypes.c_void_p(descriptor))


class Shape(NamedTuple):
    """A tensor of a graph: where it lies, or only its form when it is a step's result that is never stored."""

    sizes: Tuple[int, ...]
    strides: Tuple[int, ...]
    dtype: int
    is_virtual: bool = False


class Convolved(NamedTuple):
    """What a graph computes: a (transposed) convolution, then pointwise steps.

    Each step is its mode and what it combines with: a tensor's place among the inputs, ``None`` for no second
    operand, or ``"before"`` for the value before the last step (for PReLU: the larger of x and slope * x).
    """

    stride: int
    padding: int
    is_transposed: bool
    steps: Tuple[Tuple[int, Any], ...]


class Plan(NamedTuple):
    """One way that cuDNN knows to run a graph."""

    descriptor: Any
    workspace_bytes: int


def shape_of(tensor: Any) -> Shape:
    """Return the shape of a tensor in memory."""
    return Shape(tuple(tensor.shape), tuple(tensor.stride()), _DTYPES[tensor.dtype])


class FusedConvolution:
    """One graph for one set of shapes; ``plans`` are what cuDNN proposes, best guess first."""

    def __init__(self, library: Library, what: Convolved, tensors: Sequence[Any], out: Any, most: int) -> None:
        self._library = library
        self._made: List[Any] = []
        self._ids = list(range(1, len(tensors) + 2))
        try:
            self.plans = self._plans(self._graph(what, tensors, out), most)
        except CudnnError:
            self.close()
            raise

    def close(self) -> None:
        """Give every descriptor back; the plans can no longer be run."""
        while self._made:
            self._library.destroy(self._made.pop())

    def run(self, plan: Plan, tensors: Sequence[Any], out: Any) -> None:
        """Queue one run; the tensors are input, weight, then what the steps combine with."""
        workspace = torch.empty(max(1, plan.workspace_bytes), dtype=torch.uint8, device=out.device)
        pointers = [tensor.data_ptr() for tensor in (*tensors, out)]
        pack = self._library.describe(
            _PACK,
            (
                (1000, _T_INT, self._ids),
                (1001, _T_POINTER, pointers),
                (1003, _T_POINTER, [workspace.data_ptr()]),
            ),
        )
        try:
            self._library.execute(plan.descriptor, pack)
        finally:
            self._library.destroy(pack)

    def _describe(self, kind: int, attributes: Iterable[Attribute] = (), finalize: bool = True) -> Any:
        made = self._library.describe(kind, attributes, finalize)
        self._made.append(made)
        return made

    def _graph(self, what: Convolved, tensors: Sequence[Any], out: Any) -> Any:
        given = [self._tensor(shape_of(tensor), number) for number, tensor in enumerate(tensors, 1)]
        last = self._tensor(shape_of(out), len(tensors) + 1)
        between = Shape(tuple(out.shape), tuple(out.stride()), FLOAT, is_virtual=True)
        values = [self._tensor(between, 100 + number) for number in range(len(what.steps))]
        values.append(last)
        operations = [self._convolution(what, given[0], given[1], values[0])]
        for number, (mode, operand) in enumerate(what.steps):
            other = values[number - 1] if operand == "before" else None if operand is None else given[operand]
            operations.append(self._pointwise(mode, values[number], other, values[number + 1]))
        return self._describe(_GRAPH, ((800, _T_HANDLE, [self._library.handle]), (801, _T_DESCRIPTOR, operations)))

    def _tensor(self, shape: Shape, number: int) -> Any:
        attributes: List[Attribute] = [
            (901, _T_DTYPE, [shape.dtype]),
            (902, _T_INT, shape.sizes),
            (903, _T_INT, shape.strides),
            (906, _T_INT, [number]),
            (900, _T_INT, [16]),
        ]
        if shape.is_virtual:
            attributes.append((907, _T_BOOL, [True]))
        return self._describe(_TENSOR, attributes)

    def _convolution(self, what: Convolved, x: Any, weight: Any, y: Any) -> Any:
        both = [what.padding, what.padding]
        rule = self._describe(
            _CONVOLUTION,
            (
                (100, _T_DTYPE, [FLOAT]),
                (101, _T_MODE, [_CROSS_CORRELATION]),
                (102, _T_INT, [1, 1]),
                (103, _T_INT, [what.stride, what.stride]),
                (104, _T_INT, both),
                (105, _T_INT, both),
                (106, _T_INT, [2]),
            ),
        )
        alpha, beta, convolution, w, source, result = _BACKWARD_STEP if what.is_transposed else _FORWARD_STEP
        attributes: Tuple[Attribute, ...] = (
            (convolution, _T_DESCRIPTOR, [rule]),
            (source, _T_DESCRIPTOR, [x]),
            (w, _T_DESCRIPTOR, [weight]),
            (result, _T_DESCRIPTOR, [y]),
            (alpha, _T_FLOAT, [1.0]),
            (beta, _T_FLOAT, [0.0]),
        )
        return self._describe(_BACKWARD_DATA if what.is_transposed else _FORWARD, attributes)

    def _pointwise(self, mode: int, x: Any, other: Optional[Any], y: Any) -> Any:
        rule = self._describe(_POINTWISE, ((0, _T_POINTWISE, [mode]), (1, _T_DTYPE, [FLOAT])))
        attributes: List[Attribute] = [
            (750, _T_DESCRIPTOR, [rule]),
            (751, _T_DESCRIPTOR, [x]),
            (753, _T_DESCRIPTOR, [y]),
        ]
        if other is not None:
            attributes.append((752, _T_DESCRIPTOR, [other]))
        return self._describe(_POINTWISE_STEP, attributes)

    def _plans(self, graph: Any, most: int) -> List[Plan]:
        """Return up to ``most`` plans that can be built."""
        library = self._library
        heuristic = self._describe(_HEURISTIC, ((201, _T_DESCRIPTOR, [graph]), (200, _T_HEURISTIC, [_HEURISTIC_A])))
        empty = [self._describe(_CONFIG, finalize=False) for _ in range(_MOST_CONFIGS)]
        configs = (ctypes.c_void_p * _MOST_CONFIGS)(*empty)
        found: List[Plan] = []
        for number in range(library.read(heuristic, _RESULTS, _T_DESCRIPTOR, configs)):
            if len(found) >= most:
                break
            try:
                attributes: Tuple[Attribute, ...] = (
                    (400, _T_HANDLE, [library.handle]),
                    (401, _T_DESCRIPTOR, [configs[number]]),
                )
                plan = self._describe(_PLAN, attributes)
                size = (ctypes.c_int64 * 1)()
                library.read(plan, _WORKSPACE_SIZE, _T_INT, size)
                found.append(Plan(plan, int(size[0])))
            except CudnnError:
                continue
        return found
