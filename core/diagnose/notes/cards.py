"""What holds the cards themselves back: link, power, heat, memory errors, and how several of them see each other."""

from __future__ import annotations

from gpuproof.core.diagnose.context import NVIDIA, is_container, is_wsl, system_of, tool_gpus
from gpuproof.core.diagnose.model import Step
from gpuproof.core.diagnose.notes.model import NoteRule, Observed
from gpuproof.core.facts.machine import Gpu, Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import Text, text

_NARROW_SHARE = 4  # x4 or less where the card and the board have 16; x8 is common beside a second card
_LOW_POWER_SHARE = 0.7
_FULL_SHARE = 0.8
_HELD_BACK = ("hardware_slowdown", "hardware_thermal", "software_thermal", "power_brake")


def narrow_link(machine: Machine) -> Observed | None:
    """A riser, a wrong slot or a dirty contact leaves few lanes; the width, unlike the generation, stays when idle."""
    narrow = [gpu for gpu in tool_gpus(machine) if _is_narrow(gpu)]
    if not narrow or any(gpu.virtualisation == "vgpu" for gpu in narrow):
        return None
    return Observed(
        text("A card is connected with few PCIe lanes: copies to it are slow"),
        tuple(
            text("{name} uses x{width} of x{most}", name=gpu.name, width=gpu.pcie_width, most=gpu.pcie_width_max)
            for gpu in narrow[:4]
        ),
        (
            Step(text("Put the card into the board's full slot, without a riser, and look into the board's manual")),
            Step(text("See it under load"), "nvidia-smi --query-gpu=name,pcie.link.width.current --format=csv -l 1"),
        ),
    )


def _is_narrow(gpu: Gpu) -> bool:
    return bool(gpu.pcie_width and gpu.pcie_width_max and gpu.pcie_width * _NARROW_SHARE <= gpu.pcie_width_max)


def low_power_limit(machine: Machine) -> Observed | None:
    """A power limit well below the card's own default holds its clock down under load."""
    low = [gpu for gpu in tool_gpus(machine) if _is_held_low(gpu)]
    if not low:
        return None
    default = round(low[0].power_limit_default_w or 0)
    admin = "" if system_of(machine) == "windows" else "sudo "
    return Observed(
        text("A card's power limit was lowered: under load it runs more slowly"),
        tuple(
            text(
                "{name} is limited to {limit} of {usual} W",
                name=gpu.name,
                limit=round(gpu.power_limit_w or 0),
                usual=round(gpu.power_limit_default_w or 0),
            )
            for gpu in low[:4]
        ),
        (Step(text("Put the usual limit back"), f"{admin}nvidia-smi -i {low[0].index} -pl {default}"),),
    )


def _is_held_low(gpu: Gpu) -> bool:
    limit, usual = gpu.power_limit_w, gpu.power_limit_default_w
    return limit is not None and usual is not None and limit < _LOW_POWER_SHARE * usual


def held_back(machine: Machine) -> Observed | None:
    """The driver names heat or the power supply as the reason why the clock is not higher; the power cap is normal."""
    evidence = [
        text("{name}: {reason}, {celsius} °C", name=gpu.name, reason=reason, celsius=_celsius(gpu))
        for gpu in tool_gpus(machine)
        for reason in gpu.clock_event_reasons
        if reason in _HELD_BACK
    ]
    if not evidence:
        return None
    return Observed(
        text("A card's clock is held down by heat or by its power supply"),
        tuple(evidence[:4]),
        (
            Step(text("Let air reach the card, clean its fans, and check its power cables")),
            Step(text("See the reasons while it works"), "nvidia-smi -q -d PERFORMANCE,TEMPERATURE"),
        ),
    )


def _celsius(gpu: Gpu) -> str:
    return "?" if gpu.temperature_celsius is None else str(round(gpu.temperature_celsius))


def memory_errors(machine: Machine) -> Observed | None:
    """Errors in the card's memory that could not be corrected end programs with an illegal access."""
    faulty = [gpu for gpu in tool_gpus(machine) if gpu.ecc_uncorrected]
    if not faulty:
        return None
    return Observed(
        text("A card's memory had errors that could not be corrected: programs on it may fail or crash"),
        tuple(text("{name}: {count}", name=gpu.name, count=gpu.ecc_uncorrected) for gpu in faulty[:4]),
        (
            Step(text("See where they are"), "nvidia-smi -q -d ECC,ROW_REMAPPER"),
            Step(text("Restart the machine; if they come back, the card has to be exchanged")),
        ),
    )


