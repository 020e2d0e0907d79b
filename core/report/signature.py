"""An optional signature with the person's own ssh key, in a file of its own beside the report (``REPORT.sig``).

It says which key signed these bytes, and no more; whose key that is, the reader has to know. Needs ``ssh-keygen`` of
OpenSSH 8.1 or newer; a sample line of its answer is ``Good "gpuproof-report" signature with ED25519 key SHA256:…``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.report.atomic import write_whole
from gpuproof.core.report.store import read_bounded
from gpuproof.core.words import Text, text

NAMESPACE = "gpuproof-report"
_SIGNATURE_BYTES = 16 * 1024
_DEADLINE_S = 60.0
_GOOD = re.compile(r'Good "gpuproof-report" signature (?:for \S+ )?with (\S+) key (SHA256:[A-Za-z0-9+/=]+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureState:
    """What is known about a report's signature. ``key`` is the fingerprint of the signing key when it is good."""

    state: Literal["none", "good", "bad", "unknown"]
    words: Text
    key: str = ""


def sign_report(path: Path, key: Path) -> Path:
    """Sign a saved report with a private key (or its public half when an ssh agent holds it); return ``PATH.sig``."""
    data = read_bounded(path)
    if not key.is_file():
        raise UserProblem(
            text("{path} is not a key file.", path=key), text("Expected: an ssh key, for instance ~/.ssh/id_ed25519.")
        )
    done = _ssh_keygen(["-Y", "sign", "-n", NAMESPACE, "-f", str(key)], data)
    if done is None:
        raise CouldNotFinish(_NO_TOOL, _NO_TOOL_HINT)
    if done.returncode != 0 or b"BEGIN SSH SIGNATURE" not in done.stdout:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["?"]
        raise CouldNotFinish(text("The report was not signed: {reason}", reason=last[0][:200]))
    return write_whole(_beside(path), done.stdout)


def signature_of(path: Path) -> SignatureState:
    """Look for a signature beside the report and check it."""
    beside = _beside(path)
    if not beside.is_file():
        return SignatureState(state="none", words=text("The report is not signed."))
    data, signature = read_bounded(path), read_bounded(beside, _SIGNATURE_BYTES)
    with tempfile.TemporaryDirectory(prefix="gpuproof-") as folder:
        copy = Path(folder) / "report.sig"
        copy.write_bytes(signature)
        done = _ssh_keygen(["-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(copy)], data)
    if done is None:
        return SignatureState(state="unknown", words=_NO_TOOL)
    found = _GOOD.search((done.stdout + done.stderr).decode("utf-8", "replace"))
    if done.returncode != 0 or found is None:
        return SignatureState(
            state="bad",
            words=text("The signature does not fit: the report was changed, or it belongs to another file."),
        )
    key = f"{found.group(1)} {found.group(2)}"
    return SignatureState(
        state="good",
        key=key,
        words=text("Signed with the key {key}. Compare it with the key that you know of the sender.", key=key),
    )


_NO_TOOL = text("ssh-keygen was not found, so signatures can be neither made nor checked.")
_NO_TOOL_HINT = text("Install OpenSSH 8.1 or newer.")


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".sig")


def _ssh_keygen(arguments: list[str], data: bytes) -> subprocess.CompletedProcess[bytes] | None:
    tool = shutil.which("ssh-keygen")
    if tool is None:
        return None
    try:
        return subprocess.run([tool, *arguments], input=data, capture_output=True, timeout=_DEADLINE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
