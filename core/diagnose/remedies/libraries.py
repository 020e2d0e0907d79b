"""Remedies for libraries that do not fit together, and for memory."""

from __future__ import annotations

from gpuproof.core.diagnose.context import system_of
from gpuproof.core.diagnose.model import Step
from gpuproof.core.diagnose.remedies.commands import pip_prefix, same_build
from gpuproof.core.facts.machine import Machine
from gpuproof.core.words import text

# word of a message: package that has to fit, the first that is found
_NAMED = (
    ("onnxruntime", "onnxruntime-gpu"),
    ("flash_attn", "flash-attn"),
    ("flash-attn", "flash-attn"),
    ("flashattn", "flash-attn"),
    ("bitsandbytes", "bitsandbytes"),
    ("xformers", "xformers"),
    ("mmcv", "mmcv"),
    ("detectron2", "detectron2"),
    ("pytorch3d", "pytorch3d"),
    ("torch_scatter", "torch-scatter"),
    ("torch_sparse", "torch-sparse"),
)


def _clear_path(machine: Machine) -> Step:
    if system_of(machine) == "windows":
        return Step(
            text("Take folders of other CUDA toolkits and cuDNN copies out of PATH for this program"),
            "where cudnn*.dll & where cublas*.dll",
        )
    return Step(
        text("Start without LD_LIBRARY_PATH: torch brings its own CUDA libraries"),
        "env -u LD_LIBRARY_PATH python app.py",
    )


def cudnn_conflict(machine: Machine) -> tuple[Step, ...]:
    """Only the bundled cuDNN may be found; a program for cuDNN 8 wants its own version."""
    pip = pip_prefix(machine)
    return (
        _clear_path(machine),
        Step(
            text("See which cuDNN packages are installed; keep the one that this torch requires"),
            f"{pip} list | grep -i cudnn" if system_of(machine) != "windows" else f"{pip} list | findstr /i cudnn",
        ),
        Step(
            text("Reinstall torch so that its own cuDNN is complete"),
            f"{pip} install --force-reinstall {same_build(machine)}",
        ),
        Step(
            text(
                "A program built for cuDNN 8 beside torch 2.4 or newer (cuDNN 9): update that program, for instance ctranslate2 4.5 or newer"  # noqa: E501
            ),
            f'{pip} install --upgrade "ctranslate2>=4.5"',
        ),
    )


def cuda_lib_shadow(machine: Machine) -> tuple[Step, ...]:
    """Find the other library and take it out of the way."""
    pip = pip_prefix(machine)
    last = text("Remove NVIDIA packages of another CUDA major version, then reinstall torch")
    if system_of(machine) == "windows":
        return (
            _clear_path(machine),
            Step(last, f"{pip} list | findstr /i nvidia & {pip} install --force-reinstall {same_build(machine)}"),
        )
    return (
        _clear_path(machine),
        Step(
            text("See which files are really loaded"),
            "LD_DEBUG=libs python -c 'import torch' 2>&1 | grep -E 'libcublas|libnvJitLink|libnccl|libcusparse'",
        ),
        Step(last, f"{pip} list | grep -i nvidia; {pip} install --force-reinstall {same_build(machine)}"),
    )


def _extension(machine: Machine) -> str | None:
    """Return the package that the messages name; None where they name none that we know."""
    said = " ".join(symptom.line for symptom in machine.symptoms if symptom.id.startswith("extension.")).lower()
    return next((package for word, package in _NAMED if word in said), None)


def ext_mismatch(machine: Machine) -> tuple[Step, ...]:
    """Reinstall the extension for this torch, and never torch with it: its index may hold another build."""
    pip, package = pip_prefix(machine), _extension(machine)
    if package == "onnxruntime-gpu":
        return (
            Step(
                text("Install ONNX Runtime's GPU package alone, with the CUDA libraries that it needs"),
                f'{pip} uninstall -y onnxruntime onnxruntime-gpu && {pip} install "onnxruntime-gpu[cuda,cudnn]"',
            ),
            Step(
                text("See whether it worked"),
                'python -c "import onnxruntime; print(onnxruntime.get_available_providers())"',
            ),
        )
    return (
        Step(
            text("See which torch and CUDA the extension has to fit"),
            'python -c "import torch; print(torch.__version__, torch.version.cuda)"',
        ),
        Step(
            text("Reinstall the extension in a version made for exactly that torch, CUDA, Python and system"),
            f"{pip} install --force-reinstall --no-deps --no-cache-dir --no-build-isolation {package or 'EXTENSION'}",
        ),
        Step(
            text("Building it needs a CUDA toolkit of the same version as torch's CUDA; running it does not"),
            "nvcc --version",
        ),
    )


def oom(machine: Machine) -> tuple[Step, ...]:
    """Less work at once, or more free memory."""
    steps = [
        Step(text("See who else holds memory on the card and end it"), "nvidia-smi"),
        Step(text("Lower batch size, resolution or length; use half precision; split long videos")),
    ]
    if system_of(machine) != "windows":
        steps.append(Step(text("Against fragmentation"), "export PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True"))
    return tuple(steps)
