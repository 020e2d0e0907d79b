"""Expect files: the promise of a good report ("this machine must have ..."), checked again later.

A file is JSON: ``{"format": "gpuproof-expect", "version": 1, "promises": [{"what": "driver_version", "at_least":
"580.159.04"}, ...]}``. People may edit it: remove a promise, loosen a bound. ``equals`` and ``at_least`` are the two
comparisons; versions compare as versions, numbers as numbers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion, dotted
from gpuproof.core.problems import UserProblem
from gpuproof.core.report.model import Report
from gpuproof.core.words import Text, text

FORMAT = "gpuproof-expect"
VERSION = 1
MAX_BYTES = 1_000_000
# A later run may be this much slower than the promised lower bound before it counts as broken.
SPEED_MARGIN_RATIO = 0.9
NEEDS_BENCHMARK = frozenset({"proof", "gpu_frames_per_second", "speedup"})

Comparison = Literal["equals", "at_least"]
Outcome = Literal["kept", "broken", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of an expect file."""

    what: str
    comparison: Comparison
    value: str | float | list[str]


@dataclass(frozen=True, slots=True)
class Checked:
    """A promise held against what was found; ``found`` is None when it could not be observed."""

    promise: Promise
    outcome: Outcome
    found: str | float | list[str] | None
    why: Text


Observed = dict[str, str | float | list[str]]


def promises_of(report: Report, machine: Machine) -> list[Promise]:
    """Turn what a good report saw into promises; what it could not observe is not promised."""
    seen = observe(report, machine)
    bounds: dict[str, Callable[[Any], Promise]] = {
        "driver_version": lambda found: Promise("driver_version", "at_least", found),
        "gpu_frames_per_second": lambda found: Promise(
            "gpu_frames_per_second", "at_least", round(found * SPEED_MARGIN_RATIO, 3)
        ),
        "speedup": lambda found: Promise("speedup", "at_least", round(found * SPEED_MARGIN_RATIO, 3)),
    }
    return [bounds[what](found) if what in bounds else Promise(what, "equals", found) for what, found in seen.items()]


def observe(report: Report, machine: Machine) -> Observed:
    """Collect what promises can be about; a thing that was not observed is left out."""
    seen: Observed = {}
    if not isinstance(machine.driver_version, Unknown):
        seen["driver_version"] = str(machine.driver_version)
    if not isinstance(machine.gpus, Unknown):
        seen["gpu_names"] = [gpu.name for gpu in machine.gpus]
    if not isinstance(machine.torch, Unknown):
        seen["torch"] = machine.torch.version
    if report.diagnosis is not None and report.diagnosis.cause != "cannot_tell":
        seen["diagnosis"] = report.diagnosis.cause
    if report.proof is not None:
        seen["proof"] = report.proof.verdict
    if report.result is not None and report.result.gpu is not None:
        seen["gpu_frames_per_second"] = report.result.gpu.low
    if report.result is not None and report.result.speedup is not None:
        seen["speedup"] = report.result.speedup.low
    return seen


def verify(promises: list[Promise], seen: Observed) -> list[Checked]:
    """Hold each promise against what was found now."""
    return [_check(promise, seen.get(promise.what)) for promise in promises]


def _check(promise: Promise, found: str | float | list[str] | None) -> Checked:
    if found is None:
        return Checked(promise, "cannot_tell", None, text("{what} could not be observed", what=promise.what))
    if promise.comparison == "equals":
        is_kept = found == promise.value
        words = text(
            "{what} is {found}, promised was {value}",
            what=promise.what,
            found=_shown(found),
            value=_shown(promise.value),
        )
    else:
        is_kept = _at_least(found, promise.value)
        words = text(
            "{what} is {found}, promised was at least {value}",
            what=promise.what,
            found=_shown(found),
            value=_shown(promise.value),
        )
    return Checked(promise, "kept" if is_kept else "broken", found, words)


def _shown(value: str | float | list[str]) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return value if isinstance(value, str) else f"{value:,.1f}"


def _at_least(found: str | float | list[str], bound: str | float | list[str]) -> bool:
    if isinstance(found, str) and isinstance(bound, str):
        versions = dotted(found), dotted(bound)
        if isinstance(versions[0], DottedVersion) and isinstance(versions[1], DottedVersion):
            return versions[0] >= versions[1]
    if isinstance(found, (int, float)) and isinstance(bound, (int, float)):
        return found >= bound
    return False


def to_bytes(promises: list[Promise], made_at: str) -> bytes:
    """Write an expect file, one promise a line so that it reads and edits well."""
    lines = ",\n  ".join(
        json.dumps({"what": promise.what, promise.comparison: promise.value}, ensure_ascii=False)
        for promise in promises
    )
    head = f'{{\n "format": "{FORMAT}",\n "version": {VERSION},\n "made_from": {json.dumps(made_at)},\n'
    return f'{head} "promises": [\n  {lines}\n ]\n}}\n'.encode()


def from_bytes(data: bytes) -> list[Promise]:
    """Read an expect file; anything else is refused with what is wrong."""
    try:
        if len(data) > MAX_BYTES:
            raise ValueError("larger than 1 MB")
        document = json.loads(data.decode("utf-8"), parse_constant=_no_number)
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise ValueError("it does not say that it is an expect file")
        if document.get("version") != VERSION:
            raise ValueError(f"format version {document.get('version')}, this gpuproof knows {VERSION}")
        return [_promise(entry) for entry in document["promises"]]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise UserProblem(
            text("This is no expect file that can be read: {why}.", why=problem),
            text("Write one from a good report: gpuproof expect write REPORT --out expect.json"),
        ) from problem


def _no_number(words: str) -> NoReturn:
    raise ValueError(f"{words} is not a number that JSON knows")


def _promise(entry: Any) -> Promise:
    if not isinstance(entry, dict) or not isinstance(entry.get("what"), str):
        raise TypeError('a promise has no "what"')
    for comparison in ("equals", "at_least"):
        if comparison in entry:
            value = entry[comparison]
            if isinstance(value, float) and not math.isfinite(value):
                _no_number(str(value))
            if isinstance(value, (str, int, float)) or (
                isinstance(value, list) and all(isinstance(item, str) for item in value)
            ):
                return Promise(entry["what"], "equals" if comparison == "equals" else "at_least", value)
    raise TypeError(f'the promise about {entry["what"]} has neither "equals" nor "at_least"')