def link_errors(machine: Machine) -> Observed | None:
    """NVLinks that had to be brought up again, or lose packets, slow every copy between cards."""
    faulty = [
        (gpu, link)
        for gpu in tool_gpus(machine)
        for link in gpu.nvlinks
        if link.recoveries or (link.crc_errors or 0) > 0
    ]
    if not faulty:
        return None
    return Observed(
        text("An NVLink has errors: copies between the cards are slow or fail"),
        tuple(
            text(
                "{name}, link {link}: {recoveries} recoveries, {errors} checksum errors",
                name=gpu.name,
                link=link.index,
                recoveries=link.recoveries or 0,
                errors=link.crc_errors or 0,
            )
            for gpu, link in faulty[:4]
        ),
        (
            Step(text("See whether the counts grow"), "nvidia-smi nvlink -e"),
            Step(text("Turn the machine fully off, and check the bridge or the board's contacts")),
        ),
    )


def memory_held(machine: Machine) -> Observed | None:
    """Others hold most of the card's memory: the next program may not find enough."""
    full = [gpu for gpu in tool_gpus(machine) if _is_full(gpu)]
    if not full:
        return None
    evidence = [
        text(
            "{name}: {used} of {total} MiB are in use",
            name=gpu.name,
            used=round(gpu.memory_used_mib or 0),
            total=round(gpu.memory_total_mib or 0),
        )
        for gpu in full[:4]
    ]
    holders = [process for gpu in full for process in gpu.processes if process.memory_mib]
    largest = sorted(holders, key=lambda process: process.memory_mib or 0.0, reverse=True)
    evidence += [
        text("process {pid} holds {used} MiB", pid=process.pid, used=round(process.memory_mib or 0))
        for process in largest[:2]
    ]
    return Observed(
        text("Most of a card's memory is in use already: a further program may not find enough"),
        tuple(evidence),
        (Step(text("See who holds it, and end what is not needed"), "nvidia-smi"),),
    )


def _is_full(gpu: Gpu) -> bool:
    used, total = gpu.memory_used_mib, gpu.memory_total_mib
    return bool(used and total and used >= _FULL_SHARE * total)


def taken(machine: Machine) -> Observed | None:
    """An exclusive card with a process on it lets nobody else in, which is right for that process."""
    closed = [gpu for gpu in tool_gpus(machine) if gpu.compute_mode == "Exclusive_Process" and gpu.processes]
    if not closed:
        return None
    admin = "" if system_of(machine) == "windows" else "sudo "
    return Observed(
        text("A card is in exclusive mode and a program has it: no further program can use it"),
        tuple(text("{name} is held by process {pid}", name=gpu.name, pid=gpu.processes[0].pid) for gpu in closed[:4]),
        (Step(text("Let several processes in again"), f"{admin}nvidia-smi -c 0"),),
    )


def no_direct_way(machine: Machine) -> Observed | None:
    """Without peer access data between cards goes through main memory; programs on one card do not notice."""
    pairs = () if isinstance(machine.gpu_pairs, Unknown) else machine.gpu_pairs
    closed = [pair for pair in pairs if pair.torch_peer_access is False and pair.first < pair.second]
    if not closed:
        return None
    reasons = {pair.p2p_read for pair in closed if pair.p2p_read not in (None, "ok")}
    evidence: list[Text] = [
        text("GPU {first} and GPU {second} cannot read each other's memory", first=pair.first, second=pair.second)
        for pair in closed[:4]
    ]
    evidence += [text("the driver says: {reason}", reason=reason) for reason in sorted(filter(None, reasons))]
    kernel = None if isinstance(machine.kernel, Unknown) else machine.kernel
    if kernel is not None and kernel.iommu_units:
        evidence.append(text("an IOMMU is at work, which often stands in between"))
    return Observed(
        text("The cards have no direct way to each other: work on several of them at once gains less"),
        tuple(evidence),
        (
            Step(text("GeForce cards of the 40 series and newer have none by design; one job per card loses nothing")),
            Step(text("If a program on several cards hangs, keep NCCL from trying"), "export NCCL_P2P_DISABLE=1"),
            Step(text("See the ways between the cards"), "nvidia-smi topo -p2p r"),
        ),
    )


