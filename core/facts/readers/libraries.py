"""CUDA toolkits and libraries within the loader's reach; the wheel's own ones are named apart."""

from __future__ import annotations

import re
from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.parts import LibraryFile, Toolkit
from gpuproof.core.facts.reading import list_of, names_of, objects, objects_in, objects_of, text_of, words
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion, dotted

_SO_VERSION = re.compile(r"\.so\.(\d[\d.]{0,30})\Z")
_DLL_VERSION = re.compile(r"_(\d{1,4})\.dll\Z", re.IGNORECASE)
_NVCC = re.compile(r"release (\d{1,3}\.\d{1,3})")
_CUDA = re.compile(r"\bcuda[-_ /v]{0,2}(\d{1,2}\.\d{1,2})", re.IGNORECASE)


def read_toolkit_folders(answers: Answers) -> tuple[Toolkit, ...] | Unknown:
    """Read the installed toolkits by their version files, else by their folder's name: /usr/local/cuda-12.4."""
    found = list_of(answers, "libraries.toolkits")
    if isinstance(found, Unknown):
        return found
    return tuple(_toolkit(entry) for entry in objects(found) if entry.get("version_file") or entry.get("has_nvcc"))


def _toolkit(found: dict[str, Any]) -> Toolkit:
    path, version_file = words(found.get("path")), words(found.get("version_file"))
    match = re.search(r'"cuda"\s?:\s?\{[^}]{0,200}"version"\s?:\s?"([\d.]{1,20})"', version_file)
    match = match or re.search(r"CUDA Version (\d[\d.]{1,20})", version_file) or _CUDA.search(path)
    return Toolkit(path=path, version=dotted(match.group(1)) if match else None, has_nvcc=found.get("has_nvcc") is True)


def read_toolkits(answers: Answers) -> tuple[DottedVersion, ...] | Unknown:
    """Return the versions of the installed toolkits, with the one of the nvcc on the search path."""
    folders = read_toolkit_folders(answers)
    text = text_of(answers, "libraries.nvcc")
    match = _NVCC.search(text) if isinstance(text, str) else None
    if isinstance(folders, Unknown) and match is None:
        return folders
    versions = [] if isinstance(folders, Unknown) else [toolkit.version for toolkit in folders if toolkit.version]
    # nvcc says 12.4 where the version file of the same toolkit says 12.4.1
    if match and not any(_same_release(version, match.group(1)) for version in versions):
        versions.append(DottedVersion(match.group(1)))
    return tuple(sorted(set(versions)))


def _same_release(version: DottedVersion, release: str) -> bool:
    return version.text == release or version.text.startswith(release + ".")


def read_libraries(answers: Answers) -> tuple[LibraryFile, ...] | Unknown:
    """Read libraries outside of torch's wheels: those on the loader's path come first, as the loader takes them."""
    given = list_of(answers, "libraries.loader_path")
    cache = text_of(answers, "driver.loader_cache")
    compat = _compat(answers)
    if isinstance(given, Unknown) and isinstance(cache, Unknown) and not compat:
        return given
    found = [_on_path(entry) for entry in objects_in(given)]
    lines = [] if isinstance(cache, Unknown) else cache.splitlines()
    found += [library for line in lines if (library := _in_cache(line))]
    return (*found, *compat)


def _on_path(found: dict[str, Any]) -> LibraryFile:
    path = words(found.get("path"))
    return LibraryFile(
        name=re.split(r"[/\\]", path)[-1],
        path=path,
        where=words(found.get("where")),
        version=_version(words(found.get("target"))) or _version(path),
    )


def _in_cache(line: str) -> LibraryFile | None:
    """Read ``libcudnn.so.9 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libcudnn.so.9``."""
    name, arrow, path = line.strip().partition(" => ")
    if not arrow:
        return None
    return LibraryFile(name=name.split(" ")[0], path=path.strip(), where="loader_cache", version=_version(path.strip()))


def _compat(answers: Answers) -> list[LibraryFile]:
    """Name the forward-compatibility libcuda that toolkits bring along; it is used only when the loader reaches it."""
    entries = objects_of(answers, "libraries.toolkits")
    return [
        LibraryFile(name=name, path=f"{words(entry.get('path'))}/compat/{name}", where="folder", version=_version(name))
        for entry in entries
        for name in entry.get("compat") or ()
        if isinstance(name, str)
    ]


def _version(path: str) -> DottedVersion | None:
    """Read the version at the end of a file name: libcudnn.so.9.14.0, cudnn64_9.dll."""
    match = _SO_VERSION.search(path) or _DLL_VERSION.search(path)
    return dotted(match.group(1)) if match else None


def read_wheel_libraries(answers: Answers) -> tuple[LibraryFile, ...] | Unknown:
    """Read the libraries of NVIDIA's wheels; their folders come first on torch's own path."""
    found = list_of(answers, "libraries.wheels")
    if isinstance(found, Unknown):
        return found
    return tuple(
        LibraryFile(name=name, path=f"{words(entry.get('folder'))}/{name}", where="wheel", version=_version(name))
        for entry in objects(found)
        for name in entry.get("names") or ()
        if isinstance(name, str)
    )


def read_onnx_providers(answers: Answers) -> tuple[str, ...] | Unknown:
    """Read what ONNX Runtime says it can use: CUDAExecutionProvider, CPUExecutionProvider ..."""
    return names_of(answers, "onnx.providers")
