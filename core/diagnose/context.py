"""Questions that several rules ask of a machine, each answered with True, False or None for "not known"."""

from __future__ import annotations

from collections.abc import Iterable

from gpuproof.core.facts.machine import ComputeCapability, Gpu, Machine, Symptom, TorchBuild, TorchLive
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.facts.version import DottedVersion, dotted
from gpuproof.core.words import Text, literal

NVIDIA, AMD, INTEL = 0x10DE, 0x1002, 0x8086
FROM_WORDS = ("source", "words")  # as the reader of pasted text notes on a card that no tool named


def seen(machine: Machine, *ids: str) -> tuple[Symptom, ...]:
    """Return the symptoms of these ids, in the order of the machine."""
    return tuple(symptom for symptom in machine.symptoms if symptom.id in ids)


def has(machine: Machine, *ids: str) -> bool:
    """Tell whether any symptom of these ids was seen."""
    return any(symptom.id in ids for symptom in machine.symptoms)


def quotes(symptoms: Iterable[Symptom]) -> tuple[Text, ...]:
    """Return the symptoms' lines as evidence, each once: one message often answers to several forms."""
    lines = dict.fromkeys(symptom.line for symptom in symptoms)
    return tuple(literal(line) for line in lines if not any(line in other and line != other for other in lines))


def system_of(machine: Machine) -> str | None:
    """Return linux, windows, macos or wsl; None when nobody could tell."""
    if isinstance(machine.os, Unknown):
        return None
    return "wsl" if machine.os.is_wsl else machine.os.system


def is_wsl(machine: Machine) -> bool:
    """Tell whether this is Linux inside Windows."""
    return system_of(machine) == "wsl"


def is_jetson(machine: Machine) -> bool:
    """Tell whether this is a Jetson board, whose driver does not show as a desktop one does."""
    return not isinstance(machine.os, Unknown) and machine.os.is_jetson


def is_container(machine: Machine) -> bool:
    """Tell whether the text or the inspected Python is inside a container."""
    return not isinstance(machine.container, Unknown) and machine.container.kind is not None


def torch_build(machine: Machine) -> TorchBuild | None:
    """Return the torch build when there is one."""
    return machine.torch if isinstance(machine.torch, TorchBuild) else None


def torch_live(machine: Machine) -> TorchLive | None:
    """Return what the running torch said, when it ran."""
    return machine.torch_live if isinstance(machine.torch_live, TorchLive) else None


def kernels_work(machine: Machine) -> bool:
    """Tell whether torch ran its kernels on every device and got the right results."""
    live = torch_live(machine)
    return live is not None and bool(live.kernel_checks) and all(check.ok for check in live.kernel_checks)


def has_cuda_build(machine: Machine) -> bool | None:
    """Tell whether the installed torch was built with CUDA."""
    build = torch_build(machine)
    if build is None or not build.is_cuda_known:
        return None
    return build.cuda_version is not None


_PYPI_DEFAULTS = (("1.13", "11.7"), ("1.5", "10.2"), ("1.3", "10.1"), ("1.2", "10.0"), ("1.0", "9.0"))


def assumed_cuda(machine: Machine) -> DottedVersion | None:
    """Return the CUDA of the build, or of PyPI's Linux default where only a bare version is known."""
    build = torch_build(machine)
    if build is None or build.is_cuda_known:
        return build.cuda_version if build is not None else None
    is_plain_linux = system_of(machine) in ("linux", "wsl") and not build.conda_build and not is_jetson(machine)
    plain = dotted(build.version)
    if not is_plain_linux or plain is None or (not isinstance(machine.os, Unknown) and machine.os.machine == "aarch64"):
        return None
    if plain.major == 1:
        return next((DottedVersion(cuda) for first, cuda in _PYPI_DEFAULTS if plain >= DottedVersion(first)), None)
    from gpuproof.core.knowledge import cuda_of_variant, torch_release

    release = torch_release(build.version)
    return cuda_of_variant(release.pypi.get("linux_x86_64", "")) if release is not None else None


def is_available(machine: Machine) -> bool | None:
    """Return what ``torch.cuda.is_available()`` said."""
    live = torch_live(machine)
    return live.is_available if live is not None else None


def complains(machine: Machine) -> bool:
    """Tell whether anything says that the GPU does not work, or that something failed."""
    if is_available(machine) is False or has(machine, "torch.says-unavailable"):
        return True
    live = torch_live(machine)
    if live is not None and (not live.imported or any(not check.ok for check in live.kernel_checks)):
        return True
    quiet = ["hint.", "program.", "elsewhere.", "works.", "driver.libcuda-link"]
    if any(symptom.id.startswith("program.") for symptom in machine.symptoms):
        quiet.append("torch.cuda-error")  # "CUDA error: device-side assert" is the program's, in CUDA's words
    return any(not symptom.id.startswith(tuple(quiet)) for symptom in machine.symptoms)


def gpus(machine: Machine) -> tuple[Gpu, ...]:
    """Return the NVIDIA GPUs that are known, none when nobody could look."""
    return () if isinstance(machine.gpus, Unknown) else machine.gpus


def tool_gpus(machine: Machine) -> tuple[Gpu, ...]:
    """Return the GPUs that a tool named, not only somebody's words."""
    return tuple(gpu for gpu in gpus(machine) if FROM_WORDS not in gpu.missing)


def has_nvidia_gpu(machine: Machine) -> bool | None:
    """Tell whether the machine has an NVIDIA GPU, from the driver, the PCI bus or a Jetson board."""
    if gpus(machine) or is_jetson(machine):
        return True
    live = torch_live(machine)
    if live is not None and live.devices:
        return True
    if isinstance(machine.display_devices, Unknown):
        return None
    if any(device.vendor_id == NVIDIA for device in machine.display_devices):
        return True
    return None if is_wsl(machine) and not machine.display_devices else False


def has_vendor(machine: Machine, vendor: int) -> tuple[str, ...]:
    """Return the names of the display devices of one maker."""
    if isinstance(machine.display_devices, Unknown):
        return ()
    return tuple(device.name or device.address for device in machine.display_devices if device.vendor_id == vendor)


def capabilities(machine: Machine) -> tuple[tuple[str, ComputeCapability], ...]:
    """Return (name, capability) of every card that is known, torch's own word first."""
    live = torch_live(machine)
    named = [(device.name, device.compute_capability) for device in live.devices] if live is not None else []
    named = named or [(gpu.name, gpu.compute_capability) for gpu in gpus(machine)]
    return tuple((name, capability) for name, capability in named if capability is not None)


def driver_works(machine: Machine) -> bool:
    """Tell whether a tool talked to the driver: a version together with a GPU."""
    return not isinstance(machine.driver_version, Unknown) and bool(tool_gpus(machine))


def unknowns(*facts: object) -> tuple[Unknown, ...]:
    """Return those of the facts that are unknown."""
    return tuple(fact for fact in facts if isinstance(fact, Unknown))


def nothing_said(machine: Machine) -> Unknown:
    """Stand for the message that was not seen."""
    return Unknown(Why.NOT_ASKED, "no message of this kind was seen", "messages")
