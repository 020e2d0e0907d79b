"""The line to whoever started the agent: JSON lines out on a private descriptor, one request and a cancel in.

Libraries print when they please, so file descriptor 1 is pointed at stderr and messages go to a duplicate that
nothing else knows. A closed stdin means that the parent is gone: the job is then cancelled, so that no agent outlives
its app.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from typing import Any, BinaryIO

PROTOCOL = 1
ORPHAN_PATIENCE_S = 10.0  # for a job to react to the end of stdin


class Channel:
    """Thread-safe: several samplers may send at once; each message is one line."""

    def __init__(self, out: BinaryIO, requests: BinaryIO) -> None:
        self._out = out
        self._requests = requests
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._ended = False
        self._notes: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def read_request(self) -> dict[str, Any]:
        """Read the first line: ``{"protocol": 1, "nonce": "...", "job": "inspect", "params": {...}}``."""
        line = self._requests.readline(1 << 20)
        request = json.loads(line.decode("utf-8"))
        if not isinstance(request, dict):
            raise ValueError("the request is not an object")
        return request

    def watch_for_cancel(self) -> None:
        """Listen for ``{"type": "cancel"}`` or the end of stdin in the background."""
        thread = threading.Thread(target=self._listen, name="cancel-listener", daemon=True)
        thread.start()

    def is_cancelled(self) -> bool:
        """Tell whether somebody asked to stop; jobs look at least every 0.2 s."""
        return self._cancelled.is_set()

    def wait_cancelled(self, timeout_s: float) -> bool:
        """Sleep, but wake at once on a cancel; returns whether it was cancelled."""
        return self._cancelled.wait(timeout_s)

    def wait_for(self, message_type: str, timeout_s: float) -> dict[str, Any] | None:
        """Return the next message of this type from the parent; None when cancelled or when the time is over."""
        until = time.monotonic() + timeout_s
        while not self.is_cancelled() and time.monotonic() < until:
            try:
                note = self._notes.get(timeout=0.05)
            except queue.Empty:
                continue
            if note.get("type") == message_type:
                return note
        return None

    def send(self, message_type: str, /, **fields: Any) -> None:
        """Send one message. Nothing is sent after the result or the error, which end a job."""
        line = json.dumps(dict(fields, type=message_type), ensure_ascii=True, allow_nan=False) + "\n"
        with self._lock:
            if self._ended:
                return
            self._ended = message_type in ("result", "error")
            try:
                self._out.write(line.encode("ascii"))
                self._out.flush()
            except (BrokenPipeError, OSError):
                self._cancelled.set()

    def _listen(self) -> None:
        while True:
            try:
                line = self._requests.readline(1 << 16)
            except (OSError, ValueError):
                line = b""
            if not line or b'"cancel"' in line:
                self._cancelled.set()
            if not line:
                _leave_in(ORPHAN_PATIENCE_S)
                return
            if b'"cancel"' in line:
                continue
            self._keep_note(line)

    def _keep_note(self, line: bytes) -> None:
        try:
            note = json.loads(line.decode("utf-8"))
        except ValueError:
            return
        if isinstance(note, dict):
            self._notes.put(note)


def _leave_in(patience_s: float) -> None:
    """End this process by itself later: nobody is left to end it when its job hangs, on a far host for one."""
    timer = threading.Timer(patience_s, os._exit, (0,))
    timer.daemon = True
    timer.start()


def open_channel() -> Channel:
    """Take stdout for messages and leave stderr in its place for everybody else."""
    sys.stdout.flush()
    private = os.dup(1)
    os.dup2(2, 1)
    return Channel(os.fdopen(private, "wb"), sys.stdin.buffer)
