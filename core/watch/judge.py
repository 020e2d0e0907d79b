"""From an observation to the verdict: works on the GPU, on the CPU, both in turn, waits, or cannot tell; pure."""

from __future__ import annotations

from collections.abc import Iterable

from gpuproof.core.watch.model import Judgement, Observation, Phase, WatchedGpu, WatchVerdict
from gpuproof.core.watch.phases import (
    CPU_WORKS_PERCENT,
    GPU_WORKS_PERCENT,
    Moment,
    kind_of,
    moments,
    phases,
    start_end_s,
)
from gpuproof.core.words import Text, text

SHORTEST_S = 1.5
_MOSTLY = 0.7
_HARDLY = 0.1
_NO_DRIVER = (9, 12)  # NVML: driver not loaded, library not found
_FASTER = 1.3


def judge(seen: Observation) -> Judgement:
    """Return the verdict on everything that was seen."""
    every = moments(seen)
    start_s = start_end_s(seen)
    rows = [row for row in every if row.at_s >= start_s]
    if _seconds(rows) < SHORTEST_S:  # it ended right after its start
        rows, start_s = every, 0.0
    parts = phases(every, start_s)
    figures = _figures(rows, parts) | ({"start_s": start_s} if start_s else {})
    if not rows or _seconds(rows) < SHORTEST_S:
        return Judgement(
            verdict="cannot_tell",
            why=text("The program was seen for less than {seconds} s.", seconds=SHORTEST_S),
            advice=(text("Watch longer, while it does its real work."),),
            figures=figures,
        )
    if not seen.gpus:
        return _without_nvml(seen, parts, figures)
    used = _used(rows)
    verdict, why = _verdict(seen, figures)
    advice = (*_advice(verdict, figures), *_elsewhere(seen, used))
    return Judgement(
        verdict=verdict,
        why=why,
        evidence=_evidence(seen, figures),
        advice=(*advice, *(_tries(seen) if verdict == "cannot_tell" else ())),
        phases=parts,
        used_gpus=used,
        figures=figures,
    )


def _seconds(rows: list[Moment]) -> float:
    return rows[-1].at_s - rows[0].at_s if rows else 0.0


def _figures(rows: list[Moment], parts: tuple[Phase, ...]) -> dict[str, float]:
    whole = sum(phase.end_s - phase.start_s for phase in parts if phase.kind != "start") or 1.0
    figures = {
        f"{kind}_time_ratio": sum(phase.end_s - phase.start_s for phase in parts if phase.kind == kind) / whole
        for kind in ("gpu", "cpu", "waits", "unknown")
    }
    for name, values in (
        ("gpu_percent", [row.gpu_percent for row in rows]),
        ("whole_gpu_percent", [row.whole_gpu_percent for row in rows]),
        ("process_cpu_percent", [row.cpu_percent for row in rows]),
        ("gpu_percent_at_work", [row.gpu_percent for row in rows if kind_of(row) == "gpu"]),
    ):
        known = [value for value in values if value is not None]
        if known:
            figures[f"mean_{name}"] = sum(known) / len(known)
    figures["seconds"] = _seconds(rows)
    return figures


def _verdict(seen: Observation, figures: dict[str, float]) -> tuple[WatchVerdict, Text]:
    gpu, cpu, unknown = (figures[f"{kind}_time_ratio"] for kind in ("gpu", "cpu", "unknown"))
    if unknown > 0.3:
        return "cannot_tell", _why_unknown(seen)
    if gpu + cpu < _HARDLY:
        return "waits", text("The program hardly worked at all: it waits for files, the network, or its next job.")
    if gpu >= _MOSTLY * (gpu + cpu):
        return "gpu", text("The program works on the GPU.")
    if gpu < _HARDLY * (gpu + cpu):
        return "cpu", text("The program works on the CPU while the GPU idles: the classic silent fallback.")
    return "mixed", text("The program works on the GPU in some phases and on the CPU in others.")


def _why_unknown(seen: Observation) -> Text:
    if seen.is_wsl:
        return text("The GPU is busy, but under WSL2 the driver does not tell which program uses it.")
    if any(gpu.driver_model == "WDDM" for gpu in seen.gpus):
        return text("The GPU is busy, but under Windows (WDDM) the driver does not tell which program uses it.")
    if not seen.pids_match_driver:
        return text("The GPU is busy, but this container has process ids of its own, so it may be another program.")
    return text("The GPU is busy, but other programs use it too and the driver does not tell their shares.")


def _tries(seen: Observation) -> tuple[Text, ...]:
    if seen.is_wsl or any(gpu.driver_model == "WDDM" for gpu in seen.gpus):
        return (text("Stop other programs that use the GPU, then watch again: what remains is this one."),)
    if not seen.pids_match_driver:
        return (text("Watch from the host, or start the container with --pid=host; or stop other GPU programs."),)
    return (text("Stop other programs that use the GPU, then watch again: what remains is this one."),)