def order(machine: Machine) -> Observed | None:
    """CUDA counts the fastest card first, nvidia-smi by the slot: with unlike cards index 0 may be two cards."""
    names = {gpu.name for gpu in tool_gpus(machine)}
    chosen = machine.variable("CUDA_DEVICE_ORDER")
    if len(names) < 2 or isinstance(chosen, Unknown) or chosen is not None:
        return None
    windows = system_of(machine) == "windows"
    command = "set CUDA_DEVICE_ORDER=PCI_BUS_ID" if windows else "export CUDA_DEVICE_ORDER=PCI_BUS_ID"
    return Observed(
        text("The cards differ, and CUDA numbers them by speed: cuda:0 may not be GPU 0 of nvidia-smi"),
        tuple(
            text("GPU {index} of nvidia-smi is {name}", index=gpu.index, name=gpu.name)
            for gpu in tool_gpus(machine)[:8]
        ),
        (Step(text("Let both count by the slot"), command),),
    )


def left_out(machine: Machine) -> Observed | None:
    """More NVIDIA cards on the bus than the driver lists: one did not start, or belongs to a virtual machine."""
    listed, devices = tool_gpus(machine), machine.display_devices
    if not listed or isinstance(devices, Unknown) or is_container(machine) or is_wsl(machine):
        return None
    there = [device for device in devices if device.vendor_id == NVIDIA]
    if len(there) <= len(listed) or any(gpu.virtualisation == "vgpu" for gpu in listed):
        return None
    evidence = [text("{there} cards are on the bus, the driver lists {listed}", there=len(there), listed=len(listed))]
    evidence += [
        text("{name} is bound to the kernel driver {driver}", name=device.name or "NVIDIA", driver=device.kernel_driver)
        for device in there
        if device.kernel_driver not in (None, "nvidia")
    ]
    return Observed(
        text("One of several NVIDIA cards is not used by the driver"),
        tuple(evidence),
        (
            Step(text("Compare the two lists"), "lspci -nnk | grep -iA3 nvidia; nvidia-smi -L"),
            Step(text("Read the reason in the kernel log"), "sudo dmesg | grep -iE 'NVRM|nvidia'"),
        ),
    )


def starts_anew(machine: Machine) -> Observed | None:
    """Without a screen or persistence the driver shuts a server's card down after each program."""
    cards = tool_gpus(machine)
    services = () if isinstance(machine.driver_services, Unknown) else machine.driver_services
    if system_of(machine) != "linux" or not cards or any(name.startswith("nvidia-persist") for name in services):
        return None
    if not all(gpu.persistence_mode is False and gpu.display_active is False for gpu in cards):
        return None
    if is_container(machine):
        return None
    return Observed(
        text("The driver shuts the cards down when no program uses them: each first start takes seconds longer"),
        (text("persistence mode is off, and no screen keeps the driver awake"),),
        (
            Step(text("Keep the driver awake, now"), "sudo nvidia-smi -pm 1"),
            Step(text("And after every start of the machine"), "sudo systemctl enable --now nvidia-persistenced"),
        ),
    )


NOTE_RULES = (
    NoteRule(id="cards.memory-errors", link="gpu", look=memory_errors, severity="warning"),
    NoteRule(id="cards.held-back", link="gpu", look=held_back, severity="warning"),
    NoteRule(id="cards.link-errors", link="gpu", look=link_errors, severity="warning"),
    NoteRule(id="cards.narrow-link", link="gpu", look=narrow_link, severity="warning"),
    NoteRule(id="cards.memory-held", link="gpu", look=memory_held, severity="warning"),
    NoteRule(id="cards.taken", link="gpu", look=taken, severity="warning"),
    NoteRule(id="cards.power-limit", link="gpu", look=low_power_limit),
    NoteRule(id="cards.no-direct-way", link="gpu", look=no_direct_way),
    NoteRule(id="cards.order", link="gpu", look=order),
    NoteRule(id="cards.left-out", link="driver", look=left_out, severity="warning"),
    NoteRule(
        id="cards.starts-anew",
        link="driver",
        look=starts_anew,
        source="https://docs.nvidia.com/deploy/driver-persistence/",
    ),
)
