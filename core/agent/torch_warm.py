"""Starts the GPU's driver while torch is being imported: this text runs before ``torch_child``'s in one namespace.

An import is seconds of work on one processor, and the driver needs half a second more to open a card; side by side
they cost no more than the import alone. Whatever goes wrong here is left to torch, which meets it again and says so;
if it ends the whole process, the agent starts another one without it.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from typing import Any, Callable


def warm_up() -> None:
    """Begin in the background; only for a torch that is built for CUDA."""
    if is_for_cuda(sys.path):
        threading.Thread(target=open_first_card, daemon=True).start()


def is_for_cuda(import_path: "list[str]") -> bool:
    """Tell by the files of the torch that an import takes: ``cuda: Optional[str] = '13.0'``."""
    for folder in import_path:
        try:
            with open(os.path.join(folder, "torch", "version.py"), "rb") as file:
                text = file.read(4096)
        except OSError:
            continue
        return re.search(rb"^cuda\b[^=\n]{0,60}=\s?['\"]", text, re.MULTILINE) is not None
    return False


def open_first_card() -> None:
    """Load the driver's library by the name that torch uses too, and hold the first card's context."""
    import ctypes

    try:
        library = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
        if library.cuInit(0) == 0:
            library.cuDevicePrimaryCtxRetain(ctypes.byref(ctypes.c_void_p()), 0)
    except (OSError, AttributeError):
        return  # no driver here, or a very old one: torch will say so itself


def side_by_side(first: "Callable[[], Any]", second: "Callable[[], Any]") -> "tuple[Any, Any]":
    """Run both at once, as each starts another library for the first time; raises what the first of them raised."""
    kept = []  # type: list[Any]
    raised = []  # type: list[BaseException]

    def work() -> None:
        try:
            kept.append(second())
        except BaseException as problem:
            raised.append(problem)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        found = first()
    finally:
        thread.join()
    if raised:
        raise raised[0]
    return found, kept[0]
