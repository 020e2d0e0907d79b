"""Takes out of answers what names a person, a machine or a secret, before they are written to a file.

Pseudonyms are the same for the same card on every run, as they are made from its UUID alone; names of people and
hosts are too easy to guess for that and become plain words.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import re
import socket
from typing import Any, Callable

from ..questions.catalogue import privacy_of

_UUID = re.compile(r"\b((?:GPU|MIG)-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
_PRIVATE_TAGS = re.compile(
    r"<(serial|pdi|board_id|board_part_number|gpu_part_number|process_name|chassis_serial_number|module_id|"
    r"gpu_fabric_guid|cluster_uuid|host_id)>[^<]{0,500}</"
)
_HOMES = re.compile(r"(/home/|/Users/|/root\b|[A-Za-z]:[\\/]Users[\\/])([^/\\\s:;\"']{0,80})")
_SECRETS = (
    re.compile(r"://[^/\s@:]{0,100}:[^/\s@]{1,200}@"),
    re.compile(r"\b(?:hf_|ghp_|gho_|github_pat_|sk-|glpat-|xox[bp]-|AKIA)[A-Za-z0-9_-]{8,200}"),
    re.compile(r"(?i)\b(?:token|password|passwd|secret|api[_-]?key)\s?[=:]\s?\S{1,200}"),
)
_ADDRESSES = (
    re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,100}"),
    re.compile(r"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b", re.IGNORECASE),
)
# four numbers may also be a library's version: only words that others wrote are searched for addresses
_IP = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
_COMMON_NAMES = (
    "root",
    "user",
    "admin",
    "ubuntu",
    "debian",
    "python",
    "nvidia",
    "cuda",
    "home",
    "linux",
    "gpu",
    "test",
)


class Redaction:
    """The names of this user and this machine, taken out of every text; ``redact`` handles one answer."""

    def __init__(self, user: str = "", host: str = "", home: str = "") -> None:
        self._home = home or os.path.expanduser("~")
        names = [(user or _quietly(getpass.getuser), "<user>"), (host or _quietly(socket.gethostname), "<host>")]
        self._names = [
            (re.compile(r"(?<![\w])%s(?![\w])" % re.escape(name), re.IGNORECASE), word)
            for name, word in names
            if len(name) >= 3 and name.lower() not in _COMMON_NAMES
        ]

    def redact(self, answer: "dict[str, Any]") -> "dict[str, Any]":
        """Return an answer without what is private; a question of the class secret loses its answer entirely."""
        privacy = privacy_of(str(answer.get("question")))
        if privacy == "secret":
            kept: "dict[str, Any]" = {}
            kept.update((key, answer[key]) for key in ("question", "took_s") if key in answer)
            kept.update(status="denied", detail="left out: it may hold a secret")
            return kept
        found = self._clean(answer, privacy)
        return dict(found, question=answer.get("question"), status=answer.get("status"))

    def _clean(self, value: Any, privacy: str) -> Any:
        if isinstance(value, str):
            return self.text(value, privacy)
        if isinstance(value, dict):
            if "pid" in value and value.get("name"):
                value = dict(value, name="<process>")  # of another user; the asking user's stands under own_name
            return {self.text(str(key), privacy): self._clean(part, privacy) for key, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._clean(part, privacy) for part in value]
        return value

    def text(self, text: str, privacy: str = "free_text") -> str:
        """Return one text without names, numbers and secrets."""
        text = _UUID.sub(_pseudonym, text)
        text = _PRIVATE_TAGS.sub(lambda match: "<%s>MASKED</" % match.group(1), text)
        for pattern in _SECRETS:
            text = pattern.sub("<secret>" if pattern is not _SECRETS[0] else "://<secret>@", text)
        for pattern in _ADDRESSES:
            text = pattern.sub("<address>", text)
        if privacy == "free_text":
            text = _IP.sub("<address>", text)
        if len(self._home) > 3:
            text = text.replace(self._home, "~")
        text = _HOMES.sub(_without_user, text)
        for name, word in self._names:
            text = name.sub(word, text)
        return text


def _without_user(match: "re.Match[str]") -> str:
    return "/root" if match.group(1) == "/root" else match.group(1) + "<user>" if match.group(2) else match.group(1)


def _pseudonym(match: "re.Match[str]") -> str:
    """Keep which card it is and lose which number it has; an all-zero number was masked before."""
    found = match.group(0)
    if set(found.split("-", 1)[-1]) <= {"0", "-"}:
        return found
    digest = hashlib.sha256(found.lower().encode("ascii")).hexdigest()
    return (match.group(1) or "").upper() + "masked-" + digest[:12]


def _quietly(ask: "Callable[[], str]") -> str:
    try:
        return ask()
    except Exception:
        return ""  # a container's user may have no name
