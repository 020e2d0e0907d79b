"""Keyed stand-ins for identities: the same machine keeps the same ones, and nobody without its key can reverse them."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import socket
from functools import lru_cache
from pathlib import Path

from gpuproof.core.launch.places import data_folder

_KEY_BYTES = 32
_DIGITS = 10


@lru_cache(maxsize=8)
def _key_in(folder: Path) -> bytes:
    """Return the key of this user, made at first use; where it cannot be kept it lives as long as the process."""
    path = folder / "pseudonym.key"
    key = _kept(path)
    if key is not None:
        return key
    key = secrets.token_bytes(_KEY_BYTES)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key)
    except FileExistsError:
        return _kept(path) or key  # another process of ours was first; a damaged key is not overwritten
    except OSError:
        return key  # stand-ins then match within this process alone
    return key


def _kept(path: Path) -> bytes | None:
    try:
        key = path.read_bytes()
    except OSError:
        return None
    return key if len(key) == _KEY_BYTES else None


def pseudonym(kind: str, value: str) -> str:
    """Return the stand-in of an identity, for instance ``host-3f9a2c41b0``; upper and lower case are the same."""
    digest = hmac.new(_key_in(data_folder()), f"{kind}:{value.casefold()}".encode(), hashlib.sha256).hexdigest()
    return f"{kind}-{digest[:_DIGITS]}"


def machine_pseudonym(target: str) -> str:
    """Return the stand-in of the machine that a target lies on: this one, or the remote host by its name."""
    if target.startswith("ssh:"):
        return pseudonym("machine", target)
    return pseudonym("machine", _machine_identity())


def _machine_identity() -> str:
    for path in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            return Path(path).read_text(encoding="ascii").strip()
        except (OSError, UnicodeError):
            continue
    return socket.gethostname()
