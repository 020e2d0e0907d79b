"""Which answers may leave the machine, by the privacy class that each question has in the catalogue."""

from __future__ import annotations

from functools import lru_cache

from gpuproof.core.agent.questions.catalogue import privacy_of
from gpuproof.core.agent.questions.others import ID_PREFIX
from gpuproof.core.report.model import Privacy


@lru_cache(maxsize=512)
def may_leave(question: str, privacy: Privacy) -> bool:
    """Tell whether an answer goes into a report of this level; a question outside the catalogue counts as secret."""
    return privacy == "full" or _class_of(question) != "secret"


def _class_of(question: str) -> str:
    if question.startswith(ID_PREFIX):
        from gpuproof.core.launch.plugin_questions import privacy_of_plugin_question

        return privacy_of_plugin_question(question)
    return privacy_of(question)
