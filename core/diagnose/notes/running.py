"""What holds programs back or ends them: a container's quota and memory, shared memory, disk, power and clocks."""

from __future__ import annotations

from gpuproof.core.diagnose.context import is_container, system_of
from gpuproof.core.diagnose.model import Step
from gpuproof.core.diagnose.notes.model import NoteRule, Observed
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import text

_LEAST_SHARED_MIB = 1024.0
_FEWEST_PERIODS = 100
_THROTTLED_SHARE = 0.1
_LEAST_FREE_MIB = 2048.0
_USED_UP_SHARE = 0.95
_WAITING_PERCENT = 10.0
_SLOW_CLOCK_SHARE = 0.7
_HOT_CELSIUS = 95.0
_LEAST_MEMORY_MIB = 1024.0
_SAVING = ("low-power", "power-saver", "power saver", "quiet")
_SLOW_SOURCES = ("hpet", "acpi_pm", "refined-jiffies", "jiffies")


def shared_memory(machine: Machine) -> Observed | None:
    """Data loaders pass frames between processes through /dev/shm, of which docker gives 64 MiB."""
    if isinstance(machine.file_systems, Unknown) or not is_container(machine):
        return None
    sizes = [one.total_mib for one in machine.file_systems if one.use == "shared_memory" and one.total_mib]
    if not sizes or sizes[0] >= _LEAST_SHARED_MIB:
        return None
    return Observed(
        text("This container has little shared memory: data loaders with workers end in a bus error"),
        (text("/dev/shm holds {size} MiB", size=round(sizes[0])),),
        (
            Step(text("Start the container with more shared memory"), "docker run --gpus all --shm-size=8g IMAGE"),
            Step(
                text("In a compose file add shm_size: 8gb; in a pod mount an emptyDir with medium: Memory on /dev/shm")
            ),
            Step(text("Until then load data without workers: num_workers=0")),
        ),
    )


def quota(machine: Machine) -> Observed | None:
    """A container that uses its processor quota up is stopped for the rest of each period, and the GPU waits."""
    found = machine.throttling
    if isinstance(found, Unknown) or found.periods < _FEWEST_PERIODS:
        return None
    share = found.throttled_periods / found.periods
    if share < _THROTTLED_SHARE:
        return None
    return Observed(
        text("The container's processor quota is used up again and again: the GPU waits meanwhile"),
        (
            text(
                "stopped in {share} % of all periods, {seconds} s in all",
                share=round(100 * share),
                seconds=round(found.throttled_s),
            ),
        ),
        (
            Step(text("Give the container more processors, or lift its limit"), "docker update --cpus 8 CONTAINER"),
            Step(text("In a pod raise resources.limits.cpu, or leave it out")),
        ),
    )


def killed(machine: Machine) -> Observed | None:
    """Programs that were ended for memory leave no message of their own."""
    state = machine.memory_state
    if isinstance(state, Unknown) or not state.oom_kills:
        return None
    inside = text("{count} times in this container since its start", count=state.oom_kills)
    here = text("{count} times on this machine since its start", count=state.oom_kills)
    return Observed(
        text("Programs were ended because main memory ran out: they stop without a message"),
        (inside if is_container(machine) else here,),
        (
            Step(text("See which programs they were"), "sudo dmesg | grep -iE 'killed process|oom-kill'"),
            Step(text("Give the program more main memory (a container: raise its limit), or load less at a time")),
        ),
    )


def memory_short(machine: Machine) -> Observed | None:
    """A container at its limit, or a machine in which everything waits for memory."""
    state, limit = machine.memory_state, machine.memory_limit_mib
    if isinstance(state, Unknown):
        return None
    evidence = []
    used = state.container_used_mib
    if not isinstance(limit, Unknown) and used is not None and used > _USED_UP_SHARE * limit:
        evidence.append(text("the container uses {used} of {limit} MiB", used=round(used), limit=round(limit)))
    free = machine.memory_available_mib
    if not isinstance(free, Unknown) and free < _LEAST_MEMORY_MIB:
        evidence.append(text("{free} MiB of main memory are free", free=round(free)))
    waiting = state.waiting_for_memory_percent
    if waiting is not None and waiting >= _WAITING_PERCENT:
        evidence.append(text("programs waited for memory in {share} % of the last 10 s", share=round(waiting)))
    if not evidence:
        return None
    return Observed(
        text("Main memory is short: programs wait for it, and the GPU for them"),
        tuple(evidence),
        (Step(text("End other programs, or give this one more main memory")),),
    )


