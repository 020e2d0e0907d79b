"""How long a video took, measured against the card: supporting evidence, never enough alone.

On a good card a lip-sync service takes 1 to 3 minutes for 60 s of video, and 8 to 10 are suspicious (the profile of
HeyGem in the knowledge tables). A slow card takes longer without anything being wrong: users' reports for T4, RTX 3080
Ti and H800 follow the bandwidth of the card's memory, so the limits grow as it falls below that of a good card.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from gpuproof.core.logs.model import Event
from gpuproof.core.words import Text, text

_GOOD_BANDWIDTH_GB_S = 1008.0  # GeForce RTX 4090
_FRAMES_PER_SECOND = 25.0  # of the programs that count frames
_LONGEST_S = 2 * 24 * 3600.0
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)")
_LENGTH = re.compile(r"audio_info:\[(?P<video_s>\d+(?:\.\d+)?)\]")
_FRAMES = re.compile(r"process time of (?P<frames>\d+) frames[^=\n]{0,60}= ?(?P<work_s>\d+(?:\.\d+)?) ?s")
_STEP = re.compile(r"(?P<seconds>\d+(?:\.\d+)?)s/it\]")
_SLOW_STEP_S = 5.0
_FURTHER_CARD = re.compile(r"(?i)\b(?:device|gpu|cuda)[ :#]{0,2}[1-9]\d?: ")
_CARD = re.compile(
    r"(?i)\b(?:(?:GeForce )?[RG]TX ?(?:A?\d{3,4})(?: ?Ti)?(?: SUPER)?(?: Laptop GPU)?"
    r"|Tesla [TVPKM]\d+\w*|\b(?:A100|H100|H200|B200|V100|A10G?|A30|A40|L4|L40S?|T4)(?:[- ][\w-]+)?\b)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds of work for seconds of video. ``slowness`` is how much slower than a good card; None: card unknown."""

    work_s: float
    video_s: float
    card: str | None = None
    slowness: float | None = None

    @property
    def ratio(self) -> float:
        """Return seconds of work for one second of video."""
        return self.work_s / self.video_s

    @property
    def usual_up_to(self) -> float | None:
        """Return the ratio up to which a run on this card is as fast as one on the GPU."""
        return None if self.slowness is None else _limits()[0] * self.slowness

    @property
    def suspicious_from(self) -> float | None:
        """Return the ratio from which a run on this card is too slow for its GPU."""
        return None if self.slowness is None else _limits()[1] * self.slowness


def read_pace(rows: Iterable[Event], named: str | None = None) -> tuple[Event, Pace] | None:
    """Return how fast a video was made, with the line that tells it; the card as named, or as the log names it."""
    by_id = {row.signal.id: row for row in rows}
    timed = _counted(by_id.get("pace-frames")) or _clocked(by_id.get("pace-length"), by_id.get("pace-ended"))
    if timed is None:
        return None
    event, work_s, video_s = timed
    card = named or _named(by_id.values())
    return event, Pace(work_s=work_s, video_s=video_s, card=card, slowness=_slowness(card))


def with_pace(rows: tuple[Event, ...], named: str | None) -> tuple[tuple[Event, ...], Pace | None]:
    """Return the events with what the pace supports among them; a slow card's slow steps support nothing."""
    found, kept = read_pace(rows, named), rows
    if any(_is_step(row) for row in rows):
        slowness = _slowness(named or _named(rows)) or 1.0
        kept = tuple(row for row in rows if not (_is_step(row) and _step_s(row) < _SLOW_STEP_S * slowness))
    if found is None:
        return kept, None
    event, pace = found
    if pace.suspicious_from is not None and pace.ratio >= pace.suspicious_from:
        return (*kept, replace(event, kind="cpu")), pace
    if pace.usual_up_to is not None and pace.ratio <= pace.usual_up_to:
        return (*kept, replace(event, kind="gpu")), pace
    return kept, pace


def pace_note(pace: Pace) -> Text:
    """Say how fast it was and what that means on this card, or that it means nothing without the card."""
    minutes = f"{pace.ratio:.1f}"
    usual, slow = _limits()
    if pace.usual_up_to is None or pace.suspicious_from is None or pace.card is None:
        return text(
            "A minute of video took {minutes} minutes. Up to {usual} is usual on a good card, from {slow} on is"
            " suspicious; the card here is unknown (tell it with --gpu), so that proves nothing.",
            minutes=minutes,
            usual=f"{usual:.0f}",
            slow=f"{slow:.0f}",
        )
    return text(
        "A minute of video took {minutes} minutes. For {card} up to {usual} is usual and from {slow} on is suspicious;"
        " that supports a verdict and never makes one.",
        minutes=minutes,
        card=pace.card,
        usual=f"{pace.usual_up_to:.1f}",
        slow=f"{pace.suspicious_from:.1f}",
    )


def _counted(event: Event | None) -> tuple[Event, float, float] | None:
    found = _FRAMES.search(event.text) if event is not None else None
    if event is None or found is None or not int(found["frames"]):
        return None
    return event, float(found["work_s"]), int(found["frames"]) / _FRAMES_PER_SECOND


def _clocked(length: Event | None, ended: Event | None) -> tuple[Event, float, float] | None:
    """Return the time between the line with the length of the video and the line that ends the work on it."""
    if length is None or ended is None or ended.order <= length.order:
        return None
    begin, end, found = _time(length.text), _time(ended.text), _LENGTH.search(length.text)
    if begin is None or end is None or found is None or not float(found["video_s"]):
        return None
    work_s = (end - begin).total_seconds()
    return (ended, work_s, float(found["video_s"])) if 0 < work_s < _LONGEST_S else None


def _time(line: str) -> datetime | None:
    found = _STAMP.search(line)
    try:
        return datetime.fromisoformat(f"{found[1]} {found[2]}") if found else None
    except ValueError:
        return None


def _named(rows: Iterable[Event]) -> str | None:
    """Return the one card that the log's telling lines name; None for none or several."""
    rows = tuple(rows)
    if any(_FURTHER_CARD.search(row.text) for row in rows):
        return None
    names = {found.group().strip().lower(): found.group().strip() for row in rows for found in _CARD.finditer(row.text)}
    return next(iter(names.values())) if len(names) == 1 else None


def _slowness(card: str | None) -> float | None:
    from gpuproof.core.knowledge.cards import gpu_by_name  # late: most logs tell no time, and it takes 0.1 s

    model = gpu_by_name(card) or gpu_by_name(f"Tesla {card}") if card else None
    if model is not None and model.bandwidth_gb_s is None:
        model = gpu_by_name(f"Tesla {card}")
    if model is None or model.bandwidth_gb_s is None:
        return None
    return max(1.0, _GOOD_BANDWIDTH_GB_S / model.bandwidth_gb_s)


def _is_step(row: Event) -> bool:
    return row.signal.check == "slow" and row.kind == "cpu"


def _step_s(row: Event) -> float:
    found = _STEP.search(row.text)
    return float(found["seconds"]) if found else _SLOW_STEP_S


@lru_cache(maxsize=1)
def _limits() -> tuple[float, float]:
    """Return up to where a good card is usual and from where on it is suspicious: minutes for a minute of video."""
    from gpuproof.core.knowledge.apps import app_profile

    profile = app_profile("heygem")
    assert profile is not None
    timing = profile.details["timing"]
    minutes = timing["video_s"] / 60
    return timing["gpu_minutes"][1] / minutes, timing["cpu_suspect_minutes"][0] / minutes
