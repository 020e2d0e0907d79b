"""Reports for tests. The figures are constructed (seeded), in the shape of a run on the machine of ``a_machine``."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from helpers.machines import a_machine

from gpuproof.core.agent.workload.intervals import interval
from gpuproof.core.bench.model import (
    BenchResult,
    BenchSettings,
    Block,
    DeviceResult,
    Doubt,
    Proof,
    ProofLayer,
    Ratio,
    TelemetrySample,
)
from gpuproof.core.diagnose.model import ChainLink, Diagnosis, Finding, Remedy, Step
from gpuproof.core.facts.answers import Answer, Answers
from gpuproof.core.recommend.model import Alternative, Choice, Commands, DriverAdvice, Recommendation, Rejected
from gpuproof.core.report.build import build_report
from gpuproof.core.report.model import Report
from gpuproof.core.words import literal, text

NOON = datetime(2026, 11, 20, 12, 0, 0, tzinfo=timezone.utc)
STAGES_MS = {"face_encoding": 0.031, "alignment": 0.012, "reconstruction": 0.118}


def some_blocks(
    device: str, phase: str, fps: float, seed: int, *, count: int = 12, spread: float = 0.01
) -> list[Block]:
    """Return warm-up and measured blocks of exactly this mean speed; times are skewed and depend on each other."""
    rng, drift, logs, blocks, at_s = random.Random(seed), 0.0, [], [], 1.0
    for _ in range(count):
        drift = 0.4 * drift + rng.gauss(0.0, spread * 0.9)
        logs.append(drift + math.log1p(rng.expovariate(4.0 / spread)))
    for index in range(-2, count):
        slow = 1.4 if index < 0 else math.exp(logs[index] - sum(logs) / count)
        frames = 640 if device.startswith("cuda") else 8
        seconds = frames / fps * slow
        stages = tuple((name, seconds * part / sum(STAGES_MS.values())) for name, part in STAGES_MS.items())
        blocks.append(
            Block(
                device=device,
                phase=phase,
                variant="fp16" if device.startswith("cuda") else "fp32",
                index=index + 2,
                is_warm_up=index < 0,
                frames=frames,
                duration_s=seconds,
                started_s=at_s,
                stages_s=stages,
            )
        )
        at_s += seconds
    return blocks


def some_telemetry(count: int = 40) -> tuple[TelemetrySample, ...]:
    """Return five samples a second of one GPU under load, with the host's beside them."""
    rng = random.Random(5)
    gpu = [
        TelemetrySample(
            at_s=i / 5,
            gpu=0,
            utilisation_percent=min(100.0, 12.0 * i),
            memory_used_mib=480.0 + 60 * min(i, 30),
            power_w=120 + 14.5 * min(i, 38) + rng.random(),
            temperature_celsius=35.0 + i / 3,
            sm_clock_mhz=1980.0 - 15 * min(i, 30),
            throttle_reasons=("sw_power_cap",) if i > 30 else (),
        )
        for i in range(count)
    ]
    host = [TelemetrySample(at_s=i / 5, cpu_percent=20.0 + i % 7, host_memory_used_mib=3000.0) for i in range(count)]
    return tuple(sorted(gpu + host, key=lambda sample: sample.at_s))


def a_side(name: str, blocks: list[Block], batch: int, **changes: Any) -> DeviceResult:
    """Return one side's figures as the session makes them from its blocks."""
    counted = [block for block in blocks if not block.is_warm_up]
    found = interval([block.duration_s / block.frames for block in counted])
    fps, frames = 1 / found.mean_s, sum(block.frames for block in counted)
    stages = {stage: 1000 * sum(dict(block.stages_s)[stage] for block in counted) / frames for stage in STAGES_MS}
    side = DeviceResult(
        device=counted[0].device,
        name=name,
        variant=counted[0].variant,
        frames_per_second=fps,
        low=fps * math.exp(-found.half_width),
        high=fps * math.exp(found.half_width),
        stages=stages,
        batch=batch,
        variants={counted[0].variant: {"passed": True, "batch": batch}},
    )
    return replace(side, **changes)


def a_result(*, gpu_fps: float = 6100.0, cpu_fps: float = 41.0, seed: int = 1, **changes: Any) -> BenchResult:
    """Return a finished quick run on GPU and CPU, at about these speeds."""
    cpu_blocks = some_blocks("cpu", "cpu", cpu_fps, seed)
    gpu_blocks = some_blocks("cuda:0", "gpu", gpu_fps, seed + 1, count=30)
    tried = {"fp16": {"passed": True, "batch": 64}, "fp32": {"passed": True, "probe_fps": 2033.0, "batch": 64}}
    tried["bf16"] = {"passed": False, "probe_fps": 5400.0, "batch": 64}
    extra = {"tflops": 58.5, "joules_per_frame": 0.06}
    gpu = a_side("NVIDIA H100 80GB HBM3", gpu_blocks, 64, variants=tried, extra=extra)
    cpu = a_side("Intel(R) Xeon(R) Processor", cpu_blocks, 8)
    ratio = gpu.frames_per_second / cpu.frames_per_second
    result = BenchResult(
        settings=BenchSettings(preset="quick"),
        gpu=gpu,
        cpu=cpu,
        speedup=Ratio(ratio=ratio, low=ratio * 0.97, high=ratio * 1.03),
        doubts=(
            Doubt(
                kind="throttled",
                words=text("Sample doubt: clock lowered by {reason}.", reason="sw_power_cap"),
                side="gpu",
            ),
        ),
        limits={"matmul_tflops_fp16": 612.0, "not_measured": ["launch_us"]},
        first_run={"import_torch": 4.2, "first_step": 0.9},
        placement={"parameters_on": "cuda:0"},
        blocks=tuple(cpu_blocks + gpu_blocks),
        telemetry=some_telemetry(),
        workload_version="1",
    )
    return replace(result, **changes)


