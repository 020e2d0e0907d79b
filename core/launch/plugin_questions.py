"""Questions of other packages (entry points ``gpuproof.questions``): plain data that the agent checks again.

Their answers stand in ``inspect --json`` and in reports. A question that is not installed here has no privacy class
and counts as secret, so an answer to it never leaves a machine in a shared report.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gpuproof.core.agent.questions.kinds import Question


@dataclass(frozen=True, slots=True)
class PluginQuestions:
    """What is sent to agents, the privacy class of each question, and what could not be used: (name, why)."""

    wire: tuple[dict[str, Any], ...] = ()
    privacy: tuple[tuple[str, str], ...] = ()
    troubles: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=1)
def plugin_questions() -> PluginQuestions:
    """Return the questions of installed packages; loaded once a process. Of two with one id the first counts."""
    from gpuproof.core.plugins import Trouble, load, plugins_of

    found = plugins_of("gpuproof.questions")
    if not found:
        return PluginQuestions()
    from gpuproof.core.agent.questions.others import MOST_QUESTIONS

    wire: dict[str, dict[str, Any]] = {}
    privacy: dict[str, str] = {}
    troubles: list[tuple[str, str]] = []
    for plugin in found:
        loaded = load(plugin)
        try:
            questions = _questions_in(loaded.detail if isinstance(loaded, Trouble) else loaded)
            if len(wire) + len(questions) > MOST_QUESTIONS:
                raise ValueError(f"more than {MOST_QUESTIONS} questions")
        except ValueError as problem:
            troubles.append((f"plugin.{plugin.package.split(' ')[0]}.{plugin.name}", str(problem)))
            continue
        for question, entry in questions:
            wire.setdefault(question.id, entry)
            privacy.setdefault(question.id, question.privacy)
    return PluginQuestions(tuple(wire.values()), tuple(privacy.items()), tuple(troubles))


def privacy_of_plugin_question(question_id: str) -> str:
    """Return the class that the installed package declared; ``secret`` for a question that nobody here declares."""
    return dict(plugin_questions().privacy).get(question_id, "secret")


def _questions_in(loaded: object) -> list[tuple[Question, dict[str, Any]]]:
    from gpuproof.core.agent.questions.others import question_of

    if isinstance(loaded, str):
        raise ValueError(loaded)
    if not isinstance(loaded, list | tuple):
        raise ValueError("expected a tuple of dicts")
    return [(question_of(entry), dict(entry)) for entry in loaded]
