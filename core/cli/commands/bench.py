"""``gpuproof bench``: the sample workload alone, with the proof."""

from __future__ import annotations

import argparse
import threading
from typing import get_args

from gpuproof.core.bench.model import BenchEvent, BenchResult, BenchSettings, PresetName, Progress, Proof
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.launch.model import Target
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

PRECISIONS = ("fp32", "tf32", "fp16", "bf16", "naive", "fp16+graph", "fp16+compile", "fp16+compile+large")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--target", default=None, help="where to run: self, python:PATH, conda:NAME ...")
    parser.add_argument("--preset", default="quick", help="quick, standard or 4k")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda:N, xpu:N or mps")
    parser.add_argument("--precision", action="append", default=[], metavar="NAME", help="may be repeated")
    parser.add_argument("--no-cpu", action="store_true", help="leave the processor out (then nothing is proven)")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Measure, prove and show."""
    from gpuproof.core.bench.document import bench_document
    from gpuproof.core.bench.proof import prove
    from gpuproof.core.bench.session import run_benchmark
    from gpuproof.core.diagnose import diagnose
    from gpuproof.core.facts.readers import read_machine
    from gpuproof.core.launch.inspect import inspect_target
    from gpuproof.core.launch.targets import parse_target

    settings = settings_of(arguments)
    target = parse_target(arguments.target) if arguments.target is not None else _own_or_benchmark_target()
    cancel = threading.Event()
    try:
        machine = read_machine(inspect_target(target, cancel=cancel))
        result = run_benchmark(target, settings, on_event=_Teller(terminal), cancel=cancel)
    except KeyboardInterrupt:
        cancel.set()
        raise
    proof = prove(machine, diagnose(machine), result)
    terminal.emit(bench_document(result, proof, terminal.language), lambda: show(result, proof, terminal))
    return 0 if proof.verdict == "proven" else 1


def _own_or_benchmark_target() -> Target:
    from gpuproof.core.setup.bench_environment import find_bench_python

    return find_bench_python() or Target("self")


def settings_of(arguments: argparse.Namespace) -> BenchSettings:
    """Check the options; wrong ones are named with what is possible."""
    if arguments.preset not in get_args(PresetName):
        raise UserProblem(
            text("There is no preset {found}.", found=repr(arguments.preset)),
            text("Choose one of: {choices}.", choices=", ".join(get_args(PresetName))),
        )
    unknown = [name for name in arguments.precision if name not in PRECISIONS]
    if unknown:
        raise UserProblem(
            text("There is no precision {found}.", found=repr(unknown[0])),
            text("Choose one of: {choices}.", choices=", ".join(PRECISIONS)),
        )
    kind = arguments.device.split(":")[0]
    if kind not in ("auto", "cpu", "cuda", "hip", "xpu", "mps"):
        raise UserProblem(
            text("There is no device {found}.", found=repr(arguments.device)),
            text("Choose one of: {choices}.", choices="auto, cpu, cuda:N, xpu:N, mps"),
        )
    return BenchSettings(
        preset=arguments.preset,
        device=arguments.device,
        precisions=tuple(arguments.precision),
        with_cpu=not arguments.no_cpu,
    )


class _Teller:
    """Writes a progress line when the words change."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._last = ""

    def __call__(self, event: BenchEvent) -> None:
        if isinstance(event, Progress):
            words = self._terminal.rendered(event.words)
            if words != self._last:
                self._last = words
                self._terminal.progress(f"[{100 * event.fraction:3.0f} %] {words}")


def show(result: BenchResult, proof: Proof, terminal: Terminal) -> None:
    """Write the answer in words."""
    from gpuproof.core.bench.several_words import several_statements

    for device in (result.gpu, result.cpu):
        if device is not None:
            terminal.say(
                text("{name}: {fps} frames/s (95 %: {low} to {high}), {variant}", name=device.name,
                     fps=f"{device.frames_per_second:.1f}", low=f"{device.low:.1f}", high=f"{device.high:.1f}",
                     variant=device.variant)
            )  # fmt: skip
    if result.speedup is not None:
        terminal.say(
            text("The GPU is {ratio} times faster (95 %: {low} to {high})", ratio=f"{result.speedup.ratio:.1f}",
                 low=f"{result.speedup.low:.1f}", high=f"{result.speedup.high:.1f}")
        )  # fmt: skip
    terminal.say(_VERDICTS[proof.verdict])
    for layer in proof.layers:
        terminal.say(f"  {terminal.rendered(_LAYERS[layer.name])}: {terminal.rendered(_STATES[layer.verdict])}")
        for words in layer.evidence:
            terminal.say(f"    + {terminal.rendered(words)}")
        for words in layer.missing:
            terminal.say(f"    ? {terminal.rendered(words)}")
    if result.several is not None:
        terminal.say(text("Several GPUs"))
        for words in several_statements(result.several):
            terminal.say(f"  {terminal.rendered(words)}")
    for doubt in result.doubts:
        terminal.say(text("Doubt: {words}", words=terminal.rendered(doubt.words)))
    for problem in result.problems:
        terminal.say(problem)


_VERDICTS = {
    "proven": text("Proven: the GPU does the work."),
    "not_proven": text("Not proven: something could not be observed."),
    "refuted": text("Refuted: the GPU does not do the work."),
}
_LAYERS = {"environment": text("Environment"), "placement": text("Placement"), "behaviour": text("Behaviour")}
_STATES = {"proven": text("proven"), "not_proven": text("not proven"), "refuted": text("refuted")}
