"""From the events of a log to one verdict; pure.

What was applied outranks what was requested. A decisive error outranks what came before it, unless work on a device
is reported afterwards. A shortage of GPU memory proves that the GPU was in use. A word that only says that a GPU
exists proves nothing, nor does the absence of such words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from gpuproof.core.logs import pace
from gpuproof.core.logs.model import COMPONENTS, ComponentVerdict, Event, LogVerdict, Verdict
from gpuproof.core.words import Text, text

_SHOWN = 12
_WARNING = re.compile(r"\b(?:WARN(?:ING)?|Warning|warning|\w+Warning|W\d{4})\b")


def judge(seen: Iterable[Event], card: str | None = None) -> LogVerdict:
    """Return the verdict of one log by everything that was seen in it; ``card`` is for a log that does not name it."""
    rows, measured = pace.with_pace(tuple(seen), card)
    verdict = _verdict(rows)
    if measured is None:
        return verdict
    return replace(verdict, pace=measured, notes=(*verdict.notes, pace.pace_note(measured)))


def _verdict(rows: tuple[Event, ...]) -> LogVerdict:
    parts = [part for part in (_component(name, rows) for name in COMPONENTS) if part is not None]
    main = _main(parts)
    apps = tuple(dict.fromkeys(row.signal.app for row in rows if row.signal.app not in _NO_APPS))
    if main is None:
        return LogVerdict(
            verdict="inconclusive",
            why=_why_nothing(rows),
            events=_evidence(list(rows)),
            components=tuple(parts),
            next_step=_NEXT,
            apps=apps,
        )
    remedies = dict.fromkeys(event.signal.remedy for event in main.events if event.signal.remedy)
    return LogVerdict(
        verdict=main.verdict,
        why=main.why,
        events=main.events,
        components=tuple(parts),
        remedies=() if main.verdict == "gpu_used" else tuple(Text(remedy) for remedy in remedies),
        next_step=_NEXT if main.verdict == "inconclusive" else None,
        notes=_notes(main, parts, rows),
        apps=apps,
    )


_NO_APPS = {"generic", "torch", "cuda", "host", "driver", "docker"}
_NEXT = text("Run it again under: gpuproof watch -- COMMAND. What the driver sees of the process decides.")


def _main(parts: list[ComponentVerdict]) -> ComponentVerdict | None:
    """Pick the component that speaks for the whole: the model first, a helper last."""
    by_name = {part.name: part for part in parts if part.name != "helper"}
    model, onnx, environment = by_name.get("model"), by_name.get("onnx"), by_name.get("environment")
    for part in (model, onnx):
        if part is not None and part.verdict != "inconclusive":
            return _with_onnx(part, onnx) if part is model else part
    if environment is not None and environment.verdict != "inconclusive":
        return environment
    helper = next((part for part in parts if part.name == "helper"), None)
    if helper is not None and helper.verdict == "gpu_used":
        return helper  # a helper on the CPU can be normal; one on the GPU shows that it is in use
    codec = by_name.get("video_codec")
    if codec is not None and codec.verdict == "gpu_error" and model is None and onnx is None:
        return codec
    return None


def _with_onnx(model: ComponentVerdict, onnx: ComponentVerdict | None) -> ComponentVerdict:
    """An ONNX model that failed ends the run of a program whose other models were on the GPU."""
    if onnx is None or model.verdict != "gpu_used" or onnx.verdict not in ("oom", "gpu_error"):
        return model
    return onnx if onnx.events[-1].order > model.events[-1].order else model


def _component(name: str, rows: tuple[Event, ...]) -> ComponentVerdict | None:
    mine = [row for row in rows if row.component == name and row.kind not in ("neutral", "work")]
    if not mine:
        return None
    verdict, why, deciding = _Weigh(mine, _work_order(rows)).verdict()
    return ComponentVerdict(name=name, verdict=verdict, events=_evidence(deciding), why=why)


def _work_order(rows: tuple[Event, ...]) -> int:
    return max((row.order for row in rows if row.kind == "work"), default=-1)


class _Weigh:
    """The events of one component, sorted by what they are."""

    def __init__(self, rows: list[Event], work_order: int) -> None:
        self.rows = rows
        self.work_order = work_order
        self.gpu = self._of("gpu", True)
        self.cpu = self._of("cpu", True)
        self.error = self._of("error", True)
        self.oom = self._of("oom", True)
        self.fallback = [event for event in self.cpu if "fallback" in event.signal.flags]

    def _of(self, kind: str, decisive: bool) -> list[Event]:
        return [row for row in self.rows if row.kind == kind and row.decisive is decisive]

    def verdict(self) -> tuple[Verdict, Text, list[Event]]:
        """Return the verdict, why, and the events that decided it."""
        return self._by_oom() or self._by_error() or self._by_choice() or self._by_support()

    def _by_oom(self) -> tuple[Verdict, Text, list[Event]] | None:
        oom = self.oom or self._retried()
        if not oom:
            return None
        last = _last(oom)
        fallback = [event for event in self.fallback if event.order >= last.order]
        if fallback:
            return "cpu_fallback", text("GPU memory ran out, and the work went on without the GPU."), [*oom, *fallback]
        later = [event for event in self.gpu if event.order > last.order]
        if later and not self._ended_by(last):
            return "gpu_used", text("GPU memory ran out once, and work on the GPU went on afterwards."), [*later, *oom]
        if self.cpu and not self.gpu and not self.oom:
            return None  # a retry that is printed for any error, and the device is the CPU
        return "oom", text("The memory of the GPU ran out."), [*self.gpu, *oom]

    def _retried(self) -> list[Event]:
        """Shortages that were tried again with less count as such only when nothing followed."""
        soft = self._of("oom", False)
        if any(error.order > event.order for error in self.error for event in soft):
            return []
        return [event for event in soft if event.order > self.work_order and (self.gpu or len(soft) > 1)]

    def _by_error(self) -> tuple[Verdict, Text, list[Event]] | None:
        if not self.error:
            return None
        last = _last(self.error)
        if any(event.order > last.order for event in self.gpu) and not self._ended_by(last):
            return None
        chosen = [event for event in self.cpu if "unavailable" not in event.signal.flags]
        after = [event for event in chosen if event.order > last.order]
        after += [event for event in self.fallback if event.order == last.order]
        survived = self._survivals() if self._is_warning() else []
        went_on = self._is_warning(but="arch") and self.work_order > last.order
        if self.fallback or after or survived or went_on:
            events = [*self.error, *(self.fallback or after or survived)]
            return "cpu_fallback", text("The GPU could not be used, and the work went to the CPU."), events
        return "gpu_error", text("The GPU could not be used: the deciding line says why."), [*self.cpu, *self.error]

    def _survivals(self) -> list[Event]:
        """What says that the CPU did the work, on another line than the errors and more than a version."""
        at = {event.order for event in self.error}
        return [event for event in self.cpu if "version" not in event.signal.flags and event.order not in at]

    def _is_warning(self, but: str = "") -> bool:
        """Tell whether a program survives every error seen: they are the warnings of a start-up."""
        return all(_is_survived(event) and but not in event.signal.flags for event in self.error)

    def _ended_by(self, event: Event) -> bool:
        """Tell whether the last thing of this component is that event; a banner on the same line does not count."""
        return not any(other.order > event.order for other in self.gpu)

    def _by_choice(self) -> tuple[Verdict, Text, list[Event]] | None:
        whole = [event for event in self.cpu if "part" not in event.signal.flags]
        if self.gpu and whole:
            return self._both()
        if self.gpu:
            return "gpu_used", text("The program chose the GPU and reported no trouble with it."), self.gpu
        if self.cpu:
            return "cpu_fallback", text("The program worked on the CPU."), self.cpu
        return None

    def _both(self) -> tuple[Verdict, Text, list[Event]]:
        gpu, cpu = _last(self.gpu), _last(self.cpu)
        if self.fallback and _last(self.fallback).order > gpu.order:
            return (
                "cpu_fallback",
                text("The GPU was chosen first, and the work went to the CPU later."),
                [gpu, *self.cpu],
            )
        if gpu.order > cpu.order:
            return "gpu_used", text("The last choice of the program was the GPU."), [*self.gpu]
        return "cpu_fallback", text("The last choice of the program was the CPU."), [*self.gpu, *self.cpu]

    def _by_support(self) -> tuple[Verdict, Text, list[Event]]:
        gpu, cpu = self._of("gpu", False), self._of("cpu", False)
        errors = self._of("error", False)
        working = {event.signal.id for event in gpu if "work_like" in event.signal.flags}
        if errors and not working:
            if cpu:
                return "cpu_fallback", text("The GPU could not be used, and the work went to the CPU."), [*errors, *cpu]
            return "gpu_error", text("The GPU could not be used: the deciding line says why."), errors
        if _kinds_of_support(cpu) > 1 and not working:
            return "cpu_fallback", _CPU_AGREED[_is_one_line(cpu)], cpu
        if working and not _is_one_line(gpu) and not cpu:
            return "gpu_used", text("Several lines agree that the GPU did the work; none is decisive alone."), gpu
        at_work = [row for row in gpu if "then_work" in row.signal.flags and row.order < self.work_order]
        if at_work and not cpu:
            if any(row.signal.id == "gpu-memory-while-working" for row in at_work):
                return "gpu_used", text("The log reports memory of the GPU in use, and finished work after it."), gpu
            return "gpu_used", text("The program found the GPU, which it takes when there is one, and worked."), gpu
        return (
            "inconclusive",
            text("Nothing in the log tells what was used, only what was asked for or found."),
            [*gpu, *cpu],
        )


_CPU_AGREED = (
    text("Several lines agree that the CPU did the work; none is decisive alone."),
    text("One line says in several ways that the CPU did the work; none is decisive alone."),
)


def _is_one_line(events: list[Event]) -> bool:
    return len({(event.line, event.order) for event in events}) == 1


def _kinds_of_support(events: list[Event]) -> int:
    """Count what supports a verdict; all that is told by time counts as one."""
    return len({"timing" if "timing" in event.signal.flags else event.signal.id for event in events})


def _is_survived(event: Event) -> bool:
    """Tell whether programs go on after such a line: it is known for that, or it calls itself a warning."""
    return "warning" in event.signal.flags or _WARNING.search(event.text) is not None


def _last(events: list[Event]) -> Event:
    return max(events, key=lambda event: event.order)


def _evidence(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return one event a line, an application's own signal first, in the order of the log; of many the last ones."""
    distinct: dict[tuple[int, int], Event] = {}
    for event in events:
        known = distinct.get((event.line, event.order))
        if known is None or _tells_more(event, known):
            distinct[(event.line, event.order)] = event
    return tuple(sorted(distinct.values(), key=lambda event: event.order)[-_SHOWN:])


