"""Values of the NVML snapshot: ``{"v": value}`` or ``{"e": NAME, "detail": words}`` per field."""

from __future__ import annotations

from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.machine import NvmlState
from gpuproof.core.facts.reading import dict_of, reason, words
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.facts.version import DottedVersion, dotted

QUESTION = "nvml.snapshot"
# errors that say "this is not there" and not "it could not be asked"
_ABSENCES = ("NOT_SUPPORTED", "NOT_FOUND", "LIBRARY_NOT_FOUND", "FUNCTION_NOT_FOUND", "NO_DATA")
_REFUSALS = ("NO_PERMISSION", "OPERATING_SYSTEM")


def part(answers: Answers, name: str) -> Any:
    """Return one part of the snapshot (init, system, gpus, problem), None where there is no snapshot."""
    found = dict_of(answers, QUESTION)
    return None if isinstance(found, Unknown) else found.get(name)


def value(fields: dict[str, Any], name: str) -> Any:
    """Return a field's value, None when the driver gave none."""
    field = fields.get(name)
    return field.get("v") if isinstance(field, dict) else None


def system_field(answers: Answers, name: str) -> Any:
    """Return a value that belongs to the driver as a whole."""
    fields = part(answers, "system")
    return value(fields, name) if isinstance(fields, dict) else None


def system_version(answers: Answers, name: str) -> DottedVersion | None:
    """Return a version that belongs to the driver as a whole."""
    return dotted(words(system_field(answers, name)))


def why(answers: Answers, name: str) -> Unknown:
    """Return why a system field has no value: NVML's own error, or the reason of the whole question."""
    fields, init = part(answers, "system"), part(answers, "init")
    field = fields.get(name) if isinstance(fields, dict) else None
    error = field if isinstance(field, dict) else init
    if isinstance(error, dict) and isinstance(error.get("e"), str):
        return unknown(error)
    answer = answers.get(QUESTION)
    return reason(answer) if answer is None or answer.status != "ok" else Unknown(Why.FAILED, "no value", QUESTION)


def unknown(error: dict[str, Any]) -> Unknown:
    """Turn NVML's error into the reason of a fact."""
    name = words(error.get("e"))
    kind = Why.ABSENT if name in _ABSENCES else Why.DENIED if name in _REFUSALS else Why.FAILED
    return Unknown(kind, f"{name}: {words(error.get('detail'))}".rstrip(": "), QUESTION)


def read_nvml(answers: Answers) -> NvmlState | Unknown:
    """Read whether the management library answered; a missing library is an answer too."""
    init = part(answers, "init")
    if not isinstance(init, dict):
        return why(answers, "init")
    version = system_version(answers, "nvml_version")
    if init.get("ok") is True:
        return NvmlState(ok=True, library_version=version)
    return NvmlState(ok=False, error=words(init.get("e")), library_version=version)


def read_nvml_trouble(answers: Answers) -> str | Unknown:
    """Read where the child that asks NVML hung or crashed; ABSENT: it came through."""
    found = dict_of(answers, QUESTION)
    if isinstance(found, Unknown):
        return found
    problem = found.get("problem")
    if not isinstance(problem, dict):
        return Unknown(Why.ABSENT, "every call returned", QUESTION)
    return f"{words(problem.get('kind'))} at {words(problem.get('at'))}: {words(problem.get('detail'))}"
