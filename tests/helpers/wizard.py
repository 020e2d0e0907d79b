"""A checkup for the window's tests: it walks through the real steps and leaves constructed results."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from helpers.machines import a_machine
from helpers.reports import a_diagnosis, a_finding, a_proof, a_recommendation, a_report, a_result, some_answers

from gpuproof.core.bench.model import BenchResult, Block, Progress, Proof, TelemetrySample
from gpuproof.core.checkup import (
    AnswerArrived,
    CancelledByPerson,
    CheckupEvent,
    CheckupSettings,
    CheckupState,
    StepFinished,
    StepName,
    StepStarted,
)
from gpuproof.core.diagnose.model import ChainLink, Diagnosis
from gpuproof.core.facts.answers import Answer
from gpuproof.core.facts.machine import Machine
from gpuproof.core.launch.model import Target
from gpuproof.core.problems import UserProblem
from gpuproof.core.recommend.model import Recommendation
from gpuproof.core.words import literal, text

QUESTIONS = ("os.identity", "python.interpreter", "torch.import", "torch.mapped_libraries", "driver.module_version",
             "nvml.snapshot", "pci.display_devices")  # fmt: skip


@dataclass
class Script:
    """What a scripted checkup finds, and where it fails or waits."""

    machine: Machine = field(default_factory=a_machine)
    diagnosis: Diagnosis = field(default_factory=a_diagnosis)
    recommendation: Recommendation = field(default_factory=a_recommendation)
    result: BenchResult = field(default_factory=a_result)
    proof: Proof = field(default_factory=a_proof)
    problems: dict[str, UserProblem] = field(default_factory=dict)  # by step
    waits_at: str | None = None  # waits there until it is cancelled
    folder: Path | None = None
    made: list[Any] = field(default_factory=list)

    def make(self, settings: CheckupSettings, on_event: Callable[[CheckupEvent], None]) -> Any:
        """Stand in for the class ``Checkup``."""
        self.made.append(ScriptedCheckup(self, settings, on_event))
        return self.made[-1]


class ScriptedCheckup:
    """The part of ``Checkup`` that the window drives."""

    def __init__(self, script: Script, settings: CheckupSettings, on_event: Callable[[CheckupEvent], None]) -> None:
        self.script, self.settings, self._tell = script, settings, on_event
        self.state = CheckupState(target=settings.target or Target("self"))
        self._cancel = threading.Event()

    def cancel(self) -> None:
        self._cancel.set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancel.is_set()

    def restart(self) -> None:
        self._cancel.clear()

    def inspect(self) -> None:
        self._begin("inspect")
        for question in QUESTIONS:
            self._tell(AnswerArrived(answer=Answer(question=question, status="ok", text="")))
        self._end("inspect", answers=some_answers(), machine=self.script.machine)

    def diagnose(self) -> None:
        self._begin("diagnose")
        self._end("diagnose", diagnosis=self.script.diagnosis)

    def recommend(self) -> None:
        self._begin("recommend")
        self._end("recommend", recommendation=self.script.recommendation)

    def benchmark(self) -> None:
        self._begin("benchmark")
        self._tell(Progress(phase="cpu", words=text("CPU: measuring"), fraction=0.4, remaining_s=12))
        for event in (*self.script.result.blocks, *self.script.result.telemetry):
            self._tell(event)
        self._end("benchmark", result=self.script.result)

    def prove(self) -> None:
        self._begin("prove")
        self._end("prove", proof=self.script.proof)

    def write_report(self) -> Path | None:
        from gpuproof.core.report.store import save_report

        self._begin("report")
        report = a_report(diagnosis=self.script.diagnosis, result=self.state.result, proof=self.state.proof)
        path = save_report(report, self.script.folder) if self.script.folder is not None else None
        self._end("report", report=report, report_path=path)
        return path

    def _begin(self, step: StepName) -> None:
        self._tell(StepStarted(step=step))
        if step == self.script.waits_at:
            self._cancel.wait(20)
        if self._cancel.is_set():
            raise CancelledByPerson
        if step in self.script.problems:
            raise self.script.problems[step]

    def _end(self, step: StepName, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        self._tell(StepFinished(step=step))


def a_long_result() -> BenchResult:
    """Return a constructed run of a minute: CPU, GPU, CPU again, ten samples a second. Seeded, so always the same."""
    rng = random.Random(11)
    blocks = [
        *_blocks("cpu", "cpu", "fp32", 2.0, 18.0, 41.0, 8, rng),
        *_blocks("cuda:0", "gpu", "fp16", 21.0, 20.0, 6100.0, 2560, rng),
        *_blocks("cpu", "cpu_again", "fp32", 43.0, 10.0, 40.0, 8, rng),
    ]
    samples = [sample for tick in range(550) for sample in _samples(tick / 10, rng)]
    variants: dict[str, dict[str, object]] = {
        "naive": {"frames_per_second": 212.0}, "fp32": {"frames_per_second": 1190.0},
        "tf32": {"frames_per_second": 2430.0}, "fp16": {"frames_per_second": 6100.0},
        "fp16+graph": {"frames_per_second": 5980.0}, "bf16": {"frames_per_second": 5870.0},
        "fp8": {"skipped": "not supported by this pipeline"},
    }  # fmt: skip
    base = a_result()
    assert base.gpu is not None
    return replace(
        base, gpu=replace(base.gpu, variants=variants), blocks=tuple(blocks), telemetry=tuple(samples),
    )  # fmt: skip


def a_broken_chain() -> Diagnosis:
    """Return a diagnosis whose driver link is broken, with evidence and remedy."""
    states: dict[str, Any] = {"driver": "broken", "gpu": "ok", "torch": "ok", "cuda_libraries": "warning"}
    finding = a_finding()
    healthy = a_chain()
    chain = tuple(
        replace(link, state=states.get(link.name, "ok"), findings=(finding.id,) if link.name == "driver" else ())
        for link in healthy.chain
    )
    return replace(
        healthy, cause="driver_too_old", title=finding.title, primary=finding, findings=(finding,), chain=chain
    )


def a_chain() -> Diagnosis:
    """Return a healthy diagnosis whose five links have evidence."""
    words: tuple[tuple[Any, str], ...] = (
        ("application", "Python 3.11.7 in a virtual environment"), ("torch", "torch 2.11.0+cu130"),
        ("cuda_libraries", "CUDA 13.0, cuDNN 9.19.0"), ("driver", "580.159.04"), ("gpu", "NVIDIA H100 80GB HBM3"),
    )  # fmt: skip
    chain = tuple(
        ChainLink(
            name=name,
            state="ok",
            summary=literal(said),
            evidence=(literal(said), literal("/proc/driver/nvidia/version")),
        )
        for name, said in words
    )
    return a_diagnosis(chain=chain)


def _blocks(
    device: str,
    phase: str,
    variant: str,
    start_s: float,
    length_s: float,
    speed: float,
    frames: int,
    rng: random.Random,
) -> list[Block]:
    at_s, made = start_s, []
    while at_s < start_s + length_s:
        slower = 1.5 if len(made) < 3 else 1.0
        duration = frames / speed * slower * rng.uniform(0.97, 1.06)
        made.append(Block(device=device, phase=phase, variant=variant, index=len(made), is_warm_up=len(made) < 3,
                          frames=frames, duration_s=duration, started_s=at_s))  # fmt: skip
        at_s += duration
    return made


def _samples(at_s: float, rng: random.Random) -> tuple[TelemetrySample, TelemetrySample]:
    on_gpu = 20.5 < at_s < 41.0
    on_cpu = 2 < at_s < 20 or 43 < at_s < 53
    ramp = min(1.0, max(0.0, at_s - 20.5)) if on_gpu else 0.0
    warmth = min(1.0, (at_s - 20) / 12) if on_gpu else max(0.0, 1 - (at_s - 41) / 20) if at_s > 41 else 0.0
    gpu = TelemetrySample(
        at_s=at_s, gpu=0, utilisation_percent=round(98 * ramp) if on_gpu else 0,
        memory_used_mib=3300 + 40 * ramp if at_s > 20 else 410, process_memory_mib=2890 if on_gpu else 0,
        power_w=120 + 560 * ramp + rng.uniform(-4, 4), power_instant_w=120 + 575 * ramp + rng.uniform(-15, 15),
        temperature_celsius=round(34 + 22 * warmth),
        sm_clock_mhz=1980 - 300 * ramp + rng.choice((-15, 0, 15)), memory_clock_mhz=2619,
        throttle_reasons=("sw_power_cap",) if 33 < at_s < 36 and int(at_s * 10) % 5 == 0 else (),
    )  # fmt: skip
    load = (96 if on_cpu else 8) + rng.uniform(-3, 3)
    host = TelemetrySample(at_s=at_s, cpu_percent=load, process_cpu_percent=1500 if on_cpu else 100)
    return gpu, host
