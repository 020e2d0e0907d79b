"""Runs gpuproof as a canary person, with every Python process of it watched (see ``watched/sitecustomize.py``)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.canaries import HOST, PASSWORD, TOKEN, USER

HOOK = Path(__file__).resolve().parent / "watched"


@dataclass(frozen=True)
class Watched:
    """What a run left: its outcome, the events, and the folders that it was given."""

    code: int
    out: str
    err: str
    events: tuple[dict[str, Any], ...]
    home: Path
    temporary: Path

    def of(self, kind: str) -> list[Any]:
        """Return what was noted of one kind: started, network, written, made."""
        return [event["what"] for event in self.events if event["kind"] == kind]

    def files(self) -> list[Path]:
        """Return every file that is still there."""
        return [path for folder in (self.home, self.temporary) for path in folder.rglob("*") if path.is_file()]


def watched_run(folder: Path, *arguments: str, program: tuple[str, ...] = ("-m", "gpuproof")) -> Watched:
    """Run it to the end in a home and a temporary folder of its own below ``folder``."""
    home, temporary, log = folder / USER, folder / "tmp", folder / "watched.jsonl"
    home.mkdir(), temporary.mkdir()
    environment = {
        **os.environ, "HOME": str(home), "USER": USER, "LOGNAME": USER, "HOSTNAME": HOST, "TMPDIR": str(temporary),
        "PIP_INDEX_URL": f"https://{USER}:{PASSWORD}@pypi.{HOST}.example/simple", "HF_TOKEN": TOKEN,
        "GPUPROOF_DATA_DIR": str(home / "data"), "WATCHED_LOG": str(log),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(HOOK), os.environ.get("PYTHONPATH")))),
    }  # fmt: skip
    command = [sys.executable, *program, *arguments]
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, timeout=300, check=False)
    events = [json.loads(line) for line in log.read_text().splitlines()]
    out, err = done.stdout.decode(), done.stderr.decode()
    return Watched(done.returncode, out, err, tuple(events), home, temporary)
