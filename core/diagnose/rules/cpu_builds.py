"""A torch without CUDA: which kind of build it is decides what mends it."""

from __future__ import annotations

from gpuproof.core.diagnose.context import (
    AMD,
    has,
    has_cuda_build,
    has_nvidia_gpu,
    has_vendor,
    is_available,
    is_jetson,
    quotes,
    seen,
    system_of,
    torch_build,
    unknowns,
)
from gpuproof.core.diagnose.making import failed
from gpuproof.core.diagnose.model import CannotTell, Confidence, Failed, Passed, Rule, Verdict
from gpuproof.core.diagnose.surroundings import cpu_command, cpu_index
from gpuproof.core.facts.machine import Machine, OperatingSystem, Package
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import Text, text


def _without_cuda(machine: Machine) -> tuple[bool | None, tuple[Text, ...]]:
    """Tell whether torch has no CUDA in it, with the evidence."""
    build = torch_build(machine)
    said = seen(machine, "torch.not-compiled", "torch.source-without-cuda", "torch.cpu-said")
    replaced = seen(machine, "torch.replaced-by-cpu")
    if replaced:  # a list that shows CUDA is the one from before
        return True, quotes(replaced)
    if build is not None and (build.hip_version or build.xpu_version):
        return False, ()
    if has_cuda_build(machine) is True or is_available(machine) is True:
        return False, ()
    if has_cuda_build(machine) is False and build is not None:
        return True, (text("torch {version} was built without CUDA", version=build.version or "?"), *quotes(said))
    if not said and build is not None and _is_bare_windows_wheel(machine, build.version):
        return True, (text("torch {version} from PyPI for Windows has no CUDA", version=build.version),)
    if not said and build is not None and _is_bare_arm_wheel(machine, build.version):
        return True, (text("torch {version} from PyPI for ARM64 Linux has no CUDA", version=build.version),)
    command = seen(machine, "hint.pip-install")
    unnamed = build is None and system_of(machine) == "windows" and is_available(machine) is False
    if not said and command and unnamed and not has(machine, "hint.index"):
        return True, quotes(command)  # without an index pip takes PyPI's wheel, which has no CUDA for Windows
    return (True, quotes(said)) if said else (None, ())


def _is_bare_windows_wheel(machine: Machine, version: str) -> bool:
    """PyPI has never had a CUDA wheel for Windows, and pip lists its wheels without a suffix."""
    by_pip = has(machine, "hint.pip-install") or any(
        package.name == "torch" and package.installer == "pip"
        for package in (() if isinstance(machine.packages, Unknown) else machine.packages)
    )
    is_bare = "+" not in version and version[:1].isdigit()
    return system_of(machine) == "windows" and is_available(machine) is False and is_bare and by_pip


def _is_bare_arm_wheel(machine: Machine, version: str) -> bool:
    """PyPI's ARM64 wheels had no CUDA up to 2.10 and no suffix that says so; NVIDIA's own carry ``.nv`` or ``a0``."""
    is_arm = (
        isinstance(machine.os, OperatingSystem) and machine.os.system == "linux" and machine.os.machine == "aarch64"
    )
    parts = [int(part) for part in version.split(".") if part.isdigit()]
    is_plain = len(parts) == version.count(".") + 1 >= 2
    return is_arm and is_available(machine) is False and is_plain and parts < [2, 11]


def conda_words(machine: Machine) -> str:
    """Return the conda package that makes torch a CPU one: ``pytorch 1.12.1 py3.9_cpu_0``, ``cpuonly``; else empty."""
    build = torch_build(machine)
    if build is not None and "cpu" in build.conda_build.lower() and "cuda" not in build.conda_build.lower():
        return f"pytorch {build.version} {build.conda_build}"
    packages = () if isinstance(machine.packages, Unknown) else machine.packages
    for package in packages:
        if package.name == "cpuonly" or (package.name == "pytorch-mutex" and package.build == "cpu"):
            return f"{package.name} {package.version} {package.build}".strip()
        is_conda_torch = package.name in ("pytorch", "libtorch", "torchvision") and package.installer == "conda"
        if is_conda_torch and "cpu" in package.build.lower() and "cuda" not in package.build.lower():
            return f"{package.name} {package.version} {package.build}"
    words = seen(machine, "conda.cpu-words")
    return words[0].line if words else _conda_beside_a_bare_version(machine, packages)


def _conda_beside_a_bare_version(machine: Machine, packages: tuple[Package, ...]) -> str:
    """A bare version without CUDA beside conda's packages, or conda's own command: pip's CPU wheels say ``+cpu``."""
    build = torch_build(machine)
    if build is not None and "+" in build.version:
        return ""
    if any(package.name in ("torch", "pytorch") and package.installer == "conda" for package in packages):
        return ""
    for package in packages:
        if package.name == "cudatoolkit" and package.installer == "conda" and build is not None:
            return f"{package.name} {package.version} {package.build}"
    words = seen(machine, "hint.conda")
    if words and has(machine, "torch.cpu-said") and not has(machine, "hint.pip-install", "hint.pip-any"):
        return words[0].line
    command = seen(machine, "hint.conda-install")
    has_said = has(machine, "torch.not-compiled", "torch.cpu-said") and not has(machine, "hint.pip-install")
    return command[0].line if command and has_said else ""


def is_source_build(machine: Machine) -> bool:
    """Tell by the version (``1.8.0a0+56b43f4``, ``2.1.0+gitabc``) or by what was said that torch was compiled here."""
    build = torch_build(machine)
    version = build.version if build is not None else ""
    marked = ("a0" in version or "+git" in version) and "+cpu" not in version and "+cu" not in version
    return marked or has(machine, "torch.source-without-cuda", "hint.source-build")


