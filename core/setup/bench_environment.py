"""gpuproof's own virtual environment with a torch, for machines where no environment has one.

It lies in the user's data folder. A file marks it as unfinished until it has been verified, so that one that was
interrupted is never used and is made anew.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from gpuproof.core.launch.discover import PythonEnvironment, find_environments, interpreter_in
from gpuproof.core.launch.environment_files import installed_torch, read_small, site_packages
from gpuproof.core.launch.model import Target
from gpuproof.core.launch.process_tree import is_running, own_start
from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.setup.bases import minor_version
from gpuproof.core.setup.bench_plan import BenchPlan, bench_folder, plan_bench_environment
from gpuproof.core.setup.hardware import has_nvidia_gpu
from gpuproof.core.setup.install import install
from gpuproof.core.setup.running import ToolRun, run_tool
from gpuproof.core.setup.tools import pip_for
from gpuproof.core.setup.venvs import make_venv
from gpuproof.core.words import text

__all__ = ["create", "find_bench_python", "own_environment", "plan_bench_environment"]

_UNFINISHED = "gpuproof-unfinished"
_OLDEST_AGENT = (3, 8)
_VERIFY = """import sys, numpy, torch
product = torch.ones(64, 64) @ torch.ones(64, 64)
print("torch", torch.__version__, "computes here")
sys.exit(0 if bool((product == 64).all()) else "torch computed a wrong product")"""

OnLine = Callable[[str], None]


def find_bench_python() -> Target | None:
    """Return an environment with a torch that may be run: this one, gpuproof's own, or one found on the machine.

    With an NVIDIA GPU in the machine, one whose torch is built for CUDA goes before one without.
    """
    usable = [environment for environment in find_environments() if _is_usable(environment)]
    if len(usable) > 1 and has_nvidia_gpu():
        usable.sort(key=lambda environment: not (environment.torch and environment.torch.cuda))
    return usable[0].target if usable else None


def own_environment() -> Target | None:
    """Return gpuproof's own environment when it is there and finished."""
    folder = bench_folder()
    interpreter = interpreter_in(folder)
    if interpreter is None or not interpreter.exists() or (folder / _UNFINISHED).exists():
        return None
    return Target("python", str(interpreter)) if installed_torch(site_packages(folder)) else None


def create(
    plan: BenchPlan, *, on_line: OnLine | None = None, cancel: threading.Event | None = None, language: str = "en"
) -> Target:
    """Make the environment, install, verify; an unfinished one is removed again.

    ``on_line`` gets what will be done, from where and how large, before anything is done, and then the live log.
    """
    say = on_line or (lambda line: None)
    for words in plan.words():
        say(words.render(language))
    _require_nobody_at_work(plan.folder)
    try:
        interpreter = _make_venv(plan, say, cancel)
        _require(_install(plan, interpreter, say, language, cancel))
        _require(run_tool([interpreter, "-c", _VERIFY], on_line=say, cancel=cancel, folder=str(plan.folder)))
        (plan.folder / _UNFINISHED).unlink()
    except OSError as problem:
        shutil.rmtree(plan.folder, ignore_errors=True)
        raise CouldNotFinish(
            text("The environment could not be made: {reason}.", reason=problem.strerror or str(problem)),
            text("Free some space, or choose a folder on another disk (GPUPROOF_DATA_DIR)."),
        ) from problem
    except BaseException:
        shutil.rmtree(plan.folder, ignore_errors=True)
        raise
    return Target("python", interpreter)


def _is_usable(environment: PythonEnvironment) -> bool:
    if environment.kind == "gpuproof":
        return own_environment() is not None
    version = minor_version(environment.version)
    may_run = environment.kind == "self" or environment.may_run_unasked
    return environment.torch is not None and may_run and version >= _OLDEST_AGENT


def _require_nobody_at_work(folder: Path) -> None:
    pid, _, started = read_small(folder / _UNFINISHED).partition(" ")
    if pid.isdigit() and is_running(int(pid), float(started or 0)):
        raise CouldNotFinish(
            text("Another gpuproof is making the environment in {folder} right now.", folder=folder),
            text("Wait until it has ended."),
        )


def _make_venv(plan: BenchPlan, say: OnLine, cancel: threading.Event | None) -> str:
    shutil.rmtree(plan.folder, ignore_errors=True)
    plan.folder.mkdir(parents=True)
    (plan.folder / _UNFINISHED).write_text(f"{os.getpid()} {own_start()}", encoding="utf-8")
    _require(
        make_venv(plan.base_interpreter, plan.folder, lambda command: run_tool(command, on_line=say, cancel=cancel))
    )
    interpreter = interpreter_in(plan.folder)
    if interpreter is None:
        raise CouldNotFinish(text("The new environment in {folder} holds no interpreter.", folder=plan.folder))
    return str(interpreter)


def _install(plan: BenchPlan, interpreter: str, say: OnLine, language: str, cancel: threading.Event | None) -> ToolRun:
    return install(
        pip_for(interpreter),
        interpreter,
        plan.folder,
        plan.source.requirements,
        options=plan.source.options,
        resolution=plan.source.resolution,
        on_line=say,
        on_progress=lambda progress: say(progress.words().render(language)),
        cancel=cancel,
    )


def _require(run: ToolRun) -> None:
    if run.ending == "done":
        return
    if run.ending == "cancelled":
        raise CouldNotFinish(text("Cancelled."))
    raise CouldNotFinish(
        text("Setting up the environment failed: {reason}", reason=run.last_error or str(run.exit_status)),
        text("Nothing was left behind. Check the network, proxy and disk space, then try again."),
    )
