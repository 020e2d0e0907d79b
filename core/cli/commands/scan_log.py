"""``gpuproof scan-log FILE``: was that run on the GPU, by its log?

Exit code 0: the GPU was used. 1: it was not, or failed, or the log does not tell (``verdict`` says which).
2: unreadable input.
"""

from __future__ import annotations

import argparse
import sys
from io import BufferedReader
from pathlib import Path
from typing import cast

from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.logs.document import log_document
from gpuproof.core.logs.model import LogVerdict
from gpuproof.core.words import Text, text

HEADLINES = {
    "gpu_used": text("The GPU was used."),
    "cpu_fallback": text("The CPU did the work, not the GPU."),
    "gpu_error": text("The GPU failed or could not be used."),
    "oom": text("The GPU was used until its memory ran out."),
    "inconclusive": text("This log does not tell which device did the work."),
}

PARTS = {
    "model": text("model"),
    "onnx": text("ONNX models"),
    "environment": text("driver and container"),
    "video_codec": text("video codec"),
    "helper": text("helper models"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this command."""
    parser.add_argument("file", metavar="FILE", help="a log file, plain or .gz; - reads standard input")
    parser.add_argument("--follow", action="store_true", help="keep reading a growing file until Ctrl-C")
    parser.add_argument("--gpu", metavar="NAME", help="the card it ran on, where the log does not name it")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Scan and tell."""
    card = arguments.gpu
    verdict = _followed(arguments.file, terminal, card) if arguments.follow else _scanned(arguments.file, card)
    terminal.emit(log_document(verdict, terminal.language), lambda: show(verdict, terminal))
    return 0 if verdict.verdict == "gpu_used" else 1


def _scanned(name: str, card: str | None) -> LogVerdict:
    from gpuproof.core.logs.scan import scan_file, scan_stream

    return scan_stream(sys.stdin.buffer, card=card) if name == "-" else scan_file(Path(name), card=card)


def _followed(name: str, terminal: Terminal, card: str | None) -> LogVerdict:
    from gpuproof.core.logs.follow import follow_file, follow_pipe

    def tell(verdict: LogVerdict) -> None:
        headline, why = terminal.rendered(HEADLINES[verdict.verdict]), terminal.rendered(verdict.why)
        terminal.progress(text("So far: {headline} {why}", headline=headline, why=why))

    if name == "-":
        return follow_pipe(cast(BufferedReader, sys.stdin.buffer), tell, card=card)
    return follow_file(name, tell, card=card)


def show(verdict: LogVerdict, terminal: Terminal) -> None:
    """Write the verdict for a person: headline, why, the deciding lines, what to do."""
    terminal.say(HEADLINES[verdict.verdict])
    terminal.say(verdict.why)
    for event in verdict.events:
        terminal.say(text("  line {line}: {text}", line=event.line, text=event.text))
        terminal.say(text("    {meaning}", meaning=terminal.rendered(Text(event.says))))
    for part in verdict.components if len(verdict.components) > 1 else ():
        words = terminal.rendered(HEADLINES[part.verdict])
        terminal.say(text("  {part}: {verdict}", part=terminal.rendered(PARTS[part.name]), verdict=words))
    for sentence in (*verdict.notes, *verdict.remedies):
        terminal.say(sentence)
    if verdict.next_step is not None:
        terminal.say(verdict.next_step)
