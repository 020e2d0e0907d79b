"""A report in the words of one language, ready to be laid out: every export shows the same things in the same order."""

from __future__ import annotations

from gpuproof.core.bench.several_words import several_statements
from gpuproof.core.diagnose.model import ChainLink, Finding, Step
from gpuproof.core.diagnose.notes import Note, notes_of
from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.readers import read_machine
from gpuproof.core.report.export import bench_view
from gpuproof.core.report.export import words as w
from gpuproof.core.report.export.view_model import AdviceView, FindingView, LayerView, Rows, Speaker, View
from gpuproof.core.report.model import Report
from gpuproof.core.words import literal, text

_NO_ROWS: Rows = ()


def view_of(report: Report, language: str) -> View:
    """Return the whole report in the words of a language."""
    say = Speaker(language)
    state, verdict, summary = _verdict(report, say)
    diagnosis, result = report.diagnosis, report.result
    return View(
        language=language,
        state=state,
        verdict=verdict,
        summary=summary,
        made=report.made_at.replace("T", " ").replace("Z", " UTC"),
        figures=bench_view.figures(result, say),
        layers=_layers(report, say),
        chain=_chain(report, say),
        findings=tuple(_finding(one, say) for one in (diagnosis.findings if diagnosis else ())),
        notes=_notes(report, say),
        unknown=tuple(dict.fromkeys(say(words) for _, words in (diagnosis.unknown if diagnosis else ()))),
        ask_next=say(diagnosis.ask_next) if diagnosis and diagnosis.ask_next else "",
        advice=_advice(report, say),
        stages=bench_view.stages(result, say),
        variants=bench_view.variants(result, say),
        more=bench_view.more(result, say),
        doubts=tuple(say(doubt.words) for doubt in (result.doubts if result else ())),
        problems=say.each(result.problems) if result else (),
        several=say.each(several_statements(result.several)) if result and result.several else (),
        first_run=bench_view.first_run(result, say),
        limits=bench_view.limits(result, say),
        conditions=_conditions(report, say),
        removed=tuple(
            (say(w.REMOVED_KINDS.get(one.kind, text("other details"))), str(one.count)) for one in report.removed
        ),
        privacy=say(w.PRIVACY_WORDS[report.privacy]) if report.privacy else "",
        integrity=say(w.INTEGRITY_WORDS[report.integrity]),
        origin=_origin(report, say),
    )


def _verdict(report: Report, say: Speaker) -> tuple[str, str, str]:
    diagnosis = report.diagnosis
    title = say(diagnosis.title) if diagnosis else ""
    if report.proof is not None:
        return report.proof.verdict, say(w.VERDICTS[report.proof.verdict]), title
    if diagnosis is None:
        return "not_proven", say(w.VERDICTS["not_proven"]), ""
    if diagnosis.cause == "healthy":
        return "healthy", title, say(text("No benchmark was run, so nothing is proven yet."))
    return ("not_proven" if diagnosis.cause == "cannot_tell" else "problem"), title, ""


def _layers(report: Report, say: Speaker) -> tuple[LayerView, ...]:
    return tuple(
        LayerView(
            name=say(w.LAYERS[layer.name]),
            state=layer.verdict,
            state_words=say(w.VERDICT_WORDS[layer.verdict]),
            meaning=say(w.LAYER_MEANINGS[layer.name]),
            lines=say.each(layer.evidence) + tuple(say(text("Missing: {what}", what=say(m))) for m in layer.missing),
        )
        for layer in (report.proof.layers if report.proof else ())
    )


def _is_open(link: ChainLink) -> bool:
    """Tell whether nobody named an application: that is no doubt about one."""
    return link.name == "application" and link.state == "unknown"


def _chain(report: Report, say: Speaker) -> tuple[LayerView, ...]:
    return tuple(
        LayerView(
            name=say(w.LINKS[link.name]),
            state=link.state,
            state_words=say(w.NOT_CHECKED if _is_open(link) else w.STATES[link.state]),
            lines=(say(link.summary), *say.each(link.evidence)),
        )
        for link in (report.diagnosis.chain if report.diagnosis else ())
    )


