"""Rules of other packages (entry points ``gpuproof.rules``), checked before they run beside the shipped ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast, get_args

from gpuproof.core.diagnose.catalogue import RULES
from gpuproof.core.diagnose.model import (
    CannotTell,
    CrashedRule,
    Failed,
    LinkName,
    Passed,
    Remedy,
    Rule,
    Severity,
    Verdict,
)
from gpuproof.core.facts.machine import Machine
from gpuproof.core.words import Text

_ID = re.compile(r"[a-z0-9_-]{1,40}(\.[a-z0-9_-]{1,60}){1,3}")


@dataclass(frozen=True, slots=True)
class PluginRules:
    """The rules that may run, and what could not be used: (name, why)."""

    rules: tuple[Rule, ...] = ()
    troubles: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=1)
def plugin_rules() -> PluginRules:
    """Return the rules of installed packages; loaded once a process."""
    from gpuproof.core.plugins import Trouble, load, plugins_of

    taken = {rule.id for rule in RULES}
    rules: list[Rule] = []
    troubles: list[tuple[str, str]] = []
    for plugin in plugins_of("gpuproof.rules"):
        loaded = load(plugin)
        problem = loaded.detail if isinstance(loaded, Trouble) else _problem_of(loaded, taken)
        if problem:
            troubles.append((f"{plugin.package}: {plugin.name}", problem))
            continue
        added = cast("tuple[Rule, ...]", loaded)
        taken |= {rule.id for rule in added}
        rules += [replace(rule, check=_checked(rule.check)) for rule in added]
    return PluginRules(tuple(rules), tuple(troubles))


def _problem_of(loaded: object, taken: set[str]) -> str:
    if not isinstance(loaded, tuple) or not all(isinstance(rule, Rule) for rule in loaded):
        return "expected a tuple of gpuproof.core.diagnose.model.Rule"
    own: set[str] = set()
    for rule in loaded:
        if not isinstance(rule.id, str) or _ID.fullmatch(rule.id) is None:
            return f"the id {rule.id!r} is not of the form package.rule"
        if rule.id in taken or rule.id in own:
            return f"the id {rule.id} is taken"
        if rule.link not in get_args(LinkName) or rule.severity not in get_args(Severity) or not callable(rule.check):
            return f"the rule {rule.id} has an unknown link or severity, or no check"
        own.add(rule.id)
    return ""


def _checked(check: Callable[[Machine], object]) -> Callable[[Machine], Verdict]:
    """Let only well-formed verdicts through; anything else counts as a crash of the rule."""

    def checked(machine: Machine) -> Verdict:
        verdict = check(machine)
        if isinstance(verdict, Failed):
            words = (verdict.title, *verdict.evidence)
            if all(isinstance(word, Text) for word in words) and isinstance(verdict.remedy, Remedy):
                return verdict
        elif isinstance(verdict, Passed | CannotTell | CrashedRule):
            return verdict
        return CrashedRule(f"{type(verdict).__name__} is no verdict")

    return checked