def a_finding(**changes: Any) -> Finding:
    """Return the finding of a driver that is too old."""
    finding = Finding(
        id="driver-supports-torch",
        rule="driver-supports-torch",
        cause="driver_too_old",
        link="driver",
        severity="error",
        confidence="certain",
        title=text("Sample finding: driver {found} cannot run CUDA {cuda}", found="525.60", cuda="12.8"),
        evidence=(
            text("sample evidence: driver {version}", version="525.60.13"),
            text("sample evidence: torch built for CUDA {cuda}", cuda="12.8"),
        ),
        remedy=Remedy(
            (
                Step(text("Sample step: install a newer driver"), "sudo apt install nvidia-driver-580"),
                Step(literal("Restart")),
            )
        ),
    )
    return replace(finding, **changes)


def a_diagnosis(**changes: Any) -> Diagnosis:
    """Return a healthy diagnosis with its chain."""
    chain = tuple(
        ChainLink(name=name, state="ok", summary=literal(words))
        for name, words in (
            ("torch", "torch 2.11.0+cu130"),
            ("cuda_libraries", "CUDA 13.0, cuDNN 9.19.0"),
            ("driver", "580.159.04"),
            ("gpu", "NVIDIA H100 80GB HBM3"),
        )
    )
    diagnosis = Diagnosis(
        cause="healthy",
        title=text("Sample diagnosis: all fits together"),
        confidence="certain",
        primary=None,
        findings=(),
        unknown=(),
        ask_next=None,
        chain=chain,
    )
    return replace(diagnosis, **changes)


def a_broken_diagnosis() -> Diagnosis:
    """Return a diagnosis with one root cause."""
    finding = a_finding()
    return a_diagnosis(cause="driver_too_old", title=finding.title, primary=finding, findings=(finding,))


def a_recommendation() -> Recommendation:
    """Return a choice with its reasons and one rejection."""
    url = "https://download.pytorch.org/whl/cu130"
    commands = Commands(
        pip=f"pip install torch==2.11.0 --index-url {url}",
        uv=f"uv pip install torch==2.11.0 --index-url {url}",
        conda="conda install pip",
        poetry="poetry add torch",
        requirements=f"--index-url {url}\ntorch==2.11.0",
    )
    choice = Choice(torch="2.11.0", variant="cu130", index_url=url, python_ok=True, commands=commands)
    return Recommendation(
        choice=choice,
        driver=DriverAdvice(action="keep", minimum="580.65.06"),
        is_installed=True,
        because=(text("Sample reason: driver {driver} covers CUDA {cuda}", driver="580.159.04", cuda="13.0"),),
        rejected=(
            Rejected(torch="2.11.0", variant="cu126", reason=text("Sample rejection: an older CUDA brings nothing")),
        ),
    )


def a_recommendation_before_the_driver() -> Recommendation:
    """Return a choice for the processor, as the GPU waits for a newer driver."""
    plain = a_recommendation()
    assert plain.choice is not None
    return replace(
        plain,
        choice=replace(plain.choice, torch="2.15.0", variant="cpu"),
        driver=DriverAdvice(action="upgrade", minimum="580.65.06", branch="580"),
        alternatives=(Alternative(torch="2.15.0", variant="cu132", trade_off=text("It needs another driver.")),),
        is_installed=False,
    )


def a_proof(verdict: Any = "proven") -> Proof:
    """Return three layers of one verdict."""
    names: tuple[Any, ...] = ("environment", "placement", "behaviour")
    layers = tuple(
        ProofLayer(name=n, verdict=verdict, evidence=(text("Sample evidence: layer {name} was seen", name=n),))
        for n in names
    )
    return Proof(verdict=verdict, layers=layers)


def some_answers(**texts: str) -> Answers:
    """Return a few catalogued answers; keywords add or replace (``__`` stands for the dot of an id)."""
    found = {
        "driver.module_version": "580.159.04\n",
        **{name.replace("__", "."): words for name, words in texts.items()},
    }
    return Answers.of(Answer(question=name, status="ok", text=words) for name, words in found.items())


def a_report(**changes: Any) -> Report:
    """Return a complete, unredacted report; keywords go to ``build_report``."""
    parts: dict[str, Any] = {
        "target": "self",
        "answers": some_answers(),
        "machine": a_machine(),
        "diagnosis": a_diagnosis(),
        "recommendation": a_recommendation(),
        "result": a_result(),
        "proof": a_proof(),
        "now": NOON,
    }
    return build_report(**{**parts, **changes})