def _finding(finding: Finding, say: Speaker) -> FindingView:
    weight = f"{say(w.SEVERITIES[finding.severity])} · {say(w.CONFIDENCES[finding.confidence])} · {say(finding.cause)}"
    return _seen(finding, finding.remedy.steps, weight, say)


def _seen(found: Finding | Note, steps: tuple[Step, ...], weight: str, say: Speaker) -> FindingView:
    return FindingView(
        title=say(found.title),
        note=weight,
        severity=found.severity,
        evidence=say.each(found.evidence),
        steps=tuple((say(step.words), say(step.command or "")) for step in steps),
    )


def _notes(report: Report, say: Speaker) -> tuple[FindingView, ...]:
    if not report.answers:
        return ()
    notes = notes_of(read_machine(Answers.of(report.answers))).seen
    return tuple(_seen(note, note.steps, say(w.SEVERITIES[note.severity]), say) for note in notes)


def _advice(report: Report, say: Speaker) -> AdviceView | None:
    advice = report.recommendation
    if advice is None:
        return None
    choice, commands = advice.choice, _NO_ROWS
    if choice is not None:
        named = ("pip", "uv", "conda", "poetry", "requirements", "docker")
        commands = tuple(
            (name, say(getattr(choice.commands, name) or "")) for name in named if getattr(choice.commands, name)
        )
    return AdviceView(
        choice=_choice_words(report, say),
        driver=_driver_words(report, say),
        because=say.each(advice.because) + say.each(advice.missing),
        rejected=tuple((f"torch {say(one.torch)} {say(one.variant)}", say(one.reason)) for one in advice.rejected),
        commands=commands,
        how=say.each(advice.driver.how),
        notices=say.each(advice.notices),
    )


def _choice_words(report: Report, say: Speaker) -> str:
    advice = report.recommendation
    if advice is None or advice.choice is None:
        return say(text("No published torch wheel fits this machine, or a fact that decides is missing."))
    choice, later = advice.choice, advice.after_driver
    if later is not None:
        words = text(
            "First the driver, then torch {torch} ({variant}); until then only the CPU can work.",
            torch=later.torch,
            variant=later.variant,
        )
        return say(words)
    if advice.installed_fits and not advice.is_installed:
        return say(
            text(
                "The installed torch works here. The newest that fits is torch {torch} ({variant})",
                torch=choice.torch,
                variant=choice.variant,
            )
        )
    if advice.is_installed:
        return say(text("torch {torch} ({variant}) is right and installed", torch=choice.torch, variant=choice.variant))
    return say(text("Install torch {torch} ({variant})", torch=choice.torch, variant=choice.variant))


def _driver_words(report: Report, say: Speaker) -> str:
    advice = report.recommendation
    if advice is None:
        return ""
    words = [say(w.DRIVER_ACTIONS[advice.driver.action])]
    if advice.driver.minimum:
        words.append(say(text("at least {version}", version=advice.driver.minimum)))
    if advice.driver.branch:
        words.append(say(text("branch {branch}", branch=advice.driver.branch)))
    if advice.driver.maximum_branch:
        words.append(say(text("the last branch for this card is {branch}", branch=advice.driver.maximum_branch)))
    return " · ".join(words)


def _conditions(report: Report, say: Speaker) -> Rows:
    return tuple(
        (say(w.CONDITIONS.get(name, name)), f"{value:g}" if isinstance(value, float) else say(str(value)))
        for name, value in report.conditions.items()
    )


def _origin(report: Report, say: Speaker) -> Rows:
    rows = [
        (text("Made"), report.made_at),
        (literal("gpuproof"), report.product_version),
        (text("Machine (stand-in)"), report.machine_id),
        (text("Target"), report.target),
    ]
    return tuple((say(label), say(value)) for label, value in rows)
