"""Who and what could be recognised: identifiers of this machine, and those that stand in the data itself."""

from __future__ import annotations

import getpass
import os
import re
import socket
import urllib.parse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpuproof.core.report.privacy.public_words import public_words

_USER_VARIABLES = ("USER", "LOGNAME", "USERNAME", "SUDO_USER")
_HOST_VARIABLES = ("HOSTNAME", "HOST", "COMPUTERNAME", "NAME")
_LONGEST = 128  # of one identifier; a longer "name" only stands in a file that wants to cost time
_MOST = 200
_STAND_IN = re.compile(r"[a-z]+-[0-9a-f]{10}(?:\.\w{1,8})?\Z")

# Each pattern has one group, the identifier. Homes first: they are the most common leak.
_IN_TEXT: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("user", re.compile(r"(?:/home|/Users|/mnt/[a-z]/Users|/export/home|/data/home)/([^/\\%\s\"'<>|:;,)\]]+)", re.I)),
    ("user", re.compile(r"[A-Za-z]:(?:\\{1,2}|/)Users(?:\\{1,2}|/)([^\\/\"'<>|:;,\n]+?)(?=[\\/\"'\n]|\Z)", re.I)),
    ("user", re.compile(r"\b(?:USER|LOGNAME|USERNAME|SUDO_USER)\s*[=:]\s*([^\s;,\"']+)")),
    ("host", re.compile(r"\b(?:HOSTNAME|COMPUTERNAME|Host ?name)\s*[=:]\s*([^\s;,\"']+)", re.I)),
    ("host", re.compile(r"^Linux (?!version )(\S+) \d+\.\d+", re.M)),
    ("user", re.compile(r"(?<![\w.+-])([A-Za-z_][\w-]{1,31})@[A-Za-z][\w-]*(?::|\s|$)")),
    ("host", re.compile(r"(?<![\w.+-])[A-Za-z_][\w-]{1,31}@([A-Za-z][\w.-]*[\w])(?::|\s|$)")),
    ("secret", re.compile(r"[a-z][a-z0-9+.-]{1,12}://[^\s/:@\"']*:([^\s/@\"']+)@", re.I)),
    ("login", re.compile(r"[a-z][a-z0-9+.-]{1,12}://([^\s/:@\"']+)(?::[^\s/@\"']*)?@", re.I)),
    ("gpu", re.compile(r"\b(GPU-(?!0{8})[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", re.I)),
    (
        "uuid",
        re.compile(r"(?<![\w-])((?!0{8})[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?!\w)", re.I),
    ),
    ("mac", re.compile(r"(?<![\w:-])((?:[0-9a-f]{2}:){5}[0-9a-f]{2})(?![\w:-])", re.I)),
    ("mail", re.compile(r"(?<![\w.+:/-])([\w.+-]+@[\w-]+(?:\.[\w-]+)+)")),
    ("serial", re.compile(r"<(?:serial|board_id|gpu_pdi|chassis_serial_number)>\s*([^<\s]{4,})\s*</", re.I)),
    ("serial", re.compile(r"\b(?:Serial(?: Number)?|GPU PDI)\s*[:=]\s*([0-9A-Za-z][\w-]{5,})", re.I)),
)
_BY_KEY = {
    "user": "user", "username": "user", "user_name": "user", "login": "user", "host": "host", "hostname": "host",
    "host_name": "host", "computer_name": "host", "nodename": "host", "serial": "serial", "serial_number": "serial",
    "board_serial": "serial", "gpu_pdi": "serial", "password": "secret", "token": "secret",
}  # fmt: skip
_PRIORITY = ("user", "host", "gpu", "uuid", "mac", "mail", "serial", "login", "secret")


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """One identifier as it stands somewhere; ``kind`` becomes the first word of its stand-in."""

    kind: str
    value: str


def identities_here() -> tuple[Identity, ...]:
    """Return the identifiers of the person and the machine that this process runs for."""
    found = [Identity("user", os.environ.get(name, "")) for name in _USER_VARIABLES]
    found += [Identity("host", os.environ.get(name, "")) for name in _HOST_VARIABLES]
    found.append(Identity("user", Path(os.path.expanduser("~")).name))
    found.append(Identity("host", socket.gethostname()))
    try:
        found.append(Identity("user", getpass.getuser()))
    except (OSError, KeyError, ImportError):
        found.append(Identity("user", ""))  # no name for this user id: nothing to hide
    return telling(found)


def identities_in(value: Any) -> tuple[Identity, ...]:
    """Return the identifiers that stand in JSON values: by key, or in text that has a known form."""
    return telling(_walk(value, ""))


def telling(found: Iterable[Identity]) -> tuple[Identity, ...]:
    """Keep what can identify somebody, once, the longest first; a full host name also counts by its first label."""
    kept: dict[str, Identity] = {}
    for identity in sorted(found, key=lambda one: _PRIORITY.index(one.kind)):
        value = identity.value.strip().strip("/\\")
        for part in (value, value.split(".", 1)[0]) if identity.kind == "host" else (value,):
            if 0 < len(part) <= _LONGEST and not _is_generic(identity.kind, part) and not _STAND_IN.match(part):
                kept.setdefault(part.casefold(), Identity(identity.kind, part))
    return tuple(sorted(list(kept.values())[:_MOST], key=lambda one: (-len(one.value), one)))


def _is_generic(kind: str, value: str) -> bool:
    if len(value) >= 6 and set(value) <= set("0-.x"):
        return True
    if kind in ("secret", "serial"):
        return len(value) < 4 or value.upper() in ("N/A", "NONE", "UNKNOWN")
    generic = public_words("generic_hosts" if kind == "host" else "generic_users")
    return value.casefold() in generic or value.startswith(("<", "$", "%", "[", "{")) or value in (".", "..")


def _walk(value: Any, key: str) -> Iterator[Identity]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _walk(item, str(name))
            yield from _walk(str(name), "")
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _walk(item, key)
    elif isinstance(value, str):
        kind = _BY_KEY.get(key.casefold())
        if kind is not None and 1 < len(value) <= 128 and not re.search(r"\s", value):
            yield Identity(kind, value)
        for words in {value, _unescaped(value)}:
            for kind, pattern in _IN_TEXT:
                yield from (Identity(kind, match) for match in pattern.findall(words))


def _unescaped(words: str) -> str:
    """Undo URL and JSON escapes, so that a name is also learnt where it only stands escaped."""
    if "%" in words:
        words = urllib.parse.unquote(words)
    if "\\u" in words:
        words = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found.group(1), 16)), words)
    return words
