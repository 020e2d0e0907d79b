"""Weighs the three layers of the proof. Proven only when every layer is; what was not seen is named, never assumed."""

from __future__ import annotations

from gpuproof.core.bench.behaviour import weigh_behaviour
from gpuproof.core.bench.model import BenchResult, Proof, ProofLayer, ProofVerdict
from gpuproof.core.bench.placement import weigh_placement
from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.facts.machine import Machine, TorchLive
from gpuproof.core.words import Text, text

_KERNELS_DECIDE = ("torch", "cuda_libraries", "driver", "gpu")


def prove(machine: Machine, diagnosis: Diagnosis, result: BenchResult) -> Proof:
    """Return the verdict with every layer's evidence and what could not be observed."""
    layers = (weigh_environment(machine, diagnosis), weigh_placement(result), weigh_behaviour(result))
    verdicts = {layer.verdict for layer in layers}
    verdict: ProofVerdict = "proven"
    if "refuted" in verdicts:
        verdict = "refuted"
    elif "not_proven" in verdicts:
        verdict = "not_proven"
    return Proof(verdict=verdict, layers=layers)


def weigh_environment(machine: Machine, diagnosis: Diagnosis) -> ProofLayer:
    """Judge whether driver, libraries and build fit together, by the findings and one real kernel per device."""
    evidence: list[Text] = []
    missing: list[Text] = []
    live = machine.torch_live
    errors = [
        finding
        for finding in diagnosis.findings
        if finding.severity == "error" and finding.link in _KERNELS_DECIDE and finding.folded_under is None
    ]
    evidence += [finding.title for finding in errors]  # whole: a title within a sentence would stay English
    worked = _kernels_that_worked(live)
    if worked:
        evidence.append(text("A real kernel and a convolution ran right on {devices}", devices=", ".join(worked)))
    else:
        missing.append(text("No real kernel was seen to run on a GPU when the environment was inspected"))
    if not errors and diagnosis.cause == "healthy":
        evidence.append(text("The diagnosis found no fault between torch, its CUDA libraries, the driver and the GPU"))
    elif diagnosis.cause == "cannot_tell":
        missing.append(text("The diagnosis could not tell whether everything fits together"))
    return ProofLayer(
        name="environment",
        verdict=_verdict(bool(worked) and not errors),
        evidence=tuple(evidence),
        missing=tuple(missing),
    )


def _kernels_that_worked(live: object) -> list[str]:
    if not isinstance(live, TorchLive):
        return []
    return [check.device for check in live.kernel_checks if check.ok and not check.device.startswith("cpu")]


def _verdict(fits: bool) -> ProofVerdict:
    return "proven" if fits else "not_proven"
