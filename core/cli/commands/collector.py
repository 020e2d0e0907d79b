"""``gpuproof collector``: writes the one-file collector for a machine without gpuproof."""

from __future__ import annotations

import argparse

from gpuproof.core.cli.terminal import Terminal

DEFAULT_NAME = "gpuproof-collector.pyz"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--out", metavar="FILE", default=DEFAULT_NAME)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Write the file and say how it is used."""
    from pathlib import Path

    from gpuproof.core.agent.collector.build import build
    from gpuproof.core.report.atomic import write_whole
    from gpuproof.core.words import literal, text

    path = Path(arguments.out)
    data = build(_licence())
    write_whole(path, data)

    def show() -> None:
        terminal.say(text("Wrote {path} ({size} KiB).", path=path, size=(len(data) + 1023) // 1024))
        terminal.say(text("Copy it to the other machine and run it with the Python whose torch is in question:"))
        terminal.say(literal(f"  python {path.name}"))
        terminal.say(text("It writes one redacted answers file; open that with: gpuproof diagnose FILE"))

    terminal.emit({"path": str(path), "bytes": len(data)}, show)
    return 0


def _licence() -> str:
    """Return gpuproof's licence: beside the clone, or in the installed distribution's metadata."""
    from pathlib import Path

    import gpuproof

    beside = Path(gpuproof.__file__).resolve().parent.parent / "LICENSE"
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    from importlib import metadata

    try:
        files = metadata.files("gpuproof") or []
    except metadata.PackageNotFoundError:
        files = []
    texts = [file.read_text() for file in files if file.name == "LICENSE"]
    return texts[0] if texts else "gpuproof is licensed under the Apache License 2.0.\n"
