"""The kinds of question. Each has an id, a deadline, a privacy class and a source, and ``ask`` gives a reply.

Privacy classes, for the redaction of what leaves a machine: ``public`` (hardware, versions), ``path`` (file names,
which may hold a user's name), ``identity`` (UUIDs, host and process names), ``secret`` (may hold a credential),
``free_text`` (lines that other programs wrote).
"""

from __future__ import annotations

import errno
from typing import Any, Callable, NamedTuple, Sequence, Union

from ..place import FILE_LIMIT_BYTES, Place

ALL = ("linux", "windows", "macos")
LINUX = ("linux",)


class Reply(NamedTuple):
    """What came back: ``text`` or ``value`` when the status is ok, ``detail`` (one line) when it is not."""

    status: str
    text: "str | None" = None
    value: Any = None
    detail: str = ""


class Denied(Exception):  # noqa: N818  it names a reply
    """The machine refused; for refusals that are not a PermissionError."""


class Absent(Exception):  # noqa: N818  it names a reply
    """The thing asked for is not there; for absences that are not a FileNotFoundError."""


class TimedOut(Exception):  # noqa: N818  it names a reply
    """The thing asked did not answer within its deadline."""


_ABSENT_ERRORS = (errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ENXIO)


def reply_of(asked: "Callable[[], Reply]") -> Reply:
    """Turn whatever looking raised into a reply with its reason; a question never raises."""
    try:
        return asked()
    except (Absent, ImportError) as problem:
        return Reply("absent", detail=one_line(problem))
    except (PermissionError, Denied) as problem:
        return Reply("denied", detail=one_line(problem))
    except TimedOut as problem:
        return Reply("timed_out", detail=one_line(problem))
    except OSError as problem:
        status = "absent" if problem.errno in _ABSENT_ERRORS else "failed"
        return Reply(status, detail=problem.strerror or one_line(problem))
    except Exception as problem:
        return Reply("failed", detail="%s: %s" % (type(problem).__name__, one_line(problem)))


def one_line(problem: object) -> str:
    """Return a problem's words in one line fit to show."""
    return " ".join(str(problem).split())[:500]


class ReadFile(NamedTuple):
    """The text of one file, up to ``max_bytes``; the first of several paths that can be read."""

    id: str
    path: str
    systems: "Sequence[str]" = LINUX
    deadline_s: float = 2.0
    privacy: str = "public"
    max_bytes: int = FILE_LIMIT_BYTES

    @property
    def source(self) -> str:
        """Return where the answer comes from, in a person's words."""
        return self.path

    def ask(self, place: Place) -> Reply:
        """Read the file."""
        reply = reply_of(lambda: Reply("ok", text=place.text_of(self.path, self.max_bytes)))
        return reply if reply.status == "ok" else reply._replace(detail="%s: %s" % (self.path, reply.detail))


class ListFolder(NamedTuple):
    """The names in one folder, sorted."""

    id: str
    path: str
    systems: "Sequence[str]" = LINUX
    deadline_s: float = 2.0
    privacy: str = "path"

    @property
    def source(self) -> str:
        """Return where the answer comes from, in a person's words."""
        return self.path

    def ask(self, place: Place) -> Reply:
        """List the folder."""
        reply = reply_of(lambda: Reply("ok", value=place.names_in(self.path)))
        return reply if reply.status == "ok" else reply._replace(detail="%s: %s" % (self.path, reply.detail))


class RunCommand(NamedTuple):
    """The output of one program. ``keep`` names the words of which a line must hold one to be kept (empty: all)."""

    id: str
    command: "Sequence[str]"
    systems: "Sequence[str]" = LINUX
    deadline_s: float = 5.0
    privacy: str = "public"
    keep: "Sequence[str]" = ()
    max_bytes: int = 1 << 20

    @property
    def source(self) -> str:
        """Return where the answer comes from, in a person's words."""
        return " ".join(self.command)

    def ask(self, place: Place) -> Reply:
        """Run the program and keep its output."""
        from ..commands import run_command

        return reply_of(lambda: run_command(self, place))


class Call(NamedTuple):
    """A value that a function of ours finds out with the standard library; it raises when it cannot.

    A function that gives words, line by line, returns a whole reply with them.
    """

    id: str
    function: "Callable[[Place], Any]"
    source: str
    systems: "Sequence[str]" = LINUX
    deadline_s: float = 2.0
    privacy: str = "public"

    def ask(self, place: Place) -> Reply:
        """Call the function."""
        return reply_of(lambda: self._reply(place))

    def _reply(self, place: Place) -> Reply:
        found = self.function(place)
        return found if isinstance(found, Reply) else Reply("ok", value=found)


class Variables(NamedTuple):
    """Environment variables on an allow-list: exact names, and prefixes that end with ``*``. Unset ones are left out.

    ``secret`` names may hold a credential: only that they are set is sent, never their value.
    """

    id: str
    names: "Sequence[str]"
    systems: "Sequence[str]" = ALL
    deadline_s: float = 2.0
    privacy: str = "path"
    secret: "Sequence[str]" = ()

    @property
    def source(self) -> str:
        """Return where the answer comes from, in a person's words."""
        return "environment variables"

    def ask(self, place: Place) -> Reply:
        """Collect the variables."""
        return reply_of(lambda: Reply("ok", value=self._set_ones(place)))

    def _set_ones(self, place: Place) -> "dict[str, str]":
        found = {}
        for name in sorted(place.environ):
            upper = name.upper()
            if any(upper == word or (word.endswith("*") and upper.startswith(word[:-1])) for word in self.names):
                hidden = any(word in upper for word in self.secret)
                found[name] = "(set, not shown)" if hidden else place.environ[name][:8192]
        return found


Question = Union[ReadFile, ListFolder, RunCommand, Call, Variables]
