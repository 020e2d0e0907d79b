"""A child of the agent for what may hang or crash (NVML, torch): our source over stdin, lines back, a watchdog.

The child is the same interpreter. Its program arrives on stdin, so this also works where the agent itself was sent
over a wire and has no files. ``-B``: nothing is written on the target.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from typing import Any, Callable, Iterator, Sequence

from .commands import end, start
from .place import Place

# the empty entry that -c puts first on the path would let a file of the working directory shadow the library
_BOOT = (
    "import sys\n"
    "if sys.path[:1]==['']: del sys.path[0]\n"
    "import json\n"
    "program=json.loads(sys.stdin.buffer.readline().decode('ascii'))\n"
    "space={'__name__':'__main__','params':program['params']}\n"
    "for name,source in program['sources']: exec(compile(source,name,'exec'),space)\n"
)
ENDED, HUNG, CANCELLED = "ended", "hung", "cancelled"


class Child:
    """A running child. ``lines`` yields its messages; afterwards ``outcome`` and ``detail`` say how it ended.

    ``program`` names modules of ours, separated by spaces: their texts run one after the other in one namespace.
    """

    def __init__(self, program: str, params: "dict[str, Any]", place: Place, flags: "Sequence[str]" = ()) -> None:
        if not sys.executable:
            raise OSError("this Python does not know its own executable")
        command = [sys.executable, "-B", *flags, "-c", _BOOT]
        self._process = start(command, place, stdin=subprocess.PIPE)
        self._lines = queue.Queue()  # type: queue.Queue[bytes]
        self._errors = bytearray()
        self.outcome = ENDED
        self.detail = ""
        threading.Thread(target=self._read_lines, daemon=True).start()
        threading.Thread(target=self._read_errors, daemon=True).start()
        threading.Thread(target=self._send, args=(_program(program, params),), daemon=True).start()

    def lines(self, patience_s: "Callable[[], float]", is_cancelled: "Callable[[], bool]") -> "Iterator[Any]":
        """Yield JSON messages until the child ends, is cancelled, or says nothing for longer than its patience."""
        heard = time.monotonic()
        while True:
            try:
                line = self._lines.get(timeout=0.1)
            except queue.Empty:
                if is_cancelled():
                    self._stop(CANCELLED, "cancelled")
                    return
                if time.monotonic() - heard > patience_s():
                    self._stop(HUNG, "no answer in %.3g s" % patience_s())
                    return
                continue
            if not line:
                self._reap()
                return
            heard = time.monotonic()
            message = _decoded(line)
            if message is not None:
                yield message

    def _stop(self, outcome: str, detail: str) -> None:
        self.outcome = outcome
        self.detail = detail + end(self._process)

    def _reap(self) -> None:
        try:
            status = self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            self._stop(HUNG, "it closed its output and did not end")
            return
        if status != 0:
            self.detail = _words_for(status)
            last = bytes(self._errors).decode("utf-8", "replace").strip()
            if last:
                self.detail += ": " + last[-1500:]

    def _read_lines(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        with stream:
            for line in iter(lambda: stream.readline(1 << 20), b""):
                self._lines.put(line)
        self._lines.put(b"")

    def _read_errors(self) -> None:
        stream = self._process.stderr
        if stream is None:
            return
        with stream:
            for part in iter(lambda: os.read(stream.fileno(), 1 << 14), b""):
                self._errors.extend(part)
                del self._errors[:-8192]

    def _send(self, program: bytes) -> None:
        stream = self._process.stdin
        if stream is None:
            return
        try:
            with stream:
                stream.write(program)
        except OSError:
            return  # it died at once: its exit status tells


def _program(name: str, params: "dict[str, Any]") -> bytes:
    sources = [("gpuproof_" + part, source_of("." + part, __package__)) for part in name.split()]
    message = {"sources": sources, "params": params}
    return json.dumps(message).encode("ascii") + b"\n"


def source_of(module: str, package: "str | None" = None) -> str:
    """Return a module's source text through its loader, as the agent may have been imported from memory."""
    import importlib.util

    spec = importlib.util.find_spec(module, package)
    loader = spec.loader if spec else None
    source = loader.get_source(spec.name) if spec and loader and hasattr(loader, "get_source") else None
    if not isinstance(source, str):
        raise ImportError("no source for %s" % module)
    return source


def _decoded(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except ValueError:
        return None


def _words_for(status: int) -> str:
    if status >= 0:
        return "exit status 0x%08X" % status if status > 255 else "exit status %d" % status
    import signal

    try:
        return "ended by signal %s" % signal.Signals(-status).name
    except ValueError:
        return "ended by signal %d" % -status
