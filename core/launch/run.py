"""Runs one job of the agent from start to end and says how it ended. May be called from several threads at once.

The agent is asked to stop before it is stopped: a cancel line, a moment to react, then the end of its whole process
tree. Nothing that the agent prints can hurt: messages are bounded in size and kept only up to a total.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from gpuproof.core.launch.child import Child
from gpuproof.core.launch.decode import Malformed
from gpuproof.core.launch.model import (
    Cancelled,
    Crashed,
    Finished,
    Job,
    Message,
    Outcome,
    RunRecord,
    Target,
    TimedOut,
    WorkerError,
)
from gpuproof.core.launch.starting import Start, own_pynvml, start_of

PROTOCOL = 1
HELLO_WITHIN_S = 30.0
CANCEL_PATIENCE_S = 0.7
_EXIT_PATIENCE_S = 2.0  # after the result: libraries may be slow to let go
_POLL_S = 0.05
_MALFORMED_KEPT = 20
_MALFORMED_BEFORE_HELLO = 2_000
_KEPT_BYTES = 64 << 20

Inbox = queue.SimpleQueue[dict[str, Any]]


def run_agent(
    target: Target,
    job: Job,
    params: Mapping[str, Any] | Callable[[], Mapping[str, Any]],
    *,
    deadline_s: float,
    on_message: Callable[[Message], None] | None = None,
    cancel: threading.Event | None = None,
    environment: Mapping[str, str | None] | None = None,
    inbox: Inbox | None = None,
    on_start: Callable[[], None] | None = None,
) -> Outcome:
    """Run a job there and return how it ended; ``on_message`` is called on this thread.

    ``params`` may be a function: it is called while the child's Python starts. ``on_start`` is called once the request
    is sent: the moment to load what the messages will need.
    ``environment`` holds changes for the child (None removes a variable); what is put into ``inbox`` while it runs is
    sent to the child. Raises ``UserProblem`` when the target is no Python that can run an agent.
    """
    start = start_of(target)
    nonce = os.urandom(8).hex()
    try:
        child = Child(start, nonce, environment)
    except OSError as problem:
        from gpuproof.core.launch.unusable import cannot_start

        raise cannot_start(target, start, problem) from problem
    try:
        given = _complete(params() if callable(params) else params, start)
    except BaseException:
        child.close(search_for_more=True)
        raise
    child.send_bytes(start.preamble)
    child.send({"protocol": PROTOCOL, "nonce": nonce, "job": job, "params": given})
    if on_start is not None:
        on_start()
    run = _Run(child, target, start, deadline_s, on_message, cancel, inbox)
    return run.to_the_end()


def _complete(params: Mapping[str, Any], start: Start) -> dict[str, Any]:
    return {"pynvml_path": own_pynvml() if start.is_local else None, **params}


class _Run:
    """The state of one run while it goes on."""

    def __init__(
        self,
        child: Child,
        target: Target,
        start: Start,
        deadline_s: float,
        on_message: Callable[[Message], None] | None,
        cancel: threading.Event | None,
        inbox: Inbox | None,
    ) -> None:
        self._child = child
        self._target = target
        self._start = start
        self._deadline_s = deadline_s
        self._on_message = on_message
        self._cancel = cancel or threading.Event()
        self._inbox = inbox
        self._began = time.monotonic()
        self._messages: list[Message] = []
        self._kept_bytes = 0
        self._malformed: list[str] = []
        self._malformed_count = 0
        self._met_agent = False  # something there says hello
        self._said_hello = False  # and it answers this request
        self._last: Message | None = None  # the result or error
        self._refusal = ""
        self._stdout_ended = False
        self._left: tuple[int, ...] = ()

    def to_the_end(self) -> Outcome:
        clean = False
        try:
            ending = self._follow()
            clean = ending == "last-word" and self._child.wait(_EXIT_PATIENCE_S) == 0
            if ending == "exited":
                self._drain(0.5)
        finally:
            # also on an exception out of on_message, Ctrl+C for one: no child outlives its run
            self._left = self._child.close(search_for_more=not clean)
        return self._outcome(ending)

    def _follow(self) -> str:
        while True:
            if self._last is not None:
                return "last-word"
            if self._refusal:
                return "refused"
            if self._cancel.is_set():
                self._ask_to_stop()
                return "cancelled"
            elapsed = time.monotonic() - self._began
            if elapsed > self._deadline_s or (not self._said_hello and elapsed > HELLO_WITHIN_S):
                return "timed-out"
            if self._stdout_ended or self._child.exit_status() is not None:
                return "exited"
            self._pass_on_inbox()
            self._take(_POLL_S)

    def _take(self, timeout_s: float) -> None:
        try:
            arrival = self._child.next_arrival(timeout_s)
        except queue.Empty:
            return
        if arrival is None:
            self._stdout_ended = True
        elif isinstance(arrival[0], Malformed):
            self._note_malformed(arrival[0])
        else:
            self._note_message(arrival[0], arrival[1])

    def _drain(self, patience_s: float) -> None:
        until = time.monotonic() + patience_s
        while not self._stdout_ended and self._last is None and time.monotonic() < until:
            self._take(_POLL_S)

    def _ask_to_stop(self) -> None:
        self._child.send({"type": "cancel"})
        until = time.monotonic() + CANCEL_PATIENCE_S
        while time.monotonic() < until and not self._stdout_ended:
            self._take(_POLL_S)

    def _pass_on_inbox(self) -> None:
        while self._inbox is not None and not self._inbox.empty():
            self._child.send(self._inbox.get())

    def _note_malformed(self, found: Malformed) -> None:
        self._malformed_count += 1
        if len(self._malformed) < _MALFORMED_KEPT:
            self._malformed.append(str(found))
        if not self._said_hello and self._malformed_count > _MALFORMED_BEFORE_HELLO:
            self._refusal = "it prints something else than an agent's messages"

    def _note_message(self, message: Message, size: int) -> None:
        if not self._said_hello:
            self._check_hello(message)
            return
        if self._last is not None:
            return
        self._kept_bytes += size
        if message["type"] in ("result", "error"):
            self._last = message
        elif self._kept_bytes > _KEPT_BYTES:
            self._tell(message)
            return
        self._messages.append(message)
        self._tell(message)

    def _check_hello(self, message: Message) -> None:
        if message["type"] != "hello":
            self._note_malformed(Malformed("message before hello", str(message)[:200]))
            return
        self._met_agent = True
        if message.get("nonce") != self._child.mark or message.get("protocol") != PROTOCOL:
            self._refusal = f"it answered with protocol {message.get('protocol')!r:.40} or to another request"
        else:
            self._said_hello = True
            self._messages.append(message)
            self._tell(message)

    def _tell(self, message: Message) -> None:
        if self._on_message is not None:
            self._on_message(message)

    def _record(self) -> RunRecord:
        return RunRecord(
            messages=tuple(self._messages),
            malformed=tuple(self._malformed),
            stderr_tail=self._child.stderr_tail,
            exit_status=self._child.exit_status(),
            took_s=time.monotonic() - self._began,
            left_behind=self._left,
        )

    def _outcome(self, ending: str) -> Outcome:
        record = self._record()
        if ending == "cancelled":
            return Cancelled(record=record)
        if not self._met_agent:
            from gpuproof.core.launch.unusable import explain_silence

            explain_silence(self._target, self._start, record)
        if ending == "timed-out":
            return TimedOut(deadline_s=self._deadline_s, record=record)
        if self._refusal or self._last is None:
            from gpuproof.core.launch.unusable import exit_words

            return Crashed(detail=self._refusal or exit_words(record), record=record)
        if self._last["type"] == "result":
            return Finished(result=self._last, record=record)
        kind, detail = str(self._last.get("kind", "")), str(self._last.get("detail", ""))
        return WorkerError(kind=kind, detail=detail, record=record)
