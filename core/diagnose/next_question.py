"""The one observation that would tell most, with the exact command."""

from __future__ import annotations

from gpuproof.core.diagnose.context import (
    capabilities,
    has,
    is_available,
    is_container,
    is_jetson,
    is_wsl,
    system_of,
    torch_build,
    torch_live,
)
from gpuproof.core.diagnose.model import Finding
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import Text, text

_SEE_ERROR = 'python -c "import torch; torch.zeros(1).cuda()"'
_SEE_CARD = 'python -c "import torch; print(torch.cuda.get_device_name(0), torch.cuda.get_device_capability(0), torch.cuda.get_arch_list())"'  # noqa: E501
_SEE_ASSERT = "env CUDA_LAUNCH_BLOCKING=1 python app.py"
_COLLECT = "python -m torch.utils.collect_env"


def next_question(machine: Machine, cause: str, primary: Finding | None) -> Text | None:
    """Return what to run next; None when the cause is certain or the machine is seen to work."""
    live = torch_live(machine)
    if cause == "healthy" and has(machine, "program.assert"):
        return text(
            "The program's own data failed a check (a label or an index out of range), not the set-up. Run {command}: "
            "it shows the line",
            command=_SEE_ASSERT,
        )
    if cause == "healthy" and live is not None and live.is_available:
        return None
    if primary is not None and primary.confidence != "possible":
        return None
    if has(machine, "arch.no-kernel", "arch.not-compatible") and not capabilities(machine):
        return text("Run {command}: it shows the card and the code in the build", command=_SEE_CARD)
    if has(machine, "install.no-version", "install.platform"):
        command = "python -c \"import sys, struct; print(sys.version, struct.calcsize('P') * 8)\""
        return text("Run {command}: it shows the Python version and its bits", command=command)
    if has(machine, "gpu.busy"):
        command = "nvidia-smi --query-gpu=index,compute_mode,mig.mode.current --format=csv"
        return text("Run {command}: it shows whether a mode of the card keeps processes out", command=command)
    return _by_gap(machine)


def _by_gap(machine: Machine) -> Text:
    if has(machine, "works.compose"):
        command = "docker compose exec SERVICE nvidia-smi -L"
        return text("Run {command}: the file asks for the GPU, this shows whether it gets there", command=command)
    nodes = () if isinstance(machine.device_nodes, Unknown) else machine.device_nodes
    if any(node.is_writable is False for node in nodes) or has(machine, "container.nvml-permissions"):
        return text("Run {command}: it shows who may open the GPU's device files", command="ls -l /dev/nvidia*; id")
    build = torch_build(machine)
    if is_jetson(machine) and build is not None:
        return text("Run {command}: torch then says why it cannot use the GPU", command=_SEE_ERROR)
    if build is None:
        return text(
            "Run {command} with the Python in question: it shows the torch build, the driver and the GPU",
            command=_COLLECT,
        )
    if isinstance(machine.driver_version, Unknown) and isinstance(machine.gpus, Unknown):
        return text("Run {command}: it shows whether the driver works and which GPU there is", command="nvidia-smi")
    if is_available(machine) is False or has(machine, "gpu.no-gpus", "gpu.no-device"):
        if isinstance(machine.environment, Unknown) and has(machine, "gpu.no-gpus", "gpu.no-device"):
            windows = system_of(machine) == "windows"
            shown = "echo %CUDA_VISIBLE_DEVICES%" if windows else 'echo "[$CUDA_VISIBLE_DEVICES]"; nvidia-smi -L'
            return text("Run {command}: it shows whether a variable hides the GPU", command=shown)
        return text("Run {command}: torch then says why it cannot use the GPU", command=_SEE_ERROR)
    if is_container(machine):
        return text("Run {command} inside the container: it shows whether the GPU reaches it", command="nvidia-smi -L")
    if is_wsl(machine):
        return text("Run {command} in WSL: it shows whether the Windows driver reaches it", command="nvidia-smi")
    return text("Run {command}: torch then says why it cannot use the GPU", command=_SEE_ERROR)
