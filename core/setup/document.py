"""A plan and its outcome as data for other programs, and as words for people."""

from __future__ import annotations

from typing import Any

from gpuproof.core.recommend.model import Recommendation
from gpuproof.core.setup.model import Change, Restored, SetupOutcome, SetupPlan
from gpuproof.core.setup.network import masked
from gpuproof.core.words import Text, literal, text


def plan_document(plan: SetupPlan, language: str) -> dict[str, Any]:
    """Return the plan; sizes are bytes."""
    resolution = plan.source.resolution
    return {
        "interpreter": plan.interpreter,
        "prefix": str(plan.prefix),
        "new": plan.is_new,
        "nothing_to_do": plan.is_nothing_to_do,
        "torch": plan.torch,
        "variant": plan.variant,
        "source": masked(plan.source.url) or "pip",
        "skipped_sources": [words.render(language) for words in plan.source.skipped],
        "commands": list(plan.commands),
        "changes": [_change(change) for change in plan.changes],
        "download_bytes": resolution.download_bytes,
        "wheels_bytes": resolution.total_bytes,
        "sizes_complete": not resolution.has_unknown_sizes,
        "needed_bytes": plan.needed_bytes,
        "free_bytes": plan.free_bytes,
        "warnings": [words.render(language) for words in plan.warnings],
    }


def outcome_document(outcome: SetupOutcome, language: str) -> dict[str, Any]:
    """Return how a set-up ended."""
    return {
        "ok": outcome.is_ok,
        "id": outcome.journal,
        "cancelled": outcome.was_cancelled,
        "verified": [words.render(language) for words in outcome.verified],
        "notices": [words.render(language) for words in outcome.notices],
        "problem": outcome.problem.render(language) if outcome.problem else None,
        "restored": restored_document(outcome.restored, language) if outcome.restored else None,
    }


def restored_document(restored: Restored, language: str) -> dict[str, Any]:
    """Return what was put back."""
    return {
        "complete": restored.is_complete,
        "files_restored": restored.files_restored,
        "files_removed": restored.files_removed,
        "not_restored": [words.render(language) for words in restored.not_restored],
    }


def plan_words(plan: SetupPlan) -> tuple[Text, ...]:
    """Say target, source, changes, sizes and the exact commands."""
    if plan.is_nothing_to_do:
        done = text("Nothing to do: {prefix} already has torch {torch}.", prefix=plan.prefix, torch=plan.torch)
        return (done, *plan.warnings)
    resolution = plan.source.resolution
    heading = (
        text("A new environment is made in {prefix}.", prefix=plan.prefix)
        if plan.is_new
        else text("The environment in {prefix} is changed.", prefix=plan.prefix)
    )
    return (
        heading,
        plan.source.words(),
        *(literal(f"    {change.name}: {change.before or '-'} -> {change.after or '-'}") for change in plan.changes),
        text(
            "Download: {download} MB, {total} MB with local files. Needed on the disk: {needed} MB, free: {free} MB.",
            download=round(resolution.download_bytes / 1e6),
            total=round(resolution.total_bytes / 1e6),
            needed=round(plan.needed_bytes / 1e6),
            free=round(plan.free_bytes / 1e6),
        ),
        *((text("Some sources do not tell sizes; it may be more."),) if resolution.has_unknown_sizes else ()),
        *plan.warnings,
        text("Commands:"),
        *(literal(f"    {command}") for command in plan.commands),
    )


def driver_words(recommendation: Recommendation) -> tuple[Text, ...]:
    """Say what a person has to do about the driver; set-up never does it."""
    how = recommendation.driver.how
    if recommendation.driver.action in ("keep", "none") or not how:
        return ()
    return (text("The driver is yours to change; gpuproof never does:"), *how)


def outcome_words(outcome: SetupOutcome) -> tuple[Text, ...]:
    """Say how it ended."""
    if outcome.problem is None:
        undo = text("Put it back at any time: {command}", command="gpuproof setup --undo")
        return (*outcome.verified, *outcome.notices, undo)
    return (outcome.problem, *(restored_words(outcome.restored) if outcome.restored else ()))


def restored_words(restored: Restored) -> tuple[Text, ...]:
    """Say what was put back, and what was not."""
    if restored.is_complete:
        return (text("Everything is as it was before."),)
    return (text("Not everything could be put back:"), *restored.not_restored)


def _change(change: Change) -> dict[str, str | None]:
    return {"name": change.name, "before": change.before, "after": change.after}
