"""The gate that every artefact passes before it is written: the scan, fed with every name that must not be seen."""

from __future__ import annotations

from gpuproof.core.report.model import Privacy, Report
from gpuproof.core.report.privacy.public_words import public_words
from gpuproof.core.report.privacy.redact import all_identities
from gpuproof.core.report.privacy.scan import refuse_hits, scan
from gpuproof.core.report.privacy.spelling import is_only_by_position


def through_gate(data: bytes, original: Report, privacy: Privacy) -> bytes:
    """Return the bytes unchanged, or raise when they still show what redaction had to hide.

    ``original`` is the report before redaction: its identifiers are what is searched for.
    """
    if privacy == "full":
        return data
    names = (one.value for one in all_identities(original) if not is_only_by_position(one.value))
    refuse_hits(scan(data, names, allowed_homes=public_words("generic_users")))
    return data
