"""Rewrites one text so that nobody is recognised in it; the same identity always gets the same stand-in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from gpuproof.core.report.privacy.identities import Identity
from gpuproof.core.report.privacy.key import pseudonym
from gpuproof.core.report.privacy.network import clean_network
from gpuproof.core.report.privacy.paths import PATHS, clean_path
from gpuproof.core.report.privacy.secrets import REMOVED, remove_secrets
from gpuproof.core.report.privacy.spelling import is_only_by_position, spelling_pattern

_GPU_UUID = re.compile(r"\b(GPU|MIG)-(?!0{8})[0-9a-f]{4,}(?:-[0-9a-f]*)*(?:/\d+/\d+)?", re.I)
_UUID = re.compile(
    r"(?<![0-9A-Za-z-])(?!0{8}-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])", re.I
)
_HOME = re.compile(r"((?:/home|/Users|[A-Za-z]:(?:\\{1,2}|/)Users)(?:\\{1,2}|/))([^\\/\"'<>|:;,\s]+)", re.I)
_AT_HOST = re.compile(r"(?<![\w.+-])([A-Za-z_][\w-]{1,31})@([A-Za-z][\w-]*(?:\.[\w-]+)*)(?=[:\s]|\Z)")
_UNAME = re.compile(r"^(Linux )(?!version )(\S+)(?= \d+\.\d+)", re.M)
_TAGGED = re.compile(r"(<(serial|process_name|board_id|gpu_pdi)>\s*)([^<]*?)(\s*</)", re.I)
_LABELLED = re.compile(r"(\b(?:Serial(?: Number)?|GPU PDI)\s*[:=]\s*)([0-9A-Za-z][\w-]{5,})", re.I)
_NO_VALUE = ("", "n/a", "none", "unknown", "[n/a]", "0", "-")
_STAND_IN = re.compile(r"(?<![\w-])[a-z]+-[0-9a-f]{10}(?![0-9a-f])")


class Replacer:
    """Replaces identities in texts. ``keep_paths``: folders outside a home stay readable (level support)."""

    def __init__(
        self, identities: Iterable[Identity], *, versions: frozenset[str] = frozenset(), keep_paths: bool = False
    ) -> None:
        self.removed: Counter[str] = Counter()
        self.replaced: Counter[tuple[str, str, str]] = Counter()  # (kind, found, stand-in)
        self._versions = versions
        self._keep_paths = keep_paths
        self._patterns = [self._pattern(one) for one in identities if not is_only_by_position(one.value)]
        self._done: dict[str, str] = {}

    def __call__(self, words: str) -> str:
        """Return the text without identities; a text that is already clean comes back unchanged."""
        if words not in self._done:
            self._done[words] = self._replace(words) if any(map(str.isalnum, words)) else words
        return self._done[words]

    def path(self, path: str) -> str:
        """Return a text that is one whole path, spaces and all."""
        words = self._named(path)
        words = _HOME.sub(lambda found: found.group(1) + self._user(found.group(2)), words)
        return self(words if self._keep_paths else clean_path(words, self.stand_in))

    def whole(self, kind: str, value: str) -> str:
        """Return the stand-in for a value that is an identity as a whole."""
        if value.strip().casefold() in _NO_VALUE or _STAND_IN.fullmatch(value) or _is_zeros(value):
            return value
        return self.stand_in(kind, value)

    def stand_in(self, kind: str, value: str) -> str:
        """Count and return a stand-in; secrets get none."""
        if value == REMOVED or _STAND_IN.fullmatch(value) or "\ue000" in value:
            return value
        self.removed[kind] += 1
        becomes = REMOVED if kind in ("secret", "login") else pseudonym(kind, value)
        self.replaced[kind, value, becomes] += 1
        return becomes

    def _pattern(self, one: Identity) -> tuple[Identity, re.Pattern[str]]:
        return one, re.compile(spelling_pattern(one.value), re.IGNORECASE)

    def _replace(self, words: str) -> str:
        kept: list[str] = []
        words = _STAND_IN.sub(lambda found: self._keep(kept, found.group()), words)
        words, secrets = remove_secrets(words)
        self.removed["secret"] += secrets
        words = clean_network(words, self.stand_in, self._versions)
        words = self._by_form(self._named(words))
        if not self._keep_paths:
            words = PATHS.sub(lambda found: clean_path(found.group(), self.stand_in), words)
        return re.sub("\ue000(\\d+)\ue001", lambda found: _kept(kept, found), words)

    def _named(self, words: str) -> str:
        for one, pattern in self._patterns:
            words = pattern.sub(lambda found, one=one: self._of(one), words)  # type: ignore[misc]
        return words

    def _of(self, one: Identity) -> str:
        return self.stand_in(one.kind, one.value)

    def _by_form(self, words: str) -> str:
        words = _GPU_UUID.sub(lambda found: self.stand_in(found.group(1).lower(), found.group()), words)
        words = _UUID.sub(lambda found: self.stand_in("uuid", found.group()), words)
        words = _HOME.sub(lambda found: found.group(1) + self._user(found.group(2)), words)
        words = _AT_HOST.sub(lambda found: f"{self._user(found.group(1))}@{self._host(found.group(2))}", words)
        words = _UNAME.sub(lambda found: found.group(1) + self._host(found.group(2)), words)
        words = _TAGGED.sub(self._tag, words)
        return _LABELLED.sub(lambda found: found.group(1) + self.whole("serial", found.group(2)), words)

    def _user(self, name: str) -> str:
        from gpuproof.core.report.privacy.identities import telling

        return self.stand_in("user", name) if telling([Identity("user", name)]) else name

    def _host(self, name: str) -> str:
        from gpuproof.core.report.privacy.identities import telling

        return self.stand_in("host", name) if telling([Identity("host", name)]) else name

    def _tag(self, found: re.Match[str]) -> str:
        before, tag, value, after = found.groups()
        if tag.casefold() == "process_name":
            return before + self.program(value) + after
        return before + self.whole("serial", value) + after

    def program(self, name: str) -> str:
        """Return a process name: well-known programs stay, a path keeps its public part, others get a stand-in."""
        if "/" in name or "\\" in name:
            return self.path(name)
        from gpuproof.core.report.privacy.public_words import public_words

        is_public = name.casefold() in public_words("public_programs") or name.startswith(("[", "<"))
        return name if is_public else self.whole("program", name)

    def _keep(self, kept: list[str], stand_in: str) -> str:
        kept.append(stand_in)
        return f"\ue000{len(kept) - 1}\ue001"


def _kept(kept: list[str], found: re.Match[str]) -> str:
    index = int(found.group(1))
    return kept[index] if index < len(kept) else found.group()


def _is_zeros(value: str) -> bool:
    return not set(value) - set("0-x.:GPUMIgpumi")
