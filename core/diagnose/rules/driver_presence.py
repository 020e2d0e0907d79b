"""Is a driver there at all: the same message means another thing on Linux, in WSL2 and in a container."""

from __future__ import annotations

from gpuproof.core.diagnose.context import (
    driver_works,
    gpus,
    has,
    has_cuda_build,
    has_nvidia_gpu,
    is_available,
    is_container,
    is_jetson,
    is_wsl,
    kernels_work,
    quotes,
    seen,
    system_of,
    torch_live,
    unknowns,
)
from gpuproof.core.diagnose.loading import obstacle
from gpuproof.core.diagnose.making import by_message, failed, no_message
from gpuproof.core.diagnose.model import CannotTell, Passed, Rule, Verdict
from gpuproof.core.diagnose.starting import closed_nodes, withheld
from gpuproof.core.diagnose.surroundings import stand_in_driver, wsl_trouble
from gpuproof.core.facts.machine import Machine, Symptom
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.words import Text, text

_PLAIN = (
    "driver.not-loaded",
    "driver.secure-boot",
    "driver.nouveau",
    "driver.dkms",
    "driver.not-working",
    "driver.build-log",
    "driver.lsmod-empty",
)
_ABSENT = (
    "driver.none-found",
    "driver.proc-missing",
    "driver.libcuda-missing",
    "driver.nvml-missing",
    "driver.nvidia-device-missing",
)
_STARTED_WITHOUT = (
    "container.no-runtime",
    "container.driver-not-detected",
    "container.node-offers-none",
    "container.plugin-fails",
)


_FOREIGN_DRIVERS = ("nouveau", "nova_core", "vfio-pci", "BasicDisplay")  # the last one is Windows' stand-in


def _no_driver_signs(machine: Machine) -> tuple[Symptom, ...]:
    signs = seen(machine, "driver.smi-no-communication", *_ABSENT)
    if has(machine, "driver.smi-missing") and (signs or not driver_works(machine)):
        signs = (*signs, *seen(machine, "driver.smi-missing"))
    return signs


def no_driver(machine: Machine) -> Verdict:
    """Fail when no kernel driver works on a plain machine that has, or may have, an NVIDIA GPU."""
    if has_nvidia_gpu(machine) is False or system_of(machine) == "macos":
        return Passed()
    plain = seen(machine, *_PLAIN)
    if plain and not is_wsl(machine) and is_available(machine) is not True:
        return by_message("no_driver", machine, (*plain, *seen(machine, "driver.smi-no-communication")))
    facts = _facts(machine)
    if facts:
        found = obstacle(machine)
        more = tuple(line for line in found.evidence if line not in facts) if found is not None else ()
        return failed("no_driver", machine, (*facts, *more), id=f"no-driver.{found.kind}" if found is not None else "")
    if is_wsl(machine) or is_jetson(machine) or _is_about_container(machine):
        return Passed()
    signs = _no_driver_signs(machine)
    library_only = all(sign.id in ("driver.smi-missing", "driver.nvidia-device-missing") for sign in signs)
    if signs and (is_available(machine) is not True) and not (library_only and driver_works(machine)):
        return by_message("no_driver", machine, signs, "likely" if driver_works(machine) else None)
    error = seen(machine, "driver.smi-error", "driver.finds-no-device")
    if error and not signs and not driver_works(machine) and is_available(machine) is not True:
        return failed("no_driver", machine, quotes(error), "possible")
    nothing = seen(machine, "driver.not-collected")
    if nothing and not is_jetson(machine) and not signs:
        return failed("no_driver", machine, quotes(nothing), "possible")
    if not signs and isinstance(machine.driver_version, Unknown) and isinstance(machine.nvml, Unknown):
        return CannotTell(unknowns(machine.driver_version, machine.nvml))
    return Passed()


def _facts(machine: Machine) -> tuple[Text, ...]:
    """What the inspection of this machine itself saw: an NVIDIA card, and no driver bound to it."""
    if isinstance(machine.display_devices, Unknown) or is_container(machine) or is_wsl(machine):
        return ()
    stand_in = stand_in_driver(machine)
    if stand_in:
        return stand_in
    cards = [device for device in machine.display_devices if device.vendor_id == 0x10DE]
    others = [card for card in cards if card.kernel_driver in _FOREIGN_DRIVERS]
    if others and not any(card.kernel_driver == "nvidia" for card in cards):  # one of several may be a guest's
        return (
            text("{name} is bound to the kernel driver {driver}", name=others[0].name, driver=others[0].kernel_driver),
        )
    is_absent = isinstance(machine.driver_version, Unknown) and machine.driver_version.why is Why.ABSENT
    nvml_failed = not isinstance(machine.nvml, Unknown) and not machine.nvml.ok
    if cards and is_absent and nvml_failed and not gpus(machine):
        return (
            text("{name} is on the PCI bus, and no NVIDIA kernel driver is loaded", name=cards[0].name or "NVIDIA"),
        )
    return ()


