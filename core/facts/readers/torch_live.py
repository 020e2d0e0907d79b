"""What torch said when it was really imported and used."""

from __future__ import annotations

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.machine import ComputeCapability, KernelCheck, TorchDevice, TorchLive
from gpuproof.core.facts.reading import (
    dict_of,
    fields_of,
    flag,
    mib,
    names_of,
    number,
    objects_of,
    reason,
    texts_in,
    whole,
    words,
)
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion, dotted

_KERNEL = "torch.kernel."


def read_torch_live(answers: Answers) -> TorchLive | Unknown:
    """Read the stages. A torch that is not installed or did not come back in time is Unknown with that reason."""
    imported = answers.get("torch.import")
    if imported is None or imported.status in ("absent", "timed_out", "denied"):
        return reason(imported)
    facts = dict_of(answers, "torch.import")
    if isinstance(facts, Unknown):
        return TorchLive(imported=False, import_error=facts.detail)
    available, build = fields_of(answers, "torch.available"), fields_of(answers, "torch.build")
    stages = (facts, available, build)
    return TorchLive(
        imported=True,
        version=words(facts.get("version")),
        cuda_version=dotted(words(facts.get("cuda"))),
        is_available=flag(available.get("available")),
        availability_error=words(available.get("error")) or _detail(answers, "torch.available"),
        device_count=whole(available.get("device_count")),
        devices=_devices(answers),
        accelerators=_accelerators(answers),
        arch_list=texts_in(build.get("arch_list")),
        cudnn_version=cudnn_version(build.get("cudnn_version")),
        warnings=tuple(dict.fromkeys(warning for stage in stages for warning in texts_in(stage.get("warnings")))),
        kernel_checks=_kernel_checks(answers),
    )


def _detail(answers: Answers, question: str) -> str:
    answer = answers.get(question)
    return answer.detail if answer is not None and answer.status != "ok" else ""


def cudnn_version(found: object) -> DottedVersion | None:
    """Read cuDNN's number: 91900 is 9.19.0, and before version 9 8902 is 8.9.2."""
    value = whole(found)
    if value is None or value < 1000:
        return None
    major, rest = (value // 10000, value % 10000) if value >= 90000 else (value // 1000, value % 1000)
    return DottedVersion(f"{major}.{rest // 100}.{rest % 100}")


def _devices(answers: Answers) -> tuple[TorchDevice, ...]:
    return tuple(
        TorchDevice(
            index=whole(entry.get("index")) or 0,
            name=words(entry.get("name")),
            compute_capability=_capability(entry.get("capability")),
            memory_total_mib=mib(entry.get("total_bytes")),
            memory_free_mib=mib(entry.get("free_bytes")),
        )
        for entry in objects_of(answers, "torch.devices")
    )


def _accelerators(answers: Answers) -> tuple[str, ...]:
    found = names_of(answers, "torch.device_names")
    return () if isinstance(found, Unknown) else found


def _capability(found: object) -> ComputeCapability | None:
    if not isinstance(found, list) or len(found) != 2:
        return None
    major, minor = whole(found[0]), whole(found[1])
    return ComputeCapability(major, minor) if major is not None and minor is not None else None


def _kernel_checks(answers: Answers) -> tuple[KernelCheck, ...]:
    """One check per device; a device whose stage crashed or hung failed with that reason."""
    checks = []
    for answer in answers:
        if not answer.question.startswith(_KERNEL):
            continue
        device = answer.question[len(_KERNEL) :]
        value = answer.value if answer.status == "ok" and isinstance(answer.value, dict) else None
        if value is None:
            checks.append(KernelCheck(device=device, ok=False, error=answer.detail or answer.status))
        else:
            error, worst = words(value.get("error")), number(value.get("max_difference"))
            checks.append(KernelCheck(device=device, ok=value.get("ok") is True, error=error, max_difference=worst))
    return tuple(sorted(checks, key=lambda check: check.device))
