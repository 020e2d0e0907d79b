"""Things that open doors: tokens, keys and passwords by their known forms. They are removed, never given a stand-in."""

from __future__ import annotations

import re

REMOVED = "[removed]"

_TOKENS = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{6,}|gh[pousr]_[A-Za-z0-9]{8,}|github_pat_\w{8,}|glpat-[\w-]{8,}|sk-[A-Za-z0-9_-]{12,}"
    r"|xox[abprs]-[\w-]{8,}|pypi-[A-Za-z0-9_-]{16,}|nvapi-[\w-]{12,}|AKIA[0-9A-Z]{8,}|ASIA[0-9A-Z]{12,}"
    r"|AIza[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?)",
    re.I,
)
_ASSIGNED = re.compile(
    r"((?:token|secret|password|passwd|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|credential)\w{0,32}"
    r"\"?\s{0,8}[=:]\s{0,8}\"?)(?!\[removed\]|\d+\b)([^\s\"',;&]{3,})",
    re.I,
)
_BEARER = re.compile(r"\b((?:Bearer|Basic)\s+)[A-Za-z0-9+/=._~-]{8,}")
_LOGIN = re.compile(r"\b([a-z][a-z0-9+.-]{1,12}://)(?!\[removed\]@)[^\s/@\"'<>]+@", re.I)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S)


def remove_secrets(words: str) -> tuple[str, int]:
    """Return the text without credentials, and how many were taken out."""
    words, keys = _PRIVATE_KEY.subn(REMOVED, words)
    words, tokens = _TOKENS.subn(REMOVED, words)
    words, bearers = _BEARER.subn(rf"\1{REMOVED}", words)
    words, assigned = _ASSIGNED.subn(rf"\1{REMOVED}", words)
    return words, keys + tokens + bearers + assigned


def remove_credentials(words: str) -> str:
    """Return the text without tokens and without the login part of URLs; all else stays."""
    return _LOGIN.sub(rf"\1{REMOVED}@", remove_secrets(words)[0])
