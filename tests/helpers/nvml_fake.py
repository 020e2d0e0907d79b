"""A Python object in the place of NVML's library, under the real nvidia-ml-py: replays a recorded card, with faults.

Its functions fill the ctypes out-parameters as the library does, so the real bindings run unchanged on every system.
"""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from functools import lru_cache
from types import ModuleType
from typing import Any

from helpers import recordings

SUCCESS, NOT_SUPPORTED, INSUFFICIENT_SIZE = 0, 3, 7
# symbol of the library: field of the recording whose value it gives
FIELDS = {
    "nvmlSystemGetDriverVersion": "driver_version",
    "nvmlSystemGetCudaDriverVersion_v2": "cuda_version",
    "nvmlSystemGetNVMLVersion": "nvml_version",
}


class FakeLibrary:
    """``faults``: symbol (or ``*``) to error code. ``missing``: symbols that an old library does not have."""

    def __init__(
        self, fields: dict[str, Any], faults: dict[str, int] | None = None, missing: frozenset[str] = frozenset()
    ) -> None:
        self._fields = fields
        self._faults = faults or {}
        self._missing = missing
        self.asked: list[str] = []

    def __getattr__(self, symbol: str) -> Any:
        if symbol in self._missing or symbol.startswith("__"):
            raise AttributeError(symbol)

        def call(*arguments: Any) -> int:
            self.asked.append(symbol)
            code = self._faults.get(symbol, self._faults.get("*", SUCCESS))
            return code if code else self._fill(symbol, arguments)

        call.__name__ = symbol
        return call

    def _fill(self, symbol: str, arguments: tuple[Any, ...]) -> int:
        if symbol.startswith(("nvmlDeviceGetHandle", "nvmlInit")):
            return SUCCESS
        if symbol.startswith("nvmlDeviceGetCount"):
            arguments[-1]._obj.value = 1
            return SUCCESS
        if symbol not in self._fields:
            return NOT_SUPPORTED
        value = self._fields[symbol]
        outs = [argument for argument in arguments if hasattr(argument, "_obj") or isinstance(argument, ctypes.Array)]
        values = value if isinstance(value, list) else [value]
        for out, each in zip(outs, values, strict=False):
            _put(getattr(out, "_obj", out), each)
        return SUCCESS


def _put(out: Any, value: Any) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            if isinstance(part, dict):
                _put(getattr(out, name), part)
            elif hasattr(out, name):
                setattr(out, name, part.encode() if isinstance(part, str) else part)
    elif isinstance(value, list):
        for place, part in enumerate(value[: len(out)]):
            if isinstance(part, dict):
                _put(out[place], part)
            else:
                out[place] = part
    elif isinstance(value, str):
        out.value = value.encode()
    else:
        out.value = value


def recorded_fields() -> dict[str, Any]:
    """Return the recorded H100's values by the symbols that gave them."""
    from gpuproof.core.agent.nvml_child import GETTERS

    answer = recordings.recording("h100-agent").answers.get("nvml.snapshot")
    assert answer is not None
    gpu, system = answer.value["gpus"][0], answer.value["system"]
    fields: dict[str, Any] = {symbol: system[field]["v"] for symbol, field in FIELDS.items()}
    symbols = {
        "nvmlDeviceGetPciInfo": "nvmlDeviceGetPciInfo_v3",
        "nvmlDeviceGetCurrentDriverModel": "nvmlDeviceGetDriverModel",
    }
    for field, getter, arguments in GETTERS:
        name = "nvmlDeviceGetMemoryInfo_v2" if field == "memory_v2" else symbols.get(getter, getter)
        if "v" in gpu.get(field, {}) and not (arguments and name in fields):
            fields[name] = gpu[field]["v"]
    for name in ("Compute", "Graphics"):
        fields.pop(f"nvmlDeviceGet{name}RunningProcesses", None)
        fields[f"nvmlDeviceGet{name}RunningProcesses_v3"] = 0
    return fields


def bindings(library: FakeLibrary) -> ModuleType:
    """Return the real nvidia-ml-py with the fake library put in place of NVML's."""
    module = _bindings()
    module.nvmlLib = library  # type: ignore[attr-defined]
    module._nvmlGetFunctionPointer_cache.clear()
    return module


@lru_cache(maxsize=1)
def _bindings() -> ModuleType:
    """Load a copy of its own, as others in the same process may use the bindings too."""
    spec = importlib.util.find_spec("pynvml")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get("pynvml")
    sys.modules["pynvml"] = module
    spec.loader.exec_module(module)
    if before is None:
        del sys.modules["pynvml"]
    else:
        sys.modules["pynvml"] = before
    return module
