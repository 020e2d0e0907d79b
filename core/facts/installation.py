"""What is installed around torch and how: files that are broken, where packages come from, tools, the live build."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesCheck:
    """Libraries of torch and its companions against the sizes noted when they were installed."""

    checked: int
    missing: tuple[str, ...] = ()
    wrong_size: tuple[str, ...] = ()  # "torch/lib/libtorch_cpu.so: 1024 of 438293 bytes"
    sizes_mib: tuple[tuple[str, float], ...] = ()  # per distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallerSettings:
    """One settings file of pip, uv or conda; only well-known hosts are named in it."""

    tool: str
    file: str
    lines: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonRuntime:
    """How the inspected Python was started."""

    flags: tuple[tuple[str, str], ...] = ()  # those that are not at their usual value 0
    file_system_encoding: str = ""
    is_gil_enabled: bool | None = None
    start_up_files: tuple[str, ...] = ()  # .pth files, whose lines run at every start
    missing_path_entries: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchConfiguration:
    """What torch says of its build and its switches."""

    built_with: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()  # USE_CUDA: ON ...
    parallel: tuple[str, ...] = ()
    switches: tuple[tuple[str, str], ...] = ()  # backends.cuda.matmul.allow_tf32: True ...
    threads: int | None = None
    cudnn_enabled: bool | None = None
    cudnn_benchmark: bool | None = None
    nccl_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPort:
    """A port of a fast network card (InfiniBand, RoCE), which GPUs of several machines talk through."""

    device: str
    port: str
    state: str = ""
    rate: str = ""
    link_layer: str = ""
