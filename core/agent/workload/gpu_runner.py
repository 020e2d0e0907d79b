"""Runs one variant on the accelerator: resident, or with whole frames crossing the bus in three overlapped streams."""

import time
import zlib
from typing import Any, Dict, List, NamedTuple, Optional

import torch

from .accelerator import DTYPES, Accelerator, set_precision
from .clock import EventClock, SyncedClock
from .frames import cycle_of
from .inputs import Batch, Inputs, batch_at
from .memory import SLOTS
from .network import Network
from .picture import tensor_bytes
from .pipeline import Output, Pipeline
from .presets import WINDOW, Preset
from .reporting import Reporter

_MOST_STEPS = 5000


class Variant(NamedTuple):
    """One rung of the ladder. ``mode`` is eager, graph or compile; ``micro`` 0 means the whole batch."""

    name: str
    precision: str
    channels_last: bool
    batch: int
    micro: int = 0
    mode: str = "eager"
    autotune: bool = False
    fused: bool = False
    deep: bool = False  # fused also where cuDNN must be asked directly
    is_model_only: bool = False  # never with whole frames crossing the bus

    @property
    def part(self) -> int:
        """Frames per sub-batch."""
        return self.micro or self.batch


class Block(NamedTuple):
    """One timed stretch: frames, host seconds closed by one synchronisation, seconds until the last launch."""

    frames: int
    duration_s: float
    submit_s: float


class Slot(NamedTuple):
    """One ring buffer on the device with its pinned twin for the way back, and the events that guard it."""

    frames: Any
    rows: Any
    places: Any
    mel: Any
    back: Any
    uploaded: Any
    computed: Any
    downloaded: Any


