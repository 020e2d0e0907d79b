"""What a command talks to: stdout for the answer, stderr for progress, both of which may be a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TextIO

from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.words import Language, Text, text


@dataclass(slots=True, kw_only=True)
class Terminal:
    """Output of one command. With ``as_json`` stdout carries exactly one JSON document."""

    language: Language = "en"
    as_json: bool = False
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)

    def say(self, words: Text | str = "") -> None:
        """Write one line of the answer; silent with --json, where the document says it."""
        if not self.as_json:
            print(self.rendered(words), file=self.out)

    def progress(self, words: Text | str) -> None:
        """Write one line about what is going on."""
        print(self.rendered(words), file=self.err, flush=True)

    def rendered(self, words: Text | str) -> str:
        """Return words in this terminal's language."""
        return words.render(self.language) if isinstance(words, Text) else words

    def emit(self, document: dict[str, Any], show: Callable[[], None]) -> None:
        """Write the answer: the JSON document with --json, else whatever ``show`` writes."""
        if self.as_json:
            # in one piece: json.dump takes ten times as long
            line = json.dumps(document, ensure_ascii=not self._takes_every_character(), allow_nan=False)
            self.out.write(line + "\n")
        else:
            show()

    def _takes_every_character(self) -> bool:
        encoding = self.out.encoding or "utf-8"  # a buffer of text has none
        return encoding.lower().replace("_", "-") in ("utf-8", "utf8")


def unwritten(problem: OSError) -> CouldNotFinish:
    """Return what to say when standard output takes no more, typically a full disk behind ``> FILE``."""
    return CouldNotFinish(
        text("The answer could not be written: {why}.", why=problem.strerror or str(problem)),
        text("Make room, or send the output elsewhere."),
    )
