"""The inspect job: asks the whole catalogue at once, with NVML and torch in children of their own.

Params: ``import_torch`` (default true; false also leaves a sleeping laptop GPU asleep), ``pynvml_path`` (the app's own
copy of nvidia-ml-py), ``plugin_questions`` (of other packages, see ``questions.others``), ``test_questions`` (off;
questions that hang, for the tests of the deadlines).
"""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Callable, Protocol

from .asking import Asking
from .nvml import QUESTION as NVML
from .nvml import finish_nvml, start_nvml
from .place import Place
from .questions.kinds import Question, Reply, reply_of
from .questions.system import this_system

if TYPE_CHECKING:
    from .torch_live import TorchLive


class Receiver(Protocol):
    """Whom the messages go to: the channel to the app, or the collector's list."""

    def send(self, message_type: str, /, **fields: Any) -> None:
        """Take one message; called from several threads."""

    def is_cancelled(self) -> bool:
        """Tell whether somebody asked to stop."""


def run(params: "dict[str, Any]", channel: Receiver) -> None:
    """Ask everything and end with a result that says how many questions were answered."""
    sys.dont_write_bytecode = True  # nothing is written on the target
    begun = time.monotonic()
    import_torch = bool(params.get("import_torch", True))
    sender = Sender(channel)
    place = Place(may_wake=import_torch)
    live = _start_torch(place, params, sender) if import_torch else None
    begun_nvml = time.monotonic(), start_nvml(place, params)  # before anything else keeps this process busy
    nvml = threading.Thread(target=_finish_nvml, args=(place, params, channel, sender, begun_nvml), daemon=True)
    nvml.start()
    asking = Asking(place, sender.reply, channel.is_cancelled)
    asking.start(_questions(params))
    asking.finish()
    if import_torch:
        _ask_onnx(place, channel, sender)
    nvml.join()
    if live is not None:
        live.finish(channel.is_cancelled)
    channel.send(
        "result",
        answered=sender.count,
        took_s=time.monotonic() - begun,
        cancelled=channel.is_cancelled(),
        system=this_system(),
    )


class Sender:
    """Sends replies as answers; thread-safe, as the channel is."""

    def __init__(self, channel: Receiver) -> None:
        self._channel = channel
        self.count = 0

    def asking(self, question: str) -> None:
        """Say that a question is about to be asked that may end this process."""
        self._channel.send("asking", question=question)

    def ask(self, question: str, work: "Callable[[], Reply]") -> None:
        """Ask one question here and now, and send its answer."""
        begun = time.monotonic()
        reply = work()
        self.reply(question, reply, time.monotonic() - begun)

    def reply(self, question: str, reply: Reply, took_s: float) -> None:
        """Send one answer."""
        self.count += 1
        fields = {"question": question, "status": reply.status, "took_s": round(took_s, 6)}  # type: dict[str, Any]
        if reply.text is not None:
            fields["text"] = reply.text
        if reply.value is not None:
            fields["value"] = reply.value
        if reply.detail:
            fields["detail"] = reply.detail
        self._channel.send("answer", **fields)


def _start_torch(place: Place, params: "dict[str, Any]", sender: Sender) -> "TorchLive":
    from .torch_live import STAGES, TorchLive

    live = TorchLive(place, params, sender.reply, sender.asking)
    started = reply_of(live.start)
    if started.status != "ok":
        sender.reply(STAGES[0], started, 0.0)
    return live


def _ask_onnx(place: Place, channel: Receiver, sender: Sender) -> None:
    from .onnx import QUESTION, ask_onnx

    sender.ask(QUESTION, lambda: ask_onnx(place, channel.is_cancelled))


def _questions(params: "dict[str, Any]") -> "list[Question]":
    from .questions.catalogue import questions_for  # loaded while the children start

    questions = list(questions_for(this_system()))
    if params.get("plugin_questions"):
        from .questions.others import questions_from

        questions += questions_from(params, this_system())
    if params.get("test_questions"):
        from .questions.for_tests import QUESTIONS

        questions += QUESTIONS
    return questions


def _finish_nvml(
    place: Place, params: "dict[str, Any]", channel: Receiver, sender: Sender, started: "tuple[float, Any]"
) -> None:
    begun = started[0]
    reply = finish_nvml(started[1], params, channel.is_cancelled)
    sender.reply(NVML, reply, time.monotonic() - begun)
    if reply.status == "ok" and reply.value["gpus"]:
        from .gpu_processes import QUESTION, name_processes

        sender.ask(QUESTION, lambda: name_processes(place, reply.value))
    from .questions.driver import NVIDIA_SMI

    answered = reply.status == "ok" and reply.value["init"].get("ok") and not reply.value["problem"]
    if not answered and this_system() in NVIDIA_SMI.systems and not channel.is_cancelled():
        sender.ask(NVIDIA_SMI.id, lambda: NVIDIA_SMI.ask(place))
