"""How the target's torch was built and what it is set to: this text runs before ``torch_child``'s in one namespace.

Everything here is optional: torch has had these names at different times, and what a release lacks is left out.
"""

from __future__ import annotations

import sys
from typing import Any

# path below torch: called where it can be called. None of these starts CUDA.
SWITCHES = (
    "backends.mkldnn.is_available", "backends.mkldnn.enabled", "backends.mkl.is_available",
    "backends.openmp.is_available", "backends.opt_einsum.is_available", "backends.xnnpack.enabled",
    "backends.cuda.is_built", "backends.mps.is_built", "backends.cpu.get_cpu_capability",
    "backends.cuda.matmul.allow_tf32", "backends.cuda.matmul.allow_fp16_reduced_precision_reduction",
    "backends.cuda.matmul.allow_bf16_reduced_precision_reduction", "backends.cuda.flash_sdp_enabled",
    "backends.cuda.mem_efficient_sdp_enabled", "backends.cuda.math_sdp_enabled", "backends.cuda.cudnn_sdp_enabled",
    "backends.cuda.preferred_linalg_library", "backends.quantized.engine", "cuda.get_allocator_backend",
    "get_num_threads", "get_num_interop_threads", "get_default_dtype", "get_default_device",
    "are_deterministic_algorithms_enabled", "is_grad_enabled", "is_inference_mode_enabled", "compiled_with_cxx11_abi",
    "distributed.is_available", "distributed.is_nccl_available", "distributed.is_gloo_available",
    "distributed.is_mpi_available", "version.git_version", "version.rocm", "_C._has_mkldnn", "_C.has_openmp",
    "_C.has_lapack", "_C.has_mkl",
)  # fmt: skip
LONGEST = 300
# device properties beside name and memory that decide what a kernel may do there
PROPERTIES = (
    "L2_cache_size", "is_integrated", "is_multi_gpu_board", "max_threads_per_multi_processor",
    "regs_per_multiprocessor", "shared_memory_per_block", "shared_memory_per_block_optin",
    "shared_memory_per_multiprocessor", "warp_size", "clock_rate", "memory_clock_rate", "memory_bus_width",
)  # fmt: skip


def configuration(torch: Any) -> "dict[str, Any]":
    """Return the build's own lines, its settings, how it shares out work, and its switches."""
    shown = lines_of(torch, "show")
    settings = next((line for line in shown if line.startswith("Build settings:")), "")
    return {
        "built_with": [line for line in shown[1:] if not line.startswith("Build settings:")],
        "settings": settings_of(settings.partition(":")[2]),
        "parallel": lines_of(torch, "parallel_info"),
        "switches": switches(torch),
    }


def lines_of(torch: Any, report: str) -> "list[str]":
    """Return the lines of a report without their bullets; none where this torch has no such report."""
    try:
        text = str(getattr(torch.__config__, report)())
    except Exception:
        return []
    lines = (line.strip().lstrip("- ").strip() for line in text.splitlines())
    return [line if line.startswith("Build settings:") else line[:LONGEST] for line in lines if line][:60]


def settings_of(line: str) -> "dict[str, str]":
    """Take ``BLAS_INFO=mkl, CXX_FLAGS= -O2 ..., USE_CUDA=ON`` apart; the compilers' own flags explain nothing."""
    pairs = (part.strip(" ,").partition("=") for part in line.split(", "))
    named = ((name, value.strip()) for name, equals, value in pairs if equals and not name.endswith("_FLAGS"))
    return {name: value[:LONGEST] for name, value in named if name.replace("_", "").isalnum()}


def switches(torch: Any) -> "dict[str, Any]":
    """Ask every switch that this torch has."""
    found = {}  # type: dict[str, Any]
    for path in SWITCHES:
        value = torch
        try:
            for name in path.split("."):
                value = getattr(value, name)
            value = value() if callable(value) else value
        except Exception:
            continue  # another release's name, or a part that is not in this build
        found[path] = value if value is None or isinstance(value, (bool, int, float)) else str(value)[:LONGEST]
    return found


def properties_of(properties: Any) -> "dict[str, Any]":
    """Return a card's further properties, and where it sits: its PCI address tells which card it is for the driver."""
    found = {}  # type: dict[str, Any]
    for name in PROPERTIES:
        value = getattr(properties, name, None)
        if isinstance(value, (bool, int)):
            found[name] = value
    address = address_of(properties)
    return dict(found, address=address) if address else found


def address_of(properties: Any) -> str:
    """Return ``0000:19:00``, or "" where this torch does not say (before 2.8 or so)."""
    try:
        return "%04x:%02x:%02x" % (properties.pci_domain_id, properties.pci_bus_id, properties.pci_device_id)
    except AttributeError:
        return ""


def peers(torch: Any) -> "dict[str, Any]":
    """Ask CUDA which GPU may reach which other one's memory directly; both ends are named by PCI address too."""
    count = min(torch.cuda.device_count(), 16)
    pairs = [
        {"first": first, "second": second, "allowed": bool(torch.cuda.can_device_access_peer(first, second))}
        for first in range(count)
        for second in range(count)
        if first != second
    ]
    addresses = [address_of(torch.cuda.get_device_properties(index)) for index in range(count)]
    return {"pairs": pairs, "addresses": addresses}


def loaded_runtimes() -> "list[str]":
    """Name the packages beside torch that an import of torch alone has brought in: numpy, triton and their kin."""
    known = (
        "numpy",
        "triton",
        "mkl",
        "intel_extension_for_pytorch",
        "torch_xla",
        "torch_directml",
        "torch_npu",
        "apex",
    )
    return [name for name in known if name in sys.modules]