def _is_about_container(machine: Machine) -> bool:
    if is_container(machine):
        return not has(machine, "driver.smi-no-communication") or has(machine, "hint.host-works")
    return has(machine, *_STARTED_WITHOUT)


def container_no_gpu(machine: Machine) -> Verdict:
    """Fail when a container has no GPU inside though nothing says that the host has none."""
    if is_available(machine) is True:
        return Passed()
    in_file = tuple(symptom for symptom in machine.symptoms if symptom.id.startswith("compose."))
    if in_file:
        return failed("container_no_gpu", machine, quotes(in_file), "likely", id="container-no-gpu.compose-file")
    said = seen(machine, *_STARTED_WITHOUT)
    if said and not has(machine, "driver.smi-no-communication"):
        return by_message("container_no_gpu", machine, said)
    if not is_container(machine):
        return CannotTell(unknowns(machine.container)) if isinstance(machine.container, Unknown) else Passed()
    refused = seen(machine, "container.nvml-permissions")
    if refused:
        return by_message("container_no_gpu", machine, refused)
    inside = _seen_inside(machine)
    if inside:
        return failed("container_no_gpu", machine, inside)
    if has(machine, "driver.not-loaded", "driver.804", "driver.found-too-old"):
        return Passed()
    signs = _container_signs(machine)
    if signs and not _known_otherwise(machine):
        sure = "likely" if any(sign.id in _ABSENT for sign in signs) else "possible"
        return failed("container_no_gpu", machine, quotes(signs), sure)  # type: ignore[arg-type]
    started = seen(machine, "hint.container-start")
    asked = has(machine, "hint.gpus-flag") or driver_works(machine)
    if started and not asked and is_available(machine) is False and has_cuda_build(machine) is not False:
        return failed("container_no_gpu", machine, quotes(started), "possible")
    elsewhere = seen(machine, "hint.host-works")
    silent = not any(symptom.id.startswith(("driver.", "arch.", "cudnn.")) for symptom in machine.symptoms)
    if elsewhere and silent and is_available(machine) is False and has_cuda_build(machine) is not False:
        return failed("container_no_gpu", machine, quotes(elsewhere), "possible")
    return no_message(machine) if torch_live(machine) is None else Passed()


def _container_signs(machine: Machine) -> tuple[Symptom, ...]:
    """Messages of a container that sees no card; weaker ones only where no stronger one stands."""
    signs = seen(machine, *_ABSENT, "driver.smi-missing", "container.cli-library")
    signs = signs or seen(
        machine, "gpu.no-device", "gpu.no-gpus", "driver.insufficient", "driver.not-collected", "torch.check-driver"
    )
    if has(machine, "hint.smi-works"):
        signs = signs or seen(machine, "driver.smi-error")
    if has(machine, "hint.gpus-flag") and driver_works(machine):  # the card was asked for, and is inside
        signs = tuple(sign for sign in signs if sign.id != "driver.insufficient")
    return signs


def _seen_inside(machine: Machine) -> tuple[Text, ...]:
    """What an inspection itself sees in a container: no device files, closed ones, or CUDA left out."""
    box = machine.container
    if isinstance(box, Unknown) or is_wsl(machine):
        return ()
    if box.has_device_nodes is False and not gpus(machine):
        return (text("no NVIDIA device file is in this container"), *withheld(machine))
    return withheld(machine) or closed_nodes(machine)


def _known_otherwise(machine: Machine) -> bool:
    """Without a flag for the GPU the container explains it; with one, a driver that fails on the host does."""
    return has(machine, "driver.smi-no-communication", "driver.nvml-mismatch", "driver.found-too-old", "gpu.uvm")


def container_lost_gpu(machine: Machine) -> Verdict:
    """Fail on NVML's "Unknown Error" in a container: its device permissions are gone, not the driver."""
    said = seen(machine, "container.nvml-unknown", "container.cgroup")
    unknown = not isinstance(machine.nvml, Unknown) and machine.nvml.error == "UNKNOWN"
    told = seen(machine, "container.lost-said")
    if told and not said and not is_wsl(machine) and is_available(machine) is not True:
        return failed("container_lost_gpu", machine, quotes(told), "possible")
    if not said and unknown and is_container(machine) and is_available(machine) is not True:
        return failed("container_lost_gpu", machine, (text("NVML says {error}", error="UNKNOWN"),), "likely")
    if not said:
        return no_message(machine)
    if is_wsl(machine):
        return Passed()
    sure = "certain" if is_container(machine) and has(machine, "hint.lost-later") else "likely"
    return failed("container_lost_gpu", machine, quotes(said), sure)  # type: ignore[arg-type]


