"""Remedies that put the right build of torch in place."""

from __future__ import annotations

from gpuproof.core.diagnose.context import capabilities, system_of, torch_build, torch_live
from gpuproof.core.diagnose.damage import damage
from gpuproof.core.diagnose.model import Step
from gpuproof.core.diagnose.pairs import release_of
from gpuproof.core.diagnose.remedies.commands import CHECK, INDEX, install_steps, pip_prefix, same_release, take_build
from gpuproof.core.diagnose.remedies.repair import whole_again
from gpuproof.core.diagnose.rocm import rocm_steps
from gpuproof.core.diagnose.surroundings import cpu_index
from gpuproof.core.facts.machine import Machine
from gpuproof.core.words import text

_OLDEST_OF_CU118 = (3, 7)


def cpu_wheel(machine: Machine) -> tuple[Step, ...]:
    """Replace the wheel; a requirements file without an index would bring it back."""
    guard = Step(
        text("Name that index in the requirements file as well, or the next install brings the CPU wheel back"),
        None,
    )
    return (*_settings_first(machine), *install_steps(machine), guard)


def _settings_first(machine: Machine) -> tuple[Step, ...]:
    """A setting that asks for CPU wheels would undo every remedy."""
    if not cpu_index(machine):
        return ()
    words = text("Take the setting out that asks for CPU wheels: it would bring the CPU build back at every install")
    return (Step(words, f"{pip_prefix(machine)} config list"),)


def conda_cpu_build(machine: Machine) -> tuple[Step, ...]:
    """Remove conda's packages first; conda keeps a CPU build as long as cpuonly is there."""
    return (
        Step(
            text("Remove conda's CPU packages in the active environment"),
            "conda remove --force pytorch torchvision torchaudio cpuonly pytorch-mutex libtorch",
        ),
        *install_steps(machine)[1:],
        Step(
            text("Or stay with conda: the conda-forge channel has CUDA builds"),
            'conda install -c conda-forge "pytorch-gpu"',
        ),
    )


def cpu_source_build(machine: Machine) -> tuple[Step, ...]:
    """Build again with CUDA found, or take a wheel."""
    windows = system_of(machine) == "windows"
    again = (
        "set USE_CUDA=1&& python setup.py develop"
        if windows
        else "USE_CUDA=1 CUDA_HOME=/usr/local/cuda python setup.py develop"
    )
    return (
        Step(text("Build again with a CUDA toolkit that CMake finds"), again),
        Step(text("Look at the line USE_CUDA of the build summary: it must say ON")),
        Step(
            text("Or remove the build and install a published CUDA wheel"), f"{pip_prefix(machine)} uninstall -y torch"
        ),
    )


def aarch64_cpu_wheel(machine: Machine) -> tuple[Step, ...]:
    """Jetson takes NVIDIA's own builds; servers take the CUDA index, which has ARM64 wheels."""
    from gpuproof.core.diagnose.context import is_jetson

    pip = pip_prefix(machine)
    remove = Step(text("Remove the CPU wheel"), f"{pip} uninstall -y torch torchvision torchaudio")
    if is_jetson(machine):
        return (
            remove,
            Step(
                text("Install NVIDIA's own torch wheel for your JetPack version; PyPI has none for Jetson"),
                f"{pip} install torch torchvision --index-url https://pypi.jetson-ai-lab.io/jp6/cu126",
            ),
            Step(text("See whether it worked"), CHECK),
        )
    return (
        remove,
        Step(
            text("Install from an index that has CUDA wheels for ARM64"),
            f"{pip} install torch torchvision --index-url {INDEX}cu130",
        ),
        Step(text("See whether it worked"), CHECK),
    )


def mixed_install(machine: Machine) -> tuple[Step, ...]:
    """Find out which torch is imported, remove the other."""
    pip = pip_prefix(machine)
    found, live = damage(machine), torch_live(machine)
    if found is not None and not (live is not None and live.imported):
        return whole_again(machine, found)
    return (
        Step(
            text("See which torch is imported, and by which Python"),
            'python -c "import sys, torch; print(sys.executable, torch.__file__, torch.__version__)"',
        ),
        Step(
            text("Remove every copy: repeat until pip says that none is installed"),
            f"{pip} uninstall -y torch torchvision torchaudio",
        ),
        *install_steps(machine)[1:],
    )