def disk_full(machine: Machine) -> Observed | None:
    """An installation of torch needs several GiB; a full disk leaves half of it behind."""
    free = machine.disk_free_mib
    if isinstance(free, Unknown) or free >= _LEAST_FREE_MIB:
        return None
    return Observed(
        text("The disk of this Python is nearly full: an installation of torch would stop half-way"),
        (text("the disk has {free} MiB left", free=round(free)),),
        (Step(text("Make room: pip's cache alone often holds several GiB"), "python -m pip cache purge"),),
    )


def saving_power(machine: Machine) -> Observed | None:
    """On battery, and in a saving profile, laptops hold processor and GPU far below their speed."""
    power = machine.power
    if isinstance(power, Unknown):
        return None
    evidence = [text("the machine runs on its battery")] if power.on_battery else []
    if (power.profile or "").lower() in _SAVING:
        evidence.append(text("the power profile is {profile}", profile=power.profile))
    if power.speed_limit_percent is not None and power.speed_limit_percent < 100:
        evidence.append(text("heat leaves {share} % of the processor's speed", share=power.speed_limit_percent))
    hottest = None if isinstance(machine.cpu_details, Unknown) else machine.cpu_details.hottest_celsius
    if hottest is not None and hottest >= _HOT_CELSIUS:
        evidence.append(text("the processor is at {celsius} °C", celsius=round(hottest)))
    if not evidence:
        return None
    return Observed(
        text("The machine saves power or holds back for heat: processor and GPU run below their speed"),
        tuple(evidence),
        (Step(text("Plug the charger in and choose the profile for performance"), _profile_command(machine)),),
    )


def _profile_command(machine: Machine) -> str | None:
    return {
        "windows": "powercfg /setactive 8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c",
        "linux": "powerprofilesctl set performance",
    }.get(system_of(machine) or "")


def clock_limited(machine: Machine) -> Observed | None:
    """Somebody, or a power profile, has set a limit well below the processor's own."""
    cpu = machine.cpu_details
    if isinstance(cpu, Unknown) or not cpu.clock_limit_mhz or not cpu.clock_max_mhz:
        return None
    if cpu.clock_limit_mhz >= _SLOW_CLOCK_SHARE * cpu.clock_max_mhz:
        return None
    return Observed(
        text("The processor's clock is limited: decoding and face detection feed the GPU more slowly"),
        (
            text(
                "limited to {limit} of {most} MHz",
                limit=round(cpu.clock_limit_mhz),
                most=round(cpu.clock_max_mhz),
            ),
        ),
        (
            Step(
                text("Lift the limit"),
                "sudo cpupower frequency-set --max $(cat /sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq)KHz",
            ),
        ),
    )


def clock_source(machine: Machine) -> Observed | None:
    """Reading the time through hpet or acpi_pm costs a microsecond each, which every launch of a kernel pays."""
    cpu = machine.cpu_details
    if isinstance(cpu, Unknown) or cpu.clock_source not in _SLOW_SOURCES:
        return None
    return Observed(
        text("The kernel reads the time from a slow source: every call that measures pays for it"),
        (text("the clock source is {source}", source=cpu.clock_source),),
        (
            Step(
                text("See why the kernel gave the fast source up, often a setting of the firmware or the hypervisor"),
                "cat /sys/devices/system/clocksource/clocksource0/available_clocksource; sudo dmesg | grep -i tsc",
            ),
        ),
    )


NOTE_RULES = (
    NoteRule(
        id="running.shared-memory",
        link="application",
        look=shared_memory,
        severity="warning",
        source="https://docs.pytorch.org/docs/stable/multiprocessing.html",
    ),
    NoteRule(id="running.quota", link="application", look=quota, severity="warning"),
    NoteRule(id="running.killed-for-memory", link="application", look=killed, severity="warning"),
    NoteRule(id="running.memory-short", link="application", look=memory_short, severity="warning"),
    NoteRule(id="running.disk-full", link="torch", look=disk_full, severity="warning"),
    NoteRule(id="running.saving-power", link="gpu", look=saving_power),
    NoteRule(id="running.clock-limited", link="application", look=clock_limited),
    NoteRule(id="running.clock-source", link="application", look=clock_source),
)
