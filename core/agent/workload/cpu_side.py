"""The processor's side: as fast as plain torch can be made here, chosen by measurement, then measured twice."""

import statistics
import time
from typing import Any, Dict, List, NamedTuple, Tuple

import torch

from . import check, processor
from .clock import HostClock
from .inputs import Batch, Inputs, batch_at, make_inputs
from .intervals import StopRule, interval
from .network import Network
from .pipeline import Pipeline
from .presets import FRAME_RATE, WINDOW, Preset
from .reporting import Reporter
from .weights import build_network, conformity

CLIP_FRAMES = 64
PREPARING_THREADS = 1
MICROS = {"quick": (2, 4, 8), "standard": (1, 2, 4, 8, 16), "4k": (1, 2, 4, 8, 16)}
_TUNE_S = {"quick": 0.6, "standard": 8.0, "4k": 30.0}
# precision of the interval, shortest and longest time of one measurement
RULES: Dict[str, StopRule] = {
    "quick": StopRule(0.05, 1.0, 2.5),
    "standard": StopRule(0.05, 3.0, 30.0),
    "4k": StopRule(0.05, 3.0, 120.0),
}
_BESIDE = 0.6  # share of the longest time for a candidate that is not the headline
_AGAIN = {"quick": StopRule(0.05, 0.4, 0.8), "standard": StopRule(0.05, 3.0, 12.0), "4k": StopRule(0.05, 3.0, 60.0)}


class Candidate(NamedTuple):
    """One way to run: precision, layout and micro-batch."""

    precision: str
    pipeline: Pipeline
    channels_last: bool
    micro: int


