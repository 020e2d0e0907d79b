"""Questions of other packages: plain data, checked here again before anything is asked.

Three kinds: ``{"kind": "read_file", "id", "path"}``, ``{"kind": "run_command", "id", "command": [...]}`` and
``{"kind": "variables", "id", "names": [...]}``; each with ``privacy`` (a class of ``kinds``) and, if wanted,
``deadline_s`` and ``systems``. Ids begin with ``plugin.``, so they never take the place of a question of ours.
"""

from __future__ import annotations

import os
import re
from typing import Any, Sequence

from .kinds import ALL, Question, ReadFile, RunCommand, Variables

ID_PREFIX = "plugin."
MOST_QUESTIONS = 32
LONGEST_DEADLINE_S = 10.0
_ID = re.compile(r"plugin(\.[a-z0-9_]{1,40}){2,4}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,80}")
_PRIVACY = ("public", "path", "identity", "secret", "free_text")
_SHELLS = ("sh", "bash", "dash", "zsh", "ksh", "fish", "cmd", "cmd.exe", "powershell", "powershell.exe", "pwsh")
_CREDENTIALS = ("TOKEN", "SECRET", "PASSW", "KEY", "CREDENTIAL", "AUTH", "COOKIE")


def question_of(entry: Any) -> Question:
    """Return the question that an entry describes; ValueError with the reason when it may not be asked."""
    if not isinstance(entry, dict):
        raise ValueError("a question is a dict")
    name, privacy, deadline_s = entry.get("id"), entry.get("privacy"), entry.get("deadline_s", 2.0)
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise ValueError("the id %r is not of the form plugin.package.name" % (name,))
    if privacy not in _PRIVACY:
        raise ValueError("%s: the privacy class is none of %s" % (name, ", ".join(_PRIVACY)))
    is_number = isinstance(deadline_s, (int, float)) and not isinstance(deadline_s, bool)
    if not is_number or not 0 < deadline_s <= LONGEST_DEADLINE_S:
        raise ValueError("%s: the deadline is not between 0 and %g s" % (name, LONGEST_DEADLINE_S))
    systems = entry.get("systems", ALL)
    if not isinstance(systems, (list, tuple)) or not set(systems) <= set(ALL):
        raise ValueError("%s: the systems are none of %s" % (name, ", ".join(ALL)))
    return _of_kind(entry, name, tuple(systems), float(deadline_s), str(privacy))


def questions_from(params: "dict[str, Any]", system: str) -> "list[Question]":
    """Return the questions of a request for one system; entries that may not be asked are passed over."""
    entries = params.get("plugin_questions")
    questions = {}  # type: dict[str, Question]
    for entry in entries[:MOST_QUESTIONS] if isinstance(entries, list) else ():
        try:
            question = question_of(entry)
        except ValueError:
            continue  # the app checked them too, and said there what is wrong
        if system in question.systems:
            questions.setdefault(question.id, question)
    return list(questions.values())


def _of_kind(entry: "dict[str, Any]", name: str, systems: "Sequence[str]", deadline_s: float, privacy: str) -> Question:
    kind = entry.get("kind")
    if kind == "read_file":
        path = entry.get("path")
        if not isinstance(path, str) or not os.path.isabs(path) or "\0" in path:
            raise ValueError("%s: the path is not absolute" % name)
        return ReadFile(name, path, systems, deadline_s, privacy)
    if kind == "run_command":
        command = _words(entry.get("command"), name)
        if os.path.basename(command[0]).lower() in _SHELLS:
            raise ValueError("%s: a shell is not run; give the program and its arguments" % name)
        return RunCommand(name, command, systems, deadline_s, privacy)
    if kind == "variables":
        names = _words(entry.get("names"), name)
        if not all(_VARIABLE.fullmatch(word) for word in names):
            raise ValueError("%s: variables are named exactly, without *" % name)
        return Variables(name, [word.upper() for word in names], systems, deadline_s, privacy, _CREDENTIALS)
    raise ValueError("%s: the kind is none of read_file, run_command, variables" % name)


def _words(found: Any, name: str) -> "list[str]":
    if not isinstance(found, (list, tuple)) or not 0 < len(found) <= 30:
        raise ValueError("%s: expected a list of words" % name)
    if not all(isinstance(word, str) and word and "\0" not in word for word in found):
        raise ValueError("%s: expected a list of words" % name)
    return list(found)
