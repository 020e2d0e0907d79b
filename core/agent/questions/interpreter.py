"""The inspected Python: its version and kind, read from itself, and the signs of the tool that made it."""

from __future__ import annotations

import os
import sys
from typing import Any

from ..place import Place, first_text
from .kinds import ALL, Absent, Call

PORTABLE_SIGNS = (
    "run_nvidia_gpu.bat",
    "run_cpu.bat",
    "webui.bat",
    "webui-user.bat",
    "ComfyUI",
    "run.bat",
    "go-web.bat",
)
CONDA_WORDS = (
    "pytorch", "torch", "libtorch", "cuda", "cudnn", "nccl", "cpuonly", "mkl", "onnxruntime", "triton", "magma",
    "nvidia", "xformers", "ctranslate2", "faiss", "libcublas", "python-", "_openmp_mutex", "rocm", "hip",
)  # fmt: skip


def interpreter(place: Place) -> "dict[str, Any]":
    """Describe the interpreter that answers."""
    version = sys.version_info
    return {
        "version": "%d.%d.%d%s" % (version[0], version[1], version[2], release_suffix(version)),
        "implementation": sys.implementation.name,
        "bits": 64 if sys.maxsize > 2**32 else 32,
        "free_threaded": "free-threading" in sys.version or "t" in getattr(sys, "abiflags", ""),
        "executable": sys.executable,
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "built": sys.version.replace("\n", " ")[:300],
        "platform": sys.platform,
        "no_user_site": bool(sys.flags.no_user_site),
        "import_path": place.import_path[:60],
    }


def release_suffix(version: Any) -> str:
    """Return rc1, b2 ... for an unfinished Python, "" for a finished one."""
    short = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(version[3])
    return "%s%d" % (short, version[4]) if short else ""


def surroundings(place: Place) -> "dict[str, Any]":
    """Say what kind of environment this is by the files that its maker leaves."""
    library = os.path.dirname(os.__file__)
    found = {
        "conda_meta": os.path.isdir(os.path.join(sys.prefix, "conda-meta")),
        "externally_managed": os.path.exists(os.path.join(library, "EXTERNALLY-MANAGED")),
        "portable": [name for name in PORTABLE_SIGNS if os.path.exists(os.path.join(sys.prefix, os.pardir, name))],
        "is_embedded": bool([name for name in os.listdir(sys.prefix) if name.endswith("._pth")]),
        "pyvenv": None,
    }
    config = first_text(place, [os.path.join(sys.prefix, "pyvenv.cfg")])
    if config:
        lines = (line.partition("=") for line in config[1].splitlines())
        found["pyvenv"] = {key.strip().lower(): value.strip() for key, _, value in lines if value}
    return found


def conda_packages(place: Place) -> "list[dict[str, str]]":
    """List conda's packages that have to do with torch and CUDA: name, version, build from the record's file name."""
    folder = os.path.join(sys.prefix, "conda-meta")
    found = []
    for file_name in place.names_in(folder):
        parts = file_name[: -len(".json")].rsplit("-", 2) if file_name.endswith(".json") else []
        if len(parts) == 3 and file_name.startswith(CONDA_WORDS):
            record = {"name": parts[0], "version": parts[1], "build": parts[2]}
            record["channel"] = conda_channel(place, os.path.join(folder, file_name))
            found.append(record)
    return found


def conda_channel(place: Place, path: str) -> str:
    """Read the channel from a record's first lines; the rest of the file is a long list of files."""
    try:
        head = place.text_of(path, 4096)
    except OSError:
        return ""
    at = head.find('"channel"')
    return head[at:].split('"')[3] if at >= 0 and head[at:].count('"') > 3 else ""


def conda_history(place: Place) -> "list[str]":
    """Return the last commands that changed the conda environment."""
    text = place.text_of(os.path.join(sys.prefix, "conda-meta", "history"), 1 << 18)
    commands = [line[len("# cmd:") :].strip()[:300] for line in text.splitlines() if line.startswith("# cmd:")]
    if not commands:
        raise Absent("no command is recorded")
    return commands[-10:]


QUESTIONS = (
    Call("python.interpreter", interpreter, "sys", ALL, privacy="path"),
    Call("python.surroundings", surroundings, "files around the interpreter", ALL, privacy="path"),
    Call("python.conda_packages", conda_packages, "conda-meta", ALL, 3.0),
    Call("python.conda_history", conda_history, "conda-meta/history", ALL, privacy="free_text"),
)
