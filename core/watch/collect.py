"""Gathers the sampler's messages into one observation; safe to ask for at any time from another thread."""

from __future__ import annotations

import threading
from dataclasses import fields
from typing import Any

from gpuproof.core.bench.model import TelemetrySample
from gpuproof.core.launch.model import Message
from gpuproof.core.watch.model import GpuClients, Observation, WatchedGpu

# 4 Hz of 9 rows (host and 8 GPUs) for 8 hours; older rows give way by halving their rate
_MOST_SAMPLES = 1_000_000
_SAMPLE_FIELDS = {field.name for field in fields(TelemetrySample)}


class Collector:
    """Takes one message at a time."""

    def __init__(self, *, is_wsl: bool = False, started_here: bool = False) -> None:
        self._lock = threading.Lock()
        self._samples: list[TelemetrySample] = []
        self._gpus: tuple[WatchedGpu, ...] = ()
        self._clients: list[GpuClients] = []
        self._problem: str | None = None
        self._code: int | None = None
        self._pids_match = True
        self._lost: list[tuple[int, float]] = []
        self._ended_s: float | None = None
        self._is_wsl = is_wsl
        self._started_here = started_here

    def take(self, message: Message) -> TelemetrySample | None:
        """Note one message; returns the sample when it is one."""
        kind = message.get("type")
        with self._lock:
            if kind == "sample":
                sample = sample_of(message)
                self._samples.append(sample)
                if len(self._samples) > _MOST_SAMPLES:
                    self._samples = self._samples[: _MOST_SAMPLES // 2 : 2] + self._samples[_MOST_SAMPLES // 2 :]
                return sample
            self._note(str(kind), message)
        return None

    def _note(self, kind: str, message: Message) -> None:
        if kind == "started":
            self._pids_match = bool(message.get("pids_match_driver"))
        elif kind == "gpus":
            self._gpus = tuple(_gpu(row) for row in message.get("gpus", ()))
        elif kind == "processes":
            at_s = float(message.get("at_s", 0.0))
            self._clients += [_clients(row, at_s) for row in message.get("gpus", ())]
        elif kind == "gpu_lost":
            self._lost.append((int(message.get("gpu", 0)), float(message.get("at_s", 0.0))))
        elif kind == "process_ended":
            self._ended_s = float(message.get("at_s", 0.0))
        elif kind == "unavailable" and message.get("what") == "nvml":
            self._problem = str(message.get("detail"))
            code = message.get("code")
            self._code = code if isinstance(code, int) else None

    def observation(self) -> Observation:
        """Return what is known so far."""
        with self._lock:
            return Observation(
                samples=tuple(self._samples),
                gpus=self._gpus,
                clients=tuple(self._clients),
                nvml_problem=self._problem,
                nvml_code=self._code,
                pids_match_driver=self._pids_match,
                lost=tuple(self._lost),
                ended_s=self._ended_s,
                is_wsl=self._is_wsl,
                started_here=self._started_here,
            )


def sample_of(message: Message) -> TelemetrySample:
    """Turn a sample message into the typed sample; fields that are missing were not told by the driver."""
    values: dict[str, Any] = {name: value for name, value in message.items() if name in _SAMPLE_FIELDS}
    values["throttle_reasons"] = tuple(values.get("throttle_reasons") or ())
    return TelemetrySample(**values)


def _gpu(row: dict[str, Any]) -> WatchedGpu:
    known = {field.name for field in fields(WatchedGpu)} - {"index"}
    return WatchedGpu(index=int(row.get("gpu", 0)), **{name: row[name] for name in known if name in row})


def _clients(row: dict[str, Any], at_s: float) -> GpuClients:
    return GpuClients(
        at_s=at_s,
        gpu=int(row.get("gpu", 0)),
        mine=int(row.get("mine", 0)),
        others=int(row.get("others", 0)),
        mine_hidden=bool(row.get("mine_hidden")),
    )
