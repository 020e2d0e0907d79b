"""Shows a machine in the terminal: grouped, short, one line a fact, and the reason where there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from gpuproof.core.cli.columns import width
from gpuproof.core.cli.show_details import condition_lines, gpu_lines, pair_lines
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.machine import Gpu, Machine, Package, TorchBuild, TorchLive
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.words import Text, literal, text

Line = tuple[Text, Text]
_SHOWN_PACKAGES = ("torchvision", "torchaudio", "xformers", "flash-attn", "bitsandbytes", "triton", "ctranslate2")


def show_machine(machine: Machine, terminal: Terminal) -> None:
    """Write the facts that matter most; --json has them all."""
    groups: tuple[tuple[Text, Iterable[Line]], ...] = (
        (text("System"), _system(machine)),
        (text("GPU and driver"), _driver(machine, terminal.rendered)),
        (text("Python and torch"), _python(machine)),
        (text("torch in use"), _live(machine.torch_live)),
        (text("State of the machine"), condition_lines(machine)),
    )
    for title, lines in groups:
        terminal.say(title)
        for label, value in lines:
            name = terminal.rendered(label)
            terminal.say(f"  {name}{' ' * max(1, 22 - width(name))}{terminal.rendered(value)}")


def show_answers(answers: Answers, terminal: Terminal) -> None:
    """Say how many questions were answered, and name those that were refused or did not answer in time."""
    counted = Counter(answer.status for answer in answers)
    terminal.say(
        text(
            "{asked} questions: {ok} answered, {absent} about things that are not there, {rest} without an answer.",
            asked=len(answers),
            ok=counted["ok"],
            absent=counted["absent"],
            rest=len(answers) - counted["ok"] - counted["absent"],
        )
    )
    for answer in answers:
        if answer.status in ("denied", "timed_out", "failed"):
            why = _reason(Why(answer.status), answer.detail)
            terminal.say(literal(f"  {answer.question}: {terminal.rendered(why)}"))


def _fact(value: object) -> Text:
    """Return a value as it stands, or why there is none with the detail in brackets."""
    if not isinstance(value, Unknown):
        return literal(str(value))
    return _reason(value.why, value.detail)


def _reason(why: Why, detail: str) -> Text:
    match why:
        case Why.ABSENT:
            return text("not there ({detail})", detail=detail)
        case Why.DENIED:
            return text("permission denied ({detail})", detail=detail)
        case Why.TIMED_OUT:
            return text("no answer in time ({detail})", detail=detail)
        case Why.NOT_ASKED:
            return text("not asked")
        case _:
            return text("could not be established ({detail})", detail=detail)


def _system(machine: Machine) -> Iterator[Line]:
    system, cpu = machine.os, machine.cpu
    if isinstance(system, Unknown):
        yield text("system"), _fact(system)
    else:
        yield text("system"), literal(f"{system.name or system.system} ({system.machine}, {system.release})")
    if isinstance(cpu, Unknown):
        yield text("processor"), _fact(cpu)
    else:
        cores = f"{cpu.usable_cores:g}" if cpu.usable_cores else "?"
        yield text("processor"), text("{model}, {cores} usable cores", model=cpu.model, cores=cores)
    memory = machine.memory_total_mib
    yield text("memory"), _fact(memory) if isinstance(memory, Unknown) else literal(f"{memory / 1024:.1f} GiB")
    if not isinstance(machine.container, Unknown) and machine.container.kind:
        yield text("container"), literal(machine.container.kind)


def _driver(machine: Machine, rendered: Callable[[Text], str]) -> Iterator[Line]:
    devices = machine.display_devices
    if isinstance(devices, Unknown):
        yield text("display devices"), _fact(devices)
    elif not devices:
        yield text("display devices"), text("none on the PCI bus")
    else:
        for device in devices:
            name = device.name or f"{device.vendor_id:04x}:{device.device_id:04x}"
            yield text("display device"), literal(f"{name} [{device.kernel_driver or '-'}]")
    yield text("driver"), _fact(machine.driver_version)
    yield text("driver supports CUDA"), _fact(machine.driver_cuda_version)
    if isinstance(machine.gpus, Unknown):
        yield text("NVIDIA GPUs"), _fact(machine.gpus)
        return
    for gpu in machine.gpus:
        yield text("GPU {index}", index=gpu.index), _gpu(gpu, rendered)
        yield from gpu_lines(gpu)
    yield from pair_lines(machine, rendered)


def _gpu(gpu: Gpu, terminal_words: Callable[[Text], str]) -> Text:
    parts = [gpu.name]
    if gpu.compute_capability:
        parts.append(terminal_words(text("compute capability {number}", number=gpu.compute_capability)))
    if gpu.memory_total_mib:
        parts.append(f"{gpu.memory_total_mib / 1024:.1f} GiB")
    if gpu.utilisation_percent is not None:
        parts.append(terminal_words(text("{share} % busy", share=round(gpu.utilisation_percent))))
    return literal(", ".join(parts))


def _python(machine: Machine) -> Iterator[Line]:
    python = machine.python
    if isinstance(python, Unknown):
        yield text("Python"), _fact(python)
    else:
        yield text("Python"), literal(f"{python.version} ({python.kind}, {python.bits} bit) {python.executable}")
    yield text("torch"), _torch(machine.torch)
    packages: tuple[Package, ...] = () if isinstance(machine.packages, Unknown) else machine.packages
    beside = [f"{package.name} {package.version}" for package in packages if package.name in _SHOWN_PACKAGES]
    if beside:
        yield text("beside it"), literal(", ".join(beside))


def _torch(build: TorchBuild | Unknown) -> Text:
    if isinstance(build, Unknown):
        return _fact(build)
    if build.cuda_version:
        return text("{version}, built for CUDA {cuda}", version=build.version, cuda=build.cuda_version)
    if build.hip_version:
        return text("{version}, built for ROCm {rocm}", version=build.version, rocm=build.hip_version)
    if not build.is_cuda_known:
        return text("{version}, its build is not known", version=build.version)
    return text("{version}, built without CUDA", version=build.version)


def _live(live: TorchLive | Unknown) -> Iterator[Line]:
    if isinstance(live, Unknown):
        yield text("import"), _fact(live)
        return
    if not live.imported:
        yield text("import"), text("failed: {detail}", detail=live.import_error)
        return
    yield text("CUDA available"), text("yes") if live.is_available else text("no: {why}", why=live.availability_error)
    for device in live.devices:
        yield text("device {index}", index=device.index), literal(device.name)
    for check in live.kernel_checks:
        result = text("right results") if check.ok else text("failed: {detail}", detail=check.error)
        yield text("kernels on {device}", device=check.device), result
    for warning in live.warnings:
        yield text("warning"), literal(warning)
