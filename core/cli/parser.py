"""The argument parser in the reader's language: ``--help`` and what argparse says of wrong use.

The sentences of the options stand in English beside each option and in Chinese in ``help.json``; argparse's own few
are told by their form here. English stays exactly what argparse says.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from typing import NoReturn

from gpuproof.core.words import LANGUAGES, Language, Text, literal, text, translations

_WRONG_USE: tuple[tuple[str, Text], ...] = (
    (r"the following arguments are required: (?P<names>.+)", text("missing: {names}")),
    (r"unrecognized arguments: (?P<names>.+)", text("not known here: {names}")),
    (r"argument (?P<name>.+?): invalid choice: (?P<value>.+?) \(choose from (?P<choices>.+)\)",
     text("{name}: {value} is not possible; choose from {choices}")),
    (r"argument (?P<name>.+?): expected (?:one|at least one|\d+) arguments?", text("{name}: a value is missing")),
    (r"argument (?P<name>.+?): invalid (?P<kind>\S+) value: (?P<value>.+)",
     text("{name}: {value} is not of the kind {kind}")),
    (r"argument (?P<name>.+?): not allowed with argument (?P<other>.+)", text("{name} and {other} exclude each other")),
    (r"argument (?P<name>.+?): (?P<value>\S+) is not a number above 0",
     text("{name}: {value} is not a number above 0")),
    (r"argument (?P<name>.+?): (?P<value>\S+) is not a percentage between 0 and 100",
     text("{name}: {value} is not a percentage between 0 and 100")),
    (r"argument (?P<name>.+?): (?P<value>\S+) is shorter than (?P<least>\S+) seconds",
     text("{name}: {value} is shorter than {least} seconds")),
)  # fmt: skip
_USAGE = text("usage: ")
_ERROR = text("error: {message}")


class Parser(argparse.ArgumentParser):
    """Says in ``language`` what it has to say; its subparsers do so too."""

    language: Language = "en"

    def speak(self, language: Language) -> None:
        """Put every sentence of this parser and its subparsers into the language."""
        if language == "en":
            return
        self.language = language
        known = translations(language)
        self.description = known.get(self.description or "", self.description)
        self.formatter_class = _Formatter
        for group in (self._positionals, self._optionals):
            group.title = known.get(group.title or "", group.title)
        for action in self._actions:
            action.help = known.get(action.help or "", action.help)
            if isinstance(action, argparse._SubParsersAction):
                for choice in action._choices_actions:
                    choice.help = known.get(choice.help or "", choice.help)
                for child in action.choices.values():
                    child.speak(language)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end with 2, as argparse does."""
        if self.language == "en":
            super().error(message)
        self.print_usage(sys.stderr)
        said = wrong_use(message).render(self.language)
        self.exit(2, f"{self.prog}: {_ERROR.filled(message=said).render(self.language)}\n")


class _Formatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, _USAGE.render("zh") if prefix is None else prefix)


def wrong_use(message: str) -> Text:
    """Return argparse's message as words of ours; one of another form stays as it is."""
    for form, words in _WRONG_USE:
        found = re.fullmatch(form, message, re.DOTALL)
        if found is not None:
            return words.filled(**found.groupdict())
    return literal(message)


def language_of(words: list[str], usual: Language) -> Language:
    """Return the language that ``--lang`` asks for, before anything is parsed; what follows ``--`` is not ours."""
    own = words[: words.index("--")] if "--" in words else words
    for word, following in zip(own, [*own[1:], ""], strict=False):
        asked = following if word == "--lang" else word.removeprefix("--lang=")
        for language in LANGUAGES:
            if asked == language and word.startswith("--lang"):
                return language
    return usual
