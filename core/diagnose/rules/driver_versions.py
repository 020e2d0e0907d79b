"""The driver against the CUDA inside torch; minor-version compatibility counts, nvidia-smi's CUDA is the driver's."""

from __future__ import annotations

from gpuproof.core.diagnose.context import (
    assumed_cuda,
    complains,
    driver_works,
    has,
    is_available,
    is_container,
    is_jetson,
    quotes,
    seen,
    system_of,
    torch_build,
    unknowns,
)
from gpuproof.core.diagnose.making import by_message, failed, with_evidence
from gpuproof.core.diagnose.model import CannotTell, Confidence, Passed, Rule, Verdict
from gpuproof.core.diagnose.surroundings import compat_library, waiting_restart
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.words import Text, text

_TOO_OLD = ("driver.found-too-old", "driver.container-requirement", "driver.ptx-toolchain", "driver.older-than-needed")
_CONTAINER_MESSAGES = ("container.no-runtime", "container.driver-not-detected")


def driver_too_old(machine: Machine) -> Verdict:
    """Fail when the driver is below what the CUDA family of the build needs (exact toolkit before CUDA 11)."""
    if has(machine, "driver.804"):
        return Passed()
    said = seen(machine, *_TOO_OLD)
    if is_jetson(machine) and not said:
        return Passed()
    if said:
        return by_message("driver_too_old", machine, (*said, *seen(machine, "driver.insufficient")))
    return _by_numbers(machine)


def _by_numbers(machine: Machine) -> Verdict:
    build = torch_build(machine)
    cuda = assumed_cuda(machine)
    insufficient = seen(machine, "driver.insufficient")
    if build is not None and cuda is not None:
        evidence = _too_old_evidence(machine, cuda)
        if evidence and (is_available(machine) is False or (build.is_cuda_known and is_available(machine) is None)):
            sure: Confidence = "certain" if build.is_cuda_known else "likely"
            return failed("driver_too_old", machine, (*evidence, *quotes(insufficient)), sure)
    symbol = seen(machine, "driver.symbol-missing")
    if (insufficient and not _is_really_no_driver(machine)) or symbol:
        newer = machine.driver_version
        is_new = not isinstance(newer, Unknown) and newer >= DottedVersion("525") and is_container(machine)
        return by_message("driver_too_old", machine, (*insufficient, *symbol), "possible" if is_new else None)
    if build is None or cuda is None or isinstance(machine.driver_version, Unknown):
        return CannotTell(unknowns(machine.torch, machine.driver_version))
    return Passed((text("driver {driver} is new enough for CUDA {cuda}", driver=machine.driver_version, cuda=cuda),))


def _is_really_no_driver(machine: Machine) -> bool:
    """The CUDA runtime says "insufficient" too when it sees no driver at all, as in a container without a GPU."""
    missing = has(machine, "driver.none-found", "driver.smi-no-communication", "driver.libcuda-missing")
    return (missing and not driver_works(machine)) or (is_container(machine) and has(machine, *_CONTAINER_MESSAGES))


def _too_old_evidence(machine: Machine, cuda: DottedVersion) -> tuple[Text, ...]:
    from gpuproof.core.knowledge import minimum_driver

    system = system_of(machine)
    columns = ("linux", "windows") if system is None else (("linux",) if system == "linux" else ("windows",))
    needed = [found for found in (minimum_driver(cuda, column) for column in columns) if found is not None]
    driver = machine.driver_version
    if not isinstance(driver, Unknown) and needed:
        if driver < min(needed):
            return (
                text("driver {driver}", driver=driver),
                text(
                    "torch was built for CUDA {cuda}, which needs driver {needed} or newer",
                    cuda=cuda,
                    needed=min(needed),
                ),
            )
        return ()
    offered = machine.driver_cuda_version
    if isinstance(offered, Unknown):
        return ()
    older = offered.major < cuda.major or (cuda.major < 11 and offered < cuda)
    shown = text("the driver accepts CUDA up to {offered}, torch was built for CUDA {cuda}", offered=offered, cuda=cuda)
    return (shown,) if older else ()


def forward_compat_804(machine: Machine) -> Verdict:
    """Fail on error 804, or on a cuda-compat libcuda that is reached on a card that does not allow it."""
    said = seen(machine, "driver.804")
    if said:
        verdict = by_message("forward_compat_804", machine, (*said, *seen(machine, "hint.compat")))
        return with_evidence(verdict, compat_library(machine))
    reached = compat_library(machine)
    if reached:
        return failed("forward_compat_804", machine, reached, "likely", id="forward-compat-804.reached")
    return _unless_said(machine)


def driver_lib_mismatch(machine: Machine) -> Verdict:
    """Fail when kernel module and user-space libraries differ, by the tools' word or by their versions."""
    said = seen(machine, "driver.nvml-mismatch", "driver.api-mismatch", "driver.803", "driver.dso-mismatch")
    if said:
        return by_message("driver_lib_mismatch", machine, said)
    if not isinstance(machine.nvml, Unknown) and "MISMATCH" in machine.nvml.error.upper():
        return failed("driver_lib_mismatch", machine, (text("NVML says {error}", error=machine.nvml.error),))
    kernel, library = machine.driver_version, machine.driver_library
    upgraded = seen(machine, "hint.driver-upgraded")
    told = any(symptom.id.startswith(("driver.", "gpu.", "container.")) for symptom in machine.symptoms)
    if upgraded and complains(machine) and not told and is_available(machine) is not True:
        return failed("driver_lib_mismatch", machine, quotes(upgraded), "possible")
    if isinstance(kernel, Unknown) or isinstance(library, Unknown):
        return _unless_said(machine)
    evidence = (text("the kernel module is {kernel}, the libraries are {library}", kernel=kernel, library=library),)
    if not _same_release(kernel, library) and system_of(machine) == "linux":
        sure: Confidence = "certain" if complains(machine) else "likely"
        return failed("driver_lib_mismatch", machine, (*evidence, *waiting_restart(machine)), sure)
    return Passed(evidence)


def _same_release(one: DottedVersion, other: DottedVersion) -> bool:
    """NVML may name itself without the last number: ``535.171`` belongs to ``535.171.04``."""
    shorter = min(len(one.parts), len(other.parts))
    return shorter >= 2 and one.parts[:shorter] == other.parts[:shorter]


def _unless_said(machine: Machine) -> Verdict:
    known = machine.symptoms or not isinstance(machine.nvml, Unknown) or is_available(machine) is True
    return Passed() if known else CannotTell(unknowns(machine.nvml, machine.driver_version))


RULES = (
    Rule(
        id="driver.supports-torch",
        cause="driver_too_old",
        link="driver",
        check=driver_too_old,
        source="https://docs.nvidia.com/deploy/cuda-compatibility/",
    ),
    Rule(id="driver.forward-compat", cause="forward_compat_804", link="driver", check=forward_compat_804),
    Rule(id="driver.one-version", cause="driver_lib_mismatch", link="driver", check=driver_lib_mismatch),
)
