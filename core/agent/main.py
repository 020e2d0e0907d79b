"""Runs one job of the agent: reads the request, says hello, works, and ends with one result or one error.

Known trouble is an ``error`` message and exit status 0; any other exit is a crash and is judged by the launcher.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

from .channel import PROTOCOL, Channel, open_channel

# job: module beside this one with ``run(params, channel)``; imported only when asked for, as bench loads torch
JOBS = {"inspect": "inspect_job", "bench": "bench_job", "watch": "watch_job"}


class JobError(Exception):
    """Known trouble of a job: ``kind`` is a fixed word such as out-of-memory or no-torch."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


def main() -> int:
    """Serve one request on stdin/stdout."""
    channel = open_channel()
    try:
        request = channel.read_request()
    except (ValueError, OSError) as problem:
        channel.send("error", kind="bad-request", detail=str(problem))
        return 0
    job = request.get("job")
    channel.send(
        "hello",
        protocol=PROTOCOL,
        nonce=request.get("nonce"),
        job=job,
        pid=os.getpid(),
        python="%d.%d.%d" % sys.version_info[:3],
    )
    if request.get("protocol") != PROTOCOL or job not in JOBS:
        channel.send("error", kind="bad-request", detail="protocol %r, job %r" % (request.get("protocol"), job))
        return 0
    channel.watch_for_cancel()
    _run(JOBS[job], request.get("params") or {}, channel)
    # libraries such as CUDA may hang or crash in their exit handlers: everything was said, so leave at once
    sys.stderr.flush()
    os._exit(0)


def _run(module: str, params: "dict[str, Any]", channel: Channel) -> None:
    try:
        importlib.import_module("." + module, __package__).run(params, channel)
        channel.send("error", kind="no-result", detail="the job ended without a result")
    except JobError as problem:
        channel.send("error", kind=problem.kind, detail=problem.detail)
    except Exception:
        import traceback  # costs as much as everything else here, and is needed for bugs alone

        channel.send("error", kind="bug", detail=traceback.format_exc(limit=20))
