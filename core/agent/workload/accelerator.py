"""One accelerator through torch: NVIDIA and AMD (``torch.cuda``), Intel (``torch.xpu``), Apple (``torch.mps``)."""

import contextlib
from typing import Any, ContextManager, Dict, List, Optional, Tuple

import torch

PRECISIONS = ("fp32", "tf32", "fp16", "bf16")
DTYPES = {"fp32": torch.float32, "tf32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


class NoAccelerator(Exception):  # noqa: N818  an answer, not a bug
    """The wished device is not there; ``detail`` in plain words of torch."""


class Accelerator:
    """``kind`` is cuda, hip, xpu or mps; only cuda was ever run by the makers, the others are marked untested."""

    def __init__(self, name: str) -> None:
        self.device = torch.device(name)
        self.kind = "hip" if self.device.type == "cuda" and torch.version.hip else self.device.type
        self.index = self.device.index or 0
        self.module: Any = getattr(torch, self.device.type)
        self.is_tested = self.kind == "cuda"
        self.has_streams = self.device.type in ("cuda", "xpu") and hasattr(self.module, "Stream")
        if self.device.type != "mps":
            self.module.set_device(self.device)

    @property
    def title(self) -> str:
        """Return the device's own name."""
        if self.device.type == "mps":
            return "Apple GPU (MPS)"
        return str(self.module.get_device_name(self.device))

    @property
    def capability(self) -> Optional[Tuple[int, int]]:
        """Return NVIDIA's compute capability; None for others."""
        return tuple(self.module.get_device_capability(self.device)) if self.kind == "cuda" else None

    def synchronize(self) -> None:
        """Wait for everything that was queued."""
        self.module.synchronize()

    def empty_cache(self) -> None:
        """Give cached memory back."""
        self.module.empty_cache()

    def new_event(self) -> Any:
        """Return an event that can be timed."""
        return self.module.Event(enable_timing=True)

    def stream(self, stream: Any) -> ContextManager[Any]:
        """Queue what runs inside on this stream."""
        if stream is None:
            return contextlib.nullcontext()
        entered: ContextManager[Any] = self.module.stream(stream)
        return entered

    def free_bytes(self) -> Optional[int]:
        """Return free device memory; None where torch cannot tell."""
        try:
            return int(self.module.mem_get_info(self.device)[0])
        except (AttributeError, RuntimeError):
            return None

    def memory(self) -> Dict[str, float]:
        """Return the allocator's figures in MiB; empty where there are none."""
        if self.device.type == "mps":
            return {"allocated_mib": self.module.current_allocated_memory() / 2**20}
        return {
            "peak_allocated_mib": self.module.max_memory_allocated(self.device) / 2**20,
            "peak_reserved_mib": self.module.max_memory_reserved(self.device) / 2**20,
        }

    def reset_peak(self) -> None:
        """Forget the highest allocation so far."""
        if self.device.type != "mps":
            self.module.reset_peak_memory_stats(self.device)

    def why_not(self, precision: str) -> str:
        """Return why a precision is no candidate here, or nothing."""
        capability = self.capability
        if self.kind == "cuda" and capability is not None:
            if precision == "fp16" and capability < (7, 0):
                return "fp16_needs_7_0"
            if precision in ("bf16", "tf32") and capability < (8, 0):
                return "%s_needs_8_0" % precision
        elif precision == "tf32":
            return "tf32_is_nvidia_only"
        elif precision == "bf16" and self.kind == "mps":
            return "bf16_not_tried_on_mps"
        return ""


def find(name: str) -> Accelerator:
    """Return the device of a name such as cuda:0; ``auto`` takes the first that torch can use."""
    if name in ("", "auto"):
        usable = usable_devices()
        if not usable:
            raise NoAccelerator("torch %s sees no usable accelerator" % torch.__version__)
        name = usable[0]
    name = name.replace("hip", "cuda")
    if ":" not in name and name != "mps":
        name += ":0"
    if name not in usable_devices():
        raise NoAccelerator("%s is not there; usable: %s" % (name, ", ".join(usable_devices()) or "none"))
    return Accelerator(name)


def usable_devices() -> List[str]:
    """Return the names of the devices that torch says it can use."""
    names: List[str] = []
    for kind in ("cuda", "xpu"):
        module = getattr(torch, kind, None)
        if module is not None and module.is_available():
            names += ["%s:%d" % (kind, index) for index in range(module.device_count())]
    mps = getattr(torch.backends, "mps", None)
    if mps is not None and mps.is_available():
        names.append("mps")
    return names


def is_out_of_memory(problem: BaseException) -> bool:
    """Tell whether an exception means that device memory was short."""
    kind = getattr(torch, "OutOfMemoryError", None) or torch.cuda.OutOfMemoryError
    return isinstance(problem, kind) or "out of memory" in str(problem).lower()


def set_precision(precision: str) -> None:
    """Set TF32 explicitly: cuDNN's default is on, so an untouched "fp32" run would be TF32."""
    allowed = precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed
