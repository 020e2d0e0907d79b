"""One verdict from three views of a run: the environment, what its log says, and what the driver saw; pure."""

from __future__ import annotations

from typing import Literal

from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.logs.model import LogVerdict
from gpuproof.core.watch.model import JointVerdict, Judgement
from gpuproof.core.words import Text, text

_AGAINST = {"cpu_fallback", "gpu_error", "oom"}


def join(behaviour: Judgement, log: LogVerdict | None, diagnosis: Diagnosis | None) -> JointVerdict:
    """Return proven, not proven or refuted. What the driver saw outranks what the log says."""
    layers: list[tuple[str, str, Text]] = [("behaviour", behaviour.verdict, behaviour.why)]
    if log is not None:
        layers.append(("log", log.verdict, log.why))
    if diagnosis is not None:
        layers.append(("environment", diagnosis.cause, diagnosis.title))
    log_says = log.verdict if log is not None else "inconclusive"
    verdict, words = _joined(behaviour.verdict, log_says)
    return JointVerdict(verdict=verdict, words=words, layers=tuple(layers))


def _joined(behaviour: str, log: str) -> tuple[Literal["proven", "not_proven", "refuted"], Text]:
    if behaviour in ("gpu", "mixed"):
        if log in _AGAINST:
            return "not_proven", text("The driver saw it work on the GPU, but its log speaks against it in part.")
        return "proven", text("It worked on the GPU: the driver saw it.")
    if behaviour == "cpu":
        if log == "gpu_used":
            return "refuted", text("Its log speaks of the GPU, but the driver saw it do no work there.")
        return "refuted", text("It did not work on the GPU: the driver saw none of it while the CPU was busy.")
    if log in _AGAINST:
        return "refuted", text("The driver could not tell, but its own log says that it did not finish on the GPU.")
    if log == "gpu_used":
        return "not_proven", text("Its log speaks of the GPU, but the driver could not confirm it.")
    return "not_proven", text("Neither the driver nor its log could tell.")
