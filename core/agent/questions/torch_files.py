"""What the files of torch and its companions say of the CUDA they were built for; nothing is imported."""

from __future__ import annotations

import io
import os
import re
from typing import Any, Iterator

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
# package: (folder of the import path, beginnings of its library's name, bytes to look through at each end).
# ctranslate2 opens its CUDA libraries by names that stand anywhere in its library; the others' linker wrote them
# near one end.
WHOLE = 512 << 20
NEEDING = {
    "ctranslate2": (("ctranslate2", "ctranslate2.libs"), ("libctranslate2", "ctranslate2", "_ext"), WHOLE),
    "flash_attn": (("",), ("flash_attn_2_cuda", "flash_attn_3_cuda"), 4 << 20),
    "torchvision": (("torchvision",), ("_C.",), 4 << 20),
    "torchaudio": (("torchaudio/lib",), ("_torchaudio", "libtorchaudio"), 4 << 20),
    "xformers": (("xformers",), ("_C.", "_C_"), 4 << 20),
}
CUDA_NAME = re.compile(
    rb"(lib(?:cublas|cudart|cudnn|cufft|nvrtc)\.so\.\d{1,2})|((?:cublas|cudart|cudnn)64_\d{1,3}\.dll)", re.IGNORECASE
)
CUDA_STEMS = (b"cublas64_", b"cudart64_") if os.name == "nt" else (b"libcublas.so.", b"libcudart.so.")
CHUNK = 256 << 10
OVERLAP = 64
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


def needs(place: Place) -> "list[dict[str, Any]]":
    """Name the CUDA libraries that a package's own library asks for by name: cuBLAS 12 tells that it is for CUDA 12."""
    found = []  # type: list[dict[str, Any]]
    for name, (folders, beginnings, limit) in NEEDING.items():
        for path in [path for folder in folders for path in own_libraries(place, folder, beginnings)][:4]:
            try:
                found.append({"name": name, "file": os.path.basename(path), "asks_for": names_inside(path, limit)})
            except OSError as problem:
                found.append({"name": name, "file": os.path.basename(path), "problem": problem.strerror})
    if not found:
        raise Absent("none of these packages has a library of its own here")
    return found


def own_libraries(place: Place, folder: str, beginnings: "tuple[str, ...]") -> "list[str]":
    """Return a package's libraries in the first folder of the import path that has any."""
    for entry in place.import_path:
        base = os.path.join(entry, *folder.split("/"))
        names = [name for name in names_like(base, ()) if name.startswith(beginnings)]
        if names:
            return [os.path.join(base, name) for name in names]
    return []


def names_inside(path: str, limit: int) -> "list[str]":
    """Search a library's bytes for names of CUDA libraries, up to the limit at each of its ends."""
    size = os.stat(path).st_size
    spans = [(0, size)] if size <= 2 * limit else [(0, limit), (size - limit, size)]
    stems = CUDA_STEMS if limit < WHOLE else CUDA_STEMS[:1]  # each is another pass over everything
    found = set()  # type: set[str]
    with open(path, "rb", buffering=0) as file:
        for start, end in spans:
            file.seek(start)
            for piece, size, is_last in pieces(file, end - start):
                if any(piece.find(stem, 0, size) >= 0 for stem in stems):
                    whole = [match for match in CUDA_NAME.finditer(piece, 0, size) if is_last or match.end() < size]
                    found.update(match.group().decode("ascii") for match in whole)
                    if whole:  # one piece with CUDA's number is enough; a name that is cut off stands in the next
                        break
    return sorted(found)[:20]


def pieces(file: "io.FileIO", left: int) -> "Iterator[tuple[bytearray, int, bool]]":
    """Read on in one small buffer: give it, how much of it counts, and whether nothing comes after.

    Each piece begins with the end of the one before, as a name may lie across two. Small, because large ones cost more
    in fresh memory than the search does, and keep the other questions waiting.
    """
    buffer, kept = bytearray(OVERLAP + CHUNK), 0
    while left > 0:
        with memoryview(buffer) as view:
            count = file.readinto(view[kept : kept + min(CHUNK, left)]) or 0
        if not count:
            return
        left -= count
        size = kept + count
        yield buffer, size, left <= 0
        kept = min(OVERLAP, size)
        buffer[:kept] = buffer[size - kept : size]


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
    Call("torch.companion_needs", needs, "libraries of packages", ALL, 8.0),
)
