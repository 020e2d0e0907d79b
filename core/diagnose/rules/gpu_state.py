"""The card itself: it cannot start, fell off the bus, or the driver's helper modules and services are missing."""

from __future__ import annotations

from gpuproof.core.diagnose.context import (
    complains,
    has,
    is_available,
    is_container,
    is_wsl,
    quotes,
    seen,
    system_of,
    tool_gpus,
    unknowns,
)
from gpuproof.core.diagnose.making import by_message, failed, no_message, with_evidence
from gpuproof.core.diagnose.model import CannotTell, Confidence, Passed, Rule, Verdict
from gpuproof.core.diagnose.starting import closed_nodes, missing_uvm, start_fault
from gpuproof.core.diagnose.surroundings import fabric_versions
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import text

_INIT = ("gpu.handle-not-found", "gpu.init-failed", "gpu.open-module-needed", "gpu.bar", "gpu.legacy-branch")


def gpu_init_failed(machine: Machine) -> Verdict:
    """Fail when the driver is loaded and a message or a fact shows why it cannot start the card, or it sees none."""
    said = seen(machine, *_INIT)
    if said:
        return by_message("gpu_init_failed", machine, (*said, *seen(machine, "gpu.no-devices")))
    reason = start_fault(machine)
    if reason is not None:
        sure: Confidence = "likely" if reason[0] == "address-space" else "certain"
        return failed("gpu_init_failed", machine, reason[1], sure, id=f"gpu-init-failed.{reason[0]}")
    closed = closed_nodes(machine)
    if closed and not is_container(machine) and not is_wsl(machine):
        title = text("This user may not open the GPU's device files")
        return failed("gpu_init_failed", machine, closed, id="gpu-init-failed.not-allowed", title=title)
    none = seen(machine, "gpu.no-devices")
    if none and not is_wsl(machine) and not has(machine, "driver.smi-no-communication", "gpu.mig"):
        return failed("gpu_init_failed", machine, quotes(none), "likely")
    if not isinstance(machine.display_devices, Unknown) and not isinstance(machine.gpus, Unknown):
        bound = [device for device in machine.display_devices if device.kernel_driver == "nvidia"]
        works = not isinstance(machine.nvml, Unknown) and machine.nvml.ok
        if bound and works and not machine.gpus and not is_container(machine):
            evidence = (text("{name} is bound to the nvidia driver, which lists no GPU", name=bound[0].name),)
            return failed("gpu_init_failed", machine, evidence)
    return no_message(machine)


def gpu_lost(machine: Machine) -> Verdict:
    """Fail on Xid 79 and on a lost device handle."""
    handle = () if is_wsl(machine) else seen(machine, "gpu.handle")  # WSL2 words it so for a TCC card
    said = (*seen(machine, "gpu.lost", "gpu.xid-79"), *handle)
    if said:
        return by_message("gpu_lost", machine, said)
    cells = seen(machine, "gpu.err-cells")
    if cells and is_available(machine) is not True:
        return failed("gpu_lost", machine, quotes(cells), "likely")
    if not isinstance(machine.nvml, Unknown) and "GPU_IS_LOST" in machine.nvml.error:
        return failed("gpu_lost", machine, (text("NVML says {error}", error=machine.nvml.error),))
    return no_message(machine)


def _after_sleep(machine: Machine) -> Verdict:
    """It worked until the machine slept: the module, whatever the program then says."""
    slept = seen(machine, "hint.suspend")
    failing = complains(machine) or has(machine, "program.illegal", "hint.lost-later", "hint.uvm-reload")
    hints = all(symptom.id.startswith(("hint.", "program.", "torch.", "gpu.no")) for symptom in machine.symptoms)
    if slept and failing and hints and system_of(machine) in ("linux", None) and is_available(machine) is not True:
        return failed("uvm_broken", machine, quotes((*slept, *seen(machine, "hint.uvm-reload"))), "possible")
    return no_message(machine)


def uvm_broken(machine: Machine) -> Verdict:
    """Fail on "CUDA unknown error": torch blames CUDA_VISIBLE_DEVICES, the module nvidia_uvm is at fault."""
    module = seen(machine, "gpu.uvm-module")
    said = seen(machine, "gpu.uvm")
    missing = missing_uvm(machine)
    if missing:
        return failed("uvm_broken", machine, (*missing, *quotes((*module, *said))))
    if not module and not said:
        return _after_sleep(machine)
    if is_wsl(machine) or system_of(machine) in ("windows", "macos") or is_available(machine) is True:
        return Passed()
    evidence = (*module, *said, *seen(machine, "hint.suspend"))
    sure = "certain" if module or has(machine, "hint.suspend") else "likely"
    return by_message("uvm_broken", machine, evidence, sure)  # type: ignore[arg-type]


def fabric_manager(machine: Machine) -> Verdict:
    """Fail on error 802: an NVSwitch machine without its running service of the driver's version."""
    said = seen(machine, "gpu.802", "gpu.fabric")
    if said and not has(machine, "gpu.802") and _has_no_switch(machine):
        return Passed((text("none of the cards is behind an NVSwitch, so that the service is not needed"),))
    waiting = [gpu for gpu in tool_gpus(machine) if gpu.fabric_state in ("not_started", "in_progress")]
    if waiting and not said and is_available(machine) is not True:
        shown = text("{name} is not registered with the NVSwitch fabric", name=waiting[0].name)
        evidence = (shown, *fabric_versions(machine))
        return failed("fabric_manager", machine, evidence, "certain" if complains(machine) else "likely")
    if said:
        return with_evidence(by_message("fabric_manager", machine, said), fabric_versions(machine))
    return no_message(machine)


