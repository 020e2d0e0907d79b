"""The report: one run of the product as data that can be kept, sent, judged again and compared.

Version history of the file format (``VERSION``):

1. First format: answers, facts, diagnosis, recommendation, benchmark, proof, conditions, redaction note, checksum.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from gpuproof.core.bench.model import BenchResult, Proof
from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.facts.answers import Answer
from gpuproof.core.recommend.model import Recommendation

FORMAT = "gpuproof-report"
VERSION = 1
Privacy = Literal["share", "support", "full"]
Integrity = Literal["intact", "changed", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What redaction took out or replaced: a kind (user, host, path, serial, token ...) and how often."""

    kind: str
    count: int
    replaced_by: str = ""  # the form of the stand-in, e.g. "user-…"; empty: left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report. ``made_at`` is UTC in ISO 8601; ``machine_id`` is a keyed pseudonym that only its maker can match.

    ``integrity`` is found out when a file is opened and never written: ``changed`` means damaged or edited after it
    was saved, ``intact`` only that no damage was found, never that anybody vouches for it. ``privacy`` None: this
    report has not been redacted and must not leave the process.
    """

    made_at: str
    product_version: str
    machine_id: str
    target: str
    answers: tuple[Answer, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    diagnosis: Diagnosis | None = None
    recommendation: Recommendation | None = None
    result: BenchResult | None = None
    proof: Proof | None = None
    conditions: dict[str, str | int | float | None] = field(default_factory=dict)
    tools: dict[str, str] = field(default_factory=dict)
    app: str | None = None
    privacy: Privacy | None = None
    removed: tuple[Removed, ...] = ()
    integrity: Integrity = "intact"
