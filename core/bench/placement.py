"""Proof layer 2: parameters, inputs, outputs and operators lay on the GPU, and the results were right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gpuproof.core.bench.model import BenchResult, ProofLayer, ProofVerdict
from gpuproof.core.words import Text, text

_LEAST_OPERATOR_SHARE = 0.99
# operators that are the work itself: not one of them may run elsewhere
_HEAVY = ("conv", "addmm", "bmm", "matmul", "linear", "attention", "layer_norm", "gelu")
_LEAST_KERNEL_SHARE = 0.3  # of a step's time; the rest may be launch gaps, which are a matter of speed


# one whole sentence for each thing: a word put into a sentence would stay English in every other language
_WHERE = {
    "parameters": (
        text("Where the parameters lay was not observed"),
        text("Some parameters lay on {devices} instead of {wanted}"),
        text("All parameters lay on {wanted}"),
    ),
    "inputs": (
        text("Where the inputs lay was not observed"),
        text("Some inputs lay on {devices} instead of {wanted}"),
        text("All inputs lay on {wanted}"),
    ),
    "outputs": (
        text("Where the outputs lay was not observed"),
        text("Some outputs lay on {devices} instead of {wanted}"),
        text("All outputs lay on {wanted}"),
    ),
}


def weigh_placement(result: BenchResult) -> ProofLayer:
    """Judge what the GPU's child observed of itself."""
    seen = result.placement
    evidence: list[Text] = []
    missing: list[Text] = []
    faults: list[Text] = []
    wanted = str(seen.get("wanted") or "")
    if not wanted:
        missing.append(text("No run on a GPU could be observed"))
        return ProofLayer(name="placement", verdict="not_proven", evidence=(), missing=tuple(missing))
    if wanted.startswith("cpu"):
        faults.append(text("The run that should use the GPU ran on the processor"))
    for name in _WHERE:
        _weigh_devices(name, seen.get(name), wanted, evidence, missing, faults)
    _weigh_operators(seen, wanted, evidence, missing, faults)
    _weigh_kernels(seen, evidence, missing, faults)
    _weigh_correctness(result, evidence, missing)
    verdict: ProofVerdict = "refuted" if faults else "not_proven" if missing else "proven"
    return ProofLayer(name="placement", verdict=verdict, evidence=(*faults, *evidence), missing=tuple(missing))


def _weigh_devices(
    thing: str, counted: Any, wanted: str, evidence: list[Text], missing: list[Text], faults: list[Text]
) -> None:
    unseen, some, every = _WHERE[thing]
    if not isinstance(counted, Mapping) or not counted:
        missing.append(unseen)
        return
    elsewhere = sorted(device for device in counted if device != wanted)
    if elsewhere:
        faults.append(some.filled(devices=", ".join(elsewhere), wanted=wanted))
    else:
        evidence.append(every.filled(wanted=wanted))


def _weigh_operators(
    seen: Mapping[str, Any], wanted: str, evidence: list[Text], missing: list[Text], faults: list[Text]
) -> None:
    """Judge by how much the operators produced where: a constant made on the processor is no fallback."""
    counted = seen.get("operators")
    produced = seen.get("elements") or counted
    if not isinstance(counted, Mapping) or not isinstance(produced, Mapping) or not sum(produced.values()):
        missing.append(text("Which device the operators ran on was not observed"))
        return
    kind = wanted.split(":")[0]
    share = int(produced.get(kind, 0)) / sum(int(count) for count in produced.values())
    fallen = [str(name) for name in seen.get("cpu_operators") or ()]
    if share < _LEAST_OPERATOR_SHARE or any(_is_heavy(name) for name in fallen):
        faults.append(
            text(
                "Operators ran on the processor ({names}); {percent} % of the results came from {wanted}",
                names=", ".join(fallen),
                percent=f"{100.0 * share:.0f}",
                wanted=wanted,
            )
        )
    else:
        total = int(counted.get(kind, 0))
        evidence.append(text("The operators of a step ran on {wanted} ({total} of them)", total=total, wanted=wanted))


def _is_heavy(name: str) -> bool:
    return any(word in name for word in _HEAVY)


def _weigh_kernels(seen: Mapping[str, Any], evidence: list[Text], missing: list[Text], faults: list[Text]) -> None:
    share = seen.get("kernel_share")
    if not isinstance(share, (int, float)):
        detail = str(seen.get("profiler_problem") or "")
        missing.append(text("The profiler showed no kernels of the GPU ({detail})", detail=detail))
        return
    percent = f"{100.0 * share:.0f}"
    if share < _LEAST_KERNEL_SHARE:
        faults.append(text("Kernels of this process filled only {percent} % of a step's time", percent=percent))
    else:
        evidence.append(text("Kernels of this process filled {percent} % of a step's time (profiler)", percent=percent))


def _weigh_correctness(result: BenchResult, evidence: list[Text], missing: list[Text]) -> None:
    if result.gpu is None:
        missing.append(text("No result of the GPU passed the comparison with the processor"))
        return
    check = result.gpu.variants.get(result.gpu.variant, {}).get("check")
    if isinstance(check, Mapping) and "mean_difference" in check:
        evidence.append(
            text("Its pictures agree with the processor's: mean difference {mean} of 255 (limit of {variant} kept)",
                 mean=f"{float(check['mean_difference']):.4f}", variant=result.gpu.variant)
        )  # fmt: skip
