"""The accelerator's side: cold start, limits, every variant checked and tried, the best ones measured."""

import statistics
import time
from typing import Any, Dict, List, Optional, Tuple

import torch

from . import check, processor
from .accelerator import Accelerator, find, is_out_of_memory, usable_devices
from .cpu_side import PREPARING_THREADS
from .gpu_modes import make_runner, rungs, why_no_compile, why_no_graph
from .gpu_runner import Runner, Stock, Variant, run_on_reference, send_block
from .inputs import make_inputs
from .intervals import StopRule, interval
from .limits import measure_limits
from .memory import fitting_batch, largest_batch
from .pipeline import Pipeline
from .placement import observe
from .presets import FRAME_RATE, WINDOW, Preset
from .reporting import Reporter
from .weights import build_network, conformity

CLIP_FRAMES = {"quick": 512, "standard": 1536, "4k": 512}
BLOCK_S = {"quick": 0.1, "standard": 0.25, "4k": 0.25}
WARM_UP_S = {"quick": 0.05, "standard": 0.1, "4k": 0.1}
_NOT_IN_QUICK = ("tf32", "bf16", "fp16+compile")
RULES: Dict[str, StopRule] = {
    "quick": StopRule(0.02, 0.9, 3.0),
    "standard": StopRule(0.02, 3.0, 20.0),
    "4k": StopRule(0.02, 3.0, 20.0),
}
_LIMITS_S = {"quick": 1.0, "standard": 8.0, "4k": 8.0}
_PROBE_BLOCKS = 3
_BESIDE_S = 5.0  # longest measurement of a variant that is not the headline


