"""Asks many questions at once: each has a thread and a deadline of its own, so a hung one costs only itself."""

from __future__ import annotations

import _thread
import queue
import time
from typing import Callable, Sequence

from .place import Place
from .questions.kinds import Question, Reply

OnReply = Callable[[str, Reply, float], None]
IsCancelled = Callable[[], bool]


class Asking:
    """Questions under way. Replies are handed to ``on_reply`` (id, reply, seconds) on the caller's thread."""

    def __init__(self, place: Place, on_reply: OnReply, is_cancelled: IsCancelled) -> None:
        self._place = place
        self._on_reply = on_reply
        self._is_cancelled = is_cancelled
        self._replies = queue.Queue()  # type: queue.Queue[tuple[str, Reply, float]]
        self._open = {}  # type: dict[str, tuple[float, Question]]

    def start(self, questions: "Sequence[Question]") -> None:
        """Start asking; returns at once."""
        for question in questions:
            self._open[question.id] = (time.monotonic() + question.deadline_s, question)
            # threading.Thread waits until each thread has begun, which for sixty of them is most of the time
            _thread.start_new_thread(self._ask, (question,))

    def finish(self) -> None:
        """Hand over every reply; those that are late become timed_out and their thread is left to itself."""
        while self._open and not self._is_cancelled():
            nearest = min(deadline for deadline, _ in self._open.values())
            try:
                self._take(*self._replies.get(timeout=min(max(nearest - time.monotonic(), 0.0), 0.2)))
            except queue.Empty:
                self._give_up_late_ones()

    def _ask(self, question: Question) -> None:
        begun = time.monotonic()
        reply = question.ask(self._place)
        self._replies.put((question.id, reply, time.monotonic() - begun))

    def _take(self, question_id: str, reply: Reply, took_s: float) -> None:
        if self._open.pop(question_id, None) is not None:
            self._on_reply(question_id, reply, took_s)

    def _give_up_late_ones(self) -> None:
        now = time.monotonic()
        for question_id, (deadline, question) in list(self._open.items()):
            if now >= deadline:
                del self._open[question_id]
                detail = "no answer in %.3g s" % question.deadline_s
                self._on_reply(question_id, Reply("timed_out", detail=detail), question.deadline_s)
