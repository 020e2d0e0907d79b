"""``gpuproof watch``: is that program using the GPU?

With ``--pid``: exit code 0 when it works on the GPU (wholly or in phases) and no alarm came, else 1. With
``-- COMMAND`` the exit code is the command's own; ``--check`` makes a command that ended well fail (1) when its work
was not proven to be on the GPU. The command's output passes through; what we say goes to stderr then. With
``--json`` stdout carries our document alone, and the command's stdout goes to stderr.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from gpuproof.core.cli.commands.scan_log import HEADLINES as LOG_HEADLINES
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Text, text

if TYPE_CHECKING:
    from gpuproof.core.bench.model import TelemetrySample
    from gpuproof.core.watch.model import Alarm, Judgement, WatchSettings
    from gpuproof.core.watch.together import WatchedCommand

HEADLINES = {
    "gpu": text("It works on the GPU."),
    "cpu": text("It works on the CPU while the GPU idles."),
    "mixed": text("It works on the GPU in some phases only."),
    "waits": text("It waits."),
    "cannot_tell": text("It cannot be told what it uses."),
}
JOINT_HEADLINES = {
    "proven": text("Proven: it ran on the GPU."),
    "not_proven": text("Not proven that it ran on the GPU."),
    "refuted": text("Refuted: it did not run on the GPU."),
}

SHORTEST_S = 0.1
PHASES = {
    "start": text("it starts"),
    "gpu": text("the GPU works"),
    "cpu": text("the CPU works"),
    "waits": text("neither works"),
    "unknown": text("cannot be told"),
}


LAYERS = {"behaviour": text("behaviour"), "log": text("log"), "environment": text("environment")}
_TIME_OVER = text("Watching is over; the program goes on, and its exit code will be passed on.")
_LAYER_HEADLINES = {"behaviour": HEADLINES, "log": LOG_HEADLINES}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this command."""
    parser.add_argument("--pid", type=int, metavar="N", help="the process to watch, with all its children")
    parser.add_argument("--seconds", type=_positive, metavar="S", help="stop after so long; default: until it ends")
    parser.add_argument("--interval", type=_interval, default=0.25, metavar="S", help="between samples; 0.1 or more")
    parser.add_argument("--gpu", type=int, action="append", metavar="I", help="only this GPU; may be repeated")
    parser.add_argument("--alarm-celsius", type=_positive, metavar="C", help="default: 3 below the card's slow-down")
    parser.add_argument("--alarm-memory", type=_percent, default=95.0, metavar="PERCENT", help="of the GPU's memory")
    parser.add_argument("--alarm-power", type=_percent, metavar="PERCENT", help="of the power limit; default: none")
    parser.add_argument("--prometheus", metavar="FILE", help="keep a text file for node_exporter's textfile collector")
    parser.add_argument("--lines", action="store_true", help="write each sample to stderr as a line of JSON")
    parser.add_argument("--check", action="store_true", help="with COMMAND: exit 1 unless it was proven on the GPU")
    parser.add_argument("command_words", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="start this and watch it")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Watch a process or a command."""
    words = list(arguments.command_words)
    if words[:1] == ["--"]:
        del words[0]
    if words and arguments.pid is not None:
        raise UserProblem(text("Give either --pid or a command, not both."))
    if words:
        return _watch_command(words, arguments, terminal)
    if arguments.pid is None:
        raise UserProblem(text("There is nothing to watch."), text("Give --pid N, or the command to start after --"))
    return _watch_pid(arguments, terminal)


def _positive(words: str) -> float:
    number = float(words)
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError(f"{words} is not a number above 0")
    return number


def _interval(words: str) -> float:
    number = _positive(words)
    if number < SHORTEST_S:
        raise argparse.ArgumentTypeError(f"{words} is shorter than {SHORTEST_S} seconds")
    return number


def _percent(words: str) -> float:
    number = float(words)
    if not 0 < number <= 100:
        raise argparse.ArgumentTypeError(f"{words} is not a percentage between 0 and 100")
    return number


def _settings(arguments: argparse.Namespace) -> WatchSettings:
    from gpuproof.core.watch.model import WatchSettings

    return WatchSettings(
        pid=arguments.pid,
        seconds=arguments.seconds,
        interval_s=arguments.interval,
        gpus=tuple(arguments.gpu) if arguments.gpu else None,
        alarm_celsius=arguments.alarm_celsius,
        alarm_memory_percent=arguments.alarm_memory,
        alarm_power_percent=arguments.alarm_power,
        prometheus=arguments.prometheus,
    )


def _on_sample(arguments: argparse.Namespace, terminal: Terminal) -> Callable[[TelemetrySample], None] | None:
    if not arguments.lines:
        return None
    from gpuproof.core.watch.document import sample_line

    return lambda sample: print(json.dumps(sample_line(sample)), file=terminal.err, flush=True)


def _watch_pid(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from gpuproof.core.watch.alarms import alarms
    from gpuproof.core.watch.document import watch_document
    from gpuproof.core.watch.judge import judge
    from gpuproof.core.watch.session import check_pid
    from gpuproof.core.watch.together import Watching

    check_pid(arguments.pid)
    settings = _settings(arguments)
    if arguments.seconds is None:
        terminal.progress(text("Watching until the program ends, or Ctrl-C."))
    seen = Watching(settings, _on_sample(arguments, terminal)).wait()
    judged, raised = judge(seen), alarms(seen, settings)
    document = watch_document(seen, judged, raised, terminal.language, pid=arguments.pid)
    terminal.emit(document, lambda: _show(judged, raised, terminal.say, terminal.rendered))
    return 0 if judged.verdict in ("gpu", "mixed") and not raised else 1


def _watch_command(words: list[str], arguments: argparse.Namespace, terminal: Terminal) -> int:
    from gpuproof.core.watch.document import add_command, watch_document
    from gpuproof.core.watch.together import watch_command

    done = watch_command(
        words,
        _settings(arguments),
        out=sys.stderr.buffer if terminal.as_json else sys.stdout.buffer,
        err=sys.stderr.buffer,
        on_sample=_on_sample(arguments, terminal),
        on_time_over=lambda judged: _say_time_over(judged, terminal),
    )
    document = watch_document(done.seen, done.judged, done.alarms, terminal.language, pid=done.pid)
    document = add_command(document, done.log, done.joint, done.exit_code, terminal.language)
    terminal.emit(document, lambda: _show_command(done, terminal))
    if arguments.check and done.exit_code == 0 and (done.joint.verdict != "proven" or done.alarms):
        return 1
    return done.exit_code


def _say_time_over(judged: Judgement, terminal: Terminal) -> None:
    for words in (HEADLINES[judged.verdict], judged.why, _TIME_OVER):
        terminal.progress(words)


def _show_command(done: WatchedCommand, terminal: Terminal) -> None:
    say = terminal.progress  # stdout belongs to the command
    say(JOINT_HEADLINES[done.joint.verdict])
    say(done.joint.words)
    for name, verdict, words in done.joint.layers:
        known = _LAYER_HEADLINES.get(name, {}).get(verdict)
        layer, reason = terminal.rendered(LAYERS[name]), terminal.rendered(words)
        if known is None:
            say(text("  {layer}: {words}", layer=layer, words=reason))
        else:
            headline = terminal.rendered(known)
            say(text("  {layer}: {headline} {words}", layer=layer, headline=headline, words=reason))
    _show(done.judged, done.alarms, say, terminal.rendered)
    for event in done.log.events:
        say(text("  line {line}: {text}", line=event.line, text=event.text))


def _show(
    judged: Judgement,
    raised: tuple[Alarm, ...],
    say: Callable[[Text], None],
    rendered: Callable[[Text], str],
) -> None:
    say(HEADLINES[judged.verdict])
    for words in (judged.why, *judged.evidence):
        say(words)
    for phase in judged.phases:
        start, end = f"{phase.start_s:.1f}", f"{phase.end_s:.1f}"
        say(text("  {start} s to {end} s: {kind}", start=start, end=end, kind=rendered(PHASES[phase.kind])))
    for alarm in raised:
        say(text("Alarm at {at} s: {words}", at=f"{alarm.at_s:.1f}", words=rendered(alarm.words)))
    for words in judged.advice:
        say(words)
