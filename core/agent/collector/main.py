"""Asks this machine everything and writes one redacted answers file; started by ``python gpuproof-collector.pyz``."""

from __future__ import annotations

import argparse
import json
import os
import stat
import sys
import threading
import time
from typing import Any

from .. import inspect_job
from .redact import Redaction

WORDS = {
    "asking": ("Asking this machine; nothing is changed and nothing is sent.",
               "正在询问本机；不做任何改动，也不发送任何内容。"),
    "wrote": ("Wrote %s (%d answers). Open it with gpuproof, or send it to whoever helps you.",
              "已写入 %s（%d 条应答）。用 gpuproof 打开，或发给帮助您的人。"),
    "exists": ("%s is there already; name another file with --out.", "%s 已存在；请用 --out 指定其他文件名。"),
    "failed": ("%s cannot be written: %s. Name another place with --out.",
               "无法写入 %s：%s。请用 --out 指定其他位置。"),
}  # fmt: skip


class Collected:
    """Stands where the channel to the app stands: keeps the answers."""

    def __init__(self) -> None:
        self.answers = []  # type: list[dict[str, Any]]
        self._lock = threading.Lock()

    def send(self, message_type: str, /, **fields: Any) -> None:
        """Keep one message if it is an answer."""
        if message_type == "answer":
            with self._lock:
                self.answers.append(fields)

    def is_cancelled(self) -> bool:
        """Nobody cancels a collector but with Ctrl-C."""
        return False


def main(arguments: "list[str] | None" = None) -> int:
    """Collect and write; 0 when the file is there, 3 when it could not be written."""
    sys.dont_write_bytecode = True
    parser = argparse.ArgumentParser(prog="gpuproof-collector", description="Writes one redacted file of facts.")
    parser.add_argument("--out", metavar="FILE", default=default_name())
    parser.add_argument("--no-import", action="store_true", help="never start torch, leave a sleeping GPU asleep")
    options = parser.parse_args(arguments)
    is_stream = is_device_or_pipe(options.out)
    if os.path.exists(options.out) and not is_stream:
        say("exists", options.out)
        return 3
    if is_stream:
        sys.stdout = sys.stderr  # --out /dev/stdout: the file alone goes there
    say("asking")
    collected = Collected()
    inspect_job.run({"import_torch": not options.no_import}, collected)
    try:
        write(options.out, document(collected.answers))
    except OSError as problem:
        say("failed", options.out, problem.strerror or problem)
        return 3
    say("wrote", options.out, len(collected.answers))
    return 0


def default_name() -> str:
    """Return the file name that is used when none is given; no name of the machine is in it."""
    return time.strftime("gpuproof-answers-%Y%m%d-%H%M%S.json")


def document(answers: "list[dict[str, Any]]", redaction: "Redaction | None" = None) -> "dict[str, Any]":
    """Return the answers file: redacted, in the order of the questions' ids."""
    redaction = redaction or Redaction()
    return {
        "format": "gpuproof-answers",
        "version": 1,
        "origin": "Collected by gpuproof's collector",
        "kind": "collected",
        "recorded": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "redacted": True,
        "answers": [redaction.redact(answer) for answer in sorted(answers, key=lambda answer: str(answer["question"]))],
    }


def is_device_or_pipe(path: str) -> bool:
    """Tell whether a path is something that is written through and must never be replaced by a file."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def write(path: str, content: "dict[str, Any]") -> None:
    """Write the file whole or not at all; a device or a pipe is written through."""
    data = (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")
    if is_device_or_pipe(path):
        with open(path, "wb") as stream:
            stream.write(data)
        return
    part = path + ".part"
    try:
        with open(part, "xb") as file:
            file.write(data)
        os.replace(part, path)
    except FileExistsError:
        raise OSError("%s is in the way" % part) from None
    except OSError:
        if os.path.exists(part):
            os.unlink(part)
        raise


def say(key: str, *values: Any) -> None:
    """Say one line in the user's language; a terminal that cannot show it gets question marks."""
    language = 1 if os.environ.get("LC_ALL", os.environ.get("LANG", "")).lower().startswith("zh") else 0
    line = (WORDS[key][language] % values) if values else WORDS[key][language]
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()
