"""Why a target did not even say hello: one line with what was found, what was expected and what to do."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import time

from gpuproof.core.launch.model import RunRecord, Target
from gpuproof.core.launch.process_tree import end_tree
from gpuproof.core.launch.starting import Start
from gpuproof.core.launch.surroundings import child_environment, quiet_start
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.words import Text, text

_TOO_OLD = re.compile(r"gpuproof-agent: Python (\d+\.\d+) is too old")
_BROKEN_INSTALLATION = re.compile(
    r"No module named '?encodings|init_fs_encoding|init_import_site|No pyvenv\.cfg file|"
    r"No Python at|Could not find platform (in)?dependent libraries|SRE module mismatch|"
    r"error while loading shared libraries: libpython|Library not loaded: .*[Pp]ython"
)
PROBE_S = 10.0
_PROBE = "import sys; print('gpuproof-python', sys.version_info[0], sys.version_info[1])"


def cannot_start(target: Target, start: Start, problem: OSError) -> UserProblem:
    """Return what to say when the system refused to start the command at all."""
    program = start.command[0]
    if not start.is_local:
        return UserProblem(
            text("The program {program} could not be started: {reason}.", program=program, reason=_reason(problem)),
            text("{target} needs it; install it or put it on the PATH.", target=str(target)),
        )
    if problem.errno in (errno.ENOSPC, errno.EMFILE, errno.ENOMEM, errno.EAGAIN, errno.EROFS):
        return CouldNotFinish(
            text("{program} could not be started: {reason}.", program=program, reason=_reason(problem)),
            text("Free memory or disk space and try again."),
        )
    return _not_a_python(program, _reason(problem))


def explain_silence(target: Target, start: Start, record: RunRecord) -> None:
    """Raise ``UserProblem`` when the reason is the target itself; return when it is a crash like any other."""
    stderr = "\n".join(record.stderr_tail)
    too_old = _TOO_OLD.search(stderr)
    if too_old:
        raise UserProblem(
            text("{target} is Python {found}; 3.8 or newer is needed.", target=str(target), found=too_old[1]),
            text("Name a newer interpreter; `gpuproof targets` lists those found here."),
        )
    if _BROKEN_INSTALLATION.search(stderr):
        raise UserProblem(
            text("{target} is a broken Python: {reason}", target=str(target), reason=_last_words(record)),
            text("Create the environment again, for example with `python -m venv`, or name another interpreter."),
        )
    if not start.is_local:
        raise _unreachable(target, record)
    if target.kind != "self" and record.exit_status != -signal.SIGSEGV and not _is_python(start.command[0]):
        raise _not_a_python(start.command[0], _last_words(record))


def exit_words(record: RunRecord) -> str:
    """Say how a process ended without a last word: ``ended by SIGSEGV``, with the last line of stderr."""
    last = f": {record.stderr_tail[-1]}" if record.stderr_tail else ""
    return f"the process ended {_status_words(record.exit_status)} without a result{last}"


def _status_words(status: int | None) -> str:
    if status is None:
        return "its output"
    if sys.platform == "win32" and status & 0xC0000000 == 0xC0000000:
        return f"with exception 0x{status & 0xFFFFFFFF:08X}"
    if status >= 0:
        return f"with exit status {status}"
    try:
        return f"by {signal.Signals(-status).name}"
    except ValueError:
        return f"by signal {-status}"


def _is_python(program: str) -> bool:
    mark = f"probe-{os.getpid()}-{time.monotonic_ns()}"
    try:
        process = subprocess.Popen(
            [program, "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(mark),
            **quiet_start(),
        )
    except OSError:
        return False
    try:
        answer, _ = process.communicate(timeout=PROBE_S)
    except subprocess.TimeoutExpired:
        return False
    finally:
        end_tree(process, mark)
        if process.stdout is not None:
            process.stdout.close()
    return b"gpuproof-python" in answer[:4096]


def _not_a_python(program: str, reason: str) -> UserProblem:
    return UserProblem(
        text("{program} is not a Python interpreter: {reason}", program=program, reason=reason or "it said nothing"),
        text("Name a Python interpreter (3.8 or newer); `gpuproof targets` lists those found here."),
    )


def _unreachable(target: Target, record: RunRecord) -> UserProblem:
    hints: dict[str, Text] = {
        "docker": text("Check that the container runs (`docker ps`) and that python3 in it is 3.8 or newer."),
        "ssh": text("Check that `ssh {host} python3 --version` works without a password.", host=target.name),
        "wsl": text("Check the name with `wsl --list` and that python3 in it is 3.8 or newer."),
    }
    return UserProblem(
        text("{target} did not answer: {reason}", target=str(target), reason=_last_words(record)),
        hints.get(target.kind, text("Check that its Python starts.")),
    )


def _last_words(record: RunRecord) -> str:
    return record.stderr_tail[-1] if record.stderr_tail else exit_words(record)


def _reason(problem: OSError) -> str:
    return problem.strerror or type(problem).__name__
