"""Writes down, in every Python process that finds it on its path, which files it creates and whom it talks to.

``WATCHED_LOG`` names the file: one JSON line an event. Only standard library, and syntax of Python 3.8.
"""

import json
import os
import sys

_LOG = os.environ.get("WATCHED_LOG")
_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto",
            "socket.sendmsg", "socket.bind", "urllib.Request", "http.client.connect")  # fmt: skip
_busy = False


def _note(kind, what):
    global _busy
    _busy = True
    try:
        line = json.dumps({"pid": os.getpid(), "kind": kind, "what": what})
        handle = os.open(_LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(handle, line.encode() + b"\n")
        os.close(handle)
    finally:
        _busy = False


def _hook(event, arguments):
    if _busy:
        return
    if event in _NETWORK:
        family = getattr(arguments[0], "family", None) if arguments else None
        if str(family).endswith("AF_UNIX"):
            return
        _note("network", [event, repr(arguments[1:])])
    elif event == "open" and isinstance(arguments[0], (str, bytes)):
        flags = arguments[2] if isinstance(arguments[2], int) else 0
        if flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR):
            _note("written", os.fsdecode(arguments[0]))
    elif event in ("os.mkdir", "tempfile.mkdtemp", "tempfile.mkstemp"):
        _note("made", os.fsdecode(arguments[0]))


if _LOG:
    _note("started", list(getattr(sys, "orig_argv", sys.argv)))
    sys.addaudithook(_hook)
