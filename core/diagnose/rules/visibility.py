"""Cards that are there but not shown to the program: CUDA_VISIBLE_DEVICES and Multi-Instance GPU."""

from __future__ import annotations

from gpuproof.core.diagnose.context import (
    gpus,
    has,
    has_cuda_build,
    is_available,
    is_container,
    quotes,
    seen,
    tool_gpus,
    torch_live,
    unknowns,
)
from gpuproof.core.diagnose.making import by_message, failed
from gpuproof.core.diagnose.model import CannotTell, Passed, Rule, Verdict
from gpuproof.core.facts.machine import Gpu, Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import Text, text

_NAME = "CUDA_VISIBLE_DEVICES"
_UNSEEN = ("gpu.not-seen", "gpu.no-gpus", "gpu.no-device", "gpu.ordinal", "torch.says-unavailable")


def _hides(value: str, machine: Machine) -> Text | None:
    """Say how a value hides a card: empty, -1, an index past the last, a UUID of another machine; None: it does not."""
    first = value.split(",")[0].strip().strip("'\"")
    if first in ("", "-1", "NoDevFiles", "none", "void"):
        return text("CUDA_VISIBLE_DEVICES is set to {value}, which shows no GPU", value=repr(value))
    count = len(tool_gpus(machine))
    if first.isdigit() and count and int(first) >= count:
        return text("CUDA_VISIBLE_DEVICES names GPU {index}, the machine has {count}", index=first, count=count)
    known = [gpu.uuid for gpu in gpus(machine) if gpu.uuid]
    if first.upper().startswith("GPU-") and known and not any(uuid.lower().startswith(first.lower()) for uuid in known):
        return text("CUDA_VISIBLE_DEVICES names {uuid}, which no GPU here has", uuid=first)
    live = torch_live(machine)
    if first.upper().startswith("GPU-") and not known and live is not None and live.device_count == 0:
        return text("CUDA_VISIBLE_DEVICES names {uuid}, and torch counts no GPU", uuid=first)
    if first.lower().startswith(("cuda:", "gpu:", "cuda", "gpu")) and not first.upper().startswith("GPU-"):
        return text("CUDA_VISIBLE_DEVICES is set to {value}, which is no GPU", value=repr(value))
    return None


def _asks_too_much(value: str, device: str) -> bool:
    """``4,3`` shows two cards, which the program counts from 0: ``cuda:3`` is none of them."""
    listed = [part.strip() for part in value.split(",")]
    index = device.rsplit(":", 1)[-1]
    return all(part.isdigit() for part in listed) and index.isdigit() and int(index) >= len(listed)


def visible_devices(machine: Machine) -> Verdict:
    """Fail when the variable hides the card from a program that did not see it."""
    value = machine.variable(_NAME)
    unseen = seen(machine, *_UNSEEN)
    live = torch_live(machine)
    not_seen = is_available(machine) is False or bool(unseen) or (live is not None and live.device_count == 0)
    in_workers = has(machine, "hint.ray") and has(machine, "gpu.no-gpus")  # Ray hides GPUs from its workers
    if is_available(machine) is True and not has(machine, "gpu.ordinal") and not in_workers:
        hidden = seen(machine, "gpu.no-gpus")  # one process sees the card and another does not: its own setting
        return failed("visible_devices", machine, quotes(hidden), "possible") if hidden else Passed()
    asked = seen(machine, "hint.device-index")
    if isinstance(value, str) and asked and _asks_too_much(value, asked[0].line):
        shown = text("CUDA_VISIBLE_DEVICES is set to {value}", value=repr(value))
        return failed("visible_devices", machine, (shown, *quotes(asked)), "likely")
    if isinstance(value, str) and not_seen and has_cuda_build(machine) is not False:
        how = _hides(value, machine)
        if how is not None:
            return failed("visible_devices", machine, (how, *quotes(unseen)))
        if has(machine, "gpu.ordinal", "gpu.no-gpus", "gpu.no-device") and not is_container(machine):
            shown = text("CUDA_VISIBLE_DEVICES is set to {value}", value=repr(value))
            return failed("visible_devices", machine, (shown, *quotes(unseen)), "likely")
        index = value.split(",")[0].strip()
        if index.isdigit() and int(index) > 0 and not tool_gpus(machine) and is_available(machine) is False:
            single = seen(machine, "hint.single-gpu")
            shown = text("CUDA_VISIBLE_DEVICES is set to {value}", value=repr(value))
            return failed("visible_devices", machine, (shown, *quotes(single)), "likely" if single else "possible")
    ordinal = seen(machine, "gpu.ordinal")
    if ordinal:
        return by_message("visible_devices", machine, ordinal)
    if has(machine, "gpu.no-gpus", "gpu.no-device") and has(machine, "hint.ray", "hint.visible-devices"):
        return failed("visible_devices", machine, quotes(seen(machine, *_UNSEEN)), "likely")
    if isinstance(value, Unknown):
        return CannotTell((value,))
    return Passed()


def mig(machine: Machine) -> Verdict:
    """Fail when an instance name is not understood, or MIG is on without any instance."""
    said = seen(machine, "gpu.mig")
    if said:
        return by_message("mig", machine, said)
    value = machine.variable(_NAME)
    names_instance = isinstance(value, str) and value.upper().startswith("MIG")
    is_on = any(gpu.mig_mode == "Enabled" for gpu in gpus(machine))
    hint = seen(machine, "hint.mig", "hint.mig-word")
    live = torch_live(machine)
    counts_none = live is not None and live.device_count == 0
    trouble = is_available(machine) is False or counts_none
    trouble = trouble or has(machine, *_UNSEEN, "gpu.busy", "memory.oom", "gpu.count-assert")
    if is_on and trouble:
        return failed("mig", machine, (text("Multi-Instance GPU is enabled"), *quotes(hint)), "likely")
    if (names_instance or hint) and (trouble or _several_wanted(machine)):
        return failed("mig", machine, quotes(hint) or (text("an instance of a GPU is selected"),), "likely")
    empty = [gpu.name for gpu in tool_gpus(machine) if gpu.mig_mode == "Enabled" and _has_no_instance(gpu)]
    asked = not isinstance(machine.device_nodes, Unknown)  # a paste of nvidia-smi may leave the instances out
    if asked and empty and len(empty) == len(tool_gpus(machine)) and is_available(machine) is not True:
        shown = text("Multi-Instance GPU is enabled on {name} and no instance was made", name=empty[0])
        return failed("mig", machine, (shown,), "likely", id="mig.no-instance")
    resource = seen(machine, "hint.mig-resource")  # asked for in a pod: what is pasted is about the instances
    if resource and is_available(machine) is not True:
        return failed("mig", machine, quotes(resource), "possible")
    return CannotTell(unknowns(machine.gpus)) if isinstance(machine.gpus, Unknown) else Passed()


def _has_no_instance(gpu: Gpu) -> bool:
    return not gpu.mig_devices and "mig_devices" not in {field for field, _ in gpu.missing}


def _several_wanted(machine: Machine) -> bool:
    live = torch_live(machine)
    return (live is not None and live.device_count == 1) or has(machine, "hint.only-one")


RULES = (
    Rule(id="environment.visible-devices", cause="visible_devices", link="driver", check=visible_devices),
    Rule(id="gpu.mig", cause="mig", link="gpu", check=mig),
)
