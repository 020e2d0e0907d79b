"""A bug of ours as text that may be pasted in public: the traceback without names, folders or credentials."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from types import TracebackType

_OURS = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
_HIDDEN = "(details left out: they could not be made fit to show)"


def crash_text(bug: BaseException) -> str:
    """Return the redacted traceback; of a bug that hits the redaction too, only its kind."""
    try:
        from gpuproof.core.report.privacy.identities import identities_here, identities_in, telling
        from gpuproof.core.report.privacy.replacer import Replacer

        words = _without_roots("".join(traceback.format_exception(type(bug), bug, bug.__traceback__)))
        return Replacer(telling((*identities_here(), *identities_in(words))))(words)
    except Exception:
        return f"{type(bug).__name__} {_HIDDEN}\n"


def _without_roots(words: str) -> str:
    """Name files by their place in this package, in site-packages or in Python, not by where those are installed."""
    import sysconfig

    roots = {
        _OURS: "gpuproof",
        sysconfig.get_path("purelib"): "site-packages",
        sysconfig.get_path("platlib"): "site-packages",
        sysconfig.get_path("stdlib"): "python",
    }
    for root, name in sorted(roots.items(), key=lambda item: -len(item[0])):
        words = words.replace(root + os.sep, f"{name}/")
    return words


def show_crashes_redacted() -> None:
    """Let every traceback that Python prints for this process, from any thread, go through ``crash_text``.

    A hook that somebody else has put there is left alone.
    """
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _print
        threading.excepthook = _print_of_thread


def _print(kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    if sys.stderr is not None:
        sys.stderr.write(crash_text(bug.with_traceback(trace)))


def _print_of_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None and arguments.exc_type is not SystemExit:
        _print(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
