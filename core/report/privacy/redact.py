"""Makes a report fit to leave the machine, by what is allowed rather than by what is forbidden.

share: answers to catalogued questions only, none that may hold a credential, every identity and private folder
replaced. support: folders and program names stay readable. full: all answers and names stay; credentials never do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from gpuproof.core.report.document import from_document, to_document
from gpuproof.core.report.model import Privacy, Removed, Report
from gpuproof.core.report.privacy.classes import may_leave
from gpuproof.core.report.privacy.identities import Identity, identities_here, identities_in, telling
from gpuproof.core.report.privacy.public_words import public_words
from gpuproof.core.report.privacy.replacer import Replacer
from gpuproof.core.report.privacy.secrets import REMOVED, remove_credentials
from gpuproof.core.report.privacy.spelling import spelling_pattern
from gpuproof.core.words import translations

_PATH_KEYS = frozenset({"prefix", "executable", "location", "path", "python", "base_prefix", "exec_prefix"})
_IDENTITY_KEYS = {
    "uuid": "gpu", "serial": "serial", "serial_number": "serial", "board_serial": "serial", "hostname": "host",
    "host": "host", "nodename": "host", "user": "user", "username": "user", "mac": "mac", "gpu_pdi": "serial",
    "board_id": "serial",
}  # fmt: skip
_ONE_PATH = re.compile(r"(?:[A-Za-z]:)?[\\/][^:;\n]*\Z")  # not a list of paths, not a URL
_KEPT_KEYS = frozenset({"format", "version", "made_at", "machine_id", "checksum", "question", "status", "privacy"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """One line of the preview: what was found, what it becomes (empty: left out), and how often. Never saved."""

    kind: str
    found: str
    becomes: str
    count: int


def redact(report: Report, privacy: Privacy = "share", extra: tuple[Identity, ...] = ()) -> Report:
    """Return the report as it may be shown to others; doing it twice changes nothing more."""
    cleaned, replacer, left_out = _cleaned(report, privacy, extra)
    counted = _counts(replacer, len(left_out)) if report.privacy is None else report.removed
    return replace(from_document({**cleaned, "removed": [], "privacy": privacy}), removed=counted, integrity="intact")


def replacements(report: Report, privacy: Privacy = "share") -> tuple[Replacement, ...]:
    """Return the itemised preview of a redaction, for the eyes of the person at this machine alone."""
    _, replacer, left_out = _cleaned(report, privacy, ())
    rows = [
        Replacement(kind=kind, found=found, becomes=becomes, count=count)
        for (kind, found, becomes), count in sorted(replacer.replaced.items())
    ]
    return (*rows, *(Replacement(kind="answer", found=question, becomes="", count=1) for question in left_out))


def _cleaned(
    report: Report, privacy: Privacy, extra: tuple[Identity, ...]
) -> tuple[dict[str, Any], Replacer, list[str]]:
    document = to_document(report)
    left_out = _drop_answers(document, privacy)
    identities = all_identities(report, extra)
    replacer = Replacer(identities, versions=known_versions(document), keep_paths=privacy != "share")
    if privacy == "full":
        return _Cleaner(_SecretsOnly(identities)).value(document), replacer, left_out
    document["target"] = _target(report.target, replacer)
    return _Cleaner(replacer).value(document), replacer, left_out


def redact_texts(report: Report, values: list[Any], privacy: Privacy = "share") -> list[Any]:
    """Return further JSON values (a question, a log) redacted with the identities of the report and their own."""
    identities = all_identities(report, identities_in(values))
    if privacy == "full":
        return [_Cleaner(_SecretsOnly(identities)).value(value) for value in values]
    versions = known_versions(to_document(report))
    cleaner = _Cleaner(Replacer(identities, versions=versions, keep_paths=privacy != "share"))
    return [cleaner.value(value) for value in values]


def all_identities(report: Report, extra: tuple[Identity, ...] = ()) -> tuple[Identity, ...]:
    """Return every identifier that must not be seen: of this machine, and those in the report itself."""
    return telling((*identities_here(), *identities_in(to_document(report)), *extra))


def known_versions(document: dict[str, Any]) -> frozenset[str]:
    """Return the version numbers that the report states as versions; one of them may look like an IP address."""
    found: set[str] = set()
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend((str(name), item) for name, item in value.items())
        elif isinstance(value, list):
            waiting.extend((key, item) for item in value)
        elif isinstance(value, str) and key.endswith("version"):
            found.add(value)
    return frozenset(found)


class _SecretsOnly:
    """Stands in for a replacer at level full, where only credentials are taken out."""

    def __init__(self, identities: tuple[Identity, ...]) -> None:
        secrets = (one.value for one in identities if one.kind == "secret")
        self._known = [re.compile(spelling_pattern(value), re.IGNORECASE) for value in secrets]

    def __call__(self, words: str) -> str:
        words = remove_credentials(words)
        for known in self._known:
            words = known.sub(REMOVED, words)
        return words

    path = program = __call__

    def whole(self, kind: str, value: str) -> str:
        """Keep the identity."""
        return value


class _Cleaner:
    """Walks JSON values with one replacer, which it picks the method of by key."""

    def __init__(self, replacer: Replacer | _SecretsOnly) -> None:
        self._replace = replacer

    def value(self, value: Any, key: str = "", parent: str = "") -> Any:
        if isinstance(value, dict):
            return {self._replace(str(k)): self.value(item, str(k).casefold(), key) for k, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item, key, parent) for item in value]
        if isinstance(value, str):
            return self._words(value, key, parent)
        is_number = isinstance(value, int) and not isinstance(value, bool) and value != 0
        return self._replace.whole(_IDENTITY_KEYS[key], str(value)) if is_number and key in _IDENTITY_KEYS else value

    def _words(self, words: str, key: str, parent: str) -> str:
        if key in _KEPT_KEYS or (key == "template" and words in translations("zh")):
            return words
        if key in _IDENTITY_KEYS:
            return self._replace.whole(_IDENTITY_KEYS[key], words)
        if parent.endswith("processes") and key in ("name", "process_name"):
            return self._replace.program(words)
        if key in _PATH_KEYS and _ONE_PATH.match(words):
            return self._replace.path(words)
        return self._replace(words)


def _drop_answers(document: dict[str, Any], privacy: Privacy) -> list[str]:
    """Leave out the answers that may not leave the machine; return their questions."""
    answers = document["answers"]
    document["answers"] = [answer for answer in answers if may_leave(answer["question"], privacy)]
    return [answer["question"] for answer in answers if not may_leave(answer["question"], privacy)]


def _target(target: str, replacer: Replacer) -> str:
    kind, colon, name = target.partition(":")
    if not colon or name.casefold() in public_words("generic_hosts") | {"base"}:
        return target
    if kind == "python":
        return f"{kind}:{replacer.path(name)}"
    return f"{kind}:{replacer.whole('host' if kind == 'ssh' else 'name', name)}"


def _counts(replacer: Replacer, left_out: int) -> tuple[Removed, ...]:
    without_stand_in = ("secret", "login")
    counted = [
        Removed(kind=kind, count=count, replaced_by="" if kind in without_stand_in else f"{kind}-...")
        for kind, count in sorted(replacer.removed.items())
        if count
    ]
    return (*counted, Removed(kind="answer", count=left_out)) if left_out else tuple(counted)
