"""Environments to set up, plans for them, and their exact state for comparison."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from gpuproof.core.facts.machine import Machine, PythonFacts, TorchBuild, TorchLive
from gpuproof.core.recommend.model import Choice, Commands, DriverAdvice, Recommendation
from gpuproof.core.setup.model import SetupPlan
from gpuproof.core.setup.plan import plan_existing
from gpuproof.core.setup.snapshot import relevant_files

_COMMANDS = Commands(pip="pip install torch", uv="", conda="", poetry="", requirements="")


def recommendation_of(index_url: str, torch: str = "2.13.0", variant: str = "cpu") -> Recommendation:
    """Recommend one wheel from one index."""
    choice = Choice(torch=torch, variant=variant, index_url=index_url, python_ok=True, commands=_COMMANDS)
    return Recommendation(choice=choice, driver=DriverAdvice(action="none"), because=())


def interpreter(prefix: Path) -> str:
    """Return the interpreter of a venv made here."""
    return str(prefix / "bin" / "python")


def machine_of(prefix: Path) -> Machine:
    """Return the facts that planning needs."""
    return Machine(python=PythonFacts(version="3.11.7", bits=64, prefix=str(prefix), executable=interpreter(prefix)))


def with_broken_torch(prefix: Path) -> Machine:
    """Return the facts of an environment whose torch is there and fails when it is imported."""
    return replace(
        machine_of(prefix),
        torch=TorchBuild(version="2.12.0+cpu"),
        torch_live=TorchLive(imported=False, import_error="No module named 'a_part_that_got_lost'"),
    )


def plan_for(prefix: Path, index_url: str, *, torch: str = "2.13.0", machine: Machine | None = None) -> SetupPlan:
    """Plan to bring a torch into an existing environment."""
    return plan_existing(interpreter(prefix), machine or machine_of(prefix), recommendation_of(index_url, torch))


def make_environment(prefix: Path, wheels: Path, *requirements: str) -> Path:
    """Make a real venv without pip, and install small wheels into it."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(prefix)], check=True)
    pip = [sys.executable, "-m", "pip", "--python", interpreter(prefix), "install", "-q", "--no-index"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    subprocess.run(
        [*pip, "--find-links", str(wheels), *requirements],
        check=True,
        env={**environment, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    return prefix


def state_of(prefix: Path) -> dict[str, str]:
    """Return every file that belongs to packages, with a digest of its content; byte code does not count."""
    return {
        name: os.readlink(prefix / name)
        if (prefix / name).is_symlink()
        else hashlib.sha256((prefix / name).read_bytes()).hexdigest()
        for name in sorted(relevant_files(prefix))
        if not name.endswith(".pyc")
    }
