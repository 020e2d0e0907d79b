"""The program of the torch child: imports the target's torch and uses it, one JSON line per stage.

Lines: ``["asking", STAGE]`` before a stage and ``["answer", STAGE, value]`` or ``["failed", STAGE, words]`` after it.
An import that hangs or a kernel that crashes therefore loses only its own stage and those after it. It runs from its
source text, after those of ``torch_warm`` and ``torch_config``; ``params`` is given to it.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from functools import partial
from typing import Any, Callable

if "configuration" not in globals():  # imported, not run as a child from source text
    from .torch_config import configuration, loaded_runtimes, peers, properties_of
    from .torch_warm import side_by_side, warm_up

MAX_DEVICES = 32
MATRIX_SIZE = 256
# half-precision modes of newer cards (TF32) differ in the third digit; a wrong kernel differs in the first
TOLERANCE = 2e-2
params = globals().get("params", {})  # type: dict[str, Any]
# the CUDA libraries, and those that share out work on the processor: two OpenMP runtimes in one process slow each other
LIBRARY_WORDS = ("cudnn", "cublas", "nvjitlink", "nccl", "libcuda", "cudart", "nvrtc", "cufft", "cusparse", "libtorch",
                 "curand", "cusolver", "nvtx", "cupti", "amdhip", "libhsa", "libze_", "libc10", "libgomp", "libiomp",
                 "libomp", "libmkl", "openblas", "libtbb", "libnuma", "libjemalloc", "libtcmalloc")  # fmt: skip


def main() -> None:
    """Go through the stages; a stage that needs torch is not asked when the import failed."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    stages = Stages(out)
    if params.get("warm"):
        warm_up()
    torch = stages.run("torch.import", import_torch)
    if torch is None:
        return
    available = stages.run("torch.available", lambda: availability(torch))
    stages.run("torch.build", lambda: build(torch))
    stages.run("torch.configuration", lambda: dict(configuration(torch), loaded=loaded_runtimes()))
    usable = bool(available and available["available"])
    devices = stages.run("torch.device_names", lambda: device_names(torch, usable))
    if devices:
        stages.run("torch.devices", lambda: [device(torch, name) for name in devices])
    for name in devices or ():
        stages.run("torch.kernel." + name, partial(kernels, torch, name))
    if len([name for name in devices or () if name.startswith("cuda")]) > 1:
        stages.run("torch.peers", lambda: peers(torch))
    if sys.platform.startswith("linux"):
        stages.run("torch.mapped_libraries", mapped_libraries)


class Stages:
    """Runs stages and sends what they gave, with the warnings that were raised meanwhile."""

    def __init__(self, out: Any) -> None:
        self.out = out

    def run(self, stage: str, work: "Callable[[], Any]") -> Any:
        """Run one stage; returns its value, or None after sending why there is none."""
        self.say("asking", stage)
        begun = time.perf_counter()
        with warnings.catch_warnings(record=True) as raised:
            warnings.simplefilter("always")
            try:
                value = work()
            except BaseException as problem:  # SystemExit too: some broken installs exit on import
                self.say("failed", stage, words_of(problem))
                return None
        sent = value if isinstance(value, (dict, list)) else version_facts(value)
        if isinstance(sent, dict):
            told = [" ".join(str(w.message).split())[:1000] for w in raised if "torch" in w.filename or is_plain(w)]
            sent = dict(sent, took_s=time.perf_counter() - begun, warnings=told[:20])
        self.say("answer", stage, sent)
        return value

    def say(self, *message: Any) -> None:
        """Send one line; values that JSON cannot hold become their text."""
        self.out.write(json.dumps(message, default=str) + "\n")
        self.out.flush()


def is_plain(warning: Any) -> bool:
    """Tell whether a warning is for users rather than for developers of other libraries."""
    return not issubclass(warning.category, (DeprecationWarning, PendingDeprecationWarning, ImportWarning))


def words_of(problem: BaseException) -> str:
    """Return the problem with its kind in front, as a person would search for it."""
    return ("%s: %s" % (type(problem).__name__, problem))[:3000]


def import_torch() -> Any:
    """Import it; everything may happen here."""
    import torch

    return torch


def version_facts(torch: Any) -> "dict[str, Any]":
    """Say which torch answered."""
    version = getattr(torch, "version", None)
    return {
        "version": str(getattr(torch, "__version__", "")),
        "cuda": getattr(version, "cuda", None),
        "hip": getattr(version, "hip", None),
        "xpu": getattr(version, "xpu", None),
        "debug": getattr(version, "debug", None),
        "file": str(getattr(torch, "__file__", "")),
    }


def availability(torch: Any) -> "dict[str, Any]":
    """Ask is_available(), and when it says no let torch itself say why."""
    available = bool(torch.cuda.is_available())
    found = {"available": available, "device_count": int(torch.cuda.device_count()), "error": ""}
    if not available:
        try:
            torch.cuda.init()
        except Exception as problem:
            found["error"] = words_of(problem)
    found["mps"] = bool(getattr(getattr(torch.backends, "mps", None), "is_available", bool)())
    found["xpu"] = bool(getattr(getattr(torch, "xpu", None), "is_available", bool)())
    return found


