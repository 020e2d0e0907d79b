"""A text file for the textfile collector of node_exporter, replaced whole so that no reader sees half of it."""

from __future__ import annotations

import os
from pathlib import Path

from gpuproof.core.bench.model import TelemetrySample
from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.words import text

_NAME_A_FILE = text("Name a file in a folder that exists and may be written, such as node_exporter's own.")

# field of the sample: (metric, help)
_GPU_METRICS = {
    "utilisation_percent": ("gpuproof_gpu_utilisation_percent", "share of time with a kernel running"),
    "memory_used_mib": ("gpuproof_gpu_memory_used_mib", "memory in use"),
    "process_memory_mib": ("gpuproof_gpu_process_memory_mib", "memory of the watched program"),
    "process_sm_percent": ("gpuproof_gpu_process_sm_percent", "share of the watched program"),
    "power_w": ("gpuproof_gpu_power_watts", "power, 1 s average on most cards"),
    "temperature_celsius": ("gpuproof_gpu_temperature_celsius", "temperature"),
    "sm_clock_mhz": ("gpuproof_gpu_sm_clock_mhz", "SM clock"),
}
_HOST_METRICS = {
    "cpu_percent": ("gpuproof_cpu_percent", "CPU load of the machine"),
    "process_cpu_percent": ("gpuproof_process_cpu_percent", "CPU use of the watched program, 100 is one core"),
    "host_memory_used_mib": ("gpuproof_host_memory_used_mib", "memory of the machine in use"),
}


def metrics_text(samples: list[TelemetrySample]) -> str:
    """Return the exposition format of the newest row of each GPU and of the host."""
    newest = {sample.gpu: sample for sample in samples}
    lines: list[str] = []
    for table, rows in (
        (_GPU_METRICS, [newest[gpu] for gpu in sorted(gpu for gpu in newest if gpu is not None)]),
        (_HOST_METRICS, [newest[None]] if None in newest else []),
    ):
        for name, (metric, help_words) in table.items():
            values = [(row.gpu, getattr(row, name)) for row in rows if getattr(row, name) is not None]
            if values:
                lines += [f"# HELP {metric} {help_words}", f"# TYPE {metric} gauge"]
                lines += [f"{metric}{_label(gpu)} {value:g}" for gpu, value in values]
    return "\n".join(lines) + "\n" if lines else ""


def _label(gpu: int | None) -> str:
    return "" if gpu is None else f'{{gpu="{gpu}"}}'


def write_metrics(path: Path, samples: list[TelemetrySample]) -> None:
    """Replace the file; a folder that cannot be written is said with its reason."""
    half = path.with_name(path.name + ".tmp")
    if path.exists() and not path.is_file():  # /dev/null would be replaced by a file
        raise CouldNotFinish(
            text("{path} is no file, so the metrics cannot be written there.", path=path), _NAME_A_FILE
        )
    try:
        half.write_text(metrics_text(samples), encoding="utf-8")
        os.replace(half, path)
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise CouldNotFinish(
            text("The metrics file {path} cannot be written: {reason}.", path=path, reason=reason), _NAME_A_FILE
        ) from problem
