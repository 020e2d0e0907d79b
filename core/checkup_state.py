"""What a checkup is asked, what it tells while it runs, and what it knows so far."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from gpuproof.core.bench.model import BenchEvent, BenchResult, PresetName, Proof
from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.facts.answers import Answer, Answers
from gpuproof.core.facts.machine import Machine
from gpuproof.core.launch.model import Target
from gpuproof.core.recommend.model import Recommendation
from gpuproof.core.words import Language

if TYPE_CHECKING:
    from gpuproof.core.report.model import Report

StepName = Literal["target", "inspect", "diagnose", "recommend", "set_up", "benchmark", "prove", "report"]
STEPS: tuple[StepName, ...] = ("inspect", "diagnose", "recommend", "benchmark", "prove", "report")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckupSettings:
    """What to check. ``target`` None: choose an environment that has torch (this one first).

    ``may_set_up``: gpuproof's own benchmark environment may be created when no torch is found on the machine.
    """

    target: Target | None = None
    preset: PresetName = "quick"
    device: str = "auto"
    app: str | None = None
    out_folder: Path | None = None
    may_set_up: bool = False
    language: Language = "en"  # of the report's readable page


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A step begins."""

    step: StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished:
    """A step left its result in the state."""

    step: StepName


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerArrived:
    """The agent answered one question."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpSaid:
    """A line of the set-up's live log."""

    line: str


CheckupEvent = StepStarted | StepFinished | AnswerArrived | SetUpSaid | BenchEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckupState:
    """What is known so far; a step's field stays None until it has run."""

    target: Target | None = None
    answers: Answers | None = None
    machine: Machine | None = None
    diagnosis: Diagnosis | None = None
    recommendation: Recommendation | None = None
    result: BenchResult | None = None
    proof: Proof | None = None
    report: Report | None = None
    report_path: Path | None = None
