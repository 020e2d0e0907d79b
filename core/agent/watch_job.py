"""Samples the machine, one process tree and its GPUs until the duration is over or somebody says stop.

Parameters: ``interval_s`` (0.25; at least 0.1), ``pid`` (or null), ``gpus`` (indices or null for all),
``pynvml_path``, ``duration_s`` (or null), ``base_monotonic`` (or null: now), ``stop_with_process``.
Messages: ``started`` (with the ``monotonic`` second that ``at_s`` counts from; system-wide on Linux and Windows),
``gpus`` or ``unavailable``, then ``sample`` rows with the fields of a telemetry sample, ``processes`` about once a
second, ``gpu_lost``, ``process_ended``, and one ``result``. The host and NVML are read in two threads, so that a
driver call that never returns does not end the host's samples.
"""

from __future__ import annotations

import threading
import time
import traceback
from typing import Any, Dict, List, Optional

from .channel import Channel
from .telemetry_host import open_host, open_tree, pids_match_driver
from .telemetry_nvml import SLOW_EVERY_S, Gpu, GpuLost, Nvml, NvmlUnavailable, open_gpus

SHORTEST_INTERVAL_S = 0.1
_SILENT_AFTER_S = 5.0


class Watch:
    """One run of the job; both threads share the list of the watched process ids."""

    def __init__(self, params: Dict[str, Any], channel: Channel) -> None:
        self.channel = channel
        self.interval_s = max(SHORTEST_INTERVAL_S, float(params.get("interval_s") or 0.25))
        base = params.get("base_monotonic")
        self.base_s = time.monotonic() if base is None else float(base)
        self.duration_s = params.get("duration_s")
        self.stop_with_process = bool(params.get("stop_with_process"))
        self.pynvml_path = params.get("pynvml_path")
        self.wanted = params.get("gpus")
        self.pid = params.get("pid")
        self.pids = frozenset([self.pid] if self.pid else [])
        self.pids_match = pids_match_driver()
        self.rows = 0
        self.gpu_tick_s: Optional[float] = None
        self.stopped = threading.Event()

    def send_row(self, row: Dict[str, Any], at_s: float) -> None:
        """Send one sample; numbers are rounded to what the instruments can tell."""
        rounded = {name: round(value, 3) if isinstance(value, float) else value for name, value in row.items()}
        self.rows += 1
        self.channel.send("sample", at_s=round(at_s, 4), **rounded)

    def now_s(self) -> float:
        """Return seconds since the base of this run."""
        return time.monotonic() - self.base_s


def run(params: Dict[str, Any], channel: Channel) -> None:
    """Sample until the end, then send the result."""
    watch = Watch(params, channel)
    channel.send(
        "started",
        monotonic=watch.base_s,
        interval_s=watch.interval_s,
        pids_match_driver=watch.pids_match,
    )
    gpu_thread = threading.Thread(target=_sample_gpus, args=(watch,), name="nvml", daemon=True)
    gpu_thread.start()
    reason = _sample_host(watch)
    watch.stopped.set()
    gpu_thread.join(0.5)
    channel.send("result", reason=reason, samples=watch.rows, duration_s=round(watch.now_s(), 3))


def _sample_host(watch: Watch) -> str:
    host = open_host()
    tree = open_tree(watch.pid) if watch.pid else None
    if host is None:
        watch.channel.send("unavailable", what="host", detail="CPU load is not read on this system", code=None)
    begun_s, tick, has_ended, is_silent = time.monotonic(), 0, False, False
    while True:
        row: Dict[str, Any] = {"gpu": None}
        row.update(host.sample() if host is not None else {})
        if tree is not None and not has_ended:
            used = tree.sample(time.monotonic())
            has_ended = used is None
            row.update(used or {})
            watch.pids = tree.pids()
            if has_ended:
                watch.channel.send("process_ended", pid=watch.pid, at_s=round(watch.now_s(), 4))
        if len(row) > 1:
            watch.send_row(row, watch.now_s())
        if has_ended and watch.stop_with_process:
            return "process_ended"
        is_silent = is_silent or _report_silence(watch)
        tick += 1
        next_s = begun_s + tick * watch.interval_s
        if watch.duration_s is not None:
            end_s = begun_s + float(watch.duration_s)
            if time.monotonic() >= end_s:
                return "duration"
            next_s = min(next_s, end_s)
        if watch.channel.wait_cancelled(max(0.0, next_s - time.monotonic())):
            return "cancelled"


def _report_silence(watch: Watch) -> bool:
    if watch.gpu_tick_s is None or time.monotonic() - watch.gpu_tick_s < _SILENT_AFTER_S:
        return False
    detail = "a driver call has not returned for %.0f s" % (time.monotonic() - watch.gpu_tick_s)
    watch.channel.send("unavailable", what="nvml", detail=detail, code=None)
    return True


def _sample_gpus(watch: Watch) -> None:
    watch.gpu_tick_s = time.monotonic()
    try:
        _sample_gpus_until_stopped(watch, Nvml(watch.pynvml_path))
    except NvmlUnavailable as problem:
        watch.channel.send("unavailable", what="nvml", detail=problem.detail, code=problem.code)
    except Exception:  # the outer edge of this thread: the host's samples go on
        watch.channel.send("unavailable", what="nvml", detail=traceback.format_exc(limit=20), code=None)
    watch.gpu_tick_s = None


def _sample_gpus_until_stopped(watch: Watch, nvml: Nvml) -> None:
    gpus, lost = open_gpus(nvml, watch.wanted)
    for index, detail in lost:
        watch.channel.send("gpu_lost", gpu=index, detail=detail, at_s=round(watch.now_s(), 4))
    watch.channel.send("gpus", gpus=[gpu.describe() for gpu in gpus], count=nvml.count)
    begun_s, tick, listed_s = time.monotonic(), 0, 0.0
    while gpus and not watch.stopped.is_set():
        gpus = [gpu for gpu in gpus if _sample_gpu(watch, gpu)]
        if watch.pid and time.monotonic() - listed_s >= SLOW_EVERY_S:
            listed_s = time.monotonic()
            _send_processes(watch, gpus)
        watch.gpu_tick_s = time.monotonic()
        tick += 1
        watch.stopped.wait(max(0.0, begun_s + tick * watch.interval_s - time.monotonic()))


def _sample_gpu(watch: Watch, gpu: Gpu) -> bool:
    try:
        row = gpu.sample(watch.pids, watch.pids_match)
    except GpuLost as problem:
        watch.channel.send("gpu_lost", gpu=gpu.index, detail=str(problem), at_s=round(watch.now_s(), 4))
        return False
    watch.send_row(row, watch.now_s())
    return True


def _send_processes(watch: Watch, gpus: List[Gpu]) -> None:
    """Tell how many others hold a context on each GPU; numbers only, no names and no process ids of others."""
    rows = []
    for gpu in gpus:
        listed = gpu.processes()
        mine = [pid for pid in listed if pid in watch.pids]
        others = [used for pid, used in listed.items() if pid not in watch.pids]
        rows.append(
            {
                "gpu": gpu.index,
                "mine": len(mine),
                "others": len(others),
                "others_mib": round(sum(used for used in others if used is not None), 1),
                "mine_hidden": any(listed[pid] is None for pid in mine),
            }
        )
    watch.channel.send("processes", at_s=round(watch.now_s(), 4), gpus=rows)
