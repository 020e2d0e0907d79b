"""Proof layer 3: the driver saw our process work while it said it worked, and without the GPU the run was slower."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean

from gpuproof.core.bench.model import BenchResult, ProofLayer, ProofVerdict, TelemetrySample
from gpuproof.core.bench.our_gpu import rows_of_our_gpu
from gpuproof.core.words import Text, text

_LEAST_RISE_MIB = 100.0
_BUSY_PERCENT = 20.0
_LEAST_MORE_PERCENT = 15.0
_LEAST_MORE_W = 10.0
_SLOWER = 1.5
_SETTLE_S = 0.4  # utilisation renews every 200 ms and looks back


def weigh_behaviour(result: BenchResult) -> ProofLayer:
    """Judge telemetry and the control run."""
    evidence: list[Text] = []
    missing: list[Text] = []
    faults: list[Text] = []
    if result.gpu is None:
        missing.append(text("There was no GPU run whose behaviour could be watched"))
        return ProofLayer(name="behaviour", verdict="not_proven", evidence=(), missing=tuple(missing))
    rows = rows_of_our_gpu(result)
    if not rows:
        detail = str(result.placement.get("telemetry_problem") or "")
        missing.append(text("The driver's view was not available ({detail})", detail=detail))
    else:
        _weigh_process(rows, evidence, missing)
        _weigh_activity(result, rows, evidence, missing, faults)
    _weigh_control(result, evidence, missing, faults)
    return ProofLayer(
        name="behaviour",
        verdict=_verdict(evidence, missing, faults),
        evidence=(*faults, *evidence),
        missing=tuple(missing),
    )


def _verdict(evidence: list[Text], missing: list[Text], faults: list[Text]) -> ProofVerdict:
    if faults:
        return "refuted"
    # a driver that lists no processes (WSL2, some containers, WDDM) may still show activity and memory
    decisive = {"activity", "control"}
    lacking = {_TOPIC.get(words.template) for words in missing}
    return "not_proven" if lacking & decisive or not evidence else "proven"


def _weigh_process(rows: Iterable[TelemetrySample], evidence: list[Text], missing: list[Text]) -> None:
    used = [row.process_memory_mib for row in rows if row.process_memory_mib is not None]
    if used and max(used) >= _LEAST_RISE_MIB:
        evidence.append(text("The driver listed our process with {mib} MiB of GPU memory", mib=f"{max(used):.0f}"))
        return
    memory = [row.memory_used_mib for row in rows if row.memory_used_mib is not None]
    if memory and max(memory) - memory[0] >= _LEAST_RISE_MIB:
        rise = f"{max(memory) - memory[0]:.0f}"
        evidence.append(text("GPU memory in use rose by {mib} MiB with our run", mib=rise))
    missing.append(_NO_PROCESS)


def _weigh_activity(
    result: BenchResult, rows: list[TelemetrySample], evidence: list[Text], missing: list[Text], faults: list[Text]
) -> None:
    busy, idle = _means(result, rows, "utilisation_percent")
    power, rest = _means(result, rows, "power_w")
    if busy is None:
        missing.append(_NO_ACTIVITY)
        return
    if busy < _BUSY_PERCENT or (idle is not None and busy - idle < _LEAST_MORE_PERCENT):
        faults.append(
            text("The GPU was {busy} % busy in the GPU's phase and {idle} % in the processor's: it did not do the work",
                 busy=f"{busy:.0f}", idle="?" if idle is None else f"{idle:.0f}")
        )  # fmt: skip
        return
    idle_words = "?" if idle is None else f"{idle:.0f}"
    evidence.append(
        text("The GPU was {busy} % busy in the GPU's phase and {idle} % while the processor was measured",
             busy=f"{busy:.0f}", idle=idle_words)
    )  # fmt: skip
    if power is not None and rest is not None and power - rest >= _LEAST_MORE_W:
        evidence.append(text("Its power rose from {rest} W to {power} W", rest=f"{rest:.0f}", power=f"{power:.0f}"))


def _means(result: BenchResult, rows: list[TelemetrySample], field: str) -> tuple[float | None, float | None]:
    """Return the mean of a field inside the GPU's blocks and inside the processor's blocks."""
    return _mean_in(result, rows, field, ("gpu",)), _mean_in(result, rows, field, ("cpu", "cpu_again"))


def _mean_in(result: BenchResult, rows: list[TelemetrySample], field: str, phases: tuple[str, ...]) -> float | None:
    values = []
    for phase in phases:
        blocks = [block for block in result.blocks if block.phase == phase]
        if not blocks:
            continue
        begin = blocks[0].started_s + _SETTLE_S
        end = blocks[-1].started_s + blocks[-1].duration_s
        values += [getattr(row, field) for row in rows if begin <= row.at_s <= end]
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _weigh_control(result: BenchResult, evidence: list[Text], missing: list[Text], faults: list[Text]) -> None:
    if result.speedup is None:
        missing.append(_NO_CONTROL)
        return
    words = {"ratio": f"{result.speedup.ratio:.1f}", "low": f"{result.speedup.low:.1f}"}
    if result.speedup.low > _SLOWER:
        evidence.append(text("With the GPU hidden the same work was {ratio} times slower (at least {low})", **words))
    elif result.speedup.high < 1.1:
        faults.append(text("With the GPU hidden the same work was not slower (ratio {ratio})", **words))
    else:
        missing.append(_UNCLEAR_CONTROL)


_NO_PROCESS = text("The driver does not list processes here, so ours could not be seen in its list")
_NO_ACTIVITY = text("The driver tells no utilisation here, so activity could not be followed")
_NO_CONTROL = text("There was no control run on the processor to compare with")
_UNCLEAR_CONTROL = text("The control run without the GPU was not clearly slower")
_TOPIC = {
    _NO_ACTIVITY.template: "activity",
    "The driver's view was not available ({detail})": "activity",
    _NO_CONTROL.template: "control",
    _UNCLEAR_CONTROL.template: "control",
}
