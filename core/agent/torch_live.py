"""Asks the target's torch in a child of its own, stage by stage; what crashes or hangs there costs its own stage."""

from __future__ import annotations

from typing import Any, Callable

from .children import CANCELLED, ENDED, HUNG, Child
from .place import Place
from .questions.kinds import Reply, one_line

# stage: seconds without an answer. Importing reads a few GB on a cold disk; a first kernel may compile for a minute.
PATIENCE_S = {"torch.import": 180.0, "torch.available": 60.0, "torch.devices": 60.0}
KERNEL_PATIENCE_S = 120.0
OTHER_PATIENCE_S = 30.0
# always answered, so that a reader can tell "not reached" from "not asked"
STAGES = ("torch.import", "torch.available", "torch.build", "torch.configuration")

OnReply = Callable[[str, Reply, float], None]


class TorchLive:
    """The stages of one child; ``start`` begins, ``finish`` hands over every reply."""

    def __init__(
        self, place: Place, params: "dict[str, Any]", on_reply: OnReply, on_asking: "Callable[[str], None]"
    ) -> None:
        self._place = place
        self._params = params
        self._on_reply = on_reply
        self._on_asking = on_asking
        self._stage = STAGES[0]
        self._answered = set()  # type: set[str]
        self._is_absent = False
        self._child = None  # type: Child | None

    def start(self) -> Reply:
        """Start the child; it works while other questions are asked. OSError when it cannot be started."""
        self._child = self._started(warm=True)
        return Reply("ok")

    def _started(self, warm: bool) -> Child:
        # the handler prints where it was when it crashes
        flags = ("-X", "faulthandler")
        return Child("torch_warm torch_config torch_child", {"torch": True, "warm": warm}, self._place, flags)

    def finish(self, is_cancelled: "Callable[[], bool]") -> None:
        """Hand over the stages as they come; those that never came say why."""
        child = self._child
        if child is None:
            return
        self._hear(child, is_cancelled)
        if child.outcome == ENDED and child.detail and not self._answered:
            # the driver was being started meanwhile: what ended the process need not have been the import
            child = self._started(warm=False)
            self._hear(child, is_cancelled)
        if child.outcome == CANCELLED:
            return
        if child.outcome == HUNG:
            self._lose(Reply("timed_out", detail=child.detail))
        elif child.detail:
            self._lose(Reply("failed", detail="the process crashed: " + one_line(child.detail)))
        self._answer_unreached()

    def _hear(self, child: Child, is_cancelled: "Callable[[], bool]") -> None:
        for message in child.lines(self._patience_s, is_cancelled):
            self._take(message)

    def _patience_s(self) -> float:
        given = self._params.get("torch_patience_s")
        if given:
            return float(given)
        if self._stage.startswith("torch.kernel"):
            return KERNEL_PATIENCE_S
        return PATIENCE_S.get(self._stage, OTHER_PATIENCE_S)

    def _take(self, message: Any) -> None:
        if not isinstance(message, list) or len(message) < 2:
            return
        if message[0] == "asking":
            self._stage = str(message[1])
            self._on_asking(self._stage)
        elif message[0] == "answer":
            took_s = message[2].get("took_s", 0.0) if isinstance(message[2], dict) else 0.0
            self._answer(str(message[1]), Reply("ok", value=message[2]), took_s)
        elif message[0] == "failed":
            words = str(message[2])
            status = status_of(words)
            self._is_absent = self._is_absent or status == "absent"
            self._answer(str(message[1]), Reply(status, detail=words), 0.0)

    def _answer(self, stage: str, reply: Reply, took_s: float) -> None:
        self._answered.add(stage)
        self._on_reply(stage, reply, took_s)

    def _lose(self, reply: Reply) -> None:
        if self._stage not in self._answered:
            self._answer(self._stage, reply, 0.0)

    def _answer_unreached(self) -> None:
        """Answer the stages that never came: without a torch there is nothing that could have failed."""
        reply = Reply("failed", detail="not reached: %s did not succeed" % self._stage)
        if self._is_absent:
            reply = Reply("absent", detail="torch is not installed")
        for stage in STAGES:
            if stage not in self._answered:
                self._answer(stage, reply, 0.0)


def status_of(words: str) -> str:
    """Tell from a problem's words whether torch is not there, may not be read, or failed."""
    if words.startswith("ModuleNotFoundError: No module named 'torch'"):
        return "absent"
    return "denied" if words.startswith("PermissionError: ") else "failed"
