"""Commands that several remedies need: the pip line of the build that fits, in the kind of environment at hand."""

from __future__ import annotations

from gpuproof.core.diagnose.context import capabilities, system_of, torch_build
from gpuproof.core.diagnose.model import Step
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import text

INDEX = "https://download.pytorch.org/whl/"
CHECK = 'python -c "import torch; print(torch.__version__, torch.version.cuda, torch.cuda.is_available())"'


def fitting_variant(machine: Machine) -> str | None:
    """Return the wheel variant that fits card and driver as they are; None when too little is known."""
    from gpuproof.core.knowledge import minimum_driver

    lowest = min((capability for _, capability in capabilities(machine)), default=None)
    driver = machine.driver_version
    if lowest is None:
        return None
    if (lowest.major, lowest.minor) < (7, 5):
        return "cu118" if lowest.major < 5 else "cu126"
    if isinstance(driver, Unknown):
        return "cu128"
    system = system_of(machine) or "linux"
    newest = minimum_driver("13.0", system)
    if newest is not None and driver >= newest:
        return "cu130"
    return "cu128" if lowest.major >= 10 else "cu126"


def pip_prefix(machine: Machine) -> str:
    """Return how pip is called so that it serves the inspected Python."""
    if not isinstance(machine.python, Unknown) and machine.python.executable:
        quoted = machine.python.executable
        return f'"{quoted}" -m pip' if " " in quoted else f"{quoted} -m pip"
    return "python -m pip"  # on Windows too: "py" may start another Python than the one that is active


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