_WSL_SIGNS = (
    "driver.smi-error",
    "gpu.no-device",
    "gpu.no-gpus",
    "gpu.no-devices",
    "gpu.uvm",
    "gpu.handle",
    "driver.insufficient",
    "driver.not-collected",
    "memory.init-oom",
    "container.nvml-unknown",
    "container.cli-library",
)


def _works_in_windows_only(machine: Machine) -> bool:
    """The table of nvidia-smi.exe has a driver model; the one inside WSL2, which fails here, has none."""
    in_windows = any(gpu.driver_model for gpu in gpus(machine))
    return in_windows and has(machine, "driver.smi-no-communication") and not has(machine, "hint.smi-works")


def wsl_driver(machine: Machine) -> Verdict:
    """Fail when WSL2 gets no working GPU from Windows."""
    certain = seen(machine, "wsl.blocked", "wsl.symbol", "wsl.cuda-err", "wsl.no-libcuda", "wsl.one")
    if has(machine, "hint.no-nvidia") and has_nvidia_gpu(machine) is not True:
        certain = tuple(line for line in certain if line.id != "wsl.blocked")  # no card: there is none to refuse
    crash = seen(machine, "wsl.smi-crash") if is_wsl(machine) else ()
    if crash and not certain:
        return by_message("wsl_driver", machine, crash)
    if certain:
        return by_message("wsl_driver", machine, certain)
    refused = seen(machine, "gpu.busy") if is_wsl(machine) and is_available(machine) is True else ()
    if refused and not kernels_work(machine):
        return failed("wsl_driver", machine, quotes(refused), "possible")
    if not is_wsl(machine) or is_available(machine) is True:
        return Passed() if system_of(machine) else CannotTell(unknowns(machine.os))
    trouble = wsl_trouble(machine)
    if trouble:
        return failed("wsl_driver", machine, trouble)
    signs = (
        *_no_driver_signs(machine),
        *seen(machine, *_WSL_SIGNS),
    )
    if has(machine, "hint.smi-works"):  # in WSL2 itself, or in another container
        signs = tuple(sign for sign in signs if sign.id != "driver.smi-error")
    if has(machine, "memory.init-oom") or (signs and not driver_works(machine)) or _works_in_windows_only(machine):
        return failed("wsl_driver", machine, quotes(signs), "likely")
    vague = seen(
        machine, "gpu.uvm", "gpu.busy", "gpu.not-seen"
    )  # WSL2 has no compute mode to set: Windows refuses the card
    if vague:
        return failed("wsl_driver", machine, quotes(vague), "possible")
    return Passed()


def wsl_libcuda(machine: Machine) -> Verdict:
    """Fail when WSL2's own libcuda is there but not on the loader's path."""
    said = seen(machine, "wsl.libcuda-files")
    if said:
        return by_message("wsl_libcuda", machine, said)
    if not is_wsl(machine):
        return Passed() if system_of(machine) else CannotTell(unknowns(machine.os))
    signs = seen(machine, "driver.libcuda-missing", "driver.libcuda-link", "driver.libcuda-warning")
    if signs:
        return failed("wsl_libcuda", machine, quotes(signs), "likely")
    elsewhere = seen(machine, "hint.torch-works")
    if elsewhere and has(machine, "gpu.no-device", "gpu.no-gpus"):  # torch looks in WSL's folder by itself
        return failed("wsl_libcuda", machine, (*quotes(elsewhere), *quotes(seen(machine, "gpu.no-device"))), "likely")
    inside = not isinstance(machine.wsl, Unknown) and machine.wsl.linux_driver_inside
    if inside and is_available(machine) is not True:
        evidence = (text("a Linux driver is installed inside WSL2 and hides the one of Windows"),)
        return failed("wsl_libcuda", machine, evidence, "likely")
    absent = seen(machine, "driver.none-found", "driver.proc-missing")
    if absent and driver_works(machine):
        return failed("wsl_libcuda", machine, quotes(absent), "likely")
    return Passed()


RULES = (
    Rule(id="driver.present", cause="no_driver", link="driver", check=no_driver),
    Rule(id="container.has-gpu", cause="container_no_gpu", link="driver", check=container_no_gpu),
    Rule(id="container.keeps-gpu", cause="container_lost_gpu", link="driver", check=container_lost_gpu),
    Rule(id="wsl.driver", cause="wsl_driver", link="driver", check=wsl_driver),
    Rule(id="wsl.libcuda", cause="wsl_libcuda", link="driver", check=wsl_libcuda),
)