class CpuSide:
    """One run of this side; ``prepare`` first, then ``measure`` for each phase."""

    def __init__(self, preset: Preset, params: Dict[str, Any], reporter: Reporter) -> None:
        self.preset = preset
        self.reporter = reporter
        self.wanted = tuple(params.get("precisions") or ())
        self.variants: Dict[str, Dict[str, Any]] = {}
        self.threads = processor.usable_physical_cores()
        self.chosen: List[Candidate] = []
        self._scratch = torch.empty(WINDOW, preset.height, preset.width, 3, dtype=torch.uint8)
        self.foreign_load: Dict[str, Any] = {}
        self._number = 0

    def prepare(self) -> Dict[str, Any]:
        """Make inputs, weights and the reference."""
        # small operators: more threads, of two children at once, would only wait for each other
        torch.set_num_threads(PREPARING_THREADS)
        self.reporter.progress("weights", 0.02)
        self.network: Network = build_network(self.preset)
        self.reporter.progress("clip", 0.1)
        self.inputs: Inputs = make_inputs(self.preset, CLIP_FRAMES, self._tick)
        self.reporter.progress("reference", 0.2)
        torch.set_num_threads(max(1, self.threads // 2))
        self.plain = Pipeline(self.network, self.preset, "cpu")
        self.reference = check.make_reference(self.plain, self.inputs.clip, self.inputs.mel, 4)
        self.reporter.preview(self.reference.output.frames[0], 0)
        return {
            "threads": self.threads,
            "conformity": conformity(self.network),
            "audio_s_per_s": self.inputs.audio_s / (CLIP_FRAMES / FRAME_RATE),
            "foreign_load": self.foreign_load,
            "on_battery": processor.on_battery(),
        }

    def choose(self) -> None:
        """Choose layout, micro-batch and precisions by trying; only while the other side rests."""
        torch.set_num_threads(self.threads)
        fp32 = self._tuned(self.plain)
        self._judge(fp32)
        self._consider_bf16(fp32)

    def measure(self, phase: str) -> None:
        """Measure every chosen candidate until its interval is narrow."""
        before = processor.busy_time()
        rule = (RULES if phase == "cpu" else _AGAIN)[self.preset.name]
        for place, candidate in enumerate(self.chosen):
            is_best = candidate is self.chosen[-1]  # a later one is only chosen for being faster
            cap = rule if is_best else rule._replace(longest_s=_BESIDE * rule.longest_s)
            self._measure(candidate, phase, cap, place / len(self.chosen))
        self.foreign_load[phase] = processor.foreign_share(before, processor.busy_time())
        self.reporter.flush()

    def _tick(self, share: float) -> None:
        self.reporter.progress("clip", 0.1 + 0.1 * share)

    def _tuned(self, plain: Pipeline) -> Candidate:
        """Choose layout, then micro-batch, by alternating the candidates round by round."""
        last = Pipeline(self.network, self.preset, "cpu", channels_last=True)
        layouts = [Candidate("fp32", plain, False, 4), Candidate("fp32", last, True, 4)]
        budget_s = _TUNE_S[self.preset.name]
        best = self._fastest(layouts, 0.4 * budget_s)
        micros = [best._replace(micro=micro) for micro in MICROS[self.preset.name]]
        return self._fastest(micros, 0.6 * budget_s)

    def _fastest(self, candidates: List[Candidate], budget_s: float) -> Candidate:
        times: Dict[int, List[float]] = {index: [] for index in range(len(candidates))}
        began = time.perf_counter()
        rounds = 0
        while rounds < 2 or (time.perf_counter() - began < budget_s and rounds < 6):
            for index, candidate in enumerate(candidates):
                self.reporter.progress("tuning", 0.3)
                times[index].append(self._chunk_s(candidate))
            rounds += 1
            if time.perf_counter() - began > 2.0 * budget_s:
                break
        return candidates[min(times, key=lambda index: statistics.median(times[index][1:] or times[index]))]

    def _chunk_s(self, candidate: Candidate) -> float:
        """Time one micro-batch through encoder, decoder and super-resolution, the parts that micro changes."""
        pipeline, count = candidate.pipeline, candidate.micro
        batch = batch_at(self.inputs, 0, WINDOW)
        frames = self.inputs.clip.frames[:count]
        began = time.perf_counter()
        skips = pipeline.encode(pipeline.prepare(pipeline.gather(frames, batch.places[:count])))
        pipeline.enhance(pipeline.decode(skips[-1], skips))
        return (time.perf_counter() - began) / count

    def _judge(self, candidate: Candidate) -> Dict[str, Any]:
        """Compare with the reference and keep the candidate when it is right."""
        output = check.run_candidate(candidate.pipeline, self.reference, candidate.micro)
        figures = check.compare(self.reference, output, candidate.precision, self.preset)
        described = {
            "precision": candidate.precision,
            "channels_last": candidate.channels_last,
            "micro": candidate.micro,
            "batch": WINDOW,
            "check": figures,
            "passed": figures["passed"],
        }
        self.variants[candidate.precision] = described
        if figures["passed"]:
            self.chosen.append(candidate)
        return described

    def _consider_bf16(self, fp32: Candidate) -> None:
        if self.wanted and "bf16" not in self.wanted:
            return
        if not processor.has_bf16():
            self.variants["bf16"] = {"skipped": "cpu_has_no_bf16"}
            return
        half = Pipeline(self.network, self.preset, "cpu", torch.bfloat16, channels_last=True)
        candidate = Candidate("bf16", half, True, fp32.micro)
        if self._fastest([fp32, candidate], 0.2 * _TUNE_S[self.preset.name]) is fp32:
            self.variants["bf16"] = {"skipped": "bf16_is_slower"}
            return
        self._judge(candidate)

    def _measure(self, candidate: Candidate, phase: str, rule: StopRule, share: float) -> None:
        times: List[float] = []
        began = time.perf_counter()
        is_warm_up = True
        while is_warm_up or not rule.is_enough(times, time.perf_counter() - began):
            for frames, seconds, stages, started_s in self._window(candidate):
                self._send(candidate, phase, is_warm_up, frames, seconds, stages, started_s)
                if not is_warm_up:
                    times.append(seconds / frames)
            if is_warm_up:
                began = time.perf_counter()
            is_warm_up = False
            spent = (time.perf_counter() - began) / rule.longest_s
            self.reporter.progress(
                "measuring", min(0.99, share + spent / len(self.chosen)), variant=candidate.precision
            )
        measured = interval(times)
        self.variants[candidate.precision].setdefault("intervals", {})[phase] = measured.described()

    def _send(
        self,
        candidate: Candidate,
        phase: str,
        is_warm_up: bool,
        frames: int,
        seconds: float,
        stages: Dict[str, float],
        started_s: float,
    ) -> None:
        self.reporter.block(
            device="cpu", phase=phase, variant=candidate.precision, io="full", index=self._number,
            is_warm_up=is_warm_up, frames=frames, duration_s=seconds, started_s=round(started_s, 4),
            stages_s=list(stages.items()),
        )  # fmt: skip
        self._number += 1

    def _window(self, candidate: Candidate) -> List[Tuple[int, float, Dict[str, float], float]]:
        """Run 16 frames; return one row per micro-batch, the window's alignment and frame copy shared out evenly."""
        batch = batch_at(self.inputs, self._number, WINDOW)
        clock = StoppableClock(self.reporter)
        started_s = self.reporter.now_s()
        began = time.perf_counter()
        with clock.stage("upload"):
            copy_frames(self.inputs, batch, self._scratch)
        output = candidate.pipeline.step(self._scratch, batch.places, batch.mel, candidate.micro, clock)
        whole = time.perf_counter() - began
        self.reporter.preview(output.frames[0], self._number)
        rows = split_window(clock.entries, WINDOW // candidate.micro, whole)
        return [(candidate.micro, sum(row.values()), row, started_s + at) for at, row in rows]


class StoppableClock(HostClock):
    """Looks for a cancel before each stage, so that a slow processor stops within one micro-batch."""

    def __init__(self, reporter: Reporter) -> None:
        super().__init__()
        self._reporter = reporter

    def stage(self, name: str) -> Any:
        """Time what runs inside, unless somebody asked to stop."""
        self._reporter.stop_if_asked()
        return super().stage(name)


def copy_frames(inputs: Inputs, batch: Batch, scratch: Any) -> None:
    """Copy the batch's source frames, which composing then overwrites."""
    torch.index_select(inputs.clip.frames, 0, batch.rows, out=scratch)


def split_window(entries: List[Tuple[str, float]], parts: int, whole_s: float) -> List[Tuple[float, Dict[str, float]]]:
    """Share a window's time out to its micro-batches: their sum is the window's time, nothing is left out."""
    rows: List[Dict[str, float]] = [{} for _ in range(parts)]
    seen: Dict[str, int] = {}
    for name, seconds in entries:
        if name in ("upload", "alignment"):
            for row in rows:
                row[name] = row.get(name, 0.0) + seconds / parts
            continue
        place = seen.get(name, 0)
        seen[name] = place + 1
        rows[place][name] = seconds
    between = (whole_s - sum(seconds for _, seconds in entries)) / parts
    placed = []
    at = 0.0
    for row in rows:
        row["other"] = between
        placed.append((at, row))
        at += sum(row.values())
    return placed
