"""The chain from the application down to the GPU, with a state per link: one broken link breaks all above it."""

from __future__ import annotations

from gpuproof.core.diagnose.context import gpus, is_available, torch_build, torch_live
from gpuproof.core.diagnose.model import ChainLink, Finding, LinkName, LinkState
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.words import Text, text

_NAMES: tuple[LinkName, ...] = ("application", "torch", "cuda_libraries", "driver", "gpu")


def chain_of(machine: Machine, findings: tuple[Finding, ...]) -> tuple[ChainLink, ...]:
    """Return the five links; a link with a finding is broken, one that nobody saw is unknown."""
    return tuple(_link(name, machine, [finding for finding in findings if finding.link == name]) for name in _NAMES)


def _link(name: LinkName, machine: Machine, findings: list[Finding]) -> ChainLink:
    summary, seen = _SUMMARIES[name](machine)
    state: LinkState = "ok" if seen else "unknown"
    if any(finding.severity == "error" and finding.folded_under is None for finding in findings):
        state = "broken"
    elif findings:
        state = "warning"
    shown = next((finding.title for finding in findings), summary)
    return ChainLink(
        name=name,
        state=state,
        summary=shown if findings else summary,
        evidence=(summary,) if findings else (),
        findings=tuple(finding.id for finding in findings),
    )


def _application(machine: Machine) -> tuple[Text, bool]:
    return text("No application was checked"), False


def _torch(machine: Machine) -> tuple[Text, bool]:
    build = torch_build(machine)
    if build is None:
        absent = isinstance(machine.torch, Unknown) and machine.torch.why is Why.ABSENT
        return (text("No torch in this Python") if absent else text("The torch build is not known")), False
    if build.cuda_version is not None:
        return text("torch {version}, built for CUDA {cuda}", version=build.version, cuda=build.cuda_version), True
    if build.is_cuda_known:
        return text("torch {version}, built without CUDA", version=build.version), True
    return text("torch {version}", version=build.version), True


def _libraries(machine: Machine) -> tuple[Text, bool]:
    live = torch_live(machine)
    build = torch_build(machine)
    cuda = build.cuda_version if build is not None else None
    if live is not None and live.cudnn_version is not None:
        return text("CUDA {cuda} and cuDNN {cudnn} of the build", cuda=cuda or "?", cudnn=live.cudnn_version), True
    if cuda is not None and is_available(machine):
        return text("CUDA {cuda} of the build", cuda=cuda), True
    return text("The CUDA libraries were not seen at work"), False


def _driver(machine: Machine) -> tuple[Text, bool]:
    if isinstance(machine.driver_version, Unknown):
        absent = machine.driver_version.why is Why.ABSENT
        return (text("No NVIDIA driver") if absent else text("The driver is not known")), False
    if isinstance(machine.driver_cuda_version, Unknown):
        return text("driver {driver}", driver=machine.driver_version), True
    cuda = machine.driver_cuda_version
    return text("driver {driver}, accepts CUDA up to {cuda}", driver=machine.driver_version, cuda=cuda), True


def _gpu(machine: Machine) -> tuple[Text, bool]:
    found = gpus(machine)
    if not found:
        absent = not isinstance(machine.gpus, Unknown) or machine.gpus.why is Why.ABSENT
        return (text("No NVIDIA GPU was seen") if absent else text("The GPU is not known")), False
    first = found[0]
    if first.compute_capability is None:
        return text("{name}", name=first.name), True
    return text("{name}, compute capability {capability}", name=first.name, capability=first.compute_capability), True


_SUMMARIES = {
    "application": _application,
    "torch": _torch,
    "cuda_libraries": _libraries,
    "driver": _driver,
    "gpu": _gpu,
}