def _tells_more(event: Event, known: Event) -> bool:
    """Of two signals on one line the one shows whose own meaning it is, with a remedy, saying why, of one program."""
    return _worth(event) > _worth(known)


def _worth(event: Event) -> tuple[bool, bool, bool, bool]:
    signal = event.signal
    return event.kind == signal.kind, bool(signal.remedy), "unavailable" in signal.flags, signal.app != "generic"


def _why_nothing(rows: tuple[Event, ...]) -> Text:
    if any(row.kind == "host_oom" for row in rows):
        return text("The machine's own memory ran out; nothing in the log tells which device did the work.")
    if any("no_device" in row.signal.flags for row in rows):
        return text("This program prints no device, so its log cannot tell.")
    if any(row.kind not in ("work", "neutral") for row in rows):
        return text("Nothing in the log tells what was used, only what was asked for or found.")
    return text("The log has no word about a device, which proves nothing either way.")


def _notes(main: ComponentVerdict, parts: list[ComponentVerdict], rows: tuple[Event, ...]) -> tuple[Text, ...]:
    notes = []
    for part in parts:
        if part.name != main.name and part.verdict not in (main.verdict, "inconclusive"):
            notes.append(_NOTES[part.name])
    if any(row.kind == "host_oom" for row in rows):
        notes.append(text("The machine's own memory also ran short; that is not the GPU's memory."))
    return tuple(notes)


_NOTES = {
    "model": text("The main model is judged differently; see its component."),
    "onnx": text("The ONNX models are judged differently from the rest; see their component."),
    "environment": text("Driver or container reported trouble as well; see that component."),
    "video_codec": text("Video encoding or decoding is judged apart; it says nothing about inference."),
    "helper": text("A helper model is on another device than the main one, which can be normal."),
}
