"""Runs a program of the target with a deadline and a bound on its output; no shell, no stdin, its own session."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, Sequence

from .place import Place
from .questions.kinds import Absent, Denied, Reply, RunCommand, TimedOut

if TYPE_CHECKING:
    import subprocess  # loaded where it is used: most machines are asked without a program of theirs

REAP_S = 0.5


def run_command(question: RunCommand, place: Place) -> Reply:
    """Run the question's program and reply with its output; raises the reason when there is none."""
    program = place.program(question.command[0])
    if program is None:
        raise Absent("%s is not installed" % question.command[0])
    status, out, err = run([program, *question.command[1:]], place, question.deadline_s * 0.9, question.max_bytes)
    text = _kept(decoded(out), question.keep)
    if status == 0 or (text.strip() and status > 0):
        return Reply("ok", text=text)
    words = " ".join(decoded(err or out).split())[:500]
    if "permission denied" in words.lower() or "not permitted" in words.lower():
        raise Denied(words)
    return Reply("failed", detail="exit status %d: %s" % (status, words) if words else "exit status %d" % status)


def run(
    command: "Sequence[str]", place: Place, deadline_s: float, max_bytes: int = 1 << 20
) -> "tuple[int, bytes, bytes]":
    """Run a program and return (exit status, stdout, stderr), each cut at ``max_bytes``; TimedOut when it is late."""
    import subprocess

    child = start(command, place, stdin=subprocess.DEVNULL)
    taken = {}  # type: dict[str, bytes]
    readers = [_reader(child.stdout, "out", taken, max_bytes), _reader(child.stderr, "err", taken, 1 << 16)]
    try:
        child.wait(deadline_s)
    except subprocess.TimeoutExpired:
        left = end(child)
        raise TimedOut("no answer in %.3g s%s" % (deadline_s, left)) from None
    for reader in readers:
        reader.join(REAP_S)
    return child.returncode, taken.get("out", b""), taken.get("err", b"")


def decoded(data: bytes) -> str:
    """Return a program's output as text: UTF-8, UTF-16 (wsl.exe, whatever its language), else Windows' console code.

    Text in UTF-8 holds no zero bytes; in UTF-16 every space, digit and line end brings one, in odd places.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data[1::2].count(0) > data[0::2].count(0):
        return data.decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("oem" if os.name == "nt" else "utf-8", "replace")


def start(command: "Sequence[str]", place: Place, stdin: int) -> "subprocess.Popen[bytes]":
    """Start a program in a session of its own, with messages in English."""
    import subprocess

    options = {}  # type: dict[str, Any]
    if os.name == "nt":
        options["creationflags"] = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    else:
        options["start_new_session"] = True
    return subprocess.Popen(
        list(command),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(place.environ, LC_ALL="C", LANGUAGE="C", WSL_UTF8="1"),
        **options,
    )


def end(child: "subprocess.Popen[bytes]") -> str:
    """Kill a child and its session; the words say when it could not be ended and was left behind."""
    import signal
    import subprocess

    try:
        if os.name == "nt":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
    except (OSError, ProcessLookupError):
        child.kill()
    try:
        child.wait(REAP_S)
    except subprocess.TimeoutExpired:
        return "; it cannot be ended and was left behind (process %d)" % child.pid
    return ""


def _reader(stream: Any, name: str, taken: "dict[str, bytes]", limit: int) -> threading.Thread:
    def read() -> None:
        parts, room = [], limit
        with stream:
            for part in iter(lambda: stream.read1(1 << 16), b""):
                if room > 0:
                    parts.append(part[:room])
                    room -= len(part)
                    taken[name] = b"".join(parts)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


def _kept(text: str, words: "Sequence[str]") -> str:
    if not words:
        return text
    return "".join(line + "\n" for line in text.splitlines() if any(word in line.lower() for word in words))
