"""One child of a benchmark session, started and listened to by a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from typing import Any

from gpuproof.core.bench.assemble import Ending
from gpuproof.core.launch.model import Job, Outcome, Target
from gpuproof.core.problems import UserProblem

_LOOK_EVERY_S = 0.1


class Child:
    """One child in its own thread; its messages and its ending arrive in the session's queue."""

    def __init__(self, name: str, arrivals: queue.SimpleQueue[tuple[str, Any]]) -> None:
        self.name = name
        self.inbox: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.cancel = threading.Event()
        self.is_alive = False
        self._arrivals = arrivals
        self._thread: threading.Thread | None = None

    def start(
        self, target: Target, job: Job, params: dict[str, Any], deadline_s: float, environment: Mapping[str, str | None]
    ) -> None:
        """Start it."""
        arguments = (target, job, params, deadline_s, environment)
        self.is_alive = True
        self._thread = threading.Thread(target=self._run, args=arguments, name=f"bench-{self.name}", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until the thread is gone, by looking: a join without a limit would hold back Ctrl-C."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(_LOOK_EVERY_S)

    def go(self) -> None:
        """Open the gate that the child waits at."""
        self.inbox.put({"type": "go"})

    def _run(
        self, target: Target, job: Job, params: dict[str, Any], deadline_s: float, environment: Mapping[str, str | None]
    ) -> None:
        from gpuproof.core.launch.run import run_agent

        try:
            outcome: Outcome | UserProblem = run_agent(
                target,
                job,
                params,
                deadline_s=deadline_s,
                on_message=lambda message: self._arrivals.put((self.name, message)),
                cancel=self.cancel,
                environment=environment,
                inbox=self.inbox,
            )
        except UserProblem as problem:
            outcome = problem
        except Exception as problem:  # the outer edge of a thread: the session must hear of it
            outcome = UserProblem(_bug_words(problem))
        self._arrivals.put((self.name, Ending(outcome)))


def _bug_words(problem: Exception) -> Any:
    from gpuproof.core.words import text

    return text("The benchmark could not be started: {detail}", detail=repr(problem))
