"""CUDA toolkits and the CUDA libraries that a loader can reach beside those of torch's own wheel."""

from __future__ import annotations

import os
import re
import sys
from typing import Any

from ..place import Place
from .kinds import Absent, Call, Reply, RunCommand

BOTH = ("linux", "windows")
NAMES = ("cudnn", "cublas", "cudart", "nvjitlink", "nccl", "nvrtc", "cusparse", "cusolver", "cufft", "libcuda.so")
WINDOWS_NAMES = (*NAMES, "nvcuda", "zlibwapi")
TOOLKIT_PARENTS = ("/usr/local", "/opt", "/usr/lib")
TOOLKIT_VARIABLES = ("CUDA_HOME", "CUDA_PATH", "CUDA_ROOT", "CONDA_PREFIX")
RUNTIME_HEADER = "include/cuda_runtime_api.h"
VERSION_FILES = ("version.json", "version.txt")
# torch on Windows needs these of Microsoft's; without them an import ends in WinError 126
RUNTIME_LIBRARIES = ("vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll", "vcomp140.dll", "nvcuda.dll", "nvml.dll")
MAX_FILES = 200


def toolkits(place: Place) -> "list[dict[str, Any]]":
    """Describe every toolkit folder: its version file and whether a compiler lies in it."""
    found = []
    seen = set()
    for folder in toolkit_folders(place):
        real = os.path.realpath(place.path(folder))
        if real in seen or not os.path.isdir(real):
            continue
        seen.add(real)
        text = next((text for text in (version_text(place, folder, name) for name in VERSION_FILES) if text), None)
        compiler = any(place.exists("%s/bin/%s" % (folder, name)) for name in ("nvcc", "nvcc.exe"))
        compat = [name for name in place.names_if_any(folder + "/compat") if name.startswith("libcuda.so")]
        if text or compiler or compat:
            found.append({"path": folder, "version_file": text, "has_nvcc": compiler, "compat": compat})
    return found


def toolkit_folders(place: Place) -> "list[str]":
    """Return where toolkits may lie: /usr/local/cuda-12.4, and where the variables point."""
    folders = [place.environ[name] for name in TOOLKIT_VARIABLES if place.environ.get(name)]
    if sys.platform == "win32":
        base = os.path.join(
            place.environ.get("ProgramFiles", "C:\\Program Files"), "NVIDIA GPU Computing Toolkit", "CUDA"
        )
        return folders + [os.path.join(base, name) for name in place.names_if_any(base)]
    for parent in TOOLKIT_PARENTS:
        folders += ["%s/%s" % (parent, name) for name in place.names_if_any(parent) if name.startswith("cuda")]
    return folders


def nvcc(place: Place) -> Reply:
    """Tell the release of the compiler on the search path: by the files beside it, else by running it."""
    program = place.program("nvcc")
    if program is None:
        raise Absent("nvcc is not on the search path")
    folder = os.path.dirname(os.path.dirname(behind_wrapper(place, os.path.realpath(program))))
    text = version_text(place, folder, "version.json") or ""
    found = re.search(r'"cuda_nvcc"\s?:\s?\{[^}]{0,200}"version"\s?:\s?"(\d{1,3}\.\d{1,3})', text)
    if found:
        return Reply("ok", text="release %s, by its version file\n" % found.group(1))
    header = re.search(r"#define CUDART_VERSION\s{1,8}(\d{4,6})", version_text(place, folder, RUNTIME_HEADER) or "")
    if header:
        number = int(header.group(1))
        return Reply("ok", text="release %d.%d, by the header beside it\n" % (number // 1000, number % 1000 // 10))
    return RunCommand("libraries.nvcc", ("nvcc", "--version"), BOTH, 4.0).ask(place)


def behind_wrapper(place: Place, program: str) -> str:
    """Follow a small script that only starts the real compiler, as Debian's and many others do."""
    try:
        head = place.text_of(program, 2048)
    except OSError:
        return program
    target = re.search(r"(/[^\s\"'$]{1,300}/nvcc)\b", head.partition("\n")[2]) if head.startswith("#!") else None
    return os.path.realpath(target.group(1)) if target else program


def version_text(place: Place, folder: str, name: str) -> "str | None":
    """Return the beginning of a version file, None when there is none."""
    try:
        return place.text_of("%s/%s" % (folder, name), 2048 if name in VERSION_FILES else 1 << 14)
    except OSError:
        return None


def loader_path(place: Place) -> "list[dict[str, Any]]":
    """List CUDA libraries in the folders that a person put on the loader's path: they come before the wheel's own."""
    variable = "PATH" if sys.platform == "win32" else "LD_LIBRARY_PATH"
    names = WINDOWS_NAMES if sys.platform == "win32" else NAMES
    found = []
    for folder in place.environ.get(variable, "").split(os.pathsep)[:100]:
        for name in place.names_if_any(folder) if os.path.isabs(folder) else ():
            if is_library(name) and any(word in name.lower() for word in names):
                path = os.path.join(folder, name)
                found.append(
                    {"path": path, "target": os.path.basename(os.path.realpath(place.path(path))), "where": variable}
                )
    return found[:MAX_FILES]


def is_library(name: str) -> bool:
    """Tell whether a file name is a shared library's."""
    return ".so" in name or name.lower().endswith(".dll")


def wheel_libraries(place: Place) -> "list[dict[str, Any]]":
    """List the libraries that NVIDIA's wheels brought along: folder nvidia/*/lib of the import path."""
    found = []
    for folder in place.import_path:
        base = os.path.join(folder, "nvidia")
        for part in place.names_if_any(base):
            for inside in ("lib", "bin"):
                names = place.names_if_any(os.path.join(base, part, inside))
                libraries = [name for name in names if is_library(name)]
                if libraries:
                    found.append({"package": part, "folder": os.path.join(base, part, inside), "names": libraries[:40]})
    return found[:MAX_FILES]


def runtime_libraries(place: Place) -> "dict[str, bool]":
    """Say which of the libraries that torch needs lie in Windows' own folder."""
    system = os.path.join(place.environ.get("SystemRoot", "C:\\Windows"), "System32")
    return {name: os.path.exists(os.path.join(system, name)) for name in RUNTIME_LIBRARIES}


QUESTIONS = (
    Call("libraries.toolkits", toolkits, "toolkit folders", BOTH, 3.0, "path"),
    Call("libraries.nvcc", nvcc, "nvcc on the search path", BOTH, 4.0),
    Call("libraries.loader_path", loader_path, "LD_LIBRARY_PATH or PATH", BOTH, 3.0, "path"),
    Call("libraries.wheels", wheel_libraries, "nvidia/*/lib", BOTH, 3.0, "path"),
    Call("windows.runtime_libraries", runtime_libraries, "System32", ("windows",)),
)
