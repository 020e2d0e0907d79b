"""The closer looks by the names that the table's ``check`` field uses."""

from __future__ import annotations

import re

from gpuproof.core.logs import device_looks, program_looks
from gpuproof.core.logs.look import Check, Look
from gpuproof.core.logs.model import Signal


def look(signal: Signal, found: re.Match[str], line: str) -> Look | None:
    """Return what the line says after the closer look; None when it is no signal after all."""
    if not signal.check:
        return signal.kind, signal.decisive, signal.component
    return _CHECKS[signal.check](signal, found, line)


_CHECKS: dict[str, Check] = {
    "device_choice": device_looks.device_choice,
    "zh": device_looks.zh,
    "zh_oom": device_looks.zh_oom,
    "providers": program_looks.providers,
    "nodes_placed": program_looks.nodes_placed,
    "providers_set": program_looks.providers_set,
    "requested": program_looks.requested,
    "layers": program_looks.layers,
    "count": program_looks.count,
    "comfy_total": program_looks.comfy_total,
    "cuda_error": program_looks.cuda_error,
    "soft_oom": program_looks.soft_oom,
    "option": device_looks.option,
    "soft": device_looks.soft,
    "no_gpu": device_looks.no_gpu,
    "soft_need": device_looks.soft_need,
    "fallback": device_looks.fallback,
    "gpu_memory": device_looks.gpu_memory,
    "not_compiled": device_looks.not_compiled,
    "lib": program_looks.lib,
    "tf_nodev": program_looks.tf_nodev,
    "comfy_loaded": program_looks.comfy_loaded,
    "fw_precision": program_looks.fw_precision,
    "slow": program_looks.slow,
    "ggml_buffer": program_looks.as_row,
    "ollama_offload": program_looks.ollama_offload,
    "ollama_cpu": program_looks.as_row,
    "runner_cpu": program_looks.runner_cpu,
    "utilisation": program_looks.utilisation,
    "setting": device_looks.setting,
    "init_failed": device_looks.init_failed,
    "vllm_platform": program_looks.vllm_platform,
}
NAMES = frozenset(_CHECKS)
