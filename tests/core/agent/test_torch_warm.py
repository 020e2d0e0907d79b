"""The driver that is started while torch is imported: it helps, and whatever it does wrong costs nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gpuproof.core.agent import torch_warm
from gpuproof.core.agent.place import Place
from gpuproof.core.agent.questions.kinds import Reply
from gpuproof.core.agent.torch_live import TorchLive

DRIVER = """
#include <stdio.h>
#include <stdlib.h>
int cuInit(unsigned flags) { %s return 0; }
int cuDevicePrimaryCtxRetain(void **context, int device) {
  FILE *file = fopen(getenv("WARM_MARK"), "w"); fputs("opened", file); fclose(file); return 0; }
"""
TORCH = """
import os, threading, time
until = time.monotonic() + 2.0
while threading.active_count() > 1 and time.monotonic() < until and %r:
    time.sleep(0.01)
__version__ = "2.11.0+cu130"
"""


def a_driver(folder: Path, behaviour: str = "") -> None:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("no C compiler for a shared library of Linux on this machine")
    (folder / "cuda.c").write_text(DRIVER % behaviour)
    out = ["-o", str(folder / "libcuda.so.1"), "-Wl,-soname,libcuda.so.1"]
    subprocess.run([compiler, "-shared", "-fPIC", "-w", str(folder / "cuda.c"), *out], check=True)


def import_of(folder: Path, *, cuda: str = "'13.0'", waits: bool = True) -> tuple[Reply, Path]:
    """Ask a pretended torch that waits, while it is imported, for the driver to have been started."""
    (folder / "torch").mkdir()
    (folder / "torch" / "__init__.py").write_text(TORCH % waits)
    (folder / "torch" / "version.py").write_text(f"__version__ = '2.11.0'\ncuda: Optional[str] = {cuda}\n")
    mark = folder / "mark"
    changes = {"PYTHONPATH": str(folder), "LD_LIBRARY_PATH": str(folder), "WARM_MARK": str(mark)}
    replies: dict[str, Reply] = {}

    def keep(question: str, reply: Reply, took_s: float) -> None:
        replies[question] = reply

    live = TorchLive(Place(environ={**os.environ, **changes}), {"torch_patience_s": 20.0}, keep, lambda question: None)
    live.start()
    live.finish(lambda: False)
    return replies["torch.import"], mark


def test_the_driver_is_started_while_torch_is_imported(tmp_path: Path) -> None:
    a_driver(tmp_path)
    reply, mark = import_of(tmp_path)
    assert reply.status == "ok"
    assert mark.read_text() == "opened"


def test_a_driver_that_ends_the_process_does_not_make_the_import_a_crash(tmp_path: Path) -> None:
    a_driver(tmp_path, "abort();")
    reply, _ = import_of(tmp_path)
    assert reply.status == "ok", reply


def test_a_driver_that_refuses_is_left_to_torch(tmp_path: Path) -> None:
    a_driver(tmp_path, "return 100;")
    reply, mark = import_of(tmp_path, waits=False)
    assert reply.status == "ok"
    assert not mark.exists()


def test_a_torch_without_cuda_never_touches_the_driver(tmp_path: Path) -> None:
    a_driver(tmp_path)
    reply, mark = import_of(tmp_path, cuda="None", waits=False)
    assert reply.status == "ok"
    assert not mark.exists()


def test_the_first_torch_on_the_path_decides(tmp_path: Path) -> None:
    for name, cuda in (("a", "None"), ("b", "'12.6'")):
        (tmp_path / name / "torch").mkdir(parents=True)
        (tmp_path / name / "torch" / "version.py").write_text(f"cuda: Optional[str] = {cuda}\n")
    a, b, none = (str(tmp_path / name) for name in ("a", "b", "none"))
    assert not torch_warm.is_for_cuda([none, a, b])
    assert torch_warm.is_for_cuda([none, b, a])
    assert not torch_warm.is_for_cuda([none])


def test_two_things_run_side_by_side_and_both_are_given() -> None:
    meeting = threading.Barrier(2, timeout=5)
    assert torch_warm.side_by_side(lambda: meeting.wait() * 0 + 1, lambda: meeting.wait() * 0 + 2) == (1, 2)


@pytest.mark.parametrize("which", [0, 1])
def test_what_either_raises_is_raised(which: int) -> None:
    def fail() -> int:
        raise RuntimeError("no kernel image is available")

    work = [lambda: 1, lambda: 1]
    work[which] = fail
    with pytest.raises(RuntimeError, match="no kernel image"):
        torch_warm.side_by_side(*work)
