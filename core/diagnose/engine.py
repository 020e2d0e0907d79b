"""Runs every rule over the facts of one machine and makes the one answer of their verdicts."""

from __future__ import annotations

from dataclasses import replace

from gpuproof.core.diagnose.application_link import with_application
from gpuproof.core.diagnose.arch_lists import build_fits
from gpuproof.core.diagnose.catalogue import RULES
from gpuproof.core.diagnose.causes import title_of
from gpuproof.core.diagnose.chain import chain_of
from gpuproof.core.diagnose.context import (
    AMD,
    complains,
    gpus,
    has,
    has_vendor,
    is_available,
    is_jetson,
    kernels_work,
    tool_gpus,
    torch_build,
    torch_live,
)
from gpuproof.core.diagnose.model import (
    CannotTell,
    Confidence,
    CrashedRule,
    Diagnosis,
    Failed,
    Finding,
    Rule,
    Verdict,
)
from gpuproof.core.diagnose.next_question import next_question
from gpuproof.core.diagnose.plugin_rules import plugin_rules
from gpuproof.core.diagnose.ranking import ranked
from gpuproof.core.facts.machine import Machine, Symptom
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.words import Text, literal

# messages that no working ``is_available()`` answers: it is True with no code for the card
_UNDECIDED = ("arch.no-kernel", "arch.invalid-function", "torch.wants-gpu", "gpu.busy")


def diagnose(machine: Machine, *, app: str | None = None) -> Diagnosis:
    """Return the root cause, its consequences, what is unknown, and the one observation that would tell more.

    ``app`` is an application's id: its own requirements are then rules too.
    """
    machine = with_live_messages(machine)
    added = plugin_rules()
    rules = (*RULES, *_application_rules(app), *added.rules)
    verdicts = [(rule, judged(rule, machine)) for rule in rules]
    findings = ranked([_finding(rule, verdict) for rule, verdict in verdicts if isinstance(verdict, Failed)])
    crashed = tuple((rule.id, verdict.detail) for rule, verdict in verdicts if isinstance(verdict, CrashedRule))
    unknown = tuple((rule.id, _missing(verdict)) for rule, verdict in verdicts if isinstance(verdict, CannotTell))
    errors = [finding for finding in findings if finding.severity == "error"]
    primary = errors[0] if errors else None
    cause = primary.cause if primary is not None else _without_fault(machine)
    return Diagnosis(
        cause=cause,
        title=primary.title if primary is not None else title_of(cause),
        confidence=primary.confidence if primary is not None else _how_healthy(machine, cause),
        primary=primary,
        findings=findings,
        unknown=unknown,
        ask_next=next_question(machine, cause, primary),
        chain=with_application(chain_of(machine, findings), app, verdicts),
        crashed=(*crashed, *added.troubles),
    )


def judged(rule: Rule, machine: Machine) -> Verdict:
    """Run one rule; one that raises does not take the others with it."""
    try:
        return rule.check(machine)
    except Exception as problem:
        return CrashedRule(f"{type(problem).__name__}: {problem}")


def with_live_messages(machine: Machine) -> Machine:
    """Read the messages of the running torch with the same table as pasted text."""
    live = torch_live(machine)
    said: list[tuple[str, str]] = []
    if live is not None:
        said += [("import", live.import_error), ("is_available()", live.availability_error)]
        said += [("torch warning", warning) for warning in live.warnings]
        said += [(check.device, check.error) for check in live.kernel_checks if not check.ok]
    # an old message of a card that works is no fault
    if not kernels_work(machine) and not isinstance(machine.kernel_messages, Unknown):
        said.append(("kernel log", " ".join(machine.kernel_messages)))
    words = [(source, line) for source, line in said if line]
    if not words:
        return machine
    from gpuproof.core.facts.foreign.symptoms import find

    known = {symptom.id for symptom in machine.symptoms}
    found: list[Symptom] = []
    for source, line in words:
        for symptom in find(line, source=source):
            if symptom.id not in known:
                known.add(symptom.id)
                found.append(symptom)
    return replace(machine, symptoms=(*machine.symptoms, *found))


def _application_rules(app: str | None) -> tuple[Rule, ...]:
    if app is None:
        return ()
    from gpuproof.core.diagnose.rules.application import rules_for

    return rules_for(app)


def _finding(rule: Rule, verdict: Failed) -> Finding:
    return Finding(
        id=verdict.id or rule.id,
        rule=rule.id,
        cause=rule.cause,
        link=rule.link,
        severity=rule.severity,
        confidence=verdict.confidence,
        title=verdict.title,
        evidence=verdict.evidence,
        remedy=verdict.remedy,
        source=rule.source,
    )


def _missing(verdict: CannotTell) -> Text:
    return literal(
        "; ".join(
            f"{unknown.detail} ({unknown.source})" if unknown.source else unknown.detail
            for unknown in verdict.missing[:3]
        )
    )


def _without_fault(machine: Machine) -> str:
    """No rule failed: healthy where something was seen to work and nothing complains, else undecided."""
    if kernels_work(machine):
        return "healthy"
    if has(machine, *_UNDECIDED) or (complains(machine) and is_available(machine) is not True):
        return "cannot_tell"
    if _was_cut_short(machine):
        return "cannot_tell"
    works = is_available(machine) is True or any(
        symptom.id.startswith(("program.", "works.")) for symptom in machine.symptoms
    )
    fits = build_fits(machine) is True and is_available(machine) is not False
    elsewhere = any(symptom.id.startswith("elsewhere.") for symptom in machine.symptoms) and bool(gpus(machine))
    if works or tool_gpus(machine) or elsewhere or fits or _fits_another_way(machine):
        return "healthy"
    return "cannot_tell"


def _fits_another_way(machine: Machine) -> bool:
    """A card that NVIDIA's tools do not show, with the build that is made for it: a Jetson's, or ROCm's."""
    build = torch_build(machine)
    if build is None:
        return False
    jetson = is_jetson(machine) and build.cuda_version is not None
    rocm = bool(build.hip_version) or has(machine, "hint.amd-wanted")
    return jetson or (rocm and bool(has_vendor(machine, AMD)))


def _was_cut_short(machine: Machine) -> bool:
    """Torch or NVML was asked and hung, crashed or was refused: nothing seen elsewhere makes that healthy."""
    reasons = (Why.TIMED_OUT, Why.FAILED, Why.DENIED)
    torch_failed = isinstance(machine.torch_live, Unknown) and machine.torch_live.why in reasons
    return torch_failed or isinstance(machine.nvml_trouble, str)


def _how_healthy(machine: Machine, cause: str) -> Confidence:
    live = torch_live(machine)
    if cause == "healthy" and live is not None and live.kernel_checks:
        return "certain"
    if cause == "healthy" and is_available(machine) is True and torch_build(machine) is not None:
        return "likely"
    return "possible"
