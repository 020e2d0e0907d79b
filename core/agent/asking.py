"""Asks many questions at once: a hung one costs its own deadline and nothing else.

A few threads take question after question, as most are answered in a fraction of a millisecond; when no reply has come
for a moment and questions still wait, another thread begins, so that slow and hung ones never hold up the others.
"""

from __future__ import annotations

import _thread
import queue
import time
from collections import deque
from typing import Callable, Sequence

from .place import Place
from .questions.kinds import Question, Reply

OnReply = Callable[[str, Reply, float], None]
IsCancelled = Callable[[], bool]
THREADS = 2
MOMENT_S = 0.01


class Asking:
    """Questions under way. Replies are handed to ``on_reply`` (id, reply, seconds) on the caller's thread."""

    def __init__(self, place: Place, on_reply: OnReply, is_cancelled: IsCancelled) -> None:
        self._place = place
        self._on_reply = on_reply
        self._is_cancelled = is_cancelled
        self._waiting = deque()  # type: deque[Question]
        self._replies = queue.Queue()  # type: queue.Queue[tuple[str, Reply, float]]
        self._open = {}  # type: dict[str, Question]
        self._begun = {}  # type: dict[str, float]

    def start(self, questions: "Sequence[Question]") -> None:
        """Start asking; returns at once."""
        self._open.update((question.id, question) for question in questions)
        self._waiting.extend(questions)
        for _ in range(min(THREADS, len(questions))):
            self._add_thread()

    def finish(self) -> None:
        """Hand over every reply; those that are late become timed_out and their thread is left to itself."""
        while self._open and not self._is_cancelled():
            try:
                self._take(*self._replies.get(timeout=MOMENT_S if self._waiting else self._patience_s()))
            except queue.Empty:
                self._give_up_late_ones()
                if self._waiting:
                    self._add_thread()

    def _add_thread(self) -> None:
        # threading.Thread would wait until the new thread has begun
        _thread.start_new_thread(self._work, ())

    def _work(self) -> None:
        while True:
            try:
                question = self._waiting.popleft()
            except IndexError:
                return
            begun = self._begun[question.id] = time.monotonic()
            reply = question.ask(self._place)
            self._replies.put((question.id, reply, time.monotonic() - begun))

    def _patience_s(self) -> float:
        """Return how long to wait for the next reply: until the nearest deadline, and never long without a look."""
        now = time.monotonic()
        left = [self._begun.get(name, now) + question.deadline_s - now for name, question in self._open.items()]
        return min(max(min(left), 0.0), 0.2)

    def _take(self, question_id: str, reply: Reply, took_s: float) -> None:
        if self._open.pop(question_id, None) is not None:
            self._on_reply(question_id, reply, took_s)

    def _give_up_late_ones(self) -> None:
        now = time.monotonic()
        for question_id, question in list(self._open.items()):
            if now >= self._begun.get(question_id, now) + question.deadline_s:
                del self._open[question_id]
                detail = "no answer in %.3g s" % question.deadline_s
                self._on_reply(question_id, Reply("timed_out", detail=detail), question.deadline_s)
