"""Ends a child with everything it started. A group signal is not enough: a grandchild may have left the group with
``setsid``, or its parent may be gone already, so descendants are found by parentage and by a mark in their environment.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

MARK_VARIABLE = "GPUPROOF_RUN"  # set in a child's environment and inherited by all that it starts
_ROUNDS = 4
_POLL_S = 0.01
_EXEC_PATIENCE_S = 0.5


def snapshot(pid: int, mark: str = "") -> tuple[psutil.Process, ...]:
    """Return the living descendants of a process, those first found by parentage, then those that carry the mark.

    The process itself is not among them. Take it before ending the process: parentage is lost afterwards.
    """
    import psutil

    found: dict[int, psutil.Process] = {}
    with contextlib.suppress(psutil.Error, OSError):
        for child in psutil.Process(pid).children(recursive=True):
            found[child.pid] = child
    for process in _marked(mark) if mark else ():
        found.setdefault(process.pid, process)
    found.pop(pid, None)
    return tuple(process for process in found.values() if is_alive(process))


def is_alive(process: psutil.Process) -> bool:
    """Tell whether a process still runs. A zombie does not: it only waits for its parent to collect its status."""
    import psutil

    try:
        return process.is_running() and process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except (psutil.Error, OSError):
        return False


def end_tree(process: subprocess.Popen[bytes], mark: str = "", *, patience_s: float = 1.5) -> tuple[int, ...]:
    """Kill a child and all its descendants; return the ids of those that could not be ended within the patience.

    Those hang inside the kernel, typically in a driver call, and end when the driver lets go of them.
    """
    give_up_at = time.monotonic() + patience_s
    alive: tuple[psutil.Process, ...] = ()
    for _ in range(_ROUNDS):  # a tree may grow while it is being ended
        alive = _joined(alive, snapshot(process.pid, mark))
        with contextlib.suppress(OSError):
            process.kill()
        alive = _end_all(alive, give_up_at)
        if _wait(process, give_up_at) and not alive and not snapshot(process.pid, mark):
            return ()
    left = [member.pid for member in alive]
    if process.poll() is None:
        left.insert(0, process.pid)
    return tuple(left)


def end_marked(mark: str, *, patience_s: float = 1.5) -> tuple[int, ...]:
    """Kill everything that carries a mark, also when whoever started it is long gone; returns what could not be."""
    give_up_at = time.monotonic() + patience_s
    alive: tuple[psutil.Process, ...] = ()
    for _ in range(_ROUNDS):
        found = tuple(process for process in _marked(mark) if is_alive(process))
        if not found:
            return ()
        alive = _end_all(found, give_up_at)
    return tuple(process.pid for process in alive)


def _marked(mark: str) -> Iterable[psutil.Process]:
    import psutil

    give_up_at = time.monotonic() + _EXEC_PATIENCE_S
    for process in psutil.process_iter():
        # other people's processes, and those that end while we look, have nothing to show
        with contextlib.suppress(psutil.Error, OSError, ValueError):
            if _settled_environment(process, give_up_at).get(MARK_VARIABLE) == mark:
                yield process


def _settled_environment(process: psutil.Process, give_up_at: float) -> Mapping[str, str]:
    # a program shows neither environment nor command line until the kernel has loaded it, and its parent may already
    # know of it; one that was started with an empty environment has a command line
    while not (environment := process.environ()) and not process.cmdline() and time.monotonic() < give_up_at:
        time.sleep(_POLL_S / 10)
    return environment


def _joined(*groups: Iterable[psutil.Process]) -> tuple[psutil.Process, ...]:
    return tuple({process.pid: process for group in groups for process in group}.values())


def _end_all(processes: Iterable[psutil.Process], give_up_at: float) -> tuple[psutil.Process, ...]:
    import psutil

    alive = [process for process in processes if is_alive(process)]
    for process in alive:
        with contextlib.suppress(psutil.Error, OSError):
            process.kill()
    while (alive := [process for process in alive if is_alive(process)]) and time.monotonic() < give_up_at:
        time.sleep(_POLL_S)
    return tuple(alive)


def _wait(process: subprocess.Popen[bytes], give_up_at: float) -> bool:
    try:
        process.wait(max(0.05, give_up_at - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def own_start() -> float:
    """Return when this process started (seconds since 1970): with its id it names a process for good."""
    import psutil

    return float(psutil.Process().create_time())


def is_running(pid: int, started: float) -> bool:
    """Tell whether the process of this id that started then still runs; ids are given again to others."""
    import psutil

    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - started) < 1.0 and is_alive(process)
    except psutil.Error:
        return False