def macos_no_cuda(machine: Machine) -> tuple[Step, ...]:
    """A Mac's GPU is used through MPS."""
    return (
        Step(
            text('Use Apple\'s GPU through MPS: write "mps" where the program says "cuda"'),
            'python -c "import torch; print(torch.backends.mps.is_available())"',
        ),
        Step(text("A program that needs CUDA has to run on a machine with an NVIDIA GPU")),
    )


def amd_gpu(machine: Machine) -> tuple[Step, ...]:
    """ROCm on Linux; on Windows DirectML or a ROCm preview."""
    own = rocm_steps(machine)
    if own:
        return own
    pip = pip_prefix(machine)
    if system_of(machine) == "windows":
        return (
            Step(
                text("On Windows, use the program's DirectML or ZLUDA way if it has one"),
                f"{pip} install torch-directml",
            ),
            Step(text("Or run it on Linux, where torch has ROCm builds for the newer Radeon cards")),
        )
    return (
        Step(text("Remove the CUDA build"), f"{pip} uninstall -y torch torchvision torchaudio"),
        Step(text("Install the ROCm build"), f"{pip} install torch torchvision torchaudio --index-url {INDEX}rocm6.4"),
        Step(text("Your user must be in the groups render and video"), "sudo usermod -aG render,video $USER"),
    )


def arch_too_new(machine: Machine) -> tuple[Step, ...]:
    """The newest builds have code for the newest cards."""
    return install_steps(machine)


def arch_too_old(machine: Machine) -> tuple[Step, ...]:
    """Keep the torch release where its cu126 build still has the code; Kepler ends with cu118."""
    pip = pip_prefix(machine)
    lowest = min((capability for _, capability in capabilities(machine)), default=None)
    if lowest is not None and (lowest.major, lowest.minor) < _OLDEST_OF_CU118:
        return (
            Step(
                text(
                    "No wheel that is still published has code for compute capability {capability}: run on the CPU, or use a newer card",  # noqa: E501
                    capability=lowest,
                ),
                f"{pip} install torch --index-url {INDEX}cpu",
            ),
        )
    if lowest is not None and lowest.major < 5:
        needs = text("Kepler cards end with torch 2.0 to 2.3 for CUDA 11.8 and driver branch 470")
        return (
            Step(needs, f'{pip} install "torch<2.4" --index-url {INDEX}cu118'),
            Step(text("See whether it worked"), CHECK),
        )
    release = same_release(machine)
    keeps = release if release and _has_cu126(release[2:]) else "<2.15"
    return (
        Step(
            text(
                "Take the cu126 build, the last one with code for Maxwell, Pascal and Volta; the torch release can stay"
            ),
            take_build(machine, f'"torch{keeps}"', "cu126"),
        ),
        Step(text("See whether it worked"), CHECK),
    )


def _has_cu126(release: str) -> bool:
    from gpuproof.core.knowledge import torch_release

    found = torch_release(release)
    return found is not None and found.build("cu126") is not None


def vision_mismatch(machine: Machine) -> tuple[Step, ...]:
    """Install the three from one index in one command."""
    pip = pip_prefix(machine)
    build = torch_build(machine)
    local = build.version.partition("+")[2] if build is not None else ""
    index = f" --index-url {INDEX}{local}" if local.startswith("cu") else ""
    release = same_release(machine)
    vision, audio = (release_of(machine, name) if release else "" for name in ("torchvision", "torchaudio"))
    return (
        Step(text("Remove torchvision and torchaudio"), f"{pip} uninstall -y torchvision torchaudio"),
        Step(
            text("Install them again together with torch, from one index, so that pip picks a pair"),
            f"{pip} install torch{release} torchvision{vision} torchaudio{audio}{index}",
        ),
    )
