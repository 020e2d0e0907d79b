"""Commands that several remedies need: the pip line of the build that fits, in the kind of environment at hand."""

from __future__ import annotations

from gpuproof.core.diagnose.context import capabilities, system_of, torch_build
from gpuproof.core.diagnose.model import Step
from gpuproof.core.facts.machine import ComputeCapability, Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import text

INDEX = "https://download.pytorch.org/whl/"
CHECK = 'python -c "import torch; print(torch.__version__, torch.version.cuda, torch.cuda.is_available())"'


def fitting_variant(machine: Machine) -> str | None:
    """Return the wheel variant that fits card and driver as they are; None when too little is known."""
    lowest = min((capability for _, capability in capabilities(machine)), default=None)
    if lowest is None:
        return None
    if (lowest.major, lowest.minor) < (7, 5):
        return "cu118" if lowest.major < 5 else "cu126"
    newest = _newest_variant(machine, lowest)
    return newest or ("cu128" if lowest.major >= 10 or isinstance(machine.driver_version, Unknown) else "cu126")


def _newest_variant(machine: Machine, lowest: ComputeCapability) -> str | None:
    """The newest CUDA of the newest release that driver and card carry, as the recommendation chooses it."""
    from gpuproof.core.knowledge import arch_list, cuda_of_variant, minimum_driver, runs_on, torch_releases

    driver, system = machine.driver_version, system_of(machine) or "linux"
    if isinstance(driver, Unknown):
        return None
    platform = "windows_x86_64" if system == "windows" else "linux_x86_64"
    for release in torch_releases():
        cudas = [(cuda_of_variant(build.variant), build) for build in release.builds if build.stage == "stable"]
        known = [(cuda, build) for cuda, build in cudas if cuda is not None and platform in build.platforms]
        for cuda, build in sorted(known, key=lambda pair: pair[0].parts, reverse=True):
            needed = minimum_driver(cuda, system)
            codes = arch_list(release.version, build.variant, "windows" if system == "windows" else "linux")
            if needed is not None and driver >= needed and runs_on(codes or (), lowest, cuda):
                return build.variant
    return None


def pip_prefix(machine: Machine) -> str:
    """Return how pip is called so that it serves the inspected Python."""
    if not isinstance(machine.python, Unknown) and machine.python.executable:
        quoted = machine.python.executable
        return f'"{quoted}" -m pip' if " " in quoted else f"{quoted} -m pip"
    return "python -m pip"  # on Windows too: "py" may start another Python than the one that is active


def take_build(machine: Machine, release: str, variant: str) -> str:
    """Return the command that puts another build in place: ``torch`` (or ``"torch<2.4"``) of ``cu126``."""
    index = f"--index-url {INDEX}{variant}"
    return f"{pip_prefix(machine)} install --force-reinstall {release} torchvision torchaudio {index}"


def install_steps(machine: Machine, *, packages: str = "torch torchvision torchaudio") -> tuple[Step, ...]:
    """Return the steps that put the fitting CUDA build in place of what is there, and look whether it worked."""
    pip = pip_prefix(machine)
    variant = fitting_variant(machine)
    steps = [Step(text("Remove the present build"), f"{pip} uninstall -y {packages}")]
    if variant is not None:
        steps.append(
            Step(
                text("Install the build that fits this card and driver"),
                f"{pip} install {packages} --index-url {INDEX}{variant}",
            )
        )
    else:
        steps.append(
            Step(
                text("Let gpuproof name the build that fits, as the card or the driver is not known here"),
                "gpuproof recommend",
            )
        )
    return (*steps, Step(text("See whether it worked"), CHECK))


def same_release(machine: Machine) -> str:
    """Return ``==2.7.1`` for the installed release, so that only the variant changes; empty when not known."""
    build = torch_build(machine)
    plain = build.version.split("+", 1)[0] if build is not None else ""
    return f"=={plain}" if plain.count(".") == 2 and plain.replace(".", "").isdigit() else ""


def same_build(machine: Machine) -> str:
    """Return ``torch==2.6.0 --index-url .../cu124``: what pip needs to fetch the installed build and no other."""
    build = torch_build(machine)
    label = build.version.partition("+")[2] if build is not None else ""
    index = f" --index-url {INDEX}{label}" if label.startswith(("cu", "cpu")) else ""
    return f"torch{same_release(machine)}{index}"
