"""What the machine around the GPU lacks: processors, threads, a fast folder; everything here feeds the GPU slowly."""

from __future__ import annotations

from gpuproof.core.diagnose.context import NVIDIA, has_nvidia_gpu, is_wsl, system_of
from gpuproof.core.diagnose.model import Step
from gpuproof.core.diagnose.notes.model import NoteRule, Observed
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import text

_FEW_CORES = 2.0
_BUSY_PERCENT = 30.0
_BUSY_LOAD = 2.0
_SLOW_KINDS = ("9p", "drvfs", "v9fs", "nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "virtiofs", "vboxsf")


def few_processors(machine: Machine) -> Observed | None:
    """Decoding and face detection run on processors; two of them cannot keep a GPU at work."""
    cpu = machine.cpu
    if isinstance(cpu, Unknown) or cpu.usable_cores is None or has_nvidia_gpu(machine) is not True:
        return None
    if cpu.usable_cores > _FEW_CORES or (cpu.logical_cores or 0) < 2 * _FEW_CORES:
        return None
    return Observed(
        text("This program may use few of the machine's processors: decoding will not keep up with the GPU"),
        (text("{usable} of {all} processors may be used", usable=f"{cpu.usable_cores:g}", all=cpu.logical_cores),),
        (
            Step(text("Give the container more processors, or lift its limit"), "docker update --cpus 8 CONTAINER"),
            Step(text("On Linux, see what else narrows it: a processor set or a batch system"), "taskset -cp $$"),
        ),
    )


def busy(machine: Machine) -> Observed | None:
    """Other programs take the processors that would feed the GPU."""
    state, cpu = machine.memory_state, machine.cpu
    evidence = []
    waiting = None if isinstance(state, Unknown) else state.waiting_for_cpu_percent
    if waiting is not None and waiting >= _BUSY_PERCENT:
        evidence.append(text("programs waited for a processor in {share} % of the last 10 s", share=round(waiting)))
    load, cores = (None, None) if isinstance(cpu, Unknown) else (cpu.load_average, cpu.logical_cores)
    if load is not None and cores and load >= _BUSY_LOAD * cores:
        evidence.append(text("the load is {load} on {cores} processors", load=f"{load:.1f}", cores=cores))
    if not evidence:
        return None
    return Observed(
        text("The processors are busy with other work: the GPU waits for its input"),
        tuple(evidence),
        (Step(text("See what takes them"), None if system_of(machine) == "windows" else "top -o %CPU"),),
    )


def disk_busy(machine: Machine) -> Observed | None:
    """Programs wait for the disk: models load slowly and frames come late."""
    state = machine.memory_state
    waiting = None if isinstance(state, Unknown) else state.waiting_for_disk_percent
    if waiting is None or waiting < _BUSY_PERCENT:
        return None
    return Observed(
        text("Programs wait for the disk: models load slowly, and frames come late"),
        (text("programs waited for the disk in {share} % of the last 10 s", share=round(waiting)),),
        (Step(text("See who reads and writes"), "sudo iotop -o"),),
    )


def one_thread(machine: Machine) -> Observed | None:
    """A variable that is meant for servers with many processes leaves torch one processor."""
    found, cpu = machine.torch_configuration, machine.cpu
    if isinstance(found, Unknown) or isinstance(cpu, Unknown) or found.threads != 1:
        return None
    if (cpu.usable_cores or 0) < 2 * _FEW_CORES:
        return None
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
    given = [(name, value) for name in names if isinstance(value := machine.variable(name), str)]
    usable = f"{cpu.usable_cores:g}"
    return Observed(
        text("torch uses one thread on the processor: what runs there is several times slower"),
        (
            text("1 thread on {usable} processors", usable=usable),
            *(text("{name} is {value}", name=name, value=value) for name, value in given),
        ),
        (Step(text("Clear OMP_NUM_THREADS and MKL_NUM_THREADS where the program is started")),),
    )


def slow_folder(machine: Machine) -> Observed | None:
    """A Python on a network folder, or on Windows' drive seen from WSL, imports torch in minutes instead of seconds."""
    systems = () if isinstance(machine.file_systems, Unknown) else machine.file_systems
    slow = [one.kind for one in systems if one.use == "prefix" and one.kind in _SLOW_KINDS]
    if not slow:
        return None
    where = "python3 -m venv ~/torch-env" if is_wsl(machine) or system_of(machine) == "linux" else None
    return Observed(
        text("This Python lies on a slow file system: importing torch takes many times longer"),
        (text("its file system is {kind}", kind=slow[0]),),
        (Step(text("Make the environment on the machine's own disk (in WSL: in your Linux home folder)"), where),),
    )


def read_only(machine: Machine) -> Observed | None:
    """Nothing can be installed into this Python."""
    systems = () if isinstance(machine.file_systems, Unknown) else machine.file_systems
    if not any(one.use == "prefix" and one.is_read_only for one in systems):
        return None
    return Observed(
        text("This Python lies on a file system that cannot be written: nothing can be installed into it"),
        (text("its file system is mounted read-only"),),
        (Step(text("Make an environment of your own, and name it with --target"), "python3 -m venv ~/torch-env"),),
    )


def asleep(machine: Machine) -> Observed | None:
    """A laptop's card that sleeps is not woken to look at it; what it can do is then unknown, not broken."""
    devices = () if isinstance(machine.display_devices, Unknown) else machine.display_devices
    sleeping = [one for one in devices if one.vendor_id == NVIDIA and one.runtime_status == "suspended"]
    if not sleeping or not isinstance(machine.nvml, Unknown):
        return None
    return Observed(
        text("The GPU is asleep and was not woken: what it can do was not looked at"),
        (text("{name} is suspended", name=sleeping[0].name or "NVIDIA"),),
        (Step(text("Wake it and look again"), "nvidia-smi && gpuproof diagnose"),),
    )


NOTE_RULES = (
    NoteRule(id="machine.asleep", link="gpu", look=asleep),
    NoteRule(id="machine.few-processors", link="application", look=few_processors, severity="warning"),
    NoteRule(id="machine.busy", link="application", look=busy, severity="warning"),
    NoteRule(id="machine.disk-busy", link="application", look=disk_busy),
    NoteRule(id="machine.one-thread", link="application", look=one_thread, severity="warning"),
    NoteRule(
        id="machine.slow-folder",
        link="torch",
        look=slow_folder,
        source="https://learn.microsoft.com/windows/wsl/filesystems",
    ),
    NoteRule(id="machine.read-only", link="torch", look=read_only),
)
