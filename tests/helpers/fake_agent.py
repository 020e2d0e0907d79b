"""Programs that stand in for an interpreter and behave, or misbehave, as the test says."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

from gpuproof.core.launch.model import Target

_PROLOGUE = """\
#!{python} -IS
import json, os, signal, subprocess, sys, time
request = json.loads(sys.stdin.readline())
def send(**message):
    print(json.dumps(message), flush=True)
def hello(**changes):
    send(**dict(dict(type="hello", protocol=1, nonce=request["nonce"], pid=os.getpid()), **changes))
"""


def fake_agent(folder: Path, body: str, *, name: str = "python") -> Target:
    """Write an executable that reads the request and then runs ``body``; it knows send() and hello()."""
    return Target("python", str(program(folder, _PROLOGUE.format(python=sys.executable) + textwrap.dedent(body), name)))


def program(folder: Path, script: str, name: str) -> Path:
    """Write an executable file."""
    file = folder / name
    file.write_text(script)
    file.chmod(0o755)
    return file
