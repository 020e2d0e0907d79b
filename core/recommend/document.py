"""The recommendation as the promised JSON document."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gpuproof.core.recommend.model import Choice, Recommendation
from gpuproof.core.words import Language, Text


def recommendation_document(recommendation: Recommendation, language: Language) -> dict[str, Any]:
    """Return the document: ``choice`` (or null), ``driver``, ``because``, ``rejected``, ``alternatives`` and more."""

    def words(found: tuple[Text, ...]) -> list[str]:
        return [each.render(language) for each in found]

    driver = recommendation.driver
    return {
        "choice": _choice_document(recommendation.choice) if recommendation.choice else None,
        "driver": {
            "action": driver.action,
            "minimum": driver.minimum,
            "branch": driver.branch,
            "maximum_branch": driver.maximum_branch,
            "how": words(driver.how),
        },
        "because": words(recommendation.because),
        "rejected": [
            {"torch": each.torch, "variant": each.variant, "reason": each.reason.render(language)}
            for each in recommendation.rejected
        ],
        "alternatives": [
            {
                "torch": each.torch,
                "variant": each.variant,
                "trade_off": each.trade_off.render(language),
                "needs": each.needs.render(language) if each.needs else None,
            }
            for each in recommendation.alternatives
        ],
        "notices": words(recommendation.notices),
        "missing": words(recommendation.missing),
        "is_installed": recommendation.is_installed,
        "installed_fits": recommendation.installed_fits,
        "certainty": recommendation.certainty,
        "overridden": list(recommendation.overridden),
    }


def _choice_document(choice: Choice) -> dict[str, Any]:
    return {
        "torch": choice.torch,
        "variant": choice.variant,
        "index_url": choice.index_url,
        "python_ok": choice.python_ok,
        "torchvision": choice.torchvision,
        "torchaudio": choice.torchaudio,
        "commands": asdict(choice.commands),
    }
