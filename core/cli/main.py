"""The ``gpuproof`` command: picks the subcommand, loads only its module, and turns problems into exit codes."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from gpuproof.core.cli.terminal import Terminal, unwritten
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.words import LANGUAGES, Language, text

if TYPE_CHECKING:
    from gpuproof.core.cli.parser import Parser

# command: (module under gpuproof.core.cli.commands, help). Only the chosen module is imported: a start script
# that calls `gpuproof diagnose` must not pay for the benchmark.
COMMANDS = {
    "open": ("open_file", "open the app, with a report if one is named"),
    "check": ("check", "everything: inspect, diagnose, recommend, benchmark, proof, report"),
    "inspect": ("inspect_machine", "the facts of this machine or a target"),
    "diagnose": ("diagnose", "the one root cause, for this machine or for a file or pasted text"),
    "recommend": ("recommend", "the right torch wheel and driver"),
    "setup": ("setup", "carry the plan out in a Python environment, or put it back"),
    "bench": ("bench", "the sample workload alone"),
    "watch": ("watch", "is that program using the GPU?"),
    "scan-log": ("scan_log", "was that run on the GPU, by its log?"),
    "report": ("report", "show, export or redact a report"),
    "compare": ("compare", "two reports: what changed, faster or slower"),
    "preflight": ("preflight", "is everything as the last good check saw it? For start scripts"),
    "expect": ("expect", "write the promise of a good report, or verify it now"),
    "collect": ("collect", "write one answers file"),
    "collector": ("collector", "write the one-file collector for a machine without gpuproof"),
    "targets": ("targets", "the Python environments found here"),
    "knowledge": ("knowledge", "the tables and their dates"),
}
_COMMANDS_PACKAGE = "gpuproof.core.cli.commands"


def main(arguments: Sequence[str] | None = None, terminal: Terminal | None = None) -> int:
    """Run one command and return its exit code: 0 well, 1 problems found, 2 wrong use, 3 could not finish."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    terminal = terminal or Terminal(language=_system_language())
    command = _command_in(words)
    try:
        if words == ["--install-desktop-entry"]:
            return _install_desktop_entry(terminal)
        return _dispatch(words, command, terminal)
    except UserProblem as problem:
        _say_problem(problem, terminal)
        return problem.exit_code
    except KeyboardInterrupt:
        terminal.progress(text("Cancelled."))
        return 3


def entry() -> None:
    """Console-script entry; a reader that closed the pipe (``| head``) is no error, a full disk is one."""
    _make_streams_safe()
    _let_a_request_to_end_cancel()
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_the_answer()
        code = 0
    except OSError as problem:  # what commands meet elsewhere, they say themselves
        _drop_the_answer()
        _say_problem(unwritten(problem), Terminal(language=_system_language()))
        code = 3
    except Exception as bug:
        _say_bug(bug)
        code = 3
    sys.exit(code)


def _say_bug(bug: Exception) -> None:
    """Show a bug of ours so that it can be pasted into an issue: with its traceback, without names and folders."""
    from gpuproof.core.report.privacy.crash import crash_text

    sys.stderr.write(crash_text(bug))
    problem = text("gpuproof itself failed here: {kind}", kind=type(bug).__name__)
    hint = text("Please report this with the lines above; names and private folders are left out of them.")
    _say_problem(CouldNotFinish(problem, hint), Terminal(language=_system_language()))


def _make_streams_safe() -> None:
    """Let no stream be missing (``>&-``, no console) and no character be one that the console's encoding lacks."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  these live as long as the process
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _let_a_request_to_end_cancel() -> None:
    """Take SIGTERM (``timeout``, CI) and SIGHUP (a closed window) as Ctrl-C, so that what was started ends with us."""
    import signal

    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda *_: signal.raise_signal(signal.SIGINT))


def _drop_the_answer() -> None:
    """Let the interpreter's own last flush go nowhere; it would complain a second time."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(words: list[str], command: str | None, terminal: Terminal) -> int:
    from gpuproof.core.cli.parser import language_of

    parser = _top_parser()
    choices = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, (_, summary) in COMMANDS.items():
        if command in COMMANDS and name != command:
            continue  # the list of all commands is for help and for a wrong word; building it takes 4 ms
        child = choices.add_parser(name, help=summary, description=summary)
        _add_common(child, suppress=True)
        if name == command:
            module = _load(name)
            module.add_arguments(child)
    parser.speak(language_of(words, terminal.language))
    parsed = parser.parse_args(words)
    terminal.as_json = parsed.json
    if parsed.lang:
        terminal.language = parsed.lang
    if parsed.command is None:
        return _open_app(terminal, parsed.lang)
    return int(module.run(parsed, terminal))


def _command_in(words: list[str]) -> str | None:
    """Return the first word that is neither an option nor the language that stands behind ``--lang``."""
    before = ["", *words]
    plain = (word for word, last in zip(words, before, strict=False) if not word.startswith("-") and last != "--lang")
    return next(plain, None)


def _load(command: str) -> ModuleType:
    return importlib.import_module(f"{_COMMANDS_PACKAGE}.{COMMANDS[command][0]}")


def _top_parser() -> Parser:
    from gpuproof import __version__
    from gpuproof.core.cli.parser import Parser

    parser = Parser(prog="gpuproof", description="Proves that your GPU is doing the work.")
    parser.add_argument("--version", action="version", version=f"gpuproof {__version__}")
    parser.add_argument(
        "--install-desktop-entry", action="store_true", help="put gpuproof into this user's menu (Linux)"
    )
    _add_common(parser, suppress=False)
    return parser


def _add_common(parser: argparse.ArgumentParser, *, suppress: bool) -> None:
    """Accept --json and --lang before and after the command; the later one must not reset the earlier."""
    unset = argparse.SUPPRESS if suppress else None
    parser.add_argument("--json", action="store_true", default=unset or False, help="one JSON document on stdout")
    parser.add_argument("--lang", choices=LANGUAGES, default=unset, help="language of the words")


def _system_language() -> Language:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def _open_app(terminal: Terminal, language: Language | None) -> int:
    from gpuproof.core.cli.commands.app import open_app

    return open_app(terminal, language=language)


def _install_desktop_entry(terminal: Terminal) -> int:
    from gpuproof.core.cli.desktop_entry import install_desktop_entry

    return install_desktop_entry(terminal)


def _say_problem(problem: UserProblem, terminal: Terminal) -> None:
    terminal.progress(problem.message)
    if problem.hint is not None:
        terminal.progress(problem.hint)