class Stock:
    """What all variants share on one device: pinned source frames, the clip on the device, mel windows."""

    def __init__(self, accelerator: Accelerator, preset: Preset, network: Network, inputs: Inputs) -> None:
        self.accelerator = accelerator
        self.preset = preset
        self.network = network
        self.inputs = inputs
        self.is_pinned = False
        self.frames = self._pinned(cycle_of(inputs.clip.frames))
        self.mel = self._pinned(inputs.mel)
        self.resident = inputs.clip.frames.to(accelerator.device)
        self._batches: Dict[Any, Batch] = {}
        self._pipelines: Dict[Any, Pipeline] = {}

    def pipeline(self, variant: Variant) -> Pipeline:
        """Return the variant's pipeline, made once: a compiled one takes half a minute."""
        key = (variant.precision, variant.channels_last, variant.mode == "compile", variant.fused, variant.deep)
        if key not in self._pipelines:
            dtype, device = DTYPES[variant.precision], self.accelerator.device
            pipeline = Pipeline(self.network, self.preset, device, dtype, variant.channels_last)
            if variant.fused:
                pipeline.fuse(variant.deep, transposed=variant.mode != "compile")
            if variant.mode == "compile":
                pipeline.compile()
            self._pipelines[key] = pipeline
        return self._pipelines[key]

    def batch(self, number: int, size: int) -> Batch:
        """Return a batch, cut once and kept, with its small tensors pinned."""
        key = (number % max(1, self.inputs.frames // size), size)
        if key not in self._batches:
            cut = batch_at(self.inputs, key[0], size)
            self._batches[key] = cut._replace(places=self._pinned(cut.places), mel=self._pinned(cut.mel))
        return self._batches[key]

    def _pinned(self, tensor: Any) -> Any:
        if self.accelerator.device.type == "mps":
            return tensor
        try:
            pinned = tensor.pin_memory()
        except RuntimeError:
            return tensor
        self.is_pinned = True
        return pinned


class Runner:
    """One variant, warm or cold. Buffers are made at once, so a shortage of memory shows here."""

    def __init__(self, stock: Stock, variant: Variant, io: str) -> None:
        self.stock = stock
        self.variant = variant
        self.io = io
        self.accelerator = stock.accelerator
        self.activate()
        self.pipeline = stock.pipeline(variant)
        self._streams = self._three_streams()
        self._slots = [self._new_slot() for _ in range(SLOTS if io == "full" else 1)]
        self._number = 0
        self._step_s: Optional[float] = None
        if io == "none":
            self._fill(self._slots[0], 0)
        self.accelerator.synchronize()

    def activate(self) -> None:
        """Set torch's global switches for this variant; another runner may have changed them."""
        set_precision(self.variant.precision)
        torch.backends.cudnn.benchmark = self.variant.autotune

    @property
    def first_slot(self) -> Slot:
        """Return the first ring buffer."""
        return self._slots[0]

    def step(self, slot: Slot, clock: Any = None, keep: bool = False) -> Output:
        """Queue the stages of one batch on the current stream."""
        source = None if self.io == "full" else self.stock.resident
        rows = None if self.io == "full" else slot.rows
        return self.pipeline.step(slot.frames, slot.places, slot.mel, self.variant.part, clock, keep, source, rows)

    def run_block(self, seconds: float) -> Block:
        """Run about so many seconds of steps: their number comes from the last block, as launches return at once."""
        if self._step_s is None:
            self._step_s = self.run_steps(1).duration_s
        block = self.run_steps(max(1, min(_MOST_STEPS, round(seconds / self._step_s))))
        self._step_s = block.duration_s / (block.frames // self.variant.batch)
        return block

    def run_steps(self, steps: int) -> Block:
        """Run exactly so many steps."""
        self.activate()
        self.accelerator.synchronize()
        began = time.perf_counter()
        for _ in range(steps):
            self._queue_step()
        submitted = time.perf_counter() - began
        self.accelerator.synchronize()
        return Block(steps * self.variant.batch, time.perf_counter() - began, submitted)

    def serial_stages(self, steps: int) -> Dict[str, float]:
        """Return seconds per frame of every stage, one after the other, no overlap: events read after the end."""
        accelerator = self.accelerator
        clock: Any = (
            EventClock(accelerator.new_event) if accelerator.has_streams else SyncedClock(accelerator.synchronize)
        )
        slot = self._slots[0]
        self.activate()
        accelerator.synchronize()
        for _ in range(steps):
            if self.io == "full":
                with clock.stage("upload"):
                    self._upload(slot, self.stock.batch(self._number, self.variant.batch))
            self.step(slot, clock)
            if self.io == "full":
                with clock.stage("download"):
                    slot.back.copy_(slot.frames, non_blocking=True)
            self._number += 1
        accelerator.synchronize()
        frames = steps * self.variant.batch
        return {name: seconds / frames for name, seconds in clock.totals().items()}

    def sample_frame(self) -> Any:
        """Return one finished frame on the CPU, for preview and checksum; call between blocks only."""
        slot = self._slots[0]
        return slot.back[0] if self.io == "full" else slot.frames[0].cpu()

    def checksum(self) -> int:
        """Return the CRC-32 of one finished frame."""
        return zlib.crc32(tensor_bytes(self.sample_frame()))

    def _queue_step(self) -> None:
        slot = self._slots[self._number % len(self._slots)]
        batch = self.stock.batch(self._number, self.variant.batch)
        self._number += 1
        if self.io == "none":
            self.compute(slot)
            return
        if self._streams is None:
            self._upload(slot, batch)
            self.compute(slot)
            slot.back.copy_(slot.frames)
            return
        self._queue_overlapped(slot, batch)

    def compute(self, slot: Slot) -> None:
        """Queue the computation of one slot; graph and compile variants replace it."""
        self.step(slot)

    def _queue_overlapped(self, slot: Slot, batch: Batch) -> None:
        up, work, down = self._streams
        # the host may run ahead by the ring's length only: the pinned twin is read between blocks
        slot.downloaded.synchronize()
        with self.accelerator.stream(up):
            self._upload(slot, batch)
            slot.uploaded.record(up)
        with self.accelerator.stream(work):
            work.wait_event(slot.uploaded)
            self.compute(slot)
            slot.computed.record(work)
        with self.accelerator.stream(down):
            down.wait_event(slot.computed)
            slot.back.copy_(slot.frames, non_blocking=True)
            slot.downloaded.record(down)

    def _upload(self, slot: Slot, batch: Batch) -> None:
        for place, first, count in batch.runs:
            slot.frames[place : place + count].copy_(self.stock.frames[first : first + count], non_blocking=True)
        slot.places.copy_(batch.places, non_blocking=True)
        slot.mel.copy_(batch.mel, non_blocking=True)

    def _fill(self, slot: Slot, number: int) -> None:
        batch = self.stock.batch(number, self.variant.batch)
        slot.rows.copy_(batch.rows)
        self._upload(slot, batch)

    def _new_slot(self) -> Slot:
        preset, size, device = self.stock.preset, self.variant.batch, self.accelerator.device
        frames = torch.empty(size, preset.height, preset.width, 3, dtype=torch.uint8, device=device)
        rows = torch.zeros(size, dtype=torch.int64, device=device)
        places = torch.zeros(size, 2, dtype=torch.int64, device=device)
        mel = torch.zeros(size, 1, 80, WINDOW, device=device)
        back = self._pinned_back(frames) if self.io == "full" else None
        events: List[Optional[Any]] = [None, None, None]
        if self._streams is not None:
            events = [self.accelerator.module.Event() for _ in range(3)]
        return Slot(frames, rows, places, mel, back, *events)

    def _pinned_back(self, frames: Any) -> Any:
        return torch.empty(frames.shape, dtype=torch.uint8, pin_memory=self.stock.is_pinned)

    def _three_streams(self) -> Any:
        if self.io == "none" or not self.accelerator.has_streams:
            return None
        return tuple(self.accelerator.module.Stream() for _ in range(3))


def send_block(reporter: Reporter, runner: Runner, seconds: float, phase: str, index: int, is_warm_up: bool) -> Block:
    """Time about so many seconds of work, send the block, and return it."""
    reporter.stop_if_asked()
    started_s = reporter.now_s()
    block = runner.run_block(seconds)
    reporter.block(
        device=str(runner.accelerator.device), phase=phase, variant=runner.variant.name, io=runner.io, index=index,
        is_warm_up=is_warm_up, frames=block.frames, duration_s=block.duration_s, submit_s=block.submit_s,
        started_s=round(started_s, 4), stages_s=[],
    )  # fmt: skip
    return block


def run_on_reference(runner: Runner, reference: Any) -> Output:
    """Run the reference's window, repeated to the runner's batch, and bring the first window's outputs to the CPU."""
    device = runner.accelerator.device
    runner.activate()
    times = runner.variant.batch // WINDOW
    frames, places, mel = (
        part.to(device).repeat(times, *([1] * (part.dim() - 1)))
        for part in (reference.frames, reference.places, reference.mel)
    )
    output = runner.pipeline.step(frames, places, mel, runner.variant.part, keep=True)
    return Output(*(part[:WINDOW].cpu() for part in (output.frames, output.low.float(), output.high.float())))
