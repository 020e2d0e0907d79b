"""Whether torch's files are all there as they were installed, which tools stand ready, how this Python was set up."""

from __future__ import annotations

import os
import sys
from typing import Any, Iterator

from ..place import Place
from .kinds import ALL, Absent, Call
from .packages import listed_folders, normalised

# whose files are looked at: those without which an import or a first kernel fails
CHECKED = ("torch", "torchvision", "torchaudio", "triton", "xformers", "flash-attn", "onnxruntime-gpu", "ctranslate2")
CHECKED_PREFIXES = ("nvidia-", "cuda-")
LIBRARY_ENDINGS = {"win32": (b".dll", b".pyd"), "darwin": (b".so", b".dylib")}
RECORD_BYTES = 8 << 20
MOST_FILES = 3000
TOOLS = (
    "gcc", "g++", "cc", "clang", "cl", "cmake", "ninja", "make", "git", "nvcc", "nvidia-smi", "nsys", "ncu", "ffmpeg",
    "docker", "podman", "nvidia-ctk", "conda", "mamba", "micromamba", "uv", "pip", "pip3", "python", "python3",
    "rocminfo", "rocm-smi", "xpu-smi", "vulkaninfo", "prime-select", "mokutil", "dkms", "journalctl",
)  # fmt: skip
FLAGS = (
    "debug", "optimize", "dont_write_bytecode", "no_user_site", "no_site", "ignore_environment", "isolated", "dev_mode",
    "utf8_mode", "safe_path", "warn_default_encoding", "verbose", "bytes_warning", "hash_randomization", "inspect",
)  # fmt: skip


def broken_files(place: Place) -> "dict[str, Any]":
    """Compare the libraries on disk with the sizes that were noted when they were installed (RECORD)."""
    found = {"checked": 0, "missing": [], "wrong_size": [], "bytes": {}}  # type: dict[str, Any]
    for folder, name in records(place):
        total = 0
        for path, size in libraries_of(os.path.join(folder, name, "RECORD")):
            if found["checked"] >= MOST_FILES:
                break
            found["checked"] += 1
            try:
                real = os.stat(os.path.join(folder, path)).st_size
            except OSError:
                found["missing"].append(path)
                continue
            total += real
            if size is not None and real != size:
                found["wrong_size"].append({"path": path, "expected": size, "found": real})
        if total:
            found["bytes"][normalised(name.partition("-")[0])] = total
    if not found["checked"]:
        raise Absent("no list of installed files of torch or its companions")
    return dict(found, missing=found["missing"][:40], wrong_size=found["wrong_size"][:40])


def records(place: Place) -> "Iterator[tuple[str, str]]":
    """Yield (folder, metadata folder) of the distributions whose files are looked at."""
    for folder, names, _ in listed_folders(place):
        for name in names:
            distribution = normalised(name.partition("-")[0]) if name.endswith(".dist-info") else ""
            if distribution in CHECKED or distribution.startswith(CHECKED_PREFIXES):
                yield folder, name


def libraries_of(record: str) -> "Iterator[tuple[str, int | None]]":
    """Yield the shared libraries of a RECORD with their sizes: ``torch/lib/libc10.so,sha256=...,1234``.

    A RECORD of torch has ten thousand lines, so the few that matter are searched for instead of splitting them all.
    """
    try:
        with open(record, "rb", buffering=0) as file:
            data = file.read(RECORD_BYTES)
    except OSError:
        return
    for ending in LIBRARY_ENDINGS.get(sys.platform, (b".so",)):
        at = data.find(ending)
        while at >= 0:
            start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
            end = len(data) if end < 0 else end
            parts = data[start:end].decode("utf-8", "replace").strip().rsplit(",", 2)
            path = parts[0].strip('"')
            if len(parts) == 3 and is_library(path.rpartition("/")[2]) and not path.startswith(("/", "..")):
                yield path, int(parts[2]) if parts[2].isdigit() else None
            at = data.find(ending, end)


def is_library(name: str) -> bool:
    """Tell whether a file name is a shared library's: libcudnn.so.9, c10.dll."""
    _, _, version = name.partition(".so.")
    return name.endswith((".so", ".dll", ".pyd", ".dylib")) or version.replace(".", "").isdigit()


def tools(place: Place) -> "dict[str, str]":
    """Name the programs that are at hand, with the file that each really is: gcc-12 says its version."""
    found = {}  # type: dict[str, str]
    seen = set()  # type: set[str]
    ending = ".exe" if os.name == "nt" else ""
    for folder in place.environ.get("PATH", "").split(os.pathsep)[:100]:
        real = os.path.realpath(folder)  # /bin is often /usr/bin
        if not os.path.isabs(folder) or real in seen:
            continue
        seen.add(real)
        try:
            names = set(os.listdir(folder))
        except OSError:
            continue
        for name in TOOLS:
            if name + ending in names and name not in found:
                found[name] = os.path.realpath(os.path.join(folder, name + ending))
    return found


def runtime(place: Place) -> "dict[str, Any]":
    """Describe how this Python was started and which encodings it uses: names in Chinese need UTF-8."""
    gil = getattr(sys, "_is_gil_enabled", None)
    found = {"flags": {name: getattr(sys.flags, name) for name in FLAGS if hasattr(sys.flags, name)}}  # type: dict[str, Any]
    found["warn_options"] = len(sys.warnoptions)
    found["import_path_entries"] = len(place.import_path)
    found["missing_path_entries"] = len([entry for entry in place.import_path if not os.path.exists(entry)])
    found["file_system_encoding"] = sys.getfilesystemencoding()
    found["standard_error_encoding"] = getattr(sys.stderr, "encoding", None)
    found["recursion_limit"] = sys.getrecursionlimit()
    found["switch_interval_s"] = sys.getswitchinterval()
    found["gil_enabled"] = bool(gil()) if gil else True
    found["thread_stack"] = getattr(getattr(sys, "thread_info", None), "lock", None)
    found["cache_tag"] = sys.implementation.cache_tag
    found["start_up_files"] = start_up_files(place)
    return found


def start_up_files(place: Place) -> "list[str]":
    """Name the .pth files of the package folders: their lines run at every start, and can shadow packages."""
    found = []
    for folder in place.import_path:
        if folder.endswith(("site-packages", "dist-packages")):
            found += [name for name in place.names_if_any(folder) if name.endswith(".pth")]
    return sorted(set(found))[:60]


QUESTIONS = (
    Call("python.broken_files", broken_files, "RECORD of torch and NVIDIA's packages", ALL, 6.0, "path"),
    Call("python.runtime", runtime, "sys", ALL),
    Call("build.tools", tools, "search path", ALL, 3.0, "path"),
)