def _has_no_switch(machine: Machine) -> bool:
    """Tell whether every card is of a kind that is never behind an NVSwitch."""
    found = tool_gpus(machine)
    return bool(found) and all(
        any(word in gpu.name.lower() for word in ("geforce", "rtx", "gtx", "quadro", "titan")) for gpu in found
    )


def _is_server_card(name: str) -> bool:
    """Tell whether Windows runs this card without WDDM unless somebody changes it (or always)."""
    return any(word in name.upper() for word in ("H100", "H200", "A100", "V100", "P100", "A30", "B200", "K80"))


def tcc_wddm(machine: Machine) -> Verdict:
    """Fail when a TCC card cannot be used where WDDM is needed (WSL2), or a mixture hides one of the cards."""
    gpus = () if isinstance(machine.gpus, Unknown) else machine.gpus
    models = {gpu.driver_model for gpu in gpus if gpu.driver_model}
    said = seen(machine, "hint.tcc")
    blocked = is_wsl(machine) or has(machine, "wsl.blocked")
    if "TCC" in models and (blocked or (len(models) > 1 and is_available(machine) is False)):
        names = ", ".join(gpu.name for gpu in gpus if gpu.driver_model == "TCC")
        return failed("tcc_wddm", machine, (text("driver model TCC on {names}", names=names), *quotes(said)))
    screen = seen(machine, "hint.graphics")
    if models == {"TCC"} and screen and system_of(machine) in ("windows", None):
        return failed("tcc_wddm", machine, (text("driver model TCC on {names}", names=gpus[0].name), *quotes(screen)))
    server = [gpu.name for gpu in gpus if _is_server_card(gpu.name)]
    told = any(symptom.id.startswith(("wsl.", "driver.", "memory.", "gpu.uvm")) for symptom in machine.symptoms)
    if server and is_wsl(machine) and complains(machine) and not told and is_available(machine) is not True:
        shown = text("Windows runs {name} with the driver model TCC unless it is switched", name=server[0])
        return failed("tcc_wddm", machine, (shown,), "possible")
    if said and (
        blocked or is_available(machine) is False or has(machine, "gpu.no-device", "gpu.no-gpus", "gpu.not-seen")
    ):
        return failed("tcc_wddm", machine, quotes(said), "likely")
    in_words = seen(machine, "gpu.tcc-said")
    if in_words and is_available(machine) is not True:
        return failed("tcc_wddm", machine, quotes(in_words), "possible")
    return Passed() if gpus or machine.symptoms else CannotTell(unknowns(machine.gpus))


def exclusive_mode(machine: Machine) -> Verdict:
    """Fail when the compute mode is exclusive or prohibited and something could not open the card."""
    gpus = () if isinstance(machine.gpus, Unknown) else machine.gpus
    closed = [gpu for gpu in gpus if gpu.compute_mode in ("Exclusive_Process", "Prohibited", "Exclusive_Thread")]
    busy = seen(machine, "gpu.busy", "gpu.no-device", "gpu.no-gpus", "memory.oom")
    if closed and (busy or is_available(machine) is False):
        mode = (text("the compute mode of {name} is {mode}", name=closed[0].name, mode=closed[0].compute_mode),)
        return failed("exclusive_mode", machine, (*mode, *quotes(busy)))
    said = seen(machine, "gpu.exclusive-words")
    refused = seen(machine, "gpu.busy")
    if said and refused:
        return by_message("exclusive_mode", machine, (*said, *refused), "certain")
    in_words = seen(machine, "gpu.exclusive-said")
    if in_words and not is_wsl(machine) and is_available(machine) is not True:
        return by_message("exclusive_mode", machine, (*in_words, *refused))
    if refused and not is_wsl(machine) and not has(machine, "gpu.mig", "hint.mig"):
        is_open = bool(gpus) and all(gpu.compute_mode == "Default" for gpu in gpus)
        return Passed() if is_open else failed("exclusive_mode", machine, quotes(refused), "possible")
    if closed and any(gpu.compute_mode == "Prohibited" for gpu in closed):
        mode = (text("the compute mode of {name} is {mode}", name=closed[0].name, mode=closed[0].compute_mode),)
        return failed("exclusive_mode", machine, mode)
    return Passed() if gpus else CannotTell(unknowns(machine.gpus))


RULES = (
    Rule(id="gpu.starts", cause="gpu_init_failed", link="gpu", check=gpu_init_failed),
    Rule(
        id="gpu.on-the-bus",
        cause="gpu_lost",
        link="gpu",
        check=gpu_lost,
        source="https://docs.nvidia.com/deploy/xid-errors/",
    ),
    Rule(id="driver.uvm", cause="uvm_broken", link="driver", check=uvm_broken),
    Rule(id="driver.fabric-manager", cause="fabric_manager", link="driver", check=fabric_manager),
    Rule(id="gpu.driver-model", cause="tcc_wddm", link="gpu", check=tcc_wddm),
    Rule(id="gpu.compute-mode", cause="exclusive_mode", link="gpu", check=exclusive_mode),
)
