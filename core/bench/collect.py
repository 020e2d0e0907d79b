"""Turns the children's messages into typed events and keeps them; a malformed message is dropped, never trusted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from gpuproof.core.bench.model import BenchEvent, Block, Preview, Progress, TelemetrySample
from gpuproof.core.bench.phrases import step_words
from gpuproof.core.launch.model import Message

_SAMPLE_FIELDS = tuple(field.name for field in fields(TelemetrySample))
# where each phase lies on the way from 0 to 1
_SEVERAL = {"several": (0.75, 0.83), "alone": (0.83, 0.9), "together": (0.9, 0.95), "peers": (0.95, 1.0)}
_SPANS = {"prepare": (0.0, 0.25), "cpu": (0.25, 0.45), "gpu": (0.45, 0.85), "cpu_again": (0.85, 1.0)}
_SPANS_CPU_ONLY = {"prepare": (0.0, 0.4), "cpu": (0.4, 0.75), "gpu": (0.75, 0.75), "cpu_again": (0.75, 1.0)}


class Collector:
    """Keeps blocks and samples of one session and passes them on as events."""

    def __init__(self, on_event: Callable[[BenchEvent], None]) -> None:
        self._tell = on_event
        self.blocks: list[Block] = []
        self.samples: list[TelemetrySample] = []
        self.kept: dict[str, dict[str, Message]] = {"cpu": {}, "gpu": {}, "watch": {}}
        self.processes: list[Message] = []
        self.phase = "prepare"
        self.has_gpu = True
        self._fraction = 0.0

    def enter(self, phase: str, at_s: float) -> None:
        """Begin a phase; progress never goes back."""
        self.phase = phase
        words = step_words(phase) if phase in _SEVERAL else step_words("measuring", phase.replace("_again", "").upper())
        self._progress(0.0, words, at_s)

    def take(self, side: str, message: Message, at_s: float) -> None:
        """Take one message of a child."""
        kind = message.get("type")
        if kind == "blocks":
            self._take_blocks(message)
        elif kind == "sample":
            self._take_sample(message)
        elif kind == "preview" and isinstance(message.get("png_base64"), str):
            self._tell(Preview(png_base64=message["png_base64"], frame=int(message.get("frame") or 0)))
        elif kind == "progress":
            self._take_progress(side, message, at_s)
        elif kind == "processes":
            self.processes.append(message)
        elif isinstance(kind, str):
            self.kept[side][kind] = message

    def _take_blocks(self, message: Message) -> None:
        for row in message.get("blocks") or ():
            block = read_block(row)
            if block is not None:
                self.blocks.append(block)
                self._tell(block)

    def _take_sample(self, message: Message) -> None:
        known: dict[str, Any] = {name: message.get(name) for name in _SAMPLE_FIELDS if message.get(name) is not None}
        known["throttle_reasons"] = tuple(str(reason) for reason in known.get("throttle_reasons", ()))
        try:
            sample = TelemetrySample(**{"at_s": 0.0, **known})
        except TypeError:
            return
        self.samples.append(sample)
        self._tell(sample)

    def _take_progress(self, side: str, message: Message, at_s: float) -> None:
        leading = "gpu" if self.phase == "gpu" else "cpu"
        if side != leading:
            return
        words = step_words(str(message.get("step")), str(message.get("variant") or ""))
        self._progress(float(message.get("fraction") or 0.0), words, at_s)

    def _progress(self, share: float, words: Any, at_s: float) -> None:
        low, high = self._span()
        share = min(1.0, share / 0.3) if self.phase == "prepare" else share
        self._fraction = max(self._fraction, low + (high - low) * min(1.0, max(0.0, share)))
        remaining = at_s * (1.0 - self._fraction) / self._fraction if self._fraction > 0.05 else None
        self._tell(Progress(phase=self.phase, words=words, fraction=self._fraction, remaining_s=remaining))

    def _span(self) -> tuple[float, float]:
        """Return where the phase begins and ends; several GPUs take the last quarter."""
        if self.phase in _SEVERAL:
            return _SEVERAL[self.phase]
        low, high = (_SPANS if self.has_gpu else _SPANS_CPU_ONLY)[self.phase]
        usable = self.kept["gpu"].get("devices", {}).get("usable") or ()
        share = _SEVERAL["several"][0] if len(usable) > 1 else 1.0
        return low * share, high * share


def read_block(row: Any) -> Block | None:
    """Read one block; None when a number is missing, not finite or not positive."""
    try:
        stages = tuple((str(name), float(seconds)) for name, seconds in row.get("stages_s") or ())
        submit = row.get("submit_s")
        block = Block(
            device=str(row["device"]),
            phase=str(row["phase"]),
            variant=str(row["variant"]),
            io=str(row.get("io", "full")),
            index=int(row["index"]),
            is_warm_up=bool(row["is_warm_up"]),
            frames=int(row["frames"]),
            duration_s=float(row["duration_s"]),
            started_s=float(row["started_s"]),
            submit_s=None if submit is None else float(submit),
            stages_s=stages,
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    is_sound = block.frames > 0 and math.isfinite(block.duration_s) and block.duration_s > 0.0
    return block if is_sound else None
