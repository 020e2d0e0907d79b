"""Containers, WSL2 and the environment variables that decide which GPU and which libraries a program gets."""

from __future__ import annotations

from typing import Any

from ..place import Place
from .kinds import LINUX, Call, ListFolder, ReadFile, Variables

MARKERS = ("/.dockerenv", "/run/.containerenv", "/.singularity.d", "/run/.toolboxenv", "/dev/dxg")
TOOLKIT_FILES = (
    "/usr/bin/nvidia-ctk",
    "/usr/bin/nvidia-container-cli",
    "/usr/bin/nvidia-container-runtime",
    "/etc/nvidia-container-runtime/config.toml",
    "/etc/cdi/nvidia.yaml",
    "/var/run/cdi/nvidia.yaml",
)
MOUNT_WORDS = ("nvidia", "libcuda", "/dev/dri", "/usr/lib/wsl", "overlay")

NAMES = (
    "CUDA_*", "NVIDIA_*", "CUDNN_*", "CUBLAS_*", "NCCL_*", "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH",
    "PATH", "PYTORCH_*", "TORCH_*", "HIP_*", "ROCR_*", "ROCM_*", "HSA_*", "GPU_DEVICE_ORDINAL", "ZE_AFFINITY_MASK",
    "ONEAPI_DEVICE_SELECTOR", "SYCL_DEVICE_FILTER", "PYTHONPATH", "PYTHONHOME", "PYTHONNOUSERSITE", "PYTHONUSERBASE",
    "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_EXE", "CONDA_OVERRIDE_CUDA", "UV_TORCH_BACKEND",
    "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS", "PIP_NO_INDEX", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS",
    "WSL_DISTRO_NAME", "WSL_INTEROP", "KUBERNETES_SERVICE_HOST", "SLURM_JOB_GPUS", "SLURM_GPUS_ON_NODE",
    "KMP_*", "GOMP_*", "OMP_*", "MKL_*", "NUMEXPR_*", "MALLOC_*", "TORCHINDUCTOR_*", "TRITON_*", "LD_BIND_NOW",
    "LD_AUDIT", "CC", "CXX", "CUDAHOSTCXX", "NVCC_*", "MAX_JOBS", "FORCE_CUDA", "BNB_*", "BITSANDBYTES_*", "XFORMERS_*",
    "FLASH_ATTENTION_*", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_ENDPOINT", "HTTP_PROXY", "HTTPS_PROXY",
    "ALL_PROXY", "NO_PROXY", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONOPTIMIZE",
    "PYTHONWARNINGS", "PYTHONMALLOC", "DISPLAY", "WAYLAND_DISPLAY", "DRI_PRIME", "__NV_PRIME_RENDER_OFFLOAD",
    "__GLX_VENDOR_LIBRARY_NAME", "VK_ICD_FILENAMES", "TMPDIR",
    "SLURM_CPUS_PER_TASK", "SLURM_MEM_PER_NODE", "SLURM_STEP_GPUS", "CUBLASLT_*", "PIP_CONFIG_FILE",
    "UV_INDEX_STRATEGY", "CONDA_DEFAULT_CHANNELS", "CONDA_SHLVL", "DOCKER_HOST", "WSLENV",
    "ONNXRUNTIME_*", "ORT_*", "TF_FORCE_GPU_ALLOW_GROWTH", "XDG_SESSION_TYPE", "CI",
)  # fmt: skip
# an index URL may carry a password, and a service's address is nobody's business
SECRET_WORDS = (
    "INDEX",
    "FIND_LINKS",
    "TOKEN",
    "KEY",
    "SECRET",
    "PASSWORD",
    "SERVICE_HOST",
    "INTEROP",
    "PROXY",
    "ENDPOINT",
    "DOCKER_HOST",
)


def marker_files(place: Place) -> "list[str]":
    """Name the files that only exist inside containers or under WSL."""
    return [path for path in MARKERS if place.exists(path)]


def mounts(place: Place) -> "list[str]":
    """Return the mount points that have to do with GPUs, and the kind of the root file system."""
    found = []
    for line in place.text_of("/proc/self/mountinfo", 1 << 19).splitlines():
        parts = line.split(" ")
        kind = line.split(" - ", 1)[-1].split(" ")[0]
        point = parts[4] if len(parts) > 4 else ""
        if point == "/" or any(word in point for word in MOUNT_WORDS[:-1]):
            found.append("%s %s" % (kind, point))
    return found[:100]


def toolkit(place: Place) -> "dict[str, Any]":
    """Say which parts of NVIDIA's container toolkit are installed here, and whether docker knows its runtime."""
    found = {"files": [path for path in TOOLKIT_FILES if place.exists(path)]}  # type: dict[str, Any]
    try:
        daemon = place.text_of("/etc/docker/daemon.json")
        found["docker_runtime"] = "nvidia" in daemon
    except FileNotFoundError:
        found["docker_runtime"] = None
    except OSError as problem:
        found["docker_error"] = problem.strerror
    return found


QUESTIONS = (
    Call("container.markers", marker_files, "marker files", LINUX),
    ReadFile("container.cgroup", "/proc/1/cgroup"),
    ReadFile("container.systemd", "/run/systemd/container"),
    Call("container.mounts", mounts, "/proc/self/mountinfo", LINUX, privacy="path"),
    Call("container.toolkit", toolkit, "container toolkit files", LINUX),
    ListFolder("wsl.libraries", "/usr/lib/wsl/lib", LINUX),
    ReadFile("wsl.configuration", "/etc/wsl.conf"),
    Variables("environment.variables", NAMES, secret=SECRET_WORDS),
)