def cpu_cause(machine: Machine) -> tuple[str, Confidence]:
    """Return the label for a torch without CUDA on this machine, and how sure the label is."""
    if system_of(machine) == "macos":
        return "macos_no_cuda", "certain"
    if has_vendor(machine, AMD) and has_nvidia_gpu(machine) is not True:
        return "amd_gpu", "likely"
    if has_nvidia_gpu(machine) is False or (has(machine, "hint.no-nvidia") and has_nvidia_gpu(machine) is None):
        return "no_nvidia_gpu", "likely"
    if conda_words(machine):
        return "conda_cpu_build", "certain"
    if is_source_build(machine):
        return "cpu_source_build", "likely"
    if isinstance(machine.os, OperatingSystem) and (machine.os.machine == "aarch64" or is_jetson(machine)):
        return "aarch64_cpu_wheel", "certain"
    build = torch_build(machine)
    return "cpu_wheel", "certain" if build is not None and not isinstance(machine.os, Unknown) else "likely"


def _check(cause: str, machine: Machine) -> Verdict:
    without, evidence = _without_cuda(machine)
    if without is None:
        return CannotTell(unknowns(machine.torch) or unknowns(machine.torch_live))
    found, confidence = cpu_cause(machine)
    if _is_only_the_operator_missing(machine):
        confidence = "possible"
    if not without or found != cause:
        return Passed(evidence)
    return failed(cause, machine, (*evidence, *_why(cause, machine)), confidence)


def _is_only_the_operator_missing(machine: Machine) -> bool:
    """A matching torchvision has its operators on a CPU build too: their absence is not the CPU build's doing."""
    lines = [symptom.line.lower() for symptom in seen(machine, "vision.nms")]
    is_missing = any("does not exist" in line or "no such operator" in line for line in lines)
    return is_missing and not has(machine, "torch.not-compiled", "torch.says-unavailable", "torch.cpu-said")


def _why(cause: str, machine: Machine) -> tuple[Text, ...]:
    if cause == "conda_cpu_build":
        return (text("conda package {package}", package=conda_words(machine)), *cpu_command(machine))
    if cause == "cpu_wheel":
        return cpu_index(machine)
    if cause == "aarch64_cpu_wheel":
        return (text("the machine is ARM64 Linux"),)
    return ()


def cpu_wheel(machine: Machine) -> Verdict:
    """Fail when the imported torch is a pip wheel without CUDA."""
    return _check("cpu_wheel", machine)


def conda_cpu_build(machine: Machine) -> Verdict:
    """Fail when conda's package is a CPU build; a cudatoolkit beside it changes nothing."""
    verdict = _check("conda_cpu_build", machine)
    if isinstance(verdict, Failed) or not conda_words(machine) or has_cuda_build(machine) is True:
        return verdict
    if is_available(machine) is True or system_of(machine) == "macos" or has_nvidia_gpu(machine) is False:
        return verdict
    return failed("conda_cpu_build", machine, _why("conda_cpu_build", machine), "likely")


def cpu_source_build(machine: Machine) -> Verdict:
    """Fail when a torch that was compiled here found no CUDA."""
    verdict = _check("cpu_source_build", machine)
    said = seen(machine, "hint.source-build")
    silent = not any(symptom.id.startswith(("driver.", "gpu.", "arch.", "container.")) for symptom in machine.symptoms)
    if isinstance(verdict, CannotTell) and said and silent and is_available(machine) is False:
        return failed("cpu_source_build", machine, quotes(said), "possible")
    return verdict


def aarch64_cpu_wheel(machine: Machine) -> Verdict:
    """Fail when ARM64 Linux has PyPI's CPU wheel."""
    verdict = _check("aarch64_cpu_wheel", machine)
    if isinstance(verdict, CannotTell) and _is_own_torch_on_jetson(machine):
        evidence = (
            text("a torch that was installed by hand on an ARM64 machine sees no GPU, and no message says why"),
        )
        return failed("aarch64_cpu_wheel", machine, evidence, "possible")
    return verdict


def _is_own_torch_on_jetson(machine: Machine) -> bool:
    """JetPack brings the driver, and PyPI's torch has no CUDA for it: a torch of no known kind, put in by hand.

    On another ARM64 machine pip must be named, as its servers have CUDA builds too.
    """
    by_pip = isinstance(machine.os, OperatingSystem) and machine.os.machine == "aarch64" and not is_jetson(machine)
    if by_pip and not has(machine, "hint.pip-install"):
        return False
    silent = all(
        symptom.id.startswith("hint.") or symptom.id == "torch.says-unavailable" for symptom in machine.symptoms
    )
    installed = has(machine, "hint.pip-install", "hint.torch-installed", "hint.installing")
    unknown = (is_jetson(machine) or by_pip) and is_available(machine) is False and torch_build(machine) is None
    return unknown and silent and installed


RULES = (
    Rule(id="torch.cpu-wheel", cause="cpu_wheel", link="torch", check=cpu_wheel),
    Rule(id="torch.conda-cpu-build", cause="conda_cpu_build", link="torch", check=conda_cpu_build),
    Rule(id="torch.cpu-source-build", cause="cpu_source_build", link="torch", check=cpu_source_build),
    Rule(id="torch.aarch64-cpu-wheel", cause="aarch64_cpu_wheel", link="torch", check=aarch64_cpu_wheel),
)