class GpuSide:
    """One run of this side."""

    def __init__(self, preset: Preset, params: Dict[str, Any], reporter: Reporter, accelerator: Accelerator) -> None:
        self.preset = preset
        self.params = params
        self.reporter = reporter
        self.accelerator = accelerator
        self.variants: Dict[str, Dict[str, Any]] = {}
        self.first_run: Dict[str, float] = {}
        self._number = 0

    def prepare(self) -> Dict[str, Any]:
        """Make inputs, weights and the CPU's reference; each step of the cold start is timed."""
        torch.set_num_threads(PREPARING_THREADS)
        self._timed("device_context", lambda: float(torch.ones(1, device=self.accelerator.device).sum()))
        self.reporter.progress("weights", 0.05)
        network = self._timed("build_weights", lambda: build_network(self.preset))
        self.reporter.progress("clip", 0.08)
        inputs = make_inputs(self.preset, CLIP_FRAMES[self.preset.name], self._tick)
        self.stock = self._timed("weights_to_device", lambda: self._stock(network, inputs))
        self.reporter.progress("reference", 0.15)
        torch.set_num_threads(max(1, processor.usable_physical_cores() // 2))
        plain = Pipeline(network, self.preset, "cpu")
        self.reference = check.make_reference(plain, inputs.clip, inputs.mel, 4)
        return {"conformity": conformity(network), "audio_s": inputs.audio_s, "pinned": self.stock.is_pinned}

    def run(self) -> Dict[str, Any]:
        """Measure everything and return what the result message holds."""
        baseline = self._cold_steps()
        placement = observe(baseline, is_quick=self.preset.name == "quick")
        self.reporter.say("placement", **placement)
        del baseline
        limits = measure_limits(
            self.accelerator, _LIMITS_S[self.preset.name], lambda: self.reporter.progress("limits", 0.25)
        )
        self.reporter.say("limits", **limits)
        for number, variant in enumerate(self._ladder()):
            self.reporter.progress("trying", 0.3 + 0.03 * number, variant=variant.name)
            self._try(variant)
        self._measure_headlines()
        return {
            "placement": placement,
            "limits": limits,
            "variants": self.variants,
            "first_run": self.first_run,
        }

    def _stock(self, network: Any, inputs: Any) -> Stock:
        stock = Stock(self.accelerator, self.preset, network, inputs)
        Pipeline(network, self.preset, self.accelerator.device)
        self.accelerator.synchronize()
        return stock

    def _cold_steps(self) -> Runner:
        variant = Variant("fp32", "fp32", True, WINDOW)
        runner: Runner = self._timed("first_buffers", lambda: make_runner(self.stock, variant, "none"))
        self._timed("first_step", lambda: runner.run_steps(1))
        self._timed("second_step", lambda: runner.run_steps(1))
        return runner

    def _ladder(self) -> List[Variant]:
        free = self.accelerator.free_bytes()
        batch = int(self.params.get("batch") or fitting_batch(self.preset, free))
        wanted = tuple(self.params.get("precisions") or ())
        rows = rungs(batch, tuned=self.preset.name != "quick", largest=largest_batch(self.preset, batch, free))
        kept = []
        for row in rows:
            reason = self._why_not(row, wanted)
            if reason:
                self.variants[row.name] = {"precision": row.precision, "skipped": reason}
            else:
                kept.append(row)
        return kept

    def _why_not(self, variant: Variant, wanted: Tuple[str, ...]) -> str:
        if wanted and variant.name not in wanted and variant.precision not in wanted:
            return "not_asked"
        if self.preset.name == "quick" and not wanted and variant.name in _NOT_IN_QUICK:
            return "not_in_quick"
        reason = self.accelerator.why_not(variant.precision)
        if not reason and variant.mode != "eager":
            reason = why_no_graph(self.stock)
        if not reason and variant.mode == "compile":
            reason = why_no_compile(self.stock)
        return reason

    def _try(self, variant: Variant) -> None:
        """Check a variant and probe its speed; out of memory halves the batch, then the sub-batch."""
        described: Dict[str, Any] = {"precision": variant.precision}
        self.variants[variant.name] = described
        attempt: Optional[Variant] = variant
        while attempt is not None:
            try:
                self._probe(attempt, described)
                return
            except Exception as problem:  # a compiler that fails ends this variant only
                if not (isinstance(problem, RuntimeError) and is_out_of_memory(problem)):
                    described.update(skipped="failed", detail="%s: %s" % (type(problem).__name__, str(problem)[:300]))
                    return
            described["out_of_memory"] = int(described.get("out_of_memory", 0)) + 1
            self.accelerator.empty_cache()
            attempt = smaller(attempt)
        described["skipped"] = "out_of_memory"

    def _probe(self, variant: Variant, described: Dict[str, Any]) -> None:
        began = time.perf_counter()
        self.accelerator.reset_peak()
        runner = make_runner(self.stock, variant, "none")
        figures = check.compare(
            self.reference, run_on_reference(runner, self.reference), variant.precision, self.preset
        )
        self._warm_up(runner)
        ready_s = time.perf_counter() - began
        self.accelerator.reset_peak()
        blocks = [self._block(runner) for _ in range(_PROBE_BLOCKS)]
        described.update(
            batch=variant.batch,
            micro=variant.part,
            channels_last=variant.channels_last,
            check=figures,
            passed=figures["passed"],
            ready_s=ready_s,
            probe_fps=1.0 / statistics.median(blocks),
            memory=self.accelerator.memory(),
        )
        described["variant"] = variant._asdict()

    def _warm_up(self, runner: Runner) -> None:
        """Run until two neighbouring stretches differ by less than 3 %; these blocks are kept and marked."""
        previous = 0.0
        for _ in range(6):
            current = self._block(runner, is_warm_up=True)
            if previous and abs(current - previous) < 0.03 * previous:
                break
            previous = current

    def _block(self, runner: Runner, is_warm_up: bool = False) -> float:
        """Time one block, send it, and return its seconds per frame."""
        seconds = (WARM_UP_S if is_warm_up else BLOCK_S)[self.preset.name]
        block = send_block(self.reporter, runner, seconds, "gpu", self._number, is_warm_up)
        self._number += 1
        self.reporter.preview(runner.sample_frame(), self._number)
        return block.duration_s / block.frames

    def _measure_headlines(self) -> None:
        """Measure the best right variant and plain fp32 with whole frames crossing the bus, and without."""
        ranked = [name for name in self._ranked() if not self._is_model_only(name)]
        everything = ranked if self.preset.name != "quick" else [name for name in ranked if name == "fp32"]
        best = ranked[0] if ranked else ""
        names = list(dict.fromkeys([*ranked[:1], *everything, *filter(self._is_model_only, self._ranked())]))
        for number, name in enumerate(names):
            self.reporter.progress("measuring", 0.5 + 0.5 * number / len(names), variant=name)
            for io in self._modes(name, best):
                self._measure(name, io, is_headline=name == best)
        if best:
            self.variants[best]["is_best"] = True

    def _is_model_only(self, name: str) -> bool:
        """Tell whether a variant's batch is too large for whole frames: gigabytes of pinned memory."""
        return bool((self.variants[name].get("variant") or {}).get("is_model_only"))

    def _modes(self, name: str, best: str) -> Tuple[str, ...]:
        """Return how a variant is measured: the best both ways; the others as short as their part in it allows."""
        if self._is_model_only(name):
            return ("none",)
        if name == best:
            return ("full", "none")
        if self.preset.name == "quick":
            return ("full",)
        return ("full", "none") if name == "fp32" else ("none",)

    def _ranked(self) -> List[str]:
        passed = [name for name, figures in self.variants.items() if figures.get("passed")]
        return sorted(passed, key=lambda name: -float(self.variants[name]["probe_fps"]))

    def _measure(self, name: str, io: str, is_headline: bool) -> None:
        described = self.variants[name]
        runner = make_runner(self.stock, Variant(**described["variant"]), io)
        self._warm_up(runner)
        rule = RULES[self.preset.name]
        if not is_headline or io == "none":
            rule = rule._replace(shortest_s=rule.shortest_s / 2.0, longest_s=min(rule.longest_s, _BESIDE_S))
        times: List[float] = []
        began = time.perf_counter()
        while not rule.is_enough(times, time.perf_counter() - began):
            times.append(self._block(runner))
        described.setdefault("intervals", {})[io] = interval(times).described()
        described.setdefault("stages_s", {})[io] = runner.serial_stages(6)
        if io == "none":
            described["window_latency_s"] = self._latency(Variant(**described["variant"]))

    def _latency(self, variant: Variant) -> Optional[float]:
        """Return the median time of one 16-frame step alone; not where that shape would first be compiled."""
        if variant.mode == "compile" and variant.batch != WINDOW:
            return None
        runner = make_runner(self.stock, variant._replace(batch=WINDOW, micro=min(variant.micro, WINDOW)), "none")
        runner.run_steps(3)
        return statistics.median(runner.run_steps(1).duration_s for _ in range(15))

    def _timed(self, name: str, work: Any) -> Any:
        began = time.perf_counter()
        result = work()
        self.first_run[name] = time.perf_counter() - began
        return result

    def _tick(self, share: float) -> None:
        self.reporter.progress("clip", 0.08 + 0.07 * share)


def smaller(variant: Variant) -> Optional[Variant]:
    """Halve the batch down to 16, then the sub-batch; None when nothing smaller is left."""
    if variant.batch > WINDOW:
        batch = variant.batch // 2
        return variant._replace(batch=batch, micro=min(variant.micro, batch))
    part = variant.part // 2
    return variant._replace(micro=part) if part >= 1 else None


def measure_gpu(
    preset: Preset, params: Dict[str, Any], reporter: Reporter, import_s: float, accelerator: Any = None
) -> Dict[str, Any]:
    """Run this side from start to end. Raises ``NoAccelerator`` when there is none."""
    accelerator = accelerator or find(str(params.get("device") or "auto"))
    reporter.say("devices", usable=usable_devices())
    side = GpuSide(preset, params, reporter, accelerator)
    side.first_run["import_torch"] = import_s
    facts = side.prepare()
    reporter.gate("gpu")
    result = side.run()
    capability = accelerator.capability
    return dict(
        facts,
        **result,
        device=str(accelerator.device),
        kind=accelerator.kind,
        is_tested=accelerator.is_tested,
        name=accelerator.title,
        audio_s_per_s=facts["audio_s"] / (CLIP_FRAMES[preset.name] / FRAME_RATE),
        compute_capability=None if capability is None else "%d.%d" % capability,
    )
