"""``gpuproof collect``: one redacted answers file of this machine or a target."""

from __future__ import annotations

import argparse

from gpuproof.core.cli.chosen_target import chosen_target
from gpuproof.core.cli.terminal import Terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--out", metavar="FILE", help="the file to write or - for stdout (default: gpuproof-answers-TIME.json here)"
    )
    parser.add_argument("--target", metavar="T", default="self", help="self, python:PATH, conda:, docker:, ssh:, wsl:")
    parser.add_argument("--no-import", action="store_true", help="never start torch, and leave a sleeping GPU asleep")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Ask, redact, write."""
    import json
    from pathlib import Path

    from gpuproof.core.agent.collector.main import default_name, document
    from gpuproof.core.facts.answers_file import answer_fields
    from gpuproof.core.launch.inspect import inspect_target
    from gpuproof.core.report.atomic import write_whole
    from gpuproof.core.words import text

    path = Path(arguments.out or default_name())
    target = chosen_target(arguments.target, terminal)
    answers = inspect_target(target, import_torch=not arguments.no_import)
    content = document([answer_fields(answer) for answer in answers])
    if arguments.out == "-":
        terminal.out.write(json.dumps(content, indent=1) + "\n")
        return 0
    write_whole(path, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))

    def show() -> None:
        terminal.say(text("Wrote {path}: {count} answers, redacted.", path=path, count=len(answers)))
        terminal.say(text("gpuproof opens it as if it were that machine: gpuproof diagnose {path}", path=path))

    if not path.is_file():
        terminal.progress(text("Wrote {path}: {count} answers, redacted.", path=path, count=len(answers)))
        return 0  # a device or a pipe, stdout for one: nothing else goes there
    terminal.emit({"path": str(path), "answers": len(answers), "redacted": True}, show)
    return 0
