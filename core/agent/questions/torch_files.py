"""What the files of torch and its companions say of the CUDA they were built for; nothing is imported."""

from __future__ import annotations

import os
from typing import Any

from ..place import Place
from .kinds import ALL, Absent, Call
from .packages import head_of

LIBRARY_WORDS = (
    "torch_cuda",
    "torch_cpu",
    "torch_hip",
    "torch_xpu",
    "cudart",
    "cudnn",
    "cublas",
    "c10_cuda",
    "caffe2_nvrtc",
)
# package folder: small text files that hold its build, and folders whose library names tell it
COMPANIONS = {
    "torchvision": (("version.py",), ()),
    "torchaudio": (("version.py",), ("lib",)),
    "xformers": (("cpp_lib.json", "version.py"), ()),
    "flash_attn": (("__init__.py",), ()),
    "bitsandbytes": (("_version.py",), ("",)),
    "onnxruntime": (("capi/build_and_package_info.py", "capi/version_info.py"), ("capi",)),
    "ctranslate2": (("version.py",), ("",)),
    "ctranslate2.libs": ((), ("",)),
    "triton": ((), ("backends",)),
    "tensorrt_libs": ((), ("",)),
}
LIBRARY_ENDINGS = (".so", ".dll", ".dylib", ".pyd")


def torch_copies(place: Place) -> "list[dict[str, Any]]":
    """Describe every torch folder on the import path, first the one that an import takes."""
    found = []
    seen = set()
    for folder in place.import_path:
        base = os.path.join(folder, "torch")
        real = os.path.realpath(base)
        if real in seen or not os.path.isdir(base):
            continue
        seen.add(real)
        found.append(torch_copy(base))
    if not found:
        raise Absent("no torch folder on the import path")
    return found


def torch_copy(base: str) -> "dict[str, Any]":
    """Describe one torch folder. Jetson and source builds are told by ``version.py`` and their library names."""
    libraries = names_like(os.path.join(base, "lib"), LIBRARY_WORDS)
    return {
        "location": base,
        "version_file": head_of(os.path.join(base, "version.py"), 4096) or None,
        "has_init": os.path.isfile(os.path.join(base, "__init__.py")),
        "has_extension": bool([name for name in names_in(base) if name.startswith("_C.")]),
        "libraries": libraries,
        "is_link": os.path.islink(base),
    }


def companions(place: Place) -> "list[dict[str, Any]]":
    """Read the build notes of packages that must fit torch's CUDA, first copy on the import path only."""
    found = []
    for name, (files, folders) in COMPANIONS.items():
        base = next((entry for entry in bases(place, name) if os.path.isdir(entry)), None)
        if base is None:
            continue
        texts = {file: head_of(os.path.join(base, *file.split("/")), 4096) for file in files}
        libraries = [entry for folder in folders for entry in names_like(os.path.join(base, folder), ())]
        found.append(
            {"name": name, "files": {key: value for key, value in texts.items() if value}, "libraries": libraries}
        )
    return found


def bases(place: Place, name: str) -> "list[str]":
    """Return where a package folder may lie."""
    return [os.path.join(folder, name) for folder in place.import_path]


def names_in(folder: str) -> "list[str]":
    """List a folder, empty when it cannot be listed."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def names_like(folder: str, words: "tuple[str, ...]") -> "list[str]":
    """Return the library files of a folder whose name holds one of the words (none given: all libraries)."""
    libraries = [name for name in names_in(folder) if any(ending in name for ending in LIBRARY_ENDINGS)]
    return [name for name in libraries if not words or any(word in name.lower() for word in words)][:100]


QUESTIONS = (
    Call("torch.copies", torch_copies, "torch/version.py", ALL, 4.0, "path"),
    Call("torch.companions", companions, "package files", ALL, 4.0),
)