def _without_nvml(seen: Observation, parts: tuple[Phase, ...], figures: dict[str, float]) -> Judgement:
    problem = text("The driver could not be asked: {problem}", problem=seen.nvml_problem or "no GPU")
    cpu_busy = figures.get("mean_process_cpu_percent", 0.0) >= CPU_WORKS_PERCENT
    if cpu_busy and (seen.nvml_code in _NO_DRIVER or seen.nvml_problem is None) and not seen.lost:
        return Judgement(
            verdict="cpu",
            why=text("The program keeps the CPU busy, and there is no NVIDIA driver here that it could use."),
            evidence=(problem, _cpu_words(figures)),
            advice=(text("Run gpuproof diagnose: it names what is missing."),),
            phases=parts,
            figures=figures,
        )
    is_waiting = not cpu_busy and seen.nvml_code in _NO_DRIVER
    return Judgement(
        verdict="waits" if is_waiting else "cannot_tell",
        why=_why_without(seen, is_waiting),
        evidence=(problem, _cpu_words(figures)),
        advice=(text("Run gpuproof diagnose: it names what is missing."),),
        phases=parts,
        figures=figures,
    )


def _why_without(seen: Observation, is_waiting: bool) -> Text:
    if seen.lost:
        return text("The GPU was lost while the program ran.")
    if is_waiting:
        return text("The program hardly worked at all: it waits for files, the network, or its next job.")
    return text("Without the driver's readings nobody can tell what the GPU does.")


def _cpu_words(figures: dict[str, float]) -> Text:
    cpu = figures.get("mean_process_cpu_percent")
    if cpu is None:
        return text("The program's CPU use is not known here.")
    return text("The program used {percent} % of one CPU core on average.", percent=round(cpu))


def _evidence(seen: Observation, figures: dict[str, float]) -> tuple[Text, ...]:
    words = [_cpu_words(figures)]
    if "start_s" in figures:
        words.append(
            text(
                "Its start took {seconds} s, until it opened the GPU; that is not counted.",
                seconds=round(figures["start_s"]),
            )
        )
    if "mean_gpu_percent" in figures:
        words.append(
            text(
                "Its GPU was busy {percent} % of the time on average, at work in {share} % of the watched {seconds} s.",
                percent=round(figures["mean_gpu_percent"]),
                share=round(100 * figures["gpu_time_ratio"]),
                seconds=round(figures["seconds"], 1),
            )
        )
    elif "mean_whole_gpu_percent" in figures:
        words.append(
            text(
                "The GPU as a whole was busy {percent} % of the time on average.",
                percent=round(figures["mean_whole_gpu_percent"]),
            )
        )
    if seen.started_here and not any(row.process_memory_mib for row in seen.samples) and figures["gpu_time_ratio"] > 0:
        words.append(text("The GPU idled before the program started and filled afterwards, so the load is its own."))
    words += [_memory_words(seen, gpu) for gpu in seen.gpus if _memory_of(seen, gpu.index) is not None]
    return tuple(words)


def _memory_of(seen: Observation, gpu: int) -> float | None:
    known = [row.process_memory_mib for row in seen.samples if row.gpu == gpu and row.process_memory_mib is not None]
    return max(known, default=None)


def _memory_words(seen: Observation, gpu: WatchedGpu) -> Text:
    mib = _memory_of(seen, gpu.index) or 0.0
    if mib <= 0:
        return text("The driver knows no memory of this program on GPU {gpu}.", gpu=gpu.index)
    return text("The program holds up to {mib} MiB on GPU {gpu}.", mib=round(mib), gpu=gpu.index)


def _advice(verdict: WatchVerdict, figures: dict[str, float]) -> tuple[Text, ...]:
    if verdict == "cpu":
        return (
            text("Run gpuproof diagnose in the program's own Python: usually torch is a CPU build."),
            text("Look into its log with gpuproof scan-log."),
        )
    if verdict == "waits":
        return (text("Give it work, then watch again; a service idles between its jobs."),)
    busy = figures.get("mean_gpu_percent_at_work")
    if verdict not in ("gpu", "mixed") or busy is None:
        return ()
    if busy >= 70:
        return (text("Above 70 % while at work is what a well-fed GPU shows."),)
    if busy >= 30:
        return (text("30 to 70 % can be normal: decoding, detection and writing the video stay on the CPU."),)
    return (text("Below 30 % while at work: the GPU waits for the CPU; larger batches or faster input would help."),)


def _used(rows: Iterable[Moment]) -> tuple[int, ...]:
    return tuple(sorted({row.gpu for row in rows if row.gpu is not None and kind_of(row) == "gpu"}))


def _elsewhere(seen: Observation, used: tuple[int, ...]) -> tuple[Text, ...]:
    """Tell when a clearly faster GPU idles beside the one that is used."""
    speeds = {gpu.index: gpu.cores * gpu.max_sm_clock_mhz for gpu in seen.gpus if gpu.cores and gpu.max_sm_clock_mhz}
    mine = [speeds[index] for index in used if index in speeds]
    if not mine:
        return ()
    faster = [
        gpu
        for gpu in seen.gpus
        if gpu.index not in used
        and speeds.get(gpu.index, 0) > _FASTER * max(mine)
        and _busy(seen, gpu.index) < GPU_WORKS_PERCENT
    ]
    return tuple(
        text(
            "GPU {gpu} ({name}) is faster and idles. To use it, start the program with "
            "CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES={gpu}",
            gpu=gpu.index,
            name=gpu.name or "?",
        )
        for gpu in faster
    )


def _busy(seen: Observation, gpu: int) -> float:
    known = [row.utilisation_percent for row in seen.samples if row.gpu == gpu and row.utilisation_percent is not None]
    return sum(known) / len(known) if known else 100.0