def build(torch: Any) -> "dict[str, Any]":
    """Say what the build holds: kernels for which GPUs, cuDNN, threads, precision switches."""
    flags = getattr(torch._C, "_cuda_getArchFlags", lambda: None)()
    found = {"arch_list": (flags or "").split(), "threads": torch.get_num_threads()}  # type: dict[str, Any]
    cudnn = torch.backends.cudnn
    found["cudnn_available"] = bool(cudnn.is_available())
    found["cudnn_enabled"] = bool(cudnn.enabled)
    found["cudnn_version"] = cudnn.version() if found["cudnn_available"] else None
    found["cudnn_benchmark"] = bool(cudnn.benchmark)
    found["cudnn_deterministic"] = bool(cudnn.deterministic)
    found["cudnn_allow_tf32"] = bool(cudnn.allow_tf32)
    found["matmul_precision"] = str(getattr(torch, "get_float32_matmul_precision", str)())
    if getattr(torch.version, "cuda", None) and hasattr(torch.cuda, "nccl"):
        found["nccl_version"] = nccl_version(torch)
    return found


def nccl_version(torch: Any) -> Any:
    """Return NCCL's version as numbers, None where this build has none (Windows)."""
    try:
        return list(torch.cuda.nccl.version())
    except Exception:
        return None


def device_names(torch: Any, cuda: bool) -> "list[str]":
    """Return every accelerator that this torch shows."""
    names = ["cuda:%d" % index for index in range(min(torch.cuda.device_count(), MAX_DEVICES))] if cuda else []
    xpu = getattr(torch, "xpu", None)
    if xpu is not None and xpu.is_available():
        names += ["xpu:%d" % index for index in range(min(xpu.device_count(), MAX_DEVICES))]
    mps = getattr(torch.backends, "mps", None)
    if mps is not None and mps.is_available():
        names.append("mps:0")
    return names


def device(torch: Any, name: str) -> "dict[str, Any]":
    """Describe one accelerator; opening it to ask for free memory may fail, and then says why."""
    kind, index = name.split(":")[0], int(name.split(":")[1])
    found = {"device": name, "index": index}  # type: dict[str, Any]
    if kind == "mps":
        return dict(found, name="Apple GPU (Metal)")
    module = getattr(torch, kind)
    properties = module.get_device_properties(index)
    found["name"] = str(properties.name)
    found["total_bytes"] = int(properties.total_memory)
    if kind == "cuda":
        found["capability"] = list(module.get_device_capability(index))
        found["multiprocessors"] = int(properties.multi_processor_count)
        found["gfx"] = str(getattr(properties, "gcnArchName", "") or "")
        found.update(properties_of(properties))
        try:
            found["free_bytes"] = int(module.mem_get_info(index)[0])
        except Exception as problem:
            found["free_error"] = words_of(problem)
    return found


def kernels(torch: Any, name: str) -> "dict[str, Any]":
    """Run one matrix product and one convolution on a device and compare both with the CPU."""
    begun = time.perf_counter()
    generator = torch.Generator().manual_seed(7)
    matrix = torch.randn(MATRIX_SIZE, MATRIX_SIZE, generator=generator)
    image = torch.randn(2, 8, 32, 32, generator=generator)
    weight = torch.randn(16, 8, 3, 3, generator=generator)

    def product() -> float:
        with torch.no_grad():
            return difference(matrix @ matrix, (matrix.to(name) @ matrix.to(name)).cpu())

    def convolution() -> float:
        with torch.no_grad():
            convolved = torch.nn.functional.conv2d(image.to(name), weight.to(name), padding=1).cpu()
            return difference(torch.nn.functional.conv2d(image, weight, padding=1), convolved)

    worst = max(side_by_side(product, convolution))
    found = {"device": name, "ok": worst <= TOLERANCE, "max_difference": worst, "error": ""}
    if not found["ok"]:
        found["error"] = "the results differ from the CPU by %.3g of the largest value" % worst
        found["max_difference"] = min(worst, 1e9)
    return dict(found, first_run_s=time.perf_counter() - begun)


def difference(expected: Any, found: Any) -> float:
    """Return the largest difference relative to the largest value; a NaN counts as a huge one."""
    value = float(((expected - found).abs().max() / expected.abs().max()).item())
    return value if value == value else 1e9


def mapped_libraries() -> "list[str]":
    """Return the libraries that are really mapped into this process, from its own memory map."""
    found = set()
    with open("/proc/self/maps") as maps:
        for line in maps:
            path = line.split(None, 5)[5].strip() if line.count(" ") >= 5 and "/" in line else ""
            name = os.path.basename(path).lower()
            if ".so" in name and any(word in name for word in LIBRARY_WORDS):
                found.add(path)
    return sorted(found)[:200]


if __name__ == "__main__" and "torch" not in sys.modules and params:
    main()
    sys.stderr.flush()
    os._exit(0)  # CUDA may hang or crash in its exit handlers, and everything was said
